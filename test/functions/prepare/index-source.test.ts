import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { expect } from "chai";
import { decodeRuns } from "../../../contracts/frame-table.ts";
import { conversionKey, convertedVideoKey, sourceIndexKey } from "../../../contracts/keys.ts";
import { sourceIndex } from "../../../contracts/media.ts";
import { isVariable, nominalFrameRate } from "../../../functions/prepare/index-source/frame-rate.ts";
import { createHandler } from "../../../functions/prepare/index-source/handler.ts";
import { memoryRanges } from "../../../functions/runtime/media/byte-ranges.ts";
import { readPacketTable } from "../../../functions/runtime/media/packet-table.ts";
import { failure } from "../../support/failure.ts";
import { ClipFolder, decodedFrames, x264 } from "../support/clips.ts";
import { caseId, digest, request, runId } from "../support/ids.ts";
import { memoryLake } from "../support/memory-lake.ts";

describe("prepare/index-source", () => {
  let clips: ClipFolder;
  before(() => {
    clips = new ClipFolder();
  });
  after(() => clips.remove());

  const index = async (file: string, sha256?: string) => {
    const lake = memoryLake();
    const handler = createHandler({ lake, open: async () => ({ file: memoryRanges(readFileSync(file)), sha256 }) });
    const answer = await handler({ request });
    return { answer, index: await lake.json(sourceIndexKey(caseId, runId), sourceIndex) };
  };

  it("stores every frame's time and tells how many there are and how long they last", async () => {
    const file = clips.pictures("plain.mp4", "30000/1001", 1);
    const { answer, index: stored } = await index(file, digest);
    const decoded = decodedFrames(file);
    expect(answer).to.deep.equal({ frameCount: decoded.count, durationSeconds: (decoded.count * 1001) / 30000 });
    expect([...decodeRuns(stored.video.pts)]).to.deep.equal(decoded.pts);
    expect(stored).to.deep.include({ container: "mp4", sha256: digest, bytes: readFileSync(file).length, audioTracks: 0 });
    expect(stored.video).to.deep.include({ nominalFrameRate: { num: 30000, den: 1001 }, variableFrameRate: false, timebase: { num: 1, den: 30000 } });
  });

  it("leaves the digest out where nobody knows it", async () => {
    expect((await index(clips.pictures("short.mp4", "25", 0.2))).index).not.to.have.property("sha256");
  });

  it("tells a variable rate by its most common one", async () => {
    const file = clips.pictures("variable.mp4", "25", 2, "-vf", "select='not(between(n,20,26))*not(eq(n,3))'", "-fps_mode", "vfr");
    expect((await index(file)).index.video).to.deep.include({ nominalFrameRate: { num: 25, den: 1 }, variableFrameRate: true });
  });

  it("answers why, of a video that it does not read, and stores nothing", async () => {
    const lake = memoryLake();
    const avi = readFileSync(clips.make("a.avi", "-f", "lavfi", "-i", "testsrc2=d=0.4", "-c:v", "mpeg4"));
    const answer = await createHandler({ lake, open: async () => ({ file: memoryRanges(avi), sha256: undefined }) })({ request });
    expect(answer).to.deep.equal({ unindexed: "The file is AVI, not MP4, MOV, Matroska, WebM or MPEG-TS." });
    expect([...lake.objects.keys()]).to.deep.equal([]);
  });

  describe("tells of the groups of pictures", () => {
    const x264With = (name: string, params: string, seconds: number, ...args: string[]) =>
      clips.make(name, "-f", "lavfi", "-i", `testsrc2=s=160x120:r=25:d=${seconds}`, ...x264, "-x264-params", `${params}:scenecut=0:bframes=2`, ...args);
    const groupsIn = async (file: string) => {
      const { video } = (await index(file)).index;
      return { ...video.groups, longestTicks: (video.groups.longestTicks * video.timebase.num) / video.timebase.den };
    };

    it("closed ones, how long and how large they are", async () => {
      const file = x264With("closed.mp4", "keyint=50:min-keyint=50", 7);
      const found = await groupsIn(file);
      expect(found).to.deep.include({ count: 4, longestTicks: 2, open: 0 });
      const args = ["-v", "error", "-show_entries", "packet=size,flags", "-of", "csv=p=0", file];
      const sizes = execFileSync(process.env["FFPROBE_PATH"] ?? "ffprobe", args, { encoding: "utf8" })
        .trim()
        .split("\n")
        .map((line) => Number.parseInt(line, 10));
      expect(found.bytes).to.equal(sizes.reduce((sum, size) => sum + size, 0));
      // 50 frames each, in order of decoding: the first three, up to the fourth key frame; or the second to the last.
      const first = sizes.slice(0, 150).reduce((sum, size) => sum + size, 0);
      const others = sizes.slice(50).reduce((sum, size) => sum + size, 0);
      expect(found.largestSegmentBytes).to.equal(Math.max(first, others));
    });

    it("those with ten seconds between key frames, the end counted", async () => {
      expect(await groupsIn(x264With("long.mp4", "keyint=250:min-keyint=250", 12))).to.deep.include({ count: 2, longestTicks: 10 });
      expect(await groupsIn(x264With("one.mp4", "keyint=infinite", 8))).to.deep.include({ count: 1, longestTicks: 8, open: 0 });
    });

    it("open ones, in MP4 and in MPEG-TS alike", async () => {
      const file = x264With("open.mp4", "keyint=50:min-keyint=50:open-gop=1", 6);
      const found = await groupsIn(file);
      expect(found.open)
        .to.equal(found.count - 1)
        .and.to.be.greaterThan(0);
      const stream = await groupsIn(clips.make("open.ts", "-i", file, "-c", "copy"));
      expect([stream.open, stream.count]).to.deep.equal([found.open, found.count]);
    });
  });

  it("gives a video up that it would have to read from end to end, if it is too large", async () => {
    const file = clips.pictures("spread.ts", "25", 2);
    const bytes = readFileSync(file);
    const huge = { ...memoryRanges(bytes), read: async (start: number, end: number) => memoryRanges(bytes).read(start, end) };
    const error = await failure(readPacketTable(huge, bytes.length - 1));
    expect(error.name).to.equal("NeedsConversion");
    expect(error.message).to.match(/^Its tables are spread over \d+(\.\d)? GB; at most \d+(\.\d)? GB are read for them\.$/);
    expect((await readPacketTable(huge, 3 * bytes.length)).pts).to.have.length(50);
  });

  describe("of a source that was converted", () => {
    const outcome = { schema: "conversion/1.0", outcome: "CONVERTED", container: "avi", codec: "mpeg4", timing: "derived", frameCount: 5, wallSeconds: 12.5 };
    const ask = async (conversion: unknown, copy: Buffer) => {
      const lake = memoryLake();
      await lake.putJson(conversionKey(caseId, runId), conversion);
      const opened: unknown[] = [];
      const handler = createHandler({
        lake,
        async open(location) {
          opened.push(location);
          const isSource = location.bucket === request.source.bucket;
          return isSource ? { file: memoryRanges(Buffer.alloc(5000)), sha256: digest } : { file: memoryRanges(copy), sha256: "f".repeat(64) };
        },
      });
      const answer = await handler({ request, copy: true });
      return { answer, opened, lake };
    };

    it("indexes the copy, and keeps size and digest of the source, what it was, and where its times come from", async () => {
      const copy = readFileSync(clips.pictures("copy.mp4", "25", 0.2));
      const { answer, opened, lake } = await ask(outcome, copy);
      expect(answer).to.deep.equal({ frameCount: 5, durationSeconds: 0.2 });
      expect(opened).to.deep.equal([request.source, { bucket: "processed", key: convertedVideoKey(caseId, runId) }]);
      const stored = await lake.json(sourceIndexKey(caseId, runId), sourceIndex);
      expect(stored).to.deep.include({ container: "mp4", bytes: 5000, sha256: digest });
      expect(stored.converted).to.deep.equal({ container: "avi", codec: "mpeg4", timing: "derived", wallSeconds: 12.5 });
    });

    it("refuses what could not be converted, with the reason", async () => {
      const reasons = ["The video (avi, xyz) can't be decoded."];
      const error = await failure(ask({ schema: "conversion/1.0", outcome: "UNREADABLE", reasons }, Buffer.alloc(0)));
      expect(error).to.deep.include({ name: "InvalidInput", message: reasons[0] });
    });

    it("never asks for a copy to be converted once more", async () => {
      const avi = readFileSync(clips.path("a.avi"));
      const error = await failure(ask(outcome, avi));
      expect(error.name).to.equal("BrokenContract");
      expect((await failure(ask({ outcome: "CONVERTED" }, avi))).name).to.equal("BrokenContract");
    });
  });

  it("rejects what isn't a video with InvalidInput", async () => {
    const error = await failure(index(clips.write("empty.mp4", "")));
    expect(error).to.deep.include({ name: "InvalidInput", message: "The file is empty." });
  });
});

