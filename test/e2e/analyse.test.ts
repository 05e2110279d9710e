import { spawn } from "node:child_process";
import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { text } from "node:stream/consumers";
import { expect } from "chai";
import sharp from "sharp";
import { analysis as analysisContract } from "../../contracts/analysis.ts";
import { evaluation } from "../../contracts/evaluation.ts";
import { FrameIndex, frameTable } from "../../contracts/frame-table.ts";
import { type GroundTruth, groundTruth } from "../../contracts/ground-truth.ts";
import { measures as measuresContract } from "../../contracts/measures.ts";
import type { FrameSpan } from "../../contracts/primitives.ts";
import { report as reportContract, reportLanguage } from "../../contracts/report.ts";
import { timelineVtt } from "../../contracts/timeline-vtt.ts";
import { root } from "../../local/root.ts";
import { Clips } from "./support/clips.ts";
import { temporaryFolder } from "./support/platform.ts";
import { type Explanation, explanations } from "./unused-grants.ts";

interface Outcome {
  readonly code: number | null;
  readonly out: string;
  readonly err: string;
}

async function run(command: string, args: readonly string[], env: NodeJS.ProcessEnv = process.env): Promise<Outcome> {
  const child = spawn(process.execPath, [join(root, "local/cli", `${command}.ts`), ...args], { cwd: root, env, stdio: ["ignore", "pipe", "pipe"] });
  const ended = new Promise<number | null>((resolve) => child.once("close", resolve));
  const [out, err, code] = await Promise.all([text(child.stdout), text(child.stderr), ended]);
  return { code, out, err };
}

/** What is true of the sample's first frames. */
function firstFrames(frameCount: number): GroundTruth {
  const truth = groundTruth.parse(JSON.parse(readFileSync(join(root, "samples/laparoscopy.truth.json"), "utf8")));
  const cut = <T extends FrameSpan>(spans: readonly T[]): T[] =>
    spans.filter(({ startFrame }) => startFrame < frameCount).map((span) => ({ ...span, endFrame: Math.min(span.endFrame, frameCount) }));
  return {
    ...truth,
    media: { ...truth.media, frameCount },
    outOfBody: cut(truth.outOfBody),
    segments: cut(truth.segments),
    events: cut(truth.events),
    instruments: truth.instruments.filter(([frame]) => frame < frameCount),
  };
}

