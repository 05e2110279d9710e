import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect } from "chai";
import { byLine, fileArgument, inputGuard, progressSeconds, runFfmpeg } from "../../../local/media/ffmpeg.ts";
import { clockwiseRotation, displaySize, parseRatio, probeFile, videoSpan, videoStream } from "../../../local/media/probe.ts";
import { findMediaTools, type MediaTools } from "../../../local/media/tools.ts";
import { ffmpeg, numberedFrames } from "./clips.ts";

describe("ffmpeg and ffprobe", () => {
  let folder: string;
  let tools: MediaTools;
  before(async () => {
    folder = await mkdtemp(join(tmpdir(), "ffmpeg-"));
    tools = await findMediaTools();
  });
  after(() => rm(folder, { recursive: true }));

  const failure = (work: Promise<unknown>): Promise<Error> =>
    work.then(
      () => new Error("nothing was thrown"),
      (error: Error) => error,
    );

  it("tells progress in seconds of output", async () => {
    const seen: number[] = [];
    await runFfmpeg(tools, ["-f", "lavfi", "-i", "color=size=64x64:rate=25:duration=2", "-f", "null", "-"], { onSeconds: (seconds) => seen.push(seconds) });
    expect(seen.at(-1)).to.equal(2);
  });

  it("keeps the last lines for its error, without the file's place", async () => {
    const path = join(folder, "words");
    await writeFile(path, "These are words, not pictures.\n".repeat(100));
    const error = await failure(runFfmpeg(tools, [...inputGuard, "-i", fileArgument(path), "-f", "null", "-"]));
    expect(error.name).to.equal("MediaError");
    expect(error.message).to.match(/^ffmpeg failed: .*the file: Invalid data found when processing input/);
    expect(error.message).not.to.include(folder);
  });

  it("kills it when the signal aborts", async () => {
    const abort = new AbortController();
    const endless = runFfmpeg(tools, ["-re", "-f", "lavfi", "-i", "color=size=64x64", "-f", "null", "-"], {
      signal: abort.signal,
      onSeconds: () => abort.abort(new Error("Enough.")),
    });
    expect((await failure(endless)).message).to.equal("Enough.");
  });

  it("does not start when the signal has aborted", async () => {
    const endless = runFfmpeg(tools, ["-f", "lavfi", "-i", "color=size=64x64", "-f", "null", "-"], { signal: AbortSignal.abort(new Error("Too late.")) });
    expect((await failure(endless)).message).to.equal("Too late.");
  });

  it("reads no playlist that passes for a video", async () => {
    const path = join(folder, "playlist.mp4");
    await writeFile(path, "#EXTM3U\n#EXT-X-TARGETDURATION:1\n#EXTINF:1,\n/etc/hostname\n#EXT-X-ENDLIST\n");
    expect((await failure(probeFile(tools, path))).message).to.match(/^ffprobe failed: /);
  });

  it("finds the span of the pictures from a start offset to the last one's end", async () => {
    const path = join(folder, "offset.mkv");
    await ffmpeg(...numberedFrames(10, 25), "-vf", "setpts=PTS+3/TB", "-c:v", "libx264", "-preset", "ultrafast", path);
    const stream = videoStream(await probeFile(tools, path));
    expect(await videoSpan(tools, path, stream as NonNullable<typeof stream>)).to.deep.equal({
      timebase: { num: 1, den: 1000 },
      firstPts: 3000,
      lastPts: 3360,
      lastDuration: 40,
    });
  });

  it("hands on whole lines only", () => {
    const lines: string[] = [];
    const take = byLine((line) => lines.push(line));
    for (const chunk of ["a=1\nb", "=2\n", "c=3"]) take(Buffer.from(chunk));
    expect(lines).to.deep.equal(["a=1", "b=2"]);
  });

  it("reads seconds from progress lines alone", () => {
    expect(progressSeconds("out_time_us=1500000")).to.equal(1.5);
    expect(progressSeconds("out_time_us=N/A")).to.equal(undefined);
    expect(progressSeconds("frame=3")).to.equal(undefined);
  });

  it("reads ratios", () => {
    expect(parseRatio("30000/1001")).to.deep.equal({ num: 30000, den: 1001 });
    expect(parseRatio("16:9")).to.deep.equal({ num: 16, den: 9 });
    for (const unknown of ["0/0", "0:1", "N/A", undefined]) expect(parseRatio(unknown)).to.equal(undefined);
  });

  it("knows how a picture is shown: pixel aspect, then rotation", () => {
    const turned = { index: 0, width: 720, height: 576, sample_aspect_ratio: "16:15", side_data_list: [{ rotation: -90 }] };
    expect(clockwiseRotation(turned)).to.equal(90);
    expect(clockwiseRotation({ ...turned, side_data_list: [{ rotation: 90 }] })).to.equal(270);
    expect(clockwiseRotation({ ...turned, side_data_list: [{ rotation: -180 }] })).to.equal(180);
    expect(clockwiseRotation({ index: 0 })).to.equal(0);
    expect(displaySize(turned, true)).to.deep.equal({ width: 576, height: 768 });
    expect(displaySize(turned, false)).to.deep.equal({ width: 768, height: 576 });
  });
});