describe("nominalFrameRate", () => {
  const milliseconds = { num: 1, den: 1000 };
  const times = (rate: number, count: number, perSecond: number) => Float64Array.from({ length: count }, (_, n) => Math.round((n * perSecond) / rate));

  it("sees through a coarse timebase", () => {
    for (const [num, den] of [
      [24000, 1001],
      [25, 1],
      [30000, 1001],
      [30, 1],
      [60000, 1001],
      [60, 1],
    ] as const) {
      const pts = times(num / den, 2000, 1000);
      expect(nominalFrameRate(pts, milliseconds, 0), `${num}/${den}`).to.deep.equal({ num, den });
      expect(isVariable(pts, milliseconds, { num, den }), `${num}/${den}`).to.equal(false);
    }
  });

  it("keeps a rate that no standard has", () => {
    expect(nominalFrameRate(times(17.5, 200, 90000), { num: 1, den: 90000 }, 0)).to.deep.equal({ num: 17500, den: 1000 });
  });

  it("takes a single frame's duration, or 25 if there is none", () => {
    expect(nominalFrameRate(Float64Array.of(7), milliseconds, 20)).to.deep.equal({ num: 50, den: 1 });
    expect(nominalFrameRate(Float64Array.of(7), milliseconds, 0)).to.deep.equal({ num: 25, den: 1 });
  });

  it("calls a rate variable once a frame is more than a tick astray", () => {
    const rate = { num: 25, den: 1 };
    expect(isVariable(Float64Array.of(0, 41, 79), milliseconds, rate)).to.equal(false);
    expect(isVariable(Float64Array.of(0, 42, 80), milliseconds, rate)).to.equal(true);
  });
});
