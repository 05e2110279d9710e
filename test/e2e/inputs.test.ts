import { execFileSync } from "node:child_process";
import { statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect } from "chai";
import type { Analysis } from "../../contracts/analysis.ts";
import { analysis as analysisContract } from "../../contracts/analysis.ts";
import { decodeRuns, FrameIndex, frameTable } from "../../contracts/frame-table.ts";
import { analysisKey, parseUri, reviewRenditionKey, segmentManifestKey } from "../../contracts/keys.ts";
import { segmentManifest } from "../../contracts/media.ts";
import type { CaseItem } from "../../local/cli/client.ts";
import { StartedPlatform } from "../../local/cli/started-platform.ts";
import { root } from "../../local/root.ts";
import { failure } from "../support/failure.ts";
import { Clips, decodedFrames, numbersIn } from "./support/clips.ts";
import { temporaryFolder } from "./support/platform.ts";

/** Presentation times that ffprobe reads from a file's packets, rising. */
function packetTimes(file: string): number[] {
  const args = ["-v", "error", "-select_streams", "v:0", "-show_entries", "packet=pts", "-of", "csv=p=0", file];
  const lines = execFileSync(process.env["FFPROBE_PATH"] ?? "ffprobe", args, { encoding: "utf8" }).matchAll(/^-?\d+/gm);
  return [...lines].map(([time]) => Number.parseInt(time, 10)).sort((a, b) => a - b);
}

