import { execFileSync } from "node:child_process";
import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { expect } from "chai";
import type { DetectionChunk, MaskChunk } from "../../../contracts/analysis.ts";
import type { Change } from "../../../contracts/corrections.ts";
import { exportCorrections } from "../../../contracts/exports.ts";
import { encodeRuns, frameTable } from "../../../contracts/frame-table.ts";
import { detectionChunkKey, maskChunkKey, metadataPrefix, toUri } from "../../../contracts/keys.ts";
import { annotateVideo } from "../../../models/serving/annotate.ts";
import { analysisOf } from "../../functions/support/analysis.ts";
import { ClipFolder, x264 } from "../../functions/support/clips.ts";
import { caseId, digest, runId } from "../../functions/support/ids.ts";
import { failure } from "../../support/failure.ts";

const size = { width: 640, height: 360 };
const frameCount = 50;
/** Luma of a frame: it tells which one it is. */
const lumaOf = (frame: number): number => 20 + 4 * frame;

describe("annotate", () => {
  const clips = new ClipFolder();
  after(() => clips.remove());
  const [metadata, out] = [clips.path("metadata"), clips.path("out")];
  const environment = (startFrame: number, endFrame: number) => ({
    ...{ START_FRAME: String(startFrame), END_FRAME: String(endFrame), INPUT_DIR: clips.path("video"), METADATA_DIR: metadata, OUTPUT_DIR: out },
    CORRECTIONS_DIR: clips.path("corrections"),
    ...(process.env["FFMPEG_PATH"] && { FFMPEG_PATH: process.env["FFMPEG_PATH"] }),
  });

  before(() => {
    for (const folder of ["video", "metadata", "corrections", "out"]) mkdirSync(clips.path(folder));
    const source = `color=black:s=${size.width}x${size.height}:r=25:d=2,geq=lum='20+4*N':cb=128:cr=128`;
    clips.make("video/review.mp4", "-f", "lavfi", "-i", source, ...x264, "-crf", "1", "-bf", "2", "-g", "12");
    const put = (key: string, chunk: DetectionChunk | MaskChunk): string => {
      const file = join(metadata, key.slice(metadataPrefix(caseId, runId).length));
      mkdirSync(join(file, ".."), { recursive: true });
      writeFileSync(file, gzipSync(JSON.stringify(chunk)));
      return toUri("processed", key);
    };
    // One frame in five was looked at. A box at 10 and another place at 15; nothing from 20 on; a box in 40 though the camera is outside then.
    const looked = Array.from({ length: 10 }, (_, i) => i * 5);
    const place: Record<number, number[]> = { 10: [40, 60, 60, 40], 15: [200, 60, 60, 40], 40: [40, 60, 60, 40] };
    const boxed = looked.filter((frame) => place[frame]);
    const boxes: DetectionChunk = {
      ...{ schema: "detection-chunk/1.0", producer: "instrument-detector", frames: looked },
      offsets: [0, ...looked.map((frame) => boxed.filter((other) => other <= frame).length)],
      ...{ label: boxed.map(() => 0), score: boxed.map(() => 0.9), box: boxed.flatMap((frame) => place[frame] as number[]), track: boxed.map(() => -1) },
    };
    // The lower right quarter, in frame 30 alone.
    const masks: MaskChunk = {
      ...{ schema: "mask-chunk/1.0", producer: "structures", gridWidth: 4, gridHeight: 4, frames: [30, 31], offsets: [0, 1, 1] },
      ...{ label: [0], score: [0.8], runs: [[10, 2, 2, 2]] },
    };
    const span = { startFrame: 0, endFrame: frameCount, sha256: digest };
    const { media } = analysisOf();
    const analysis = analysisOf({
      media: { ...media, source: { ...media.source, frameCount, durationTicks: frameCount }, raster: { width: 320, height: 180 } },
      gate: {
        producer: "out-of-body",
        outOfBody: [{ startFrame: 40, endFrame: 50, score: 0.9, action: "excluded" }],
        text: [],
        pictures: null,
        missedEstimate: null,
      },
      segments: (["Preparation", "ClippingCutting"] as const).map((label, i) => ({
        ...{ id: `segment-${i}`, level: "phase", label, startFrame: 25 * i, endFrame: 25 * i + 25, confidence: 0.9 },
        ...{ producer: "phases", review: "unreviewed" },
      })),
      detections: [
        {
          ...{ producer: "instrument-detector", labels: ["Grasper"], frameCount: 10, boxCount: 3 },
          chunks: [{ ...span, uri: put(detectionChunkKey(caseId, runId, "instrument-detector", 0), boxes) }],
        },
      ],
      masks: [
        {
          ...{ producer: "structures", labels: ["Liver"], frameCount: 2, maskCount: 1 },
          chunks: [{ ...span, uri: put(maskChunkKey(caseId, runId, "structures", 0), masks) }],
        },
      ],
    });
    const frames = Array.from({ length: frameCount }, (_, i) => i);
    const table = frameTable.parse({
      schema: "frame-table/1.0",
      source: { timebase: { num: 1, den: 25 }, frameCount, pts: encodeRuns(frames), variableFrameRate: false },
      renditions: { review: { timebase: { num: 1, den: 12800 }, frameCount, pts: encodeRuns(frames.map((i) => 512 * i)), sourceFrame: encodeRuns(frames) } },
    });
    writeFileSync(join(metadata, "analysis.json"), JSON.stringify(analysis));
    writeFileSync(join(metadata, "frame-table.json"), JSON.stringify(table));
    correct();
  });
  afterEach(() => correct());

  /** What is to be drawn as people corrected it. */
  const correct = (...changes: Change[]): void => {
    const set = {
      ...{ schema: "correction-set/1.0", caseId, runId, contentSha256: digest, version: 1, createdAt: "2026-11-26T10:00:00.000Z", createdBy: "a" },
      corrections: changes.map((change) => ({ ...change, before: change.kind === "retime" ? { startFrame: 0, endFrame: 25 } : null })),
    };
    const sets = changes.length > 0 ? exportCorrections.parse([set]) : [];
    writeFileSync(clips.path("corrections/corrections.json"), JSON.stringify(sets));
  };
  const object = (id: number) => ({ kind: "object" as const, id: `00000000-0000-4000-8000-00000000000${id}` });
  const outline = (id: number) => ({ kind: "mask" as const, id: `00000000-0000-4000-8000-00000000000${id}` });

  /** Pictures of the annotated video as planes of luma and chroma. */
  const pictures = async (startFrame: number, endFrame: number) => {
    await annotateVideo(environment(startFrame, endFrame), () => {}, new AbortController().signal);
    const args = ["-v", "error", "-i", join(out, "annotated.mp4"), "-fps_mode", "passthrough", "-pix_fmt", "yuv420p", "-f", "rawvideo", "-"];
    const raw = execFileSync(process.env["FFMPEG_PATH"] ?? "ffmpeg", args, { maxBuffer: 2 ** 30 });
    const length = (size.width * size.height * 3) / 2;
    return Array.from({ length: raw.length / length }, (_, i) => {
      const bytes = raw.subarray(i * length, (i + 1) * length);
      return {
        luma: (x: number, y: number) => bytes[y * size.width + x] as number,
        blue: (x: number, y: number) => bytes[size.width * size.height + (y / 2) * (size.width / 2) + x / 2] as number,
      };
    });
  };
  /** Nothing is ever drawn here. */
  const [freeX, freeY] = [500, 60];
  /** In raster pixels the middles of the upper edges of both boxes; orange has little blue. */
  const isOrange = (blue: number): boolean => blue < 60;

  it("draws a box on the frame it was found in, keeps its corners until the next one that was looked at, and no longer", async () => {
    const all = await pictures(0, frameCount);
    expect(all).to.have.length(frameCount);
    const upperEdge = (x: number) => all.map((picture, frame) => (isOrange(picture.blue(2 * x + 60, 120)) ? frame : -1)).filter((frame) => frame >= 0);
    const corner = (x: number) => all.map((picture, frame) => (isOrange(picture.blue(2 * x + 4, 120)) ? frame : -1)).filter((frame) => frame >= 0);
    expect([upperEdge(40), upperEdge(200)]).to.deep.equal([[10], [15]]);
    expect([corner(40), corner(200)]).to.deep.equal([
      [10, 11, 12, 13, 14],
      [15, 16, 17, 18, 19],
    ]);
  });

  it("changes nothing else: each picture is the one it was", async () => {
    const all = await pictures(0, frameCount);
    for (const [frame, picture] of all.entries()) expect(picture.luma(freeX, freeY), `frame ${frame}`).to.be.closeTo(lumaOf(frame), 2);
  });

  it("tints what a mask covers, in the frame it was made of", async () => {
    const all = await pictures(28, 33);
    // Labels have one colour each; the second is light blue.
    const tinted = all.map((picture) => [picture.blue(400, 250) > 134, picture.blue(300, 250) > 134]);
    expect(tinted).to.deep.equal([
      [false, false],
      [false, false],
      [true, false],
      [false, false],
      [false, false],
    ]);
  });

  it("cuts any range out at the very frame", async () => {
    for (const [start, end] of [
      [0, 1],
      [13, 17],
      [24, 50],
    ] as const) {
      const part = await pictures(start, end);
      expect(part.map((picture) => Math.round((picture.luma(freeX, freeY) - 20) / 4))).to.deep.equal(Array.from({ length: end - start }, (_, i) => start + i));
    }
  });

  it("shows at the bottom where in the operation a picture is", async () => {
    const [first, last] = await pictures(10, 40).then((all) => [all[0], all.at(-1)]);
    // The cursor is white, each phase has a colour.
    expect([first, last].map((picture) => (picture?.luma(128, 354) as number) > 200)).to.deep.equal([true, false]);
    expect([isOrange(first?.blue(60, 354) as number), isOrange(first?.blue(600, 354) as number)]).to.deep.equal([true, false]);
  });

  /** Frames in which a place of the raster is as orange as boxes of graspers are. */
  const orangeAt = (all: Awaited<ReturnType<typeof pictures>>, x: number, y: number): number[] =>
    all.flatMap((picture, frame) => (isOrange(picture.blue(2 * x, 2 * y)) ? [frame] : []));

  it("draws boxes as people corrected them: moved for those frames, added, taken away, and found again after them", async () => {
    correct(
      // In the place of the box of frame 10, from frame 10 to 12; and one more, in frame 30 alone.
      {
        kind: "draw-box",
        target: object(1),
        after: {
          label: "Grasper",
          keyframes: [{ frame: 10, box: [100, 120, 60, 40] }],
          replaces: { producer: "instrument-detector", frame: 10, box: [40, 60, 60, 40] },
        },
      },
      {
        kind: "draw-box",
        target: object(2),
        after: {
          label: "Grasper",
          keyframes: [
            { frame: 30, box: [40, 20, 60, 40] },
            { frame: 34, box: [200, 20, 60, 40] },
            { frame: 36, box: null },
          ],
          replaces: null,
        },
      },
    );
    const all = await pictures(0, frameCount);
    expect(orangeAt(all, 40 + 30, 60), "what was found in frame 10").to.deep.equal([]);
    expect([orangeAt(all, 100 + 30, 120), orangeAt(all, 100 + 2, 120)], "what was drawn for it").to.deep.equal([[10], [10, 11, 12, 13, 14]]);
    expect(orangeAt(all, 200 + 30, 60), "what was found in frame 15 stays").to.deep.equal([15]);
    // Corners go straight from one keyframe to the next, whole boxes are in keyframes and where a network looked; then it is out of sight.
    expect([orangeAt(all, 40 + 2, 20), orangeAt(all, 120 + 2, 20), orangeAt(all, 120 + 30, 20)]).to.deep.equal([[30], [32], []]);
    expect([orangeAt(all, 200 + 6, 20), orangeAt(all, 200 + 30, 20)]).to.deep.equal([
      [34, 35],
      [34, 35],
    ]);
  });

  it("draws a label that no network knows in a colour of its own", async () => {
    correct({ kind: "draw-box", target: object(1), after: { label: "Needle", keyframes: [{ frame: 5, box: [100, 120, 60, 40] }], replaces: null } });
    const [picture] = await pictures(5, 6);
    // #009E73, the third of the palette, in BT.709; the picture itself is darker.
    expect(picture?.luma(2 * (100 + 30), 2 * 120)).to.be.closeTo(120, 4);
    expect(picture?.blue(2 * (100 + 30), 2 * 120)).to.be.closeTo(125, 4);
  });

  it("draws outlines in the place of masks, and phases as people moved them", async () => {
    const half = [
      [0, 0],
      [160, 0],
      [160, 180],
      [0, 180],
    ] as [number, number][];
    correct(
      {
        kind: "draw-mask",
        target: outline(3),
        after: { label: "Liver", frame: 30, polygon: half, later: [{ frame: 32, polygon: null }], replaces: "structures" },
      },
      { kind: "retime", target: { kind: "segment", id: "segment-0" }, after: { startFrame: 0, endFrame: 10 } },
    );
    const all = await pictures(28, 34);
    expect(all.map((picture) => [picture.blue(400, 250) > 134, picture.blue(120, 250) > 134])).to.deep.equal([
      [false, false],
      [false, false],
      [false, true],
      [false, true],
      [false, false],
      [false, false],
    ]);
    // A fifth of the bar is the first phase's now, not a half.
    expect([isOrange(all[0]?.blue(60, 354) as number), isOrange(all[0]?.blue(200, 354) as number)]).to.deep.equal([true, false]);
  });

  it("draws what holds at the start of a range, and refuses corrections of another analysis", async () => {
    correct({
      kind: "draw-box",
      target: object(4),
      after: {
        label: "Grasper",
        keyframes: [
          { frame: 2, box: [100, 120, 60, 40] },
          { frame: 28, box: [100, 120, 60, 40] },
        ],
        replaces: null,
      },
    });
    expect(orangeAt(await pictures(20, 31), 102, 120)).to.deep.equal([0, 1, 2, 3, 4, 5, 6, 7, 8, 9]);
    const text = readFileSync(clips.path("corrections/corrections.json"), "utf8").replace(digest, "0".repeat(64));
    writeFileSync(clips.path("corrections/corrections.json"), text);
    const other = await failure(annotateVideo(environment(0, 1), () => {}, new AbortController().signal));
    expect(other.message).to.equal("corrections.json corrects another analysis than analysis.json is.");
    writeFileSync(clips.path("corrections/corrections.json"), '[{"version":0}]');
    const both = await failure(annotateVideo(environment(40, 51), () => {}, new AbortController().signal));
    expect((both as Error & { reasons: string[] }).reasons).to.have.length(2);
  });

  it("draws labels of any script, and says in log and film if no font has them", async () => {
    const file = join(metadata, "analysis.json");
    const before = readFileSync(file, "utf8");
    writeFileSync(file, before.replace('"Preparation"', '"準備"'));
    const header = async (more: object) => {
      const said: string[] = [];
      await annotateVideo({ ...environment(0, 1), ...more }, (line) => said.push(line), new AbortController().signal);
      const raw = execFileSync(process.env["FFMPEG_PATH"] ?? "ffmpeg", [
        "-v",
        "error",
        "-i",
        join(out, "annotated.mp4"),
        "-pix_fmt",
        "yuv420p",
        "-f",
        "rawvideo",
        "-",
      ]);
      // The header's letters are white, the first picture dark.
      return {
        said: said.map((line) => JSON.parse(line)),
        width: Math.max(...Array.from({ length: 18 }, (_, y) => raw.subarray(y * size.width, (y + 1) * size.width).findLastIndex((luma) => luma > 150))),
      };
    };
    const known = await header({});
    const unknown = await header({ FONT_FILE: "/there/is/none.ttf" });
    writeFileSync(file, before);
    expect(unknown.said).to.deep.equal([
      { message: "no font has some characters of labels, Debian's fonts-noto-cjk may: question marks stand for them", characterCount: 2 },
      { message: "annotated", frameCount: 1 },
    ]);
    if (existsSync("/usr/share/fonts/opentype/noto/NotoSansCJK-Regular.ttc")) {
      expect(known.said).to.deep.equal([{ message: "annotated", frameCount: 1 }]);
      expect(unknown.width - known.width).to.be.greaterThan(200);
    } else expect(known).to.deep.equal(unknown);
  });

  it("refuses what it can't do, with every reason, and leaves no file", async () => {
    const bad = await failure(annotateVideo({ START_FRAME: "5" }, () => {}, new AbortController().signal));
    expect((bad as Error & { reasons: string[] }).reasons).to.have.length(5);
    const span = await failure(annotateVideo(environment(40, 51), () => {}, new AbortController().signal));
    expect(span.message).to.equal("START_FRAME 40 and END_FRAME 51 are no span of the operation's 50 frames.");
    expect(existsSync(join(out, "annotated.part.mp4"))).to.equal(false);
  });
});
