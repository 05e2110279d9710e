import { cpSync, mkdirSync, mkdtempSync, readFileSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import * as pulumi from "@pulumi/pulumi";
import type { Analyser } from "../../../contracts/model.ts";
import { root } from "../../../local/root.ts";
import { gate, readCatalogue } from "../../../models/catalogue.ts";
import { environmentConfig } from "../../../stacks/config/environment.ts";
import { read } from "../../../stacks/config/read.ts";
import { sharedConfig } from "../../../stacks/config/shared.ts";
import { environment } from "../../../stacks/environment/index.ts";
import { shared } from "../../../stacks/shared.ts";

/** How segments are shown to networks, by what the analysers and the copies of the networks are called here. */
export const ways = {
  queue: { mode: "endpoint", endpoint: "asynchronous" },
  prompt: { mode: "endpoint", endpoint: "real-time", minimumInstances: 2 },
  transform: { mode: "transform" },
} as const satisfies Record<string, Partial<Analyser>>;
export type Way = keyof typeof ways;
const wayNames = Object.keys(ways) as Way[];

/** The networks of the shipped analyser, once for each way: a network counts once in an analysis, so each way has copies of its own. */
export const copied = ["instrument-detector", "view-quality"];
export const copyFor = (way: Way, model: string): string => `${model}-${way}`;
/** Every eighth frame at 25 a second, which does not divide a segment of six seconds. */
const sampleRate = 3;

const modes: Analyser[] = [
  { ...{ id: "of-job", mode: "processing", models: copied, required: true, sampleRate, signals: true }, instanceType: "ml.c5.xlarge", timeoutSeconds: 3600 },
  ...wayNames.map(
    (way): Analyser => ({
      ...{ id: `of-${way}`, ...ways[way], models: copied.map((model) => copyFor(way, model)), required: true, sampleRate, signals: false },
      ...{ instanceType: "ml.c5.xlarge", instances: 2, timeoutSeconds: 3600 },
    }),
  ),
];

/** The program with other analysers: one in each mode and kind of endpoint, side by side, over the same networks. */
export default function program(): object {
  if (pulumi.getStack() === "shared") return shared(read(sharedConfig));
  const models = mkdtempSync(join(tmpdir(), "svp-modes-"));
  cpSync(join(root, "models", "out-of-body"), join(models, "out-of-body"), { recursive: true });
  for (const model of copied) {
    for (const id of [model, ...wayNames.map((way) => copyFor(way, model))]) {
      mkdirSync(join(models, id));
      const description = JSON.parse(readFileSync(join(root, "models", model, "model.json"), "utf8"));
      writeFileSync(join(models, id, "model.json"), JSON.stringify({ ...description, id }));
      cpSync(join(root, "models", model, "model.onnx"), join(models, id, "model.onnx"));
    }
  }
  return environment(read(environmentConfig), readCatalogue(models, { gate, analysers: modes, imageModel: "instrument-detector" }));
}
