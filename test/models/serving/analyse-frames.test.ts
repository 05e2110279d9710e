import { execFileSync } from "node:child_process";
import { readFileSync, writeFileSync } from "node:fs";
import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { expect } from "chai";
import sharp from "sharp";
import { classificationLine, cueLine, detectionLine, maskLine, sprites } from "../../../contracts/analyser-result.ts";
import { analyseFrames, type FrameAnalysis } from "../../../models/serving/analyse-frames.ts";
import { readModelFolder } from "../../../models/serving/model-folder.ts";
import { drawPoster } from "../../../models/serving/poster.ts";
import { failure } from "../../support/failure.ts";
import { frameRate, type JobFolders, jobFolders, size, source, temporaryFolder, writeRendition } from "./support/clips.ts";
import { meanColours, redBox, redHalf, writeClassifier, writeDetector, writeSegmenter } from "./support/graphs.ts";

/** Red 2 s, moving bars 3 s, black 2 s, the bars blurred 2 s, white 1 s. */
const clip = [
  source("color=red", 2),
  source("testsrc2", 3),
  source("color=black", 2),
  { source: `${source("testsrc2", 2).source},gblur=sigma=16`, seconds: 2 },
  source("color=white", 1),
];
const frameCount = 250;
/** Pure red and white after a round trip through 8-bit video levels: 252 and 253 of 255. */
const red = 0.988235;
const white = 0.992157;

/** Mean red of the inner part of a thumbnail of the first sheet. */
async function tileRed(folder: string, tile: number): Promise<number> {
  const sheet = sharp(join(folder, "sheet-00000.webp")).extract({ left: tile * 160 + 40, top: 20, width: 80, height: 50 });
  const pixels = await sheet.removeAlpha().raw().toBuffer();
  return pixels.reduce((sum, value, i) => (i % 3 === 0 ? sum + value : sum), 0) / (pixels.length / 3);
}

/** Spoils one frame in an MP4, so that the decoder gives none for it and goes on with the next. */
function damage(video: string, frame: number): void {
  const args = ["-v", "error", "-select_streams", "v:0", "-show_entries", "packet=pos,size", "-of", "json", video];
  const { packets } = JSON.parse(execFileSync("ffprobe", args).toString()) as { packets: { pos: string; size: string }[] };
  const { pos, size: length } = packets[frame] as (typeof packets)[number];
  const bytes = readFileSync(video);
  bytes.fill(0, Number(pos), Number(pos) + Number(length));
  writeFileSync(video, bytes);
}

