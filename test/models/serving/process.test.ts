import { spawn } from "node:child_process";
import { access, mkdir, readFile, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { text } from "node:stream/consumers";
import { expect } from "chai";
import { analyserResult } from "../../../contracts/analyser-result.ts";
import { processingVariables } from "../../../models/serving/environment.ts";
import { type JobFolders, jobFolders, source, temporaryFolder, writeGate, writeManifest, writeRendition } from "./support/clips.ts";
import { meanColours, writeClassifier } from "./support/graphs.ts";

const main = join(import.meta.dirname, "../../../models/serving/main.ts");

async function run(
  args: readonly string[],
  variables: Record<string, string>,
  onLine: (line: string, kill: (signal: NodeJS.Signals) => void) => void = () => {},
) {
  const child = spawn(process.execPath, [main, ...args], { env: { PATH: process.env["PATH"], ...variables }, stdio: ["ignore", "pipe", "pipe"] });
  const code = new Promise<number | null>((resolve) => child.once("close", resolve));
  child.stdout.on("data", (chunk: Buffer) => onLine(chunk.toString(), (signal) => child.kill(signal)));
  const [out, err] = await Promise.all([text(child.stdout), text(child.stderr)]);
  const lines = out.split("\n").filter(Boolean);
  return { code: await code, lines, err };
}

describe("main.ts process", () => {
  let root: Awaited<ReturnType<typeof temporaryFolder>>;
  let folders: JobFolders;
  let variables: Record<string, string>;
  before(async () => {
    root = await temporaryFolder();
    folders = await jobFolders(root.path);
    await writeRendition(folders, [source("testsrc2", 2)]);
    await writeClassifier(folders.models, "colours", meanColours(32, 32), { width: 32, height: 32 });
    variables = {
      ANALYSER: "vision",
      MODELS: "colours",
      SAMPLE_RATE: "5",
      SIGNALS: "true",
      INPUT_DIR: folders.input,
      METADATA_DIR: folders.metadata,
      MODELS_DIR: folders.models,
      OUTPUT_DIR: folders.output,
      EXIT_MESSAGE_FILE: join(root.path, "message"),
    };
  });
  after(() => root.remove());
  const reasons = (lines: readonly string[]): string[] => JSON.parse(lines.at(-1) as string).reasons;

  it("writes the result last and reports progress", async () => {
    const { code, lines, err } = await run(["process"], variables);
    expect(err).to.equal("");
    expect(code).to.equal(0);
    expect(JSON.parse(lines.at(-1) as string)).to.deep.equal({ message: "progress", frameCount: 50, ofCount: 50 });
    const result = analyserResult.parse(JSON.parse(await readFile(join(folders.output, "result.json"), "utf8")));
    expect(result.analyser).to.equal("vision");
    expect(result.outputs.map(({ file }) => file)).to.deep.equal(["colours.classifications.jsonl", "cues.jsonl", "sprites.json"]);
    for (const { file } of result.outputs) await access(join(folders.output, file));
    expect(result.usage.cpuSeconds).to.be.greaterThan(0);
    expect(result.usage.peakMemoryBytes).to.be.greaterThan(50e6);
  });

  it("takes the privacy gate's spans from gate.json", async () => {
    await writeGate(folders.metadata, 50, [[0, 26]]);
    const output = join(root.path, "gated");
    await mkdir(output);
    const { code } = await run(["process"], { ...variables, OUTPUT_DIR: output });
    await rm(join(folders.metadata, "gate"), { recursive: true });
    expect(code).to.equal(0);
    const first = (await readFile(join(output, "colours.classifications.jsonl"), "utf8")).split("\n")[0] as string;
    expect(JSON.parse(first).frame).to.equal(30);
  });

  it("names every missing variable at once", async () => {
    const { code, lines } = await run(["process"], { EXIT_MESSAGE_FILE: join(root.path, "message") });
    expect(code).to.equal(2);
    expect(reasons(lines).map((reason) => reason.split(" ")[0])).to.have.members(Object.keys(processingVariables));
    expect(await readFile(join(root.path, "message"), "utf8")).to.equal(reasons(lines).join(" ").slice(0, 1000));
  });

  it("names every bad value at once", async () => {
    const bad = {
      ...variables,
      ANALYSER: "Vision!",
      MODELS: "colours,missing",
      SAMPLE_RATE: "0",
      SIGNALS: "yes",
      STILLS: "1",
      INPUT_DIR: join(root.path, "nowhere"),
    };
    await writeGate(folders.metadata, 49, []);
    const { code, lines } = await run(["process"], bad);
    await rm(join(folders.metadata, "gate"), { recursive: true });
    expect(code).to.equal(2);
    const missing = join(folders.models, "missing", "model.json");
    expect(reasons(lines)).to.deep.equal([
      'ANALYSER is "Vision!": the whole: must be lower-case words joined by hyphens, at most 31 characters.',
      'SAMPLE_RATE is "0": the whole: Too small: expected number to be >0.',
      'SIGNALS is "yes"; it must be true or false.',
      'STILLS is "1"; it must be true or false.',
      `INPUT_DIR is "${bad.INPUT_DIR}", which does not exist.`,
      `Model "missing" has no readable model.json: ENOENT: no such file or directory, open '${missing}'.`,
      "gate.json speaks of 49 frames, segments.json of 50.",
    ]);
  });

  it("refuses a job without work, and one that names a network twice", async () => {
    expect(reasons((await run(["process"], { ...variables, MODELS: "", SIGNALS: "false", STILLS: "true" })).lines)).to.deep.equal([
      "STILLS is true and SIGNALS is false: there are no thumbnails to draw larger.",
      "MODELS is empty and SIGNALS is false: there is nothing to do.",
    ]);
    expect(reasons((await run(["process"], { ...variables, MODELS: "colours,colours" })).lines)).to.deep.equal([
      'MODELS is "colours,colours"; it names a network twice.',
    ]);
  });

  it("fails with the reason if the video is not the one described", async () => {
    const metadata = join(root.path, "other-metadata");
    await mkdir(metadata);
    await writeManifest(metadata, 51);
    const output = join(root.path, "failed");
    await mkdir(output);
    const { code, lines } = await run(["process"], { ...variables, METADATA_DIR: metadata, OUTPUT_DIR: output });
    expect(code).to.equal(1);
    expect(lines).to.deep.equal([JSON.stringify({ message: "failed", reasons: ["The video has 50 frames; its segment manifest says 51."] })]);
    expect(analyserResult.parse(JSON.parse(await readFile(join(output, "result.json"), "utf8"))).outputs).to.deep.equal([]);
  });

  it("says how to install the programs that are missing", async () => {
    const output = join(root.path, "programs");
    await mkdir(output);
    for (const name of ["ffprobe", "ffmpeg"]) {
      const variable = `${name.toUpperCase()}_PATH`;
      const { code, lines, err } = await run(["process"], { ...variables, OUTPUT_DIR: output, [variable]: join(root.path, "absent") });
      expect([code, err]).to.deep.equal([1, ""]);
      const how = `Install it (Debian: apt-get install -y --no-install-recommends ffmpeg) or name it in ${variable}.`;
      expect(reasons(lines)).to.deep.equal([`${name} was not found. ${how}`]);
    }
  });

  it("fails if nothing succeeded, and says why in the result too", async () => {
    await writeClassifier(folders.models, "tampered", meanColours(32, 32), { width: 32, height: 32 });
    await writeFile(join(folders.models, "tampered", "model.onnx"), "other");
    const output = join(root.path, "all-failed");
    await mkdir(output);
    const { code, lines } = await run(["process"], { ...variables, MODELS: "tampered", SIGNALS: "false", OUTPUT_DIR: output });
    expect(code).to.equal(1);
    expect(reasons(lines)[0]).to.match(/^Nothing succeeded\. Model "tampered": model\.onnx has the SHA-256 /);
    expect(analyserResult.parse(JSON.parse(await readFile(join(output, "result.json"), "utf8"))).outputs[0]?.status).to.equal("FAILED");
  });

  it("ends by itself when SageMaker stops the job, and leaves what it has with how far it came", async () => {
    const long = await jobFolders(join(root.path, "long"));
    const frames = await writeRendition(long, [source("testsrc2", 30)]);
    const stopped = { ...variables, INPUT_DIR: long.input, METADATA_DIR: long.metadata, OUTPUT_DIR: long.output };
    const { code, lines } = await run(["process"], stopped, (line, kill) => {
      if (line.includes("progress")) kill("SIGTERM");
    });
    expect(code).to.equal(1);
    expect(reasons(lines)).to.deep.equal(["The analysis was stopped."]);
    const { outputs, usage } = analyserResult.parse(JSON.parse(await readFile(join(long.output, "result.json"), "utf8")));
    expect(outputs.map(({ status, error }) => [status, error])).to.deep.equal(Array(3).fill(["FAILED", "The analysis was stopped."]));
    const [colours, measured] = outputs as [(typeof outputs)[number], (typeof outputs)[number]];
    expect([colours.framesWanted, measured.framesWanted]).to.deep.equal([frames / 5, frames]);
    expect(measured.framesDone).to.be.within(1, frames - 1);
    const text = await readFile(join(long.output, colours.file), "utf8");
    expect(text === "" || text.endsWith("\n")).to.equal(true);
    const found = text.split("\n").filter(Boolean);
    expect(found.map((line) => JSON.parse(line).frame)).to.deep.equal(found.map((_, i) => 5 * i));
    expect(colours.framesDone).to.equal(found.length);
    expect(usage.wallSeconds).to.be.greaterThan(0);
  });

  it("lets nothing stand that an earlier attempt said, if it is killed", async () => {
    const killed = await jobFolders(join(root.path, "killed"));
    await writeRendition(killed, [source("testsrc2", 30)]);
    await writeFile(join(killed.output, "result.json"), "of before");
    const { code } = await run(
      ["process"],
      { ...variables, INPUT_DIR: killed.input, METADATA_DIR: killed.metadata, OUTPUT_DIR: killed.output },
      (line, kill) => {
        if (line.includes("progress")) kill("SIGKILL");
      },
    );
    expect(code).to.equal(null);
    expect(analyserResult.parse(JSON.parse(await readFile(join(killed.output, "result.json"), "utf8"))).outputs).to.deep.equal([]);
  });

  it("shows its usage", async () => {
    const help = await run(["--help"], {});
    expect([help.code, help.lines[0]]).to.deep.equal([0, "usage: node models/serving/main.ts process | annotate | extract | try | convert | serve"]);
    const wrong = await run(["analyse", "x"], {});
    expect([wrong.code, wrong.err.split("\n")[0]]).to.deep.equal([2, '"analyse x" is not a command.']);
    const none = await run([], {});
    expect([none.code, none.err.split("\n")[0]]).to.deep.equal([2, "A command is missing."]);
  });
});
