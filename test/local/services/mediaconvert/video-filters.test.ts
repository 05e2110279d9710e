import { expect } from "chai";
import type { EncodedVideo } from "../../../../local/services/mediaconvert/settings.ts";
import { coverOf, fitWithin, outputFrames, timecodeFrame, videoFilterGraph } from "../../../../local/services/mediaconvert/video-filters.ts";
import { cover, encoded, h264 } from "./job-settings.ts";

const pal = { num: 25, den: 1 };
const ntsc = { num: 30000, den: 1001 };

describe("fitWithin", () => {
  const cases: [name: string, width: number, height: number, boxWidth: number | undefined, boxHeight: number | undefined, fitted: [number, number]][] = [
    ["same aspect", 1920, 1080, 960, 540, [960, 540]],
    ["wider than the box", 1920, 800, 960, 540, [960, 400]],
    ["narrower than the box", 1440, 1080, 960, 540, [720, 540]],
    ["portrait in a portrait box", 1080, 1920, 540, 960, [540, 960]],
    ["portrait in a landscape box", 1080, 1920, 960, 540, [304, 540]],
    ["enlarged, as FIT does", 320, 180, 640, 360, [640, 360]],
    ["odd sides", 641, 359, 640, 358, [640, 358]],
    ["no box: made even, never larger", 641, 359, undefined, undefined, [640, 358]],
    ["width alone", 1920, 1080, 960, undefined, [960, 540]],
    ["height alone", 1920, 1080, undefined, 360, [640, 360]],
    ["a sliver", 8192, 4, 64, 64, [64, 2]],
  ];
  for (const [name, width, height, boxWidth, boxHeight, [w, h]] of cases) {
    it(name, () => expect(fitWithin({ width, height }, { width: boxWidth, height: boxHeight })).to.deep.equal({ width: w, height: h }));
  }
});

describe("timecodeFrame", () => {
  it("counts whole frames a timecode second", () => {
    expect(timecodeFrame("00:00:00:00", pal)).to.equal(0);
    expect(timecodeFrame("00:00:01:02", pal)).to.equal(27);
    expect(timecodeFrame("01:02:03:04", pal)).to.equal(3723 * 25 + 4);
    expect(timecodeFrame("00:01:00:00", ntsc)).to.equal(1800);
  });
});

describe("coverOf", () => {
  it("covers whole frames, whatever the milliseconds were rounded to", () => {
    for (const frames of [1, 7, 31, 1799]) {
      for (const round of [Math.floor, Math.ceil]) {
        const duration = round((frames * 1001 * 1000) / 30000);
        expect(coverOf(cover("00:00:01:00", duration, 2, 2) as never, ntsc)).to.deep.equal({
          ...{ image: "s3://lake/cover.png", x: 0, y: 0, width: 2, height: 2 },
          startFrame: 30,
          endFrame: 30 + frames,
        });
      }
    }
  });

  it("covers one frame at least", () => {
    expect(coverOf(cover("00:00:00:03", 1, 2, 2) as never, pal)).to.deep.include({ startFrame: 3, endFrame: 4 });
  });
});

describe("outputFrames", () => {
  const timebase = { num: 1, den: 90_000 };

  it("counts the input's length in frames of the output", () => {
    expect(outputFrames({ timebase, firstPts: 900_000, lastPts: 900_000 + 74 * 3600, lastDuration: 3600 }, pal)).to.deep.equal({ frames: 75, lastFrames: 2 });
    expect(outputFrames({ timebase, firstPts: 0, lastPts: 74 * 3600, lastDuration: 3600 }, ntsc)).to.deep.equal({ frames: 90, lastFrames: 3 });
  });

  it("counts a last picture that is shown for long", () => {
    expect(outputFrames({ timebase, firstPts: 0, lastPts: 90_000, lastDuration: 180_000 }, pal)).to.deep.equal({ frames: 75, lastFrames: 51 });
  });

  it("gives one frame for a single picture of unknown duration", () => {
    expect(outputFrames({ timebase, firstPts: 5, lastPts: 5, lastDuration: undefined }, pal)).to.deep.equal({ frames: 1, lastFrames: 2 });
  });
});

describe("videoFilterGraph", () => {
  const video = (width: number, height: number): EncodedVideo =>
    encoded(width, height, h264({ FramerateNumerator: 30000, FramerateDenominator: 1001 })) as EncodedVideo;
  const picture =
    "settb=intb/2,setpts=if(N\\,(PTS+PREV_INPTS)/2\\,PTS)-STARTPTS,fps=fps=30000/1001:round=up,tpad=stop_mode=clone:stop=2," +
    "scale=w=960:h=540:flags=bicubic+accurate_rnd+full_chroma_int+bitexact,setsar=1,format=yuv420p";
  const output = { width: 960, height: 540, lastFrames: 2 };

  it("deinterlaces first, then picks frames, then scales", () => {
    expect(videoFilterGraph(video(960, 540), output, [], [])).to.equal(`[0:V:0]bwdif=mode=send_frame:parity=auto:deint=interlaced,${picture}[video]`);
  });

  it("leaves fields alone if not asked", () => {
    const { VideoPreprocessors: _, ...plain } = video(960, 540);
    expect(videoFilterGraph(plain, output, [], [])).to.equal(`[0:V:0]${picture}[video]`);
  });

  it("lays each image over the boxes and the spans that it covers", () => {
    const whole = { x: 0, y: 0, width: 960, height: 540 };
    const covers = [
      { image: "a", ...whole, startFrame: 10, endFrame: 15 },
      { image: "b", x: 20, y: 10, width: 100, height: 30, startFrame: 20, endFrame: 21 },
      { image: "a", ...whole, startFrame: 30, endFrame: 40 },
    ];
    const { VideoPreprocessors: _, ...plain } = video(960, 540);
    const scaled = "scale=w=960:h=540:flags=bicubic+accurate_rnd+full_chroma_int+bitexact,setsar=1,format=yuv420p";
    expect(videoFilterGraph(plain, output, covers, ["a", "b"]).split(";")).to.deep.equal([
      `[0:V:0]${picture}[shown0]`,
      `[1:v:0]${scaled}[image0]`,
      "[shown0][image0]overlay=x=0:y=0:format=yuv420:eof_action=repeat:enable=between(n\\,10\\,14)+between(n\\,30\\,39)[shown1]",
      `[2:v:0]${scaled.replace("w=960:h=540", "w=100:h=30")}[image1]`,
      "[shown1][image1]overlay=x=20:y=10:format=yuv420:eof_action=repeat:enable=between(n\\,20\\,20)[video]",
    ]);
  });
});