describe("what people upload", function () {
  this.timeout(300_000);
  const settled = new Map<string, { file: string; item: CaseItem }>();
  let platform: StartedPlatform;
  let empty: string;
  let folder: Awaited<ReturnType<typeof temporaryFolder>>;

  before(async () => {
    folder = await temporaryFolder();
    platform = await StartedPlatform.start(join(folder.path, "data"));
    const clips = new Clips(folder.path, join(root, "samples/laparoscopy.mp4"));
    empty = clips.empty();
    const kinds = [
      "text",
      "truncated",
      "noVideo",
      "sevenHours",
      "withAudio",
      "plain",
      "oneFrame",
      "fiveSeconds",
      "openGroups",
      "oddSize",
      "portrait",
      "variableFrameRate",
      "startOffset",
      "tenBitHevc",
      "interlaced",
      "awkwardName",
      "avi",
      "programStream",
      "unknownCodec",
    ] as const;
    await Promise.all(
      kinds.map(async (kind) => {
        const file = clips[kind]();
        const caseId = await platform.client.upload(file, () => undefined);
        settled.set(kind, { file, item: await platform.client.settled(caseId, () => undefined) });
      }),
    );
  });
  after(async () => {
    await platform?.stop();
    await folder?.remove();
  });

  const of = (kind: string): { file: string; item: CaseItem } => {
    const found = settled.get(kind);
    if (!found) throw new Error(`"${kind}" was not uploaded.`);
    return found;
  };
  const analysisOf = async ({ item }: { item: CaseItem }): Promise<Analysis> => {
    expect(item.reasons, "reasons").to.deep.equal([]);
    expect(item.status).to.equal("COMPLETE");
    const json = await platform.client.object({ bucket: platform.client.processedBucket, key: analysisKey(item.caseId, item.runId as string) });
    return analysisContract.parse(JSON.parse(json.toString()));
  };

  it("begins no upload of an empty file", async () => {
    expect((await failure(platform.client.upload(empty, () => undefined))).message).to.equal("bytes: must be more than 0: the file is empty.");
  });

  const rejected: [string, string, RegExp[]][] = [
    ["text", "a text file renamed .mp4", [/not a video|can't be read/i]],
    ["truncated", "an MP4 whose end is missing", [/can't be read|incomplete|truncated/i]],
    ["noVideo", "a file without pictures", [/no video/i]],
    ["sevenHours", "a video of more than six hours", [/6 h|six hours/i]],
    ["unknownCodec", "a video that can't be converted either", [/^The codec of the video stream is one that nobody knows\.$/]],
  ];
  for (const [kind, what, reasons] of rejected) {
    it(`rejects ${what}, says why, and keeps it`, async () => {
      const { item } = of(kind);
      expect(item.status).to.equal("REJECTED");
      for (const reason of reasons) expect(item.reasons.join(" ")).to.match(reason);
      for (const reason of item.reasons) expect(reason, "a sentence").to.match(/^[A-Z0-9].*[.]$/s);
      expect((await platform.client.cases()).map(({ caseId }) => caseId)).to.include(item.caseId);
    });
  }

  const accepted: [string, string, Partial<{ width: number; height: number; rotation: number; variableFrameRate: boolean; codec: string }>][] = [
    ["plain", "a plain MP4", { width: 320, height: 180, rotation: 0, variableFrameRate: false, codec: "avc" }],
    ["withAudio", "a video with sound", { width: 320, height: 180 }],
    ["oneFrame", "a single frame", { width: 320, height: 180 }],
    ["fiveSeconds", "five seconds with a timecode track", { width: 320, height: 180 }],
    ["openGroups", "few key frames and open groups", { width: 320, height: 180, codec: "avc" }],
    ["oddSize", "an odd size", { width: 641, height: 359 }],
    ["portrait", "a portrait video with rotation", { width: 180, height: 320, rotation: 90 }],
    ["variableFrameRate", "a variable frame rate", { variableFrameRate: true }],
    ["startOffset", "a start offset", { width: 320, height: 180 }],
    ["tenBitHevc", "10-bit HEVC", { codec: "hevc" }],
    ["interlaced", "interlaced pictures", { width: 320, height: 180 }],
    ["awkwardName", "an awkward name", { width: 320, height: 180 }],
  ];
  for (const [kind, what, facts] of accepted) {
    it(`analyses ${what}, counting the frames that ffprobe counts`, async () => {
      const found = of(kind);
      const { media } = await analysisOf(found);
      expect(media.source.frameCount).to.equal(decodedFrames(found.file));
      expect(media.source).to.include(facts);
    });

    it(`maps every frame of ${what} to its time and to each rendition and back`, async () => {
      const found = of(kind);
      const { media } = await analysisOf(found);
      const table = frameTable.parse(JSON.parse((await platform.client.object(parseUri(media.frameTable))).toString()));
      expect([...decodeRuns(table.source.pts)]).to.deep.equal(packetTimes(found.file));
      const frames = new FrameIndex(table);
      for (const name of ["analysis", "review"] as const) {
        const rendition = frames.rendition(name);
        for (let frame = 0; frame < media.source.frameCount; frame++) {
          if (frames.isShown(name, frame)) expect(frames.toSource(name, frames.toRendition(name, frame))).to.equal(frame);
        }
        for (let frame = 0; frame < rendition.pts.length; frame++) {
          const shown = frames.toSource(name, frame);
          expect(frames.toSource(name, frames.toRendition(name, shown))).to.equal(shown);
        }
      }
    });
  }

  for (const [kind, what] of [
    ["awkwardName", "a constant frame rate"],
    ["variableFrameRate", "a variable frame rate"],
    ["startOffset", "a start offset"],
  ] as const) {
    it(`shows people of ${what} the very pictures that the frame table names, by the numbers that they carry`, async () => {
      const { file, item } = of(kind);
      const { media } = await analysisOf(of(kind));
      expect(numbersIn(file)).to.deep.equal(Array.from({ length: media.source.frameCount }, (_, frame) => frame));
      const frames = new FrameIndex(frameTable.parse(JSON.parse((await platform.client.object(parseUri(media.frameTable))).toString())));
      const review = join(folder.path, `${kind}-review.mp4`);
      writeFileSync(
        review,
        await platform.client.object({ bucket: platform.client.processedBucket, key: reviewRenditionKey(item.caseId, item.runId as string) }),
      );
      expect(numbersIn(review)).to.deep.equal(Array.from(frames.rendition("review").pts, (_, frame) => frames.toSource("review", frame)));
    });
  }

  const converted: [string, string, Partial<Analysis["media"]["source"]>][] = [
    ["avi", "MPEG-4 Part 2 in AVI", { container: "avi", codec: "mpeg4" }],
    ["programStream", "MPEG-2 in a program stream", { container: "mpegps", codec: "mpeg2video" }],
  ];
  for (const [kind, what, facts] of converted) {
    it(`converts ${what}, says so, and finds in it what it finds in the sample`, async () => {
      const found = of(kind);
      const analysis = await analysisOf(found);
      const { media, segments, detections, cost } = analysis;
      expect(media.source).to.deep.include({
        ...{ ...facts, width: 320, height: 180, rotation: 0, frameRate: { num: 25, den: 1 }, variableFrameRate: false },
        ...{ frameCount: decodedFrames(found.file), bytes: statSync(found.file).size, conversion: { container: "mp4", codec: "avc", timing: "derived" } },
      });
      const table = frameTable.parse(JSON.parse((await platform.client.object(parseUri(media.frameTable))).toString()));
      const { num, den } = table.source.timebase;
      expect([...decodeRuns(table.source.pts)].map((ticks) => (ticks * num) / den)).to.deep.equal(
        Array.from({ length: media.source.frameCount }, (_, frame) => frame / 25),
      );
      expect(cost.breakdown.filter(({ item }) => item.startsWith("Fargate")).map(({ item }) => item)).to.deep.equal(["Fargate: conversion"]);
      const plain = await analysisOf(of("plain"));
      // A job's costs are its seconds', which no two runs share.
      const looked = ({ coverage }: Analysis) => coverage.map(({ costUsd: _, ...row }) => row);
      expect(looked(analysis)).to.deep.equal(looked(plain));
      expect(segments.map(({ level, label }) => [level, label])).to.deep.equal(plain.segments.map(({ level, label }) => [level, label]));
      const boxes = (one: Analysis["detections"]) => one.reduce((sum, { boxCount }) => sum + boxCount, 0);
      expect(boxes(detections)).to.be.within(0.8 * boxes(plain.detections), 1.2 * boxes(plain.detections));
      expect(plain.media.source).not.to.have.property("conversion");
    });
  }

  it("encodes few key frames and open groups anew, so that every segment stands alone, and copies what has none of that", async () => {
    const rendition = async (kind: string) =>
      (await analysisOf(of(kind))).cost.breakdown.filter(({ item }) => item === "MediaConvert: analysis rendition").length;
    expect([await rendition("openGroups"), await rendition("plain")]).to.deep.equal([1, 0]);
    const { item } = of("openGroups");
    const manifestKey = segmentManifestKey(item.caseId, item.runId as string);
    const stored = await platform.client.object({ bucket: platform.client.processedBucket, key: manifestKey });
    const { segments } = segmentManifest.parse(JSON.parse(stored.toString()));
    expect(segments.map(({ frameCount }) => frameCount)).to.deep.equal([150, 100]);
    for (const [i, { uri, frameCount }] of segments.entries()) {
      const file = join(folder.path, `segment-${i}.ts`);
      writeFileSync(file, await platform.client.object(parseUri(uri)));
      expect(decodedFrames(file)).to.equal(frameCount);
    }
  });

  it("keeps a source's own timecode, and counts frames from 0 all the same", async () => {
    expect((await analysisOf(of("fiveSeconds"))).media.startTimecode).to.deep.equal({ timecode: "10:00:00:05", dropFrame: false, frame: 900_005 });
    expect((await analysisOf(of("plain"))).media.startTimecode).to.equal(null);
  });

  it("shows a file's name only in the case table, letter by letter", async () => {
    const { item, file } = of("awkwardName");
    expect(item.fileName).to.equal(file.slice(folder.path.length + 1));
    const analysed = JSON.stringify(await analysisOf(of("awkwardName")));
    expect(analysed).not.to.include("切除");
  });
});