describe("analyseFrames", () => {
  let root: Awaited<ReturnType<typeof temporaryFolder>>;
  let folders: JobFolders;
  before(async () => {
    root = await temporaryFolder();
    folders = await jobFolders(root.path);
    await writeRendition(folders, clip);
    await writeClassifier(folders.models, "colours", meanColours(32, 32), { width: 32, height: 32 });
    await writeDetector(folders.models, "boxes", redBox(64, 48, [0.25, 0.5, 0.9, 0.1]), { width: 64, height: 48 });
    await writeSegmenter(folders.models, "half", redHalf(64, 48), { width: 64, height: 48 });
    await writeClassifier(folders.models, "same-size", meanColours(32, 32), { width: 32, height: 32 });
  });
  after(() => root.remove());

  async function analyse(ids: readonly string[], changes: Partial<FrameAnalysis> = {}) {
    const output = await jobFolders(join(root.path, `run-${Math.random()}`));
    const models = await Promise.all(ids.map((id) => readModelFolder(folders.models, id)));
    const video = join(folders.input, "analysis_v.m3u8");
    const options = { video, ...size, frameRate, frameCount, models, sampleRate: 5, signals: false, excluded: [], outputFolder: output.output, ...changes };
    const { outputs, failure: why } = await analyseFrames(options);
    const text = (file: string) => readFile(join(output.output, file), "utf8");
    return {
      outputs,
      why,
      folder: output.output,
      text,
      lines: async (file: string) =>
        (await text(file))
          .split("\n")
          .filter(Boolean)
          .map((line) => JSON.parse(line)),
    };
  }

  it("writes masks as run lengths over the network's own grid, and an empty list where none is sure enough", async () => {
    const { outputs, lines } = await analyse(["half"], { sampleRate: 1 });
    expect(outputs.map(({ kind, subject, file, framesDone }) => [kind, subject, file, framesDone])).to.deep.equal([
      ["masks", "structure", "half.masks.jsonl", 10],
    ]);
    const masks = (await lines("half.masks.jsonl")).map((line) => maskLine.parse(line));
    expect(masks[0]).to.deep.include({ frame: 0, gridWidth: 4, gridHeight: 2, masks: [[0, red, [0, 4, 4]]] });
    expect(masks.map(({ frame, masks: found }) => [frame, found.length]).filter(([, found]) => found === 0)).to.deep.include.members([
      [125, 0],
      [150, 0],
    ]);
  });

  it("runs every network on the sampled frames, boxes in whole pixels", async () => {
    const { outputs, lines } = await analyse(["colours", "boxes", "same-size"]);
    const counts = outputs.map(({ producer, status, kind, file, framesDone, framesWanted }) => [producer.id, status, kind, file, framesDone, framesWanted]);
    expect(counts).to.deep.equal([
      ["colours", "SUCCEEDED", "classifications", "colours.classifications.jsonl", 50, 50],
      ["boxes", "SUCCEEDED", "detections", "boxes.detections.jsonl", 50, 50],
      ["same-size", "SUCCEEDED", "classifications", "same-size.classifications.jsonl", 50, 50],
    ]);
    expect(outputs.map(({ frameStep }) => frameStep)).to.deep.equal([5, 5, 5]);
    const scores = (await lines("colours.classifications.jsonl")).map((line) => classificationLine.parse(line));
    expect(scores.map(({ frame }) => frame)).to.deep.equal(Array.from({ length: 50 }, (_, i) => 5 * i));
    expect(scores.map(({ pts }) => pts - (scores[0]?.pts as number))).to.deep.equal(Array.from({ length: 50 }, (_, i) => 5 * 3600 * i));
    expect(scores.slice(0, 10).map((line) => line.scores)).to.deep.equal(Array(10).fill([red, 0, 0]));
    expect(scores.slice(25, 35).map((line) => line.scores)).to.deep.equal(Array(10).fill([0, 0, 0]));
    expect(scores.slice(45).map((line) => line.scores)).to.deep.equal(Array(5).fill([white, white, white]));
    expect(await lines("same-size.classifications.jsonl")).to.deep.equal(scores);

    const boxes = (await lines("boxes.detections.jsonl")).map((line) => detectionLine.parse(line));
    expect(boxes[0]?.boxes).to.deep.equal([[1, red, 160, 180, 480, 36]]);
    expect(boxes[30]?.boxes).to.deep.equal([]);
    expect(boxes[49]?.boxes).to.deep.equal([
      [1, white, 160, 180, 480, 36],
      [0, white, 0, 0, 640, 360],
    ]);
  });

  it("finds the technical cues to the frame", async () => {
    const { outputs, lines } = await analyse([], { signals: true });
    const cues = (await lines("cues.jsonl")).map((line) => cueLine.parse(line));
    expect(cues.map(({ type, startFrame, endFrame }) => [type, startFrame, endFrame])).to.deep.equal([
      ["freeze", 0, 50],
      ["shot", 0, 50],
      ["shot", 50, 125],
      ["black", 125, 175],
      ["shot", 125, 175],
      ["blur", 175, 225],
      ["shot", 175, 225],
      ["freeze", 225, 250],
      ["overexposed", 225, 250],
      ["shot", 225, 250],
    ]);
    expect(outputs.map(({ kind, framesDone, framesWanted }) => [kind, framesDone, framesWanted])).to.deep.equal([
      ["cues", 250, 250],
      ["sprites", 5, 5],
    ]);
  });

  it("draws a thumbnail every two seconds", async () => {
    const { text, folder } = await analyse([], { signals: true });
    expect(JSON.parse(await text("sprites.json"))).to.deep.equal({
      ...{ schema: "sprites/1.0", columns: 10, rows: 10, tileWidth: 160, tileHeight: 90 },
      ...{ frameStep: 50, tileCount: 5, sheets: ["sheet-00000.webp"] },
      poster: { file: "poster.webp", frame: 50, width: 640, height: 360 },
    });
    expect(await tileRed(folder, 0)).to.be.greaterThan(240);
    expect(await tileRed(folder, 3)).to.be.lessThan(2);
    expect((await sharp(join(folder, "sheet-00000.webp")).metadata()).width).to.equal(1600);
  });

  it("shows excluded frames to nobody", async () => {
    const excluded = [
      { startFrame: 20, endFrame: 80 },
      { startFrame: 98, endFrame: 101 },
      { startFrame: 225, endFrame: 250 },
    ];
    const { outputs, lines, folder } = await analyse(["colours"], { signals: true, excluded });
    const frames = (await lines("colours.classifications.jsonl")).map(({ frame }) => frame);
    expect(frames).to.deep.equal(
      Array.from({ length: 50 }, (_, i) => 5 * i).filter((frame) => !excluded.some((e) => frame >= e.startFrame && frame < e.endFrame)),
    );
    expect(outputs.map(({ framesDone, framesWanted }) => [framesDone, framesWanted])).to.deep.equal([
      [32, 32],
      [162, 162],
      [3, 3],
    ]);
    const cues = (await lines("cues.jsonl")).map(({ type, startFrame, endFrame }) => [type, startFrame, endFrame]);
    expect(cues).to.deep.equal([
      ["shot", 0, 20],
      ["shot", 80, 98],
      ["shot", 101, 125],
      ["black", 125, 175],
      ["shot", 125, 175],
      ["blur", 175, 225],
      ["shot", 175, 225],
    ]);
    // Thumbnails show the frames 0, 50, 100, 150, 200.
    for (const blank of [1, 2]) expect(await tileRed(folder, blank)).to.be.lessThan(2);
    expect(await tileRed(folder, 0)).to.be.greaterThan(240);
  });

  it("draws them larger as well where it is asked to, and hides the same in both", async () => {
    // Thumbnails show the frames 0 (red), 50, 100, 150 (black) and 200.
    const excluded = [{ startFrame: 200, endFrame: 210 }];
    const covered = [{ startFrame: 0, endFrame: 50, x: 0.26, y: 0.5, width: 0.1, height: 0.2, score: 0.9 }];
    const { text, folder, outputs } = await analyse([], { signals: true, stills: true, excluded, covered });
    expect(sprites.parse(JSON.parse(await text("sprites.json")))).to.deep.include({
      ...{ tileWidth: 160, tileHeight: 90, tileCount: 5, sheets: ["sheet-00000.webp"] },
      stills: { columns: 4, rows: 4, tileWidth: 640, tileHeight: 360, sheets: ["stills-00000.jpg"] },
    });
    expect(outputs.map(({ framesDone }) => framesDone)).to.deep.equal([240, 4]);
    const { data, info } = await sharp(join(folder, "stills-00000.jpg")).raw().toBuffer({ resolveWithObject: true });
    expect([info.width, info.height, info.channels]).to.deep.equal([2560, 1440, 3]);
    const redAt = (tile: number, x: number, y: number) => data[((Math.floor(tile / 4) * 360 + y) * info.width + (tile % 4) * 640 + x) * 3] as number;
    // The covered region in pixels: 166.4 to 230.4, 180 to 252; outwards to even ones 166 to 232, 180 to 252.
    for (const [x, y] of [
      [167, 181],
      [200, 216],
      [230, 250],
    ] as const)
      expect(redAt(0, x, y), `red at ${x},${y}`).to.be.lessThan(24);
    for (const [x, y] of [
      [150, 216],
      [248, 216],
      [200, 164],
      [200, 268],
    ] as const)
      expect(redAt(0, x, y), `red at ${x},${y}`).to.be.greaterThan(220);
    const brightest = async (tile: number) => {
      // Without its edges: a block of JPEG there shows two thumbnails.
      const part = { left: (tile % 4) * 640 + 8, top: Math.floor(tile / 4) * 360 + 8, width: 624, height: 344 };
      const { channels } = await sharp(await sharp(join(folder, "stills-00000.jpg")).extract(part).png().toBuffer()).stats();
      return Math.max(...channels.map(({ max }) => max));
    };
    expect(await brightest(1)).to.be.greaterThan(200);
    for (const hidden of [3, 4]) expect(await brightest(hidden), `thumbnail ${hidden}`).to.be.lessThan(8);
  });

  it("draws nothing larger than the video", async () => {
    const other = await jobFolders(join(root.path, "narrow"));
    const video = join(other.input, "narrow.ts");
    execFileSync("ffmpeg", ["-nostdin", "-v", "error", "-f", "lavfi", "-i", "color=red:s=90x160:r=25:d=0.04", "-c:v", "libx264", "-pix_fmt", "yuv420p", video]);
    const { text } = await analyse([], { video, width: 90, height: 160, frameCount: 1, signals: true, stills: true });
    expect(JSON.parse(await text("sprites.json")).stills).to.deep.include({ tileWidth: 90, tileHeight: 160 });
  });

  describe("the poster", () => {
    // Thumbnails show frames 0 (of one colour), 50 and 100 (sharp), 150 (black) and 200 (blurred).
    const posterOf = async (changes: Partial<FrameAnalysis>) => {
      const { text, folder, outputs } = await analyse([], { signals: true, ...changes });
      const { poster } = sprites.parse(JSON.parse(await text("sprites.json")));
      return { poster, folder, error: outputs.find(({ kind }) => kind === "sprites")?.error };
    };
    const spans = (...frames: number[]) => frames.map((frame) => ({ startFrame: frame - 5, endFrame: frame + 5 }));
    const pixels = (file: string) => sharp(file).removeAlpha().raw().toBuffer();
    /** Mean difference of the poster to a frame of the video, of 255. */
    const distance = async (folder: string, frame: number) => {
      const args = ["-nostdin", "-v", "error", "-i", join(folders.input, "analysis_v.m3u8"), "-vf", `select='eq(n,${frame})',format=rgb24`];
      const shown = execFileSync("ffmpeg", [...args, "-frames:v", "1", "-f", "rawvideo", "-"], { maxBuffer: 1e6 });
      const drawn = await pixels(join(folder, "poster.webp"));
      expect(drawn.length).to.equal(shown.length);
      return shown.reduce((sum, value, i) => sum + Math.abs(value - (drawn[i] as number)), 0) / shown.length;
    };

    it("is the sharpest thumbnail's frame and no other, larger", async () => {
      const { poster, folder } = await posterOf({});
      expect(poster?.frame).to.equal(50);
      expect(await distance(folder, 50)).to.be.lessThan(6);
      for (const beside of [49, 51]) expect(await distance(folder, beside), `frame ${beside}`).to.be.greaterThan(await distance(folder, 50));
    });

    it("is of none that is outside the patient, and rather a blurred one than none", async () => {
      expect((await posterOf({ excluded: spans(50) })).poster?.frame).to.equal(100);
      const { poster, folder } = await posterOf({ excluded: spans(50, 100) });
      expect(poster?.frame).to.equal(200);
      expect(await distance(folder, 200)).to.be.lessThan(6);
    });

    it("is none where nothing inside the patient is to be seen", async () => {
      const { poster, folder, error } = await posterOf({ excluded: spans(50, 100, 200) });
      expect([poster, error]).to.deep.equal([null, null]);
      expect((await failure(readFile(join(folder, "poster.webp")))).message).to.match(/ENOENT/);
    });

    it("shows no text: what is covered in that frame is black, what is covered in others is not", async () => {
      const region = { x: 0.25, y: 0.25, width: 0.25, height: 0.5, score: 0.9 };
      const covered = [
        { ...region, startFrame: 50, endFrame: 51 },
        { ...region, x: 0.75, startFrame: 0, endFrame: 50 },
        { ...region, x: 0.75, startFrame: 51, endFrame: frameCount },
      ];
      const { poster, folder } = await posterOf({ covered });
      expect(poster?.frame).to.equal(50);
      const brightest = async (left: number) => {
        const part = await sharp(join(folder, "poster.webp")).extract({ left, top: 92, width: 150, height: 176 }).removeAlpha().raw().toBuffer();
        return Math.max(...part);
      };
      expect(await brightest(165)).to.be.lessThan(24);
      expect(await brightest(485)).to.be.greaterThan(200);
    });

    it("is no larger than the video, and does without where it can't be drawn, which is told", async () => {
      const video = join((await jobFolders(join(root.path, "small"))).input, "small.ts");
      execFileSync("ffmpeg", ["-nostdin", "-v", "error", "-f", "lavfi", "-i", "testsrc2=s=90x160:r=25:d=1", "-c:v", "libx264", "-pix_fmt", "yuv420p", video]);
      const small = { video, width: 90, height: 160, frameCount: 25 };
      expect((await posterOf(small)).poster).to.deep.equal({ file: "poster.webp", frame: 0, width: 90, height: 160 });
      const source = { video, width: 90, height: 160, frameRate, pts: [1], excluded: [], covered: [] };
      expect((await failure(drawPoster(source, 0, root.path))).message).to.equal("Frame 0, which the poster shows, was not decoded again.");
      expect((await failure(drawPoster({ ...source, excluded: [{ startFrame: 0, endFrame: 1 }] }, 0, root.path))).message).to.equal(
        "Frame 0 lies outside the patient: it is no poster.",
      );
    });
  });

  it("covers regions with text in thumbnails while they last, every pixel that they reach into, and nothing else", async () => {
    // Thumbnails 0 and 1 show the frames 0 and 50; the other region begins and ends between two thumbnails.
    const covered = [
      { startFrame: 0, endFrame: 50, x: 0.26, y: 0.5, width: 0.1, height: 0.2, score: 0.9 },
      { startFrame: 201, endFrame: 249, x: 0, y: 0, width: 1, height: 1, score: 0.9 },
    ];
    const { outputs, folder } = await analyse([], { signals: true, covered });
    expect(outputs.map(({ framesDone }) => framesDone)).to.deep.equal([250, 5]);
    const { data, info } = await sharp(join(folder, "sheet-00000.webp")).removeAlpha().raw().toBuffer({ resolveWithObject: true });
    const redAt = (tile: number, x: number, y: number) => data[(y * info.width + tile * 160 + x) * 3] as number;
    // In pixels: 41.6 to 57.6, 45 to 63; outwards to even ones 40 to 58, 44 to 64. At the edge WebP blurs colour.
    for (const [x, y] of [
      [42, 46],
      [48, 54],
      [55, 61],
    ] as const)
      expect(redAt(0, x, y), `red at ${x},${y}`).to.be.lessThan(16);
    for (const [x, y] of [
      [32, 54],
      [66, 54],
      [48, 36],
      [48, 72],
    ] as const)
      expect(redAt(0, x, y), `red at ${x},${y}`).to.be.greaterThan(220);
    expect(redAt(4, 80, 45), "a thumbnail between whose frames the other region lies").to.be.greaterThan(100);
  });

  it("takes a video of one frame, upright, and one that is excluded whole", async () => {
    const other = await jobFolders(join(root.path, "one"));
    const video = join(other.input, "one.ts");
    execFileSync("ffmpeg", ["-nostdin", "-v", "error", "-f", "lavfi", "-i", "color=red:s=90x160:r=25:d=0.04", "-c:v", "libx264", "-pix_fmt", "yuv420p", video]);
    const one = { video, width: 90, height: 160, frameCount: 1, signals: true };
    const seen = await analyse(["colours"], one);
    expect(await seen.lines("cues.jsonl")).to.deep.equal([{ type: "shot", startFrame: 0, endFrame: 1, score: 1 }]);
    expect((await seen.lines("colours.classifications.jsonl"))[0].scores).to.deep.equal([red, 0, 0]);
    expect(JSON.parse(await seen.text("sprites.json"))).to.include({ tileWidth: 50, tileHeight: 90, tileCount: 1 });
    const hidden = await analyse(["colours"], { ...one, excluded: [{ startFrame: 0, endFrame: 1 }] });
    expect(hidden.outputs.map(({ status, framesDone, framesWanted }) => [status, framesDone, framesWanted])).to.deep.equal(Array(3).fill(["SUCCEEDED", 0, 0]));
    expect(await hidden.text("cues.jsonl")).to.equal("");
  });

  it("finds the same in key frames alone as in a whole decode", async () => {
    const whole = await analyse(["colours"], { sampleRate: 1, signals: true });
    const keyFrames = await analyse(["colours"], { sampleRate: 1 });
    expect(await keyFrames.text("colours.classifications.jsonl")).to.equal(await whole.text("colours.classifications.jsonl"));
    expect((await keyFrames.lines("colours.classifications.jsonl")).map(({ frame }) => frame)).to.deep.equal([0, 25, 50, 75, 100, 125, 150, 175, 200, 225]);
  });

  it("decodes all where key frames do not decode alone", async () => {
    const other = await jobFolders(join(root.path, "refresh"));
    // x264's gradual refresh flags frames as keys that are not intra-coded.
    const video = join(other.input, "refresh.ts");
    const encode = ["-c:v", "libx264", "-x264-params", "intra-refresh=1:keyint=25:scenecut=0:bframes=0", "-pix_fmt", "yuv420p"];
    execFileSync("ffmpeg", ["-nostdin", "-v", "error", "-f", "lavfi", "-i", source("testsrc2", 3).source, ...encode, video]);
    const { outputs, lines } = await analyse(["colours"], { video, frameCount: 75, sampleRate: 1 });
    expect(outputs[0]?.framesDone).to.equal(3);
    expect((await lines("colours.classifications.jsonl")).map(({ frame }) => frame)).to.deep.equal([0, 25, 50]);
  });

  it("gives byte-identical files again", async () => {
    const first = await analyse(["colours", "boxes"], { signals: true });
    const second = await analyse(["colours", "boxes"], { signals: true, threads: 2 });
    for (const file of ["colours.classifications.jsonl", "boxes.detections.jsonl", "cues.jsonl", "sprites.json", "sheet-00000.webp", "poster.webp"]) {
      expect(await readFile(join(first.folder, file)), file).to.deep.equal(await readFile(join(second.folder, file)));
    }
    expect(first.outputs).to.deep.equal(second.outputs);
  });

  it("lets one network fail and the others finish", async () => {
    const tampered = await writeClassifier(folders.models, "tampered", meanColours(32, 32), { width: 32, height: 32 });
    await writeFile(join(folders.models, "tampered", "model.onnx"), "other");
    await writeClassifier(
      folders.models,
      "misnamed",
      { ...meanColours(32, 32), outputs: [{ name: "means", type: "float32", dims: ["N", 3] }] },
      { width: 32, height: 32 },
    );
    await writeClassifier(folders.models, "misfit", meanColours(16, 16), { width: 32, height: 32 });
    await writeClassifier(
      folders.models,
      "wild",
      { ...meanColours(32, 32), constants: [{ name: "full", dims: [], data: Float32Array.of(1) }] },
      { width: 32, height: 32 },
    );
    const { outputs } = await analyse(["tampered", "misnamed", "misfit", "wild", "colours"]);
    expect(outputs.map(({ status, framesDone }) => [status, framesDone])).to.deep.equal([
      ["FAILED", 0],
      ["FAILED", 0],
      ["FAILED", 0],
      ["FAILED", 0],
      ["SUCCEEDED", 50],
    ]);
    const errors = outputs.map(({ error }) => error);
    const otherDigest = "d9298a10d1b0735837dc4bd85dac641b0f3cef27a47e5d53a54f2f3f5b2fcffa";
    expect(errors[0]).to.equal(`Model "tampered": model.onnx has the SHA-256 ${otherDigest}; model.json says ${tampered.sha256}.`);
    expect(errors[1]).to.equal(`Model "misnamed" can't be opened: the graph has the outputs means, wanted scores.`);
    expect(errors[2]).to.match(/^Model "misfit" failed on a batch of 4: .*dimensions/);
    expect(errors[3]).to.match(/^Model "wild" gave 25\d(\.\d+)? in "scores"; wanted a probability in 0\.\.1\.$/);
  });

  it("refuses a network that was trained on pictures of another fit", async () => {
    await writeClassifier(folders.models, "boxed", meanColours(32, 32), { width: 32, height: 32, fit: "letterbox" });
    const message = await readModelFolder(folders.models, "boxed").then(
      () => "no error",
      (error: Error) => error.message,
    );
    expect(message).to.match(/model\.json wants pictures fitted as "letterbox"; frames of a video are only ever stretched\.$/);
  });

  it("refuses a video that is not the one described, or that can't be read", async () => {
    const message = async (changes: Partial<FrameAnalysis>) =>
      analyse(["colours"], changes).then(
        () => "no error",
        (error: Error) => error.message,
      );
    expect(await message({ frameCount: 251 })).to.equal("The video has 250 frames; its segment manifest says 251.");
    expect(await message({ video: join(root.path, "none.m3u8") })).to.match(/^ffprobe failed \(exit 1\): .*No such file/);
    const broken = join(root.path, "broken.mp4");
    await writeFile(broken, "not a video");
    expect(await message({ video: broken })).to.match(/^ffprobe failed \(exit 1\): .*Invalid data/);
  });

  /** Frames that an output's lines are about, and that it says they are. */
  const counted = async ({ outputs, lines }: Awaited<ReturnType<typeof analyse>>, whole: Awaited<ReturnType<typeof analyse>>) => {
    for (const { file, framesDone } of outputs.filter(({ kind }) => kind !== "cues" && kind !== "sprites"))
      expect(await lines(file), file).to.deep.equal((await whole.lines(file)).slice(0, framesDone));
    return outputs.map(({ framesDone }) => framesDone);
  };

  it("leaves what it has when it is told to stop, true to the last line", async () => {
    const models = ["colours", "boxes"];
    const whole = await analyse(models, { signals: true });
    expect(whole.why).to.equal(null);
    const stop = new AbortController();
    const stopped = await analyse(models, { signals: true, abort: stop.signal, onProgress: (frames) => frames === 130 && stop.abort() });
    expect(stopped.why).to.equal("The analysis was stopped.");
    expect(stopped.outputs.map(({ status, error, framesWanted }) => [status, error, framesWanted])).to.deep.equal(
      [50, 50, 250, 5].map((wanted) => ["FAILED", "The analysis was stopped.", wanted]),
    );
    const [colours, boxes, measured, thumbnails] = (await counted(stopped, whole)) as [number, number, number, number];
    for (const done of [colours, boxes]) expect(done).to.be.within(1, 49);
    expect(measured).to.be.within(130, 249);
    expect(thumbnails).to.equal(0);
    // The shot in which it was stopped ends there.
    const shots = (await stopped.lines("cues.jsonl")).filter(({ type }) => type === "shot");
    expect(shots.map(({ startFrame, endFrame }) => [startFrame, endFrame])).to.deep.equal([
      [0, 50],
      [50, 125],
      [125, measured],
    ]);
  });

  it("leaves nothing undone that was done when it is told to stop", async () => {
    const stop = new AbortController();
    const { outputs, why } = await analyse(["colours"], { abort: stop.signal, onProgress: (frames) => frames >= 250 && stop.abort() });
    expect([why === null || why === "The analysis was stopped.", outputs[0]?.status, outputs[0]?.framesDone]).to.deep.equal([true, "SUCCEEDED", 50]);
  });

  it("leaves what came before the first picture that can't be decoded, and none whose number nobody knows", async () => {
    const other = await jobFolders(join(root.path, "damaged"));
    const video = join(other.input, "damaged.mp4");
    const encode = ["-c:v", "libx264", "-x264-params", "keyint=25:scenecut=0:bframes=0", "-pix_fmt", "yuv420p"];
    execFileSync("ffmpeg", ["-nostdin", "-v", "error", "-f", "lavfi", "-i", source("testsrc2", 8).source, ...encode, video]);
    const sound = { video, frameCount: 200 };
    const whole = await analyse(["colours"], sound);
    expect(whole.outputs[0]?.framesDone).to.equal(40);
    damage(video, 110);
    const { why, ...damaged } = await analyse(["colours"], { ...sound, signals: true });
    expect(why).to.match(/^ffmpeg failed/);
    expect(damaged.outputs.map(({ status }) => status)).to.deep.equal(["FAILED", "FAILED", "FAILED"]);
    const [colours, measured] = (await counted({ why, ...damaged }, whole)) as [number, number];
    expect(colours).to.be.within(15, 22);
    expect(measured).to.be.within(75, 110);
  });
});