describe("npm run analyse", () => {
  let folder: Awaited<ReturnType<typeof temporaryFolder>>;
  let clips: Clips;
  const at = (name: string): string => join(folder.path, name);

  before(async () => {
    folder = await temporaryFolder();
    clips = new Clips(folder.path, join(root, "samples/laparoscopy.mp4"));
  });
  after(() => folder.remove());

  it("writes the analysis, its frame table, its timeline and the busiest moment", async () => {
    const { code, out, err } = await run("analyse", [clips.fiveSeconds(), "--data", at("data"), "--out", at("out"), "--json"]);
    expect(code, err).to.equal(0);
    expect(readdirSync(at("out")).sort()).to.deep.equal([
      ...[
        "analysis.json",
        "frame-table.json",
        "measures.json",
        "report.en.html",
        "report.en.json",
        "report.zh-TW.html",
        "report.zh-TW.json",
        "still.png",
        "timeline.vtt",
      ],
    ]);
    const analysis = analysisContract.parse(JSON.parse(readFileSync(at("out/analysis.json"), "utf8")));
    expect(JSON.parse(out), "--json").to.deep.equal(analysis);
    const frames = new FrameIndex(frameTable.parse(JSON.parse(readFileSync(at("out/frame-table.json"), "utf8"))));
    expect(frames.source.pts).to.have.length(125);
    expect(readFileSync(at("out/timeline.vtt"), "utf8")).to.equal(timelineVtt(analysis, frames));
    expect(await sharp(at("out/still.png")).metadata()).to.include({ format: "png", width: 320, height: 180 });
    expect(analysis.events.map(({ label }) => label)).to.include("Grasper");
    expect(analysis.busiestFrame).to.be.a("number");
    const { measures } = measuresContract.parse(JSON.parse(readFileSync(at("out/measures.json"), "utf8")));
    const graspers = analysis.events.filter(({ label }) => label === "Grasper");
    const inSight = measures.find(({ id }) => id === "instrument-time/Grasper");
    expect(inSight?.evidence.sort()).to.deep.equal(graspers.map(({ id }) => id).sort());
    expect(inSight?.value).to.be.closeTo(graspers.reduce((sum, { startFrame, endFrame }) => sum + endFrame - startFrame, 0) / 25, 0.001);
    expect(err, "progress in plain lines").to.match(/^Analysis: MergeTimeline$/m);
  });

  it("writes a report that can be checked sentence by sentence against the timeline", () => {
    const analysis = analysisContract.parse(JSON.parse(readFileSync(at("out/analysis.json"), "utf8")));
    const frames = new FrameIndex(frameTable.parse(JSON.parse(readFileSync(at("out/frame-table.json"), "utf8"))));
    const spans = new Map<string, { startFrame: number; endFrame: number }>([
      ["operation", { startFrame: 0, endFrame: analysis.media.source.frameCount }],
      ...[...analysis.segments, ...analysis.events].map((found) => [found.id, found] as const),
      ...analysis.gate.outOfBody.map((span, i) => [`out-of-body-${i + 1}`, span] as const),
    ]);
    for (const language of reportLanguage.options) {
      const report = reportContract.parse(JSON.parse(readFileSync(at(`out/report.${language}.json`), "utf8")));
      const sentences = report.sections.flatMap((section) => section.sentences);
      const timed = sentences.filter(({ cites }) => cites.every((id) => spans.has(id)));
      expect(timed).to.have.length.above(2);
      for (const { text, cites } of timed) {
        const wanted = cites.flatMap((id) => {
          const { startFrame, endFrame } = spans.get(id)!;
          return [frames.secondsOf(startFrame), frames.endSecondsOf(endFrame)].map(
            (seconds) => `${Math.floor(Math.round(seconds) / 60)}:${String(Math.round(seconds) % 60).padStart(2, "0")}`,
          );
        });
        expect(text.match(/\d+:\d\d/g), text).to.deep.equal(wanted);
      }
      expect(report.refused).to.deep.equal([]);
      expect(readFileSync(at(`out/report.${language}.html`), "utf8")).to.include(sentences[0]?.text);
    }
  });

  it("writes a report of the whole sample operation that npm run report finds true, and finds out when it is not", async () => {
    const { code, err } = await run("analyse", [join(root, "samples/laparoscopy.mp4"), "--data", at("data"), "--out", at("sample")]);
    expect(code, err).to.equal(0);
    const { caseId } = analysisContract.parse(JSON.parse(readFileSync(at("sample/analysis.json"), "utf8")));
    const inFolder = await run("check-report", ["check", at("sample")]);
    expect([inFolder.code, inFolder.err], inFolder.out).to.deep.equal([0, ""]);
    for (const cited of [
      /^ +segment-1: phase "Preparation", 0:00/m,
      /^ +coverage\/\S+: coverage of /m,
      /^ +instrument-share\/Grasper: instrument-share of "Grasper" = /m,
    ])
      expect(inFolder.out).to.match(cited);
    expect(inFolder.out.match(/^The timeline bears all \d{2,} sentences\.$/gm)).to.have.length(2);
    const ofCase = await run("check-report", ["check", caseId, "--data", at("data")]);
    expect([ofCase.code, ofCase.out]).to.deep.equal([0, inFolder.out]);

    const file = at("sample/report.zh-TW.json");
    writeFileSync(file, readFileSync(file, "utf8").replaceAll("可見 Hook", "可見 Scissors"));
    const corrupted = await run("check-report", ["check", at("sample"), "--language", "zh-TW"]);
    expect(corrupted.code).to.equal(1);
    expect(corrupted.out).to.match(/^ +! It names "Scissors", which it does not cite\.$/m);
    expect((await run("check-report", ["check", at("sample"), "--language", "en"])).code).to.equal(0);
    expect(await run("check-report", ["check", at("out-of-nothing")])).to.deep.include({ code: 2, out: "" });
  }).timeout(400_000);

  it("is measured against what is true of the operation by npm run evaluate", async () => {
    const { caseId, media } = analysisContract.parse(JSON.parse(readFileSync(at("out/analysis.json"), "utf8")));
    writeFileSync(at("truth.json"), JSON.stringify(firstFrames(media.source.frameCount)));
    const { code, out, err } = await run("evaluate", ["--truth", `${caseId}=${at("truth.json")}`, "--data", at("data"), "--json"]);
    expect(code, err).to.equal(0);
    const { operations, summary, producers } = evaluation.parse(JSON.parse(out));
    expect(operations.map((operation) => operation.caseId)).to.deep.equal([caseId]);
    expect(producers.map(({ id }) => id)).to.include("instrument-detector");
    expect(summary["gate/missed"]).to.deep.equal({ mean: 0, low: null, high: null, deviation: null, operations: 1 });
    expect(summary["presence/ap/Grasper"]?.mean).to.be.above(0.8);

    const other = await run("evaluate", ["--truth", `${caseId}=${join(root, "samples/laparoscopy.truth.json")}`, "--data", at("data")]);
    expect([other.code, other.err]).to.deep.equal([1, `Case ${caseId} has 125 frames, and its truth speaks of 600: they are not of the same video.\n`]);
  });

  it("uses the folder of an earlier run again, and tells in words what it found", async () => {
    const { code, out } = await run("analyse", [clips.plain(), "--data", at("data"), "--out", at("again")]);
    expect(code).to.equal(0);
    expect(out).to.match(/^Analysed: 0:02\.0 of avc 320x180, 50 frames, 25 fps \(mp4\)$/m);
    expect(out).to.include("never for care");
  });

  it("shows what roles are granted and the run did not use, and every such grant is explained", async () => {
    const { out } = await run("analyse", [
      clips.outOfBody(),
      "--data",
      at("grants"),
      "--out",
      at("granted"),
      "--grants",
      "--procedure",
      "laparoscopic-cholecystectomy",
      "--severity",
      "3",
    ]);
    const [, granted = ""] = out.split("Granted and not used by this run:\n");
    const unused: [role: string, grant: string][] = [];
    let role = "";
    for (const line of granted.split("\n")) {
      if (/^ {2}\S/.test(line)) role = line.trim().replace(/^svp-(local|shared)-|-role$/g, "");
      else if (line.trim()) unused.push([role, line.trim()]);
    }
    const explains = ({ role, grant }: Explanation, [ofRole, of]: [string, string]): boolean => role.test(ofRole) && grant.test(of);
    expect(unused.filter((entry) => !explanations.some((explanation) => explains(explanation, entry)))).to.deep.equal([]);
    expect(explanations.filter((explanation) => !unused.some((entry) => explains(explanation, entry))).map(({ why }) => why)).to.deep.equal([]);
  });

  it("ends with 1 and every reason for a video that can't be analysed", async () => {
    const { code, out, err } = await run("analyse", [clips.text(), "--data", at("data"), "--out", at("rejected")]);
    expect(code).to.equal(1);
    expect(out).to.equal("");
    expect(err).to.match(/The video was rejected:\n- /);
    expect(readdirSync(folder.path)).to.not.include("rejected");
  });

  it("says how to install ffmpeg where it is missing", async () => {
    const { code, err } = await run("analyse", [clips.text(), "--data", at("bare")], { ...process.env, PATH: "/nowhere", FFMPEG_PATH: "", FFPROBE_PATH: "" });
    expect(code).to.equal(1);
    expect(err).to.include("apt-get install -y ffmpeg");
  });
});

describe("npm start", () => {
  it("says so when its port is taken, and leaves nothing running", async () => {
    const folder = await temporaryFolder();
    const server = createServer().listen(0, "127.0.0.1");
    await new Promise((listening) => server.once("listening", listening));
    const { port } = server.address() as AddressInfo;
    try {
      const { code, err } = await run("start", ["--data", join(folder.path, "data"), "--port", String(port), "--no-sample"]);
      expect(code).to.equal(1);
      expect(err).to.equal(`Port ${port} of 127.0.0.1 is in use. Choose another with --port N.\n`);
    } finally {
      server.close();
      await folder.remove();
    }
  });
});
