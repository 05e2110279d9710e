import { execFileSync } from "node:child_process";
import { readdirSync, readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import { expect } from "chai";
import sharp from "sharp";
import { analysis as analysisContract } from "../../contracts/analysis.ts";
import { root } from "../../local/root.ts";
import { runningAnalysis } from "./support/analyse.ts";
import { Clips, streamsAndTags } from "./support/clips.ts";
import { temporaryFolder } from "./support/platform.ts";

/** Files below a folder whose bytes begin so. */
function filesWith(folder: string, begins: (head: Buffer) => boolean): string[] {
  return readdirSync(folder, { recursive: true, encoding: "utf8" })
    .map((name) => join(folder, name))
    .filter((path) => statSync(path).isFile() && begins(readFileSync(path).subarray(0, 16)));
}

/** Brightness of the first frame, from 0 to 255, row by row, and its size. */
function firstFrame(file: string, width: number, height: number): Buffer {
  const args = ["-v", "error", "-i", file, "-frames:v", "1", "-vf", `scale=${width}:${height}`, "-pix_fmt", "gray", "-f", "rawvideo", "-"];
  return execFileSync(process.env["FFMPEG_PATH"] ?? "ffmpeg", args);
}

describe("burnt-in text", function () {
  this.timeout(180_000);
  let folder: Awaited<ReturnType<typeof temporaryFolder>>;
  let clips: Clips;

  before(async () => {
    folder = await temporaryFolder();
    clips = new Clips(folder.path, join(root, "samples/laparoscopy.mp4"));
  });
  after(() => folder.remove());

  it("is covered where people watch and listed without its words; nothing but the picture of the source is kept", async () => {
    const source = clips.burntInText();
    const before = streamsAndTags(source);
    expect(before.kinds).to.include.members(["audio", "subtitle", "video"]);
    expect(JSON.stringify(before.tags)).to.include("Jane Doe").and.to.include("+25.0330+121.5654/");

    const data = join(folder.path, "data");
    const out = join(folder.path, "out");
    const { code, err } = await runningAnalysis([source, "--data", data, "--out", out]);
    expect(code, err).to.equal(0);
    const analysis = analysisContract.parse(JSON.parse(readFileSync(join(out, "analysis.json"), "utf8")));
    expect(analysis.gate.pictures).to.deep.equal({ searched: 1, withText: 1, stepSeconds: 10 });
    expect(analysis.gate.text).to.have.length(1);
    const region = analysis.gate.text[0]!;
    expect([region.startFrame, region.endFrame]).to.deep.equal([0, analysis.media.source.frameCount]);
    expect(region.x).to.be.within(0, 0.05);
    expect(region.y).to.be.within(0, 0.06);
    expect(region.width).to.be.within(0.2, 0.3);
    expect(region.height).to.be.within(0.03, 0.15);

    // The review rendition is the MP4 of the lake that is not the upload.
    const size = statSync(source).size;
    const reviews = filesWith(data, (head) => head.subarray(4, 8).toString("latin1") === "ftyp").filter((path) => statSync(path).size !== size);
    expect(reviews).to.have.length(1);
    const [width, height] = [640, 360];
    const picture = firstFrame(reviews[0]!, width, height);
    const bright = (from: { x: number; y: number; width: number; height: number }): number => {
      let count = 0;
      for (let y = Math.ceil(from.y * height); y < Math.floor((from.y + from.height) * height); y++)
        for (let x = Math.ceil(from.x * width); x < Math.floor((from.x + from.width) * width); x++) if ((picture[y * width + x] as number) > 200) count++;
      return count;
    };
    expect(bright(region), "white letters in the region").to.equal(0);
    const shown = firstFrame(source, width, height);
    expect(shown.filter((value) => value > 235).length, "white letters in the source").to.be.greaterThan(100);
    expect(new Set(picture.subarray(0, width * height)).size, "the rest of the picture is there").to.be.greaterThan(50);

    // Thumbnails lie in sheets of ten by ten, the first of which shows the first frame; the poster is one frame.
    const pictures = filesWith(data, (head) => head.toString("latin1", 0, 4) === "RIFF" && head.toString("latin1", 8, 12) === "WEBP");
    const sizes = await Promise.all(pictures.map(async (file) => [(await sharp(file).metadata()).width as number, file] as const));
    const [[, poster = ""] = [], [, sheet = ""] = []] = sizes.sort(([a], [b]) => a - b);
    expect(sizes.map(([width]) => width)).to.deep.equal([640, 1600]);
    const lettersIn = async (file: string, tileWidth: number, tileHeight: number) => {
      const [left, top] = [Math.ceil(region.x * tileWidth), Math.ceil(region.y * tileHeight)];
      const part = { left, top, width: Math.floor(region.width * tileWidth) - 1, height: Math.floor(region.height * tileHeight) - 1 };
      return Math.max(...(await sharp(file).extract(part).greyscale().raw().toBuffer()));
    };
    expect(await lettersIn(sheet, 160, 90), "letters in a thumbnail").to.be.lessThan(24);
    expect(await lettersIn(poster, 640, 360), "letters in the poster").to.be.lessThan(24);
    expect((await sharp(poster).stats()).channels[0]!.stdev, "the rest of the poster is there").to.be.above(15);
    expect(analysis.media.poster?.frame).to.equal(0);

    for (const rendition of [...reviews, ...filesWith(data, (head) => head[0] === 0x47 && head.length === 16)]) {
      const { kinds, tags } = streamsAndTags(rendition);
      expect(kinds, "streams").to.deep.equal(["video"]);
      expect(JSON.stringify(tags), "tags").not.to.match(/Jane|25\.0330|2026-03-14|Speaker/);
    }
    const results = readFileSync(join(out, "analysis.json"), "utf8") + readFileSync(join(out, "timeline.vtt"), "utf8");
    for (const name of ["DOE", "4711"]) expect(results).not.to.include(name);
  });

  it("covers nothing in a video without text", async () => {
    const out = join(folder.path, "plain");
    const { code, err } = await runningAnalysis([clips.plain(), "--data", join(folder.path, "data"), "--out", out]);
    expect(code, err).to.equal(0);
    const { gate } = analysisContract.parse(JSON.parse(readFileSync(join(out, "analysis.json"), "utf8")));
    expect(gate.text).to.deep.equal([]);
    expect(gate.pictures).to.deep.equal({ searched: 1, withText: 0, stepSeconds: 10 });
  });
});
