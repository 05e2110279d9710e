import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";

const root = process.env["ML_ROOT"] as string;
const [word, ...rest] = process.argv.slice(2);

/** A processing job: leaves the words that it was given as JSON, and what it found. */
function judge(output: string, gate: string): void {
  mkdirSync(output, { recursive: true });
  const model = join(root, "processing/model/model.json");
  writeFileSync(join(output, "gate.json"), JSON.stringify({ ...JSON.parse(gate), trained: JSON.parse(readFileSync(model, "utf8")) }));
}

function train(): void {
  const settings = JSON.parse(readFileSync(join(root, "input/config/hyperparameters.json"), "utf8")) as Record<string, string>;
  const channels = JSON.parse(readFileSync(join(root, "input/config/inputdataconfig.json"), "utf8")) as Record<string, unknown>;
  const checkpoint = join(root, "checkpoints/state.txt");
  const before = existsSync(checkpoint) ? readFileSync(checkpoint, "utf8") : null;
  if (settings["behaviour"] === "fail") {
    writeFileSync(join(root, "output/failure"), "ValueError: nothing to learn from");
    process.exit(1);
  }
  if (settings["behaviour"] === "wait") {
    // Whoever stops the job sees that it has begun by what it wrote.
    process.on("SIGTERM", () => {
      writeFileSync(checkpoint, "half");
      process.exit(143);
    });
    console.log("metric loss=9");
    setInterval(() => undefined, 1000);
    return;
  }
  const read = Object.keys(channels).flatMap((name) => readdirSync(join(root, "input/data", name)).map((file) => `${name}/${file}`));
  console.log("metric loss=0.5");
  console.log("loss=7 is no metric line");
  console.log("metric loss=0.25\nmetric accuracy=0.75");
  if (before !== null || existsSync(join(root, "checkpoints"))) writeFileSync(checkpoint, "whole");
  writeFileSync(join(root, "model/model.json"), JSON.stringify({ word, settings, read, before }));
}

// Mocha reads every file of a folder that it is given; nothing is to be done then.
if (root !== undefined && word === "judge") judge(rest[0] as string, rest[1] as string);
else if (root !== undefined) train();
