import { createHash } from "node:crypto";
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect } from "chai";
import sharp from "sharp";
import { type ExtractedFrame, extractedFrame, type FramePicks } from "../../../contracts/dataset-version.ts";
import { EnvironmentError } from "../../../models/serving/environment.ts";
import { extractFrames } from "../../../models/serving/extract.ts";
import { ClipFolder, x264 } from "../../functions/support/clips.ts";
import { failure } from "../../support/failure.ts";

const pseudonym = "0123456789abcdef";
/** Luma of a frame: it tells which one it is. From frame 40 on nothing moves. */
const lumaOf = (frame: number): number => 20 + 4 * Math.min(frame, 40);

describe("extract", () => {
  const clips = new ClipFolder();
  after(() => clips.remove());
  const environment = {
    ...{ INPUT_DIR: clips.path("video"), PICKS_DIR: clips.path("picks"), FRAMES_DIR: clips.path("frames"), LISTING_DIR: clips.path("listing") },
    ...(process.env["FFMPEG_PATH"] && { FFMPEG_PATH: process.env["FFMPEG_PATH"] }),
  };
  before(() => {
    for (const folder of ["video", "picks"]) mkdirSync(clips.path(folder));
    const source = "color=black:s=640x360:r=25:d=2,geq=lum='20+4*min(N,40)':cb=128:cr=128";
    clips.make("video/review.mp4", "-f", "lavfi", "-i", source, ...x264, "-crf", "1", "-bf", "2", "-g", "12");
  });
  beforeEach(() => {
    for (const folder of ["frames", "listing"]) {
      rmSync(clips.path(folder), { recursive: true, force: true });
      mkdirSync(clips.path(folder));
    }
  });
  const pick = (frame: number, more: Partial<FramePicks["picks"][number]> = {}) => ({
    frame,
    pts: 512 * frame,
    renditionFrame: frame,
    isDrawnIn: false,
    ...more,
  });
  const extract = async (picks: FramePicks["picks"], size = { width: 320, height: 180 }): Promise<ExtractedFrame[]> => {
    writeFileSync(join(clips.path("picks"), "picks.json"), JSON.stringify({ schema: "frame-picks/1.0", case: pseudonym, ...size, picks }));
    await extractFrames(environment, () => {}, new AbortController().signal);
    const lines = readFileSync(join(clips.path("listing"), "extracted.jsonl"), "utf8")
      .trim()
      .split("\n");
    return lines.map((line) => extractedFrame.parse(JSON.parse(line)));
  };

  it("takes just the frames that were picked, and lists them with their digests", async () => {
    // The source has twice as many frames as the rendition.
    const listed = await extract([0, 5, 13, 39].map((frame) => pick(2 * frame, { renditionFrame: frame })));
    expect(listed.map(({ frame, pts, file }) => [frame, pts, file])).to.deep.equal(
      [0, 10, 26, 78].map((frame) => [frame, 512 * frame, `frames/${pseudonym}/${String(frame).padStart(8, "0")}.jpg`]),
    );
    expect(readdirSync(clips.path("frames")).sort()).to.deep.equal(listed.map(({ file }) => file.split("/")[2]));
    for (const { file, sha256, md5, bytes, frame } of listed) {
      const content = readFileSync(join(clips.path("frames"), file.split("/")[2] as string));
      const digest = (algorithm: string): string => createHash(algorithm).update(content).digest("hex");
      expect([sha256, md5, bytes]).to.deep.equal([digest("sha256"), digest("md5"), content.length]);
      const { info, data } = await sharp(content).greyscale().raw().toBuffer({ resolveWithObject: true });
      expect([info.width, info.height]).to.deep.equal([320, 180]);
      // Limited range of the video, full range of JPEG (ITU-R BT.601, JFIF).
      expect(data[(90 * 320 + 160) * info.channels]).to.be.closeTo(((lumaOf(frame / 2) - 16) * 255) / 219, 3);
    }
  });

  it("gives the same pictures each time, and each once unless somebody drew in it", async () => {
    const picks = [pick(3), pick(44), pick(46), pick(48, { isDrawnIn: true })];
    const first = await extract(picks);
    expect(first.map(({ frame }) => frame)).to.deep.equal([3, 44, 48]);
    expect(new Set(first.map(({ sha256 }) => sha256)).size).to.equal(2);
    expect(existsSync(join(clips.path("frames"), "00000046.jpg"))).to.equal(false);
    expect(await extract(picks)).to.deep.equal(first);
  });

  it("fails where the video ends before a pick", async () => {
    expect((await failure(extract([pick(1), pick(50)]))).message).to.equal("The review rendition ends before frame 50, which its frame table has.");
    expect(readdirSync(clips.path("frames"))).to.deep.equal([]);
  });

  it("refuses an environment with every fault at once", async () => {
    const refused = (variables: NodeJS.ProcessEnv) => failure(extractFrames(variables, () => {}, new AbortController().signal)) as Promise<EnvironmentError>;
    const nothing = await refused({});
    expect(nothing).to.be.instanceOf(EnvironmentError);
    expect(nothing.reasons).to.have.length(4);
    writeFileSync(
      join(clips.path("picks"), "picks.json"),
      JSON.stringify({ schema: "frame-picks/1.0", case: pseudonym, width: 321, height: 180, picks: [pick(5), pick(3)] }),
    );
    const wrong = await refused({ ...environment, INPUT_DIR: clips.path("nowhere") });
    expect(wrong.reasons).to.have.length(3);
    expect(wrong.message).to.contain("does not exist").and.to.contain("names rendition frame 3 after").and.to.contain("both must be even");
  });
});
