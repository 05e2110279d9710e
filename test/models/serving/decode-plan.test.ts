import { expect } from "chai";
import { type DecodePlan, ffmpegArguments } from "../../../models/serving/decode-plan.ts";

const plan: DecodePlan = { video: "v.m3u8", step: 5, rasters: [], signals: false, sprites: undefined, keyFramesOnly: false };
const graph = (changes: Partial<DecodePlan>): string => {
  const args = ffmpegArguments({ ...plan, ...changes });
  return args[args.indexOf("-filter_complex") + 1] as string;
};

const cover = { startFrame: 3, endFrame: 9, x: 2, y: 4, width: 40, height: 8 };
const small = { columns: 10, rows: 10, tileWidth: 160, tileHeight: 90, covers: [cover], encoding: "webp" as const, pattern: "s-%05d.webp" };

describe("ffmpegArguments", () => {
  it("fans one decoded stream out to luma, every raster and sheets", () => {
    const sprites = { frameStep: 50, blank: [{ startFrame: 1, endFrame: 3 }], sheets: [small] };
    const rasters = [
      { width: 256, height: 256 },
      { width: 64, height: 48 },
    ];
    expect(graph({ signals: true, rasters, sprites }).split(";")).to.deep.equal([
      "[0:v:0]split=3[branch0][branch1][branch2]",
      "[branch0]scale=192:108:flags=fast_bilinear,format=gray[signals]",
      "[branch1]select='not(mod(n,5))',split=2[raster0-full][raster1-full]",
      "[raster0-full]scale=256:256:flags=area,format=rgb24[raster0]",
      "[raster1-full]scale=64:48:flags=area,format=rgb24[raster1]",
      "[branch2]select='not(mod(n,50))',scale=160:90:flags=area,format=yuv420p,drawbox=c=black:t=fill:enable='between(n,1,2)',drawbox=x=2:y=4:w=40:h=8:c=black:t=fill:enable='between(n,3,8)',tile=10x10[sheets0]",
    ]);
    const args = ffmpegArguments({ ...plan, signals: true, rasters, sprites });
    expect(args.filter((arg) => arg.startsWith("pipe:"))).to.deep.equal(["pipe:3", "pipe:4", "pipe:5"]);
    expect(args.at(-1)).to.equal("s-%05d.webp");
  });

  it("draws thumbnails in two sizes from the same frames, nothing in either that is to be seen in none", () => {
    const large = { ...small, columns: 4, rows: 4, tileWidth: 640, tileHeight: 360, encoding: "jpeg" as const, pattern: "l-%05d.jpg" };
    const sprites = { frameStep: 50, blank: [{ startFrame: 1, endFrame: 3 }], sheets: [small, { ...large, covers: [{ ...cover, x: 8, width: 160 }] }] };
    const blank = "drawbox=c=black:t=fill:enable='between(n,1,2)'";
    expect(graph({ sprites }).split(";")).to.deep.equal([
      "[0:v:0]select='not(mod(n,50))',split=2[tiles0][tiles1]",
      `[tiles0]scale=160:90:flags=area,format=yuv420p,${blank},drawbox=x=2:y=4:w=40:h=8:c=black:t=fill:enable='between(n,3,8)',tile=10x10[sheets0]`,
      `[tiles1]scale=640:360:flags=area,format=yuv420p,${blank},drawbox=x=8:y=4:w=160:h=8:c=black:t=fill:enable='between(n,3,8)',tile=4x4,format=yuvj420p[sheets1]`,
    ]);
    const args = ffmpegArguments({ ...plan, sprites });
    expect(args.slice(args.indexOf("[sheets1]"))).to.deep.equal([
      ...["[sheets1]", "-fps_mode", "passthrough", "-c:v", "mjpeg", "-q:v", "4", "-f", "image2", "-start_number", "0", "l-%05d.jpg"],
    ]);
  });

  it("reads key frames only where told, and lets none through that does not decode alone", () => {
    const args = ffmpegArguments({ ...plan, step: 1, rasters: [{ width: 8, height: 8 }], keyFramesOnly: true });
    expect(args.indexOf("-skip_frame")).to.be.greaterThan(-1).and.lessThan(args.indexOf("-i"));
    expect(args).to.include("[0:v:0]select='eq(pict_type,I)*not(mod(n,1))'[raster0-full];[raster0-full]scale=8:8:flags=area,format=rgb24[raster0]");
  });
});
