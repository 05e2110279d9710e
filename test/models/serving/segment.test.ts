import { execFile } from "node:child_process";
import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { promisify } from "node:util";
import { expect } from "chai";
import { detectionLine } from "../../../contracts/analyser-result.ts";
import { analyseFrames } from "../../../models/serving/analyse-frames.ts";
import { readModelFolder } from "../../../models/serving/model-folder.ts";
import { readPackets } from "../../../models/serving/packets.ts";
import { workInSegment } from "../../../models/serving/segment.ts";
import { serve } from "../../../models/serving/serve.ts";
import { frameRate, type JobFolders, jobFolders, size, source, temporaryFolder, writeRendition } from "./support/clips.ts";
import { meanColours, redBox, writeClassifier, writeDetector } from "./support/graphs.ts";

describe("serve, segments", () => {
  let root: Awaited<ReturnType<typeof temporaryFolder>>;
  let folders: JobFolders;
  let url: string;
  let digest: string;
  let segments: Buffer<ArrayBuffer>[];
  const stop = new AbortController();
  let ended: Promise<void>;
  before(async () => {
    root = await temporaryFolder();
    folders = await jobFolders(root.path);
    await writeRendition(folders, [source("testsrc2", 7), source("color=red", 3)]);
    const files = (await readdir(folders.input)).filter((file) => file.endsWith(".ts")).sort();
    segments = await Promise.all(files.map((file) => readFile(join(folders.input, file))));
    digest = (await writeDetector(folders.models, "boxes", redBox(64, 48, [0.25, 0.5, 0.5, 0.4]), { width: 64, height: 48 })).sha256;
    const { nodes, ...graph } = meanColours(2, 2);
    const overflow = nodes.map((node) => (node.type === "Identity" ? { ...node, type: "Log" } : node));
    await writeClassifier(folders.models, "logs", { ...graph, nodes: overflow }, { width: 2, height: 2 });
    const ready = Promise.withResolvers<{ port: number }>();
    const environment = { MODEL_DIR: folders.models, SAGEMAKER_BIND_TO_PORT: "0", BIND_ADDRESS: "127.0.0.1" };
    ended = serve(environment, (line) => ready.resolve(JSON.parse(line)), stop.signal);
    const { port } = await Promise.race([ready.promise, ended.then(() => Promise.reject(new Error("It ended.")))]);
    url = `http://127.0.0.1:${port}`;
  });
  after(async () => {
    stop.abort();
    await ended;
    await root.remove();
  });
  async function invoke(body: Uint8Array<ArrayBuffer>, attributes: string, type = "video/mp2t") {
    const headers = { "content-type": type, "x-amzn-sagemaker-custom-attributes": attributes };
    const response = await fetch(`${url}/invocations`, { method: "POST", body, headers });
    return { status: response.status, type: response.headers.get("content-type"), text: await response.text() };
  }
  const lines = (text: string) =>
    text
      .split("\n")
      .filter(Boolean)
      .map((line) => JSON.parse(line));
  const first = () => segments[0] as Buffer<ArrayBuffer>;

  for (const step of [5, 7]) {
    it(`finds in the segments exactly what a processing job finds in the whole video, every ${step} frames`, async () => {
      expect(segments.length).to.equal(2);
      const models = [await readModelFolder(folders.models, "boxes")];
      const options = { ...size, frameRate, frameCount: 250, models, sampleRate: 25 / step, signals: false, excluded: [], outputFolder: folders.output };
      await analyseFrames({ video: join(folders.input, "analysis_v.m3u8"), ...options });
      const whole = lines(await readFile(join(folders.output, "boxes.detections.jsonl"), "utf8"));
      const found = [];
      for (const [i, segment] of segments.entries()) {
        const start = 150 * i;
        const answer = await invoke(segment, `model=boxes;step=${step};first=${(step - (start % step)) % step}`);
        expect([answer.status, answer.type]).to.deep.equal([200, "application/jsonlines"]);
        for (const { model, version, digest: from, ...line } of lines(answer.text)) {
          expect([model, version, from]).to.deep.equal(["boxes", "1.2.3", digest]);
          const { frame, pts, boxes } = detectionLine.parse(line);
          found.push({ frame: frame + start, pts, boxes });
        }
      }
      expect(found).to.deep.equal(whole);
      expect(found.length).to.equal(Math.ceil(250 / step));
      expect(found.some(({ boxes }) => boxes.length > 0)).to.equal(true);
    });
  }

  it("reads MP4, too", async () => {
    const file = join(root.path, "segment.mp4");
    await promisify(execFile)("ffmpeg", ["-v", "error", "-i", join(folders.input, "analysis_v_00000.ts"), "-c", "copy", file]);
    const boxes = (text: string) => lines(text).map((line) => [line.frame, line.boxes]);
    const mp4 = await invoke(await readFile(file), "model=boxes;step=50;first=0", "video/mp4");
    expect(boxes(mp4.text)).to.deep.equal(boxes((await invoke(first(), "model=boxes;step=50;first=0")).text));
    expect(boxes(mp4.text).map(([frame]) => frame)).to.deep.equal([0, 50, 100]);
  });

  it("shows excluded frames to no network", async () => {
    const some = await invoke(first(), "model=boxes;step=25;first=0;excluded=20-60,100-101");
    expect(lines(some.text).map(({ frame }) => frame)).to.deep.equal([0, 75, 125]);
    const none = await invoke(first(), "model=boxes;step=25;first=0;excluded=0-150");
    expect([none.status, none.text]).to.deep.equal([200, ""]);
    const beyond = await invoke(first(), "model=boxes;step=25;first=0;excluded=0-151");
    expect(beyond.status).to.equal(400);
    expect(JSON.parse(beyond.text).reasons).to.deep.equal(["The segment has 150 frames; the excluded span 0-151 ends beyond."]);
  });

  it("tells every fault of a request", async () => {
    const { status, text } = await invoke(new Uint8Array(12 * 2 ** 20 + 1), "model=x;step=0;first=1;excluded=5-5,a;model=y;sharp");
    expect(status).to.equal(400);
    const header = "The header x-amzn-sagemaker-custom-attributes";
    expect(JSON.parse(text)).to.deep.equal({
      message: "Bad request.",
      reasons: [
        `${header} names model twice.`,
        `${header} has the part "sharp"; it takes model=, step=, first= and excluded=.`,
        'model is "x"; it must be one of boxes, logs.',
        'step is "0"; it must be the frames from one picture to the next, 1 or more.',
        'first is "1"; it must be the first frame to look at, below step.',
        'excluded has the span "5-5"; it must be FROM-TO in frames, TO the larger.',
        'excluded has the span "a"; it must be FROM-TO in frames, TO the larger.',
        "The segment is longer than 12582912 bytes.",
      ],
    });
    expect(JSON.parse((await invoke(new Uint8Array(), "model=boxes;step=1;first=0")).text).reasons).to.deep.equal([
      "The body is empty; it must be a segment of video.",
    ]);
  });

  it("refuses what is no segment, and follows no playlist that calls itself one", async () => {
    const playlist = await readFile(join(folders.input, "analysis_v.m3u8"), "utf8");
    const absolute = Buffer.from(playlist.replaceAll("analysis_v_", join(folders.input, "analysis_v_")));
    for (const [body, type] of [
      [Buffer.from("no video".repeat(100)), "video/mp2t"],
      [first(), "video/mp4"],
      [absolute, "video/mp2t"],
      [absolute, "video/mp4"],
    ] as const) {
      const { status, text } = await invoke(body, "model=boxes;step=5;first=0", type);
      expect(status).to.equal(400);
      expect(JSON.parse(text).reasons[0]).to.match(/^The segment can't be read: /);
    }
  });

  it("refuses a segment without a frame, and one that breaks off", async () => {
    const file = join(root.path, "sound.ts");
    await promisify(execFile)("ffmpeg", ["-v", "error", "-f", "lavfi", "-i", "anullsrc", "-t", "1", "-c:a", "aac", "-f", "mpegts", file]);
    const sound = await invoke(await readFile(file), "model=boxes;step=5;first=0");
    expect([sound.status, JSON.parse(sound.text).reasons]).to.deep.equal([400, ["The segment can't be read: The video has no frames."]]);
    const whole = join(root.path, "whole.mp4");
    await promisify(execFile)("ffmpeg", ["-v", "error", "-i", join(folders.input, "analysis_v_00000.ts"), "-c", "copy", "-movflags", "faststart", whole]);
    const bytes = await readFile(whole);
    const half = await invoke(bytes.subarray(0, bytes.length / 2), "model=boxes;step=5;first=0", "video/mp4");
    expect(half.status).to.equal(400);
    expect(JSON.parse(half.text).reasons[0]).to.match(/^The segment can't be decoded/);
  });

  it("gives no answer where a network gives no number", async () => {
    const { status, text } = await invoke(segments[1] as Buffer<ArrayBuffer>, "model=logs;step=25;first=0");
    expect(status).to.equal(500);
    expect(JSON.parse(text).message).to.equal("The network failed on this input.");
    expect(JSON.parse(text).reasons[0]).to.match(/^Model "logs" gave -?(Infinity|NaN|\d.*) in "scores"; wanted a probability in 0..1.$/);
  });

  it("tells a transform job how much it takes", async () => {
    const response = await fetch(`${url}/execution-parameters`);
    expect(response.status).to.equal(200);
    const parameters = (await response.json()) as { MaxConcurrentTransforms: number };
    expect(parameters).to.deep.include({ BatchStrategy: "SINGLE_RECORD", MaxPayloadInMB: 12 });
    expect(parameters.MaxConcurrentTransforms).to.be.within(1, 8);
  });

  describe("of a video that the container was told of, as for a transform job", () => {
    const own = new AbortController();
    let at: string;
    let served: Promise<void>;
    before(async () => {
      const { pts } = await readPackets(join(folders.input, "analysis_v.m3u8"));
      const work = `model=boxes;step=7;first-pts=${pts[0]};frame-ticks=90000/25;frames=250;excluded=140-170`;
      const ready = Promise.withResolvers<{ port: number }>();
      const environment = { MODEL_DIR: folders.models, SAGEMAKER_BIND_TO_PORT: "0", BIND_ADDRESS: "127.0.0.1", VIDEO_WORK: work };
      served = serve(environment, (line) => ready.resolve(JSON.parse(line)), own.signal);
      at = `http://127.0.0.1:${(await Promise.race([ready.promise, served.then(() => Promise.reject(new Error("It ended.")))])).port}`;
    });
    after(async () => {
      own.abort();
      await served;
    });
    const post = async (body: Uint8Array<ArrayBuffer>, headers: Record<string, string> = {}) => {
      const response = await fetch(`${at}/invocations`, { method: "POST", body, headers: { "content-type": "video/mp2t", ...headers } });
      return { status: response.status, text: await response.text() };
    };

    it("samples on from segment to segment, and shows no network what the gate took out", async () => {
      const frames: number[] = [];
      for (const [i, segment] of segments.entries()) {
        const { status, text } = await post(segment);
        expect(status).to.equal(200);
        frames.push(...lines(text).map(({ frame }) => frame + 150 * i));
      }
      const sampled = Array.from({ length: 36 }, (_, i) => 7 * i);
      expect(frames).to.deep.equal(sampled.filter((frame) => frame < 140 || frame >= 170));
    });

    it("still does what a request says itself", async () => {
      const { text } = await post(first(), { "x-amzn-sagemaker-custom-attributes": "model=boxes;step=100;first=0" });
      expect(lines(text).map(({ frame }) => frame)).to.deep.equal([0, 100]);
    });

    it("refuses a segment of which it can't tell where it lies", async () => {
      const file = join(root.path, "later.ts");
      await promisify(execFile)("ffmpeg", [
        "-v",
        "error",
        "-y",
        "-itsoffset",
        "8",
        "-i",
        join(folders.input, "analysis_v_00001.ts"),
        "-c",
        "copy",
        "-f",
        "mpegts",
        file,
      ]);
      const { status, text } = await post(await readFile(file));
      expect(status).to.equal(400);
      expect(JSON.parse(text).reasons[0]).to.match(/^(The segment holds the frames \d+ to \d+; the video has 250\.|Frame 0 of the segment lies )/);
    });
  });
});

describe("workInSegment", () => {
  const work = { step: 4, firstPts: 900, ticks: { num: 3003, den: 1 }, frameCount: 30, excluded: [{ startFrame: 8, endFrame: 12 }] };
  const times = (from: number, count: number, beside = 0) => Array.from({ length: count }, (_, i) => 900 + 3003 * (from + i) + beside);

  it("finds by their times which of the video's frames a segment holds", () => {
    expect(workInSegment(work, times(0, 10))).to.deep.equal({ step: 4, first: 0, excluded: [{ startFrame: 8, endFrame: 10 }] });
    expect(workInSegment(work, times(10, 10))).to.deep.equal({ step: 4, first: 2, excluded: [{ startFrame: 0, endFrame: 2 }] });
    expect(workInSegment(work, times(20, 10, 45))).to.deep.equal({ step: 4, first: 0, excluded: [] });
  });

  it("leaves no doubt: frames between two of the video's, before its first or after its last are refused", () => {
    expect(() => workInSegment(work, times(10, 10, 1000))).to.throw("Frame 0 of the segment lies 0.33 frames beside the video's frame 10.");
    expect(() => workInSegment(work, [...times(0, 3), ...times(5, 3)])).to.throw("Frame 3 of the segment lies 2.00 frames beside the video's frame 3.");
    expect(() => workInSegment(work, times(-1, 3))).to.throw("The segment holds the frames -1 to 1; the video has 30.");
    expect(() => workInSegment(work, times(25, 10))).to.throw("The segment holds the frames 25 to 34; the video has 30.");
  });
});
