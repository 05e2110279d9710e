import { readdirSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { expect } from "chai";
import { decodeRuns, FrameIndex, frameTable } from "../../../contracts/frame-table.ts";
import {
  analysisPlaylistKey,
  analysisRenditionPrefix,
  frameTableKey,
  reviewRenditionKey,
  segmentManifestKey,
  sourceIndexKey,
} from "../../../contracts/keys.ts";
import { segmentManifest } from "../../../contracts/media.ts";
import { createHandler } from "../../../functions/prepare/index-rendition/handler.ts";
import { segmentNames } from "../../../functions/prepare/index-rendition/playlist.ts";
import { sourceIndexOf } from "../../../functions/prepare/index-source/core.ts";
import { BrokenContract } from "../../../functions/runtime/errors.ts";
import { memoryRanges } from "../../../functions/runtime/media/byte-ranges.ts";
import { readPacketTable } from "../../../functions/runtime/media/packet-table.ts";
import { failure } from "../../support/failure.ts";
import { ClipFolder, decodedFrames, x264 } from "../support/clips.ts";
import { caseId, runId } from "../support/ids.ts";
import { type MemoryLake, memoryLake } from "../support/memory-lake.ts";

describe("prepare/index-rendition", () => {
  let clips: ClipFolder;
  let lake: MemoryLake;
  let source: string;
  const handler = (rendition: string) => createHandler({ lake, open: async (key) => memoryRanges(await lake.bytes(key)) })({ caseId, runId, rendition });

  before(async () => {
    clips = new ClipFolder();
    lake = memoryLake();
    source = clips.pictures("source.mp4", "25", 3, "-vf", "select='not(eq(mod(n,10),4))'", "-fps_mode", "vfr");
    const bytes = readFileSync(source);
    await lake.putJson(sourceIndexKey(caseId, runId), sourceIndexOf(await readPacketTable(memoryRanges(bytes)), { bytes: bytes.length, sha256: undefined }));
    const hls = ["-f", "hls", "-hls_time", "1", "-hls_playlist_type", "vod", "-start_number", "1", "-hls_segment_filename", clips.path("analysis_v_%05d.ts")];
    const playlist = clips.make("analysis_v.m3u8", "-i", source, "-vf", "fps=25", ...x264, "-bf", "2", "-g", "25", "-sc_threshold", "0", ...hls);
    for (const name of readdirSync(dirname(playlist)).filter((file) => file.startsWith("analysis_v"))) {
      await lake.put(analysisRenditionPrefix(caseId, runId) + name, readFileSync(join(dirname(playlist), name)), "");
    }
    await lake.put(reviewRenditionKey(caseId, runId), readFileSync(clips.make("review.mp4", "-i", source, "-vf", "fps=25", ...x264)), "video/mp4");
  });
  after(() => clips.remove());

  it("maps every frame of the analysis rendition and lists its segments", async () => {
    const { count, pts } = decodedFrames(clips.path("analysis_v.m3u8"));
    expect(await handler("analysis")).to.deep.equal({ frameCount: count });
    const table = await lake.json(frameTableKey(caseId, runId), frameTable);
    const frames = new FrameIndex(table);
    expect([...frames.source.pts]).to.deep.equal(decodedFrames(source).pts);
    expect(table.source.variableFrameRate).to.equal(true);
    expect([...frames.rendition("analysis").pts]).to.deep.equal(pts);
    const manifest = await lake.json(segmentManifestKey(caseId, runId), segmentManifest);
    expect(manifest).to.deep.include({
      playlist: lake.uri(analysisPlaylistKey(caseId, runId)),
      width: 160,
      height: 120,
      frameRate: { num: 25, den: 1 },
      frameCount: count,
    });
    expect(manifest.segments.map(({ startFrame, frameCount }) => [startFrame, frameCount])).to.deep.equal([
      [0, 25],
      [25, 25],
      [50, count - 50],
    ]);
    expect(manifest.segments[2]?.uri).to.equal(lake.uri(`${analysisRenditionPrefix(caseId, runId)}analysis_v_00003.ts`));
  });

  it("round-trips every source frame that a rendition shows", async () => {
    await handler("analysis");
    const frames = new FrameIndex(await lake.json(frameTableKey(caseId, runId), frameTable));
    for (let frame = 0; frame < frames.source.pts.length; frame++) {
      expect(frames.isShown("analysis", frame), String(frame)).to.equal(true);
      expect(frames.toSource("analysis", frames.toRendition("analysis", frame))).to.equal(frame);
    }
  });

  it("adds the review rendition and keeps the rest", async () => {
    await handler("analysis");
    const before = await lake.json(frameTableKey(caseId, runId), frameTable);
    const { count, pts } = decodedFrames(clips.path("review.mp4"));
    expect(await handler("review")).to.deep.equal({ frameCount: count });
    const table = await lake.json(frameTableKey(caseId, runId), frameTable);
    expect({ ...table, renditions: { analysis: table.renditions.analysis } }).to.deep.equal(before);
    expect([...decodeRuns(table.renditions.review!.pts)]).to.deep.equal(pts);
    expect(table.renditions.review?.sourceFrame).to.deep.equal(table.renditions.analysis?.sourceFrame);
  });

  it("refuses a rendition that lasts for less than its source", async () => {
    const key = analysisPlaylistKey(caseId, runId);
    const whole = await lake.text(key);
    await lake.put(key, whole.replace(/#EXTINF.*\n.*_00003\.ts\n/, ""), "");
    const error = await failure(handler("analysis"));
    await lake.put(key, whole, "");
    expect(error).to.be.instanceOf(BrokenContract);
    expect(error.message).to.match(/^The rendition has 50 frames; the source lasts for 7\d\.\d\.$/);
  });

  it("names the object that is missing", async () => {
    const error = await failure(
      createHandler({ lake: memoryLake(), open: async () => memoryRanges(new Uint8Array()) })({ caseId, runId, rendition: "analysis" }),
    );
    expect(error).to.deep.include({ name: "NotFound", message: `s3://processed/${sourceIndexKey(caseId, runId)} isn't there.` });
  });
});

describe("segmentNames", () => {
  const whole = "#EXTM3U\n#EXT-X-VERSION:3\n#EXTINF:6,\na_1.ts\n#EXTINF:2,\r\na_2.ts\n#EXT-X-ENDLIST\n";
  it("lists the segments in order", () => {
    expect(segmentNames(whole)).to.deep.equal(["a_1.ts", "a_2.ts"]);
  });

  const broken: [string, string, string][] = [
    ["no playlist", "hello", "The playlist doesn't begin with #EXTM3U."],
    ["a playlist without an end", whole.replace("#EXT-X-ENDLIST\n", ""), "The playlist has no #EXT-X-ENDLIST: it isn't whole."],
    ["a playlist without segments", "#EXTM3U\n#EXT-X-ENDLIST\n", "The playlist lists no segments."],
    ["a segment elsewhere", whole.replace("a_2.ts", "../a_2.ts"), "The playlist lists a segment that isn't a file beside it."],
  ];
  for (const [what, text, message] of broken) it(`refuses ${what}`, () => expect(() => segmentNames(text)).to.throw(BrokenContract, message));
});
