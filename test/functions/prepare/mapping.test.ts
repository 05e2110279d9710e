import { readFileSync } from "node:fs";
import { expect } from "chai";
import fc from "fast-check";
import { assertRendition, sourceFrames } from "../../../functions/prepare/index-rendition/mapping.ts";
import { BrokenContract } from "../../../functions/runtime/errors.ts";
import { memoryRanges } from "../../../functions/runtime/media/byte-ranges.ts";
import { type PacketTable, readPacketTable } from "../../../functions/runtime/media/packet-table.ts";
import { outputFrames, videoFilterGraph } from "../../../local/services/mediaconvert/video-filters.ts";
import { ClipFolder, numberedPictures, numberedSize, shownNumbers, x264 } from "../support/clips.ts";

const [width, height] = numberedSize.split("x").map(Number) as [number, number];

/** What the local converter's own filters show of a source at a rate: the numbers in the pictures. */
function converted(file: string, { pts, timebase, lastDuration }: PacketTable, num: number, den: number): number[] {
  const span = { firstPts: pts[0] as number, lastPts: pts.at(-1) as number, lastDuration, timebase };
  const { frames, lastFrames } = outputFrames(span, { num, den });
  const codec = { FramerateNumerator: num, FramerateDenominator: den };
  const video = { CodecSettings: { H264Settings: codec } } as Parameters<typeof videoFilterGraph>[0];
  return shownNumbers(file, videoFilterGraph(video, { width, height, lastFrames }, [], []), frames);
}

describe("sourceFrames", () => {
  let clips: ClipFolder;
  before(() => {
    clips = new ClipFolder();
  });
  after(() => clips.remove());

  /** Pictures that carry their own frame number, taken at `rate` and thinned out by a filter. */
  const numbered = (name: string, rate: string, select: string, ...args: string[]): string =>
    clips.make(
      name,
      "-f",
      "lavfi",
      "-i",
      `color=s=${numberedSize}:r=${rate}:d=2`,
      "-vf",
      `${select}${numberedPictures}`,
      ...x264,
      "-crf",
      "10",
      "-fps_mode",
      "vfr",
      ...args,
    );

  const sources: [string, () => string][] = [
    ["a constant rate", () => numbered("constant.mp4", "25", "")],
    ["a variable rate", () => numbered("variable.mp4", "30000/1001", "select='not(eq(mod(n,7),3))*not(eq(mod(n,5),1))*not(between(n,20,31))',")],
    ["a variable rate in milliseconds", () => numbered("variable.mkv", "60", "select='gt(random(1),0.4)',")],
    ["a start offset", () => numbered("offset.ts", "25", "select='not(eq(mod(n,4),2))',", "-output_ts_offset", "37.503")],
    ["jitter", () => numbered("jitter.mp4", "25", "settb=1/90000,setpts='N*3600+1700*random(7)',", "-video_track_timescale", "90000")],
  ];
  const rates: [number, number][] = [
    [25, 1],
    [30000, 1001],
    [10, 1],
    [50, 1],
  ];
  for (const [what, make] of sources) {
    it(`is what the converter shows of a source with ${what}`, async () => {
      const file = make();
      const source = await readPacketTable(memoryRanges(readFileSync(file)));
      for (const [num, den] of rates) {
        const shown = converted(file, source, num, den);
        expect([...sourceFrames(source, { num, den }, shown.length)], `${num}/${den} frames per second`).to.deep.equal(shown);
      }
    });
  }

  it("is the identity for a constant rate, even in a coarse timebase", () => {
    const rate = fc.constantFrom({ num: 25, den: 1 }, { num: 30000, den: 1001 }, { num: 50, den: 1 }, { num: 60000, den: 1001 });
    const ticks = fc.constantFrom(600, 1000, 12800, 90000);
    fc.assert(
      fc.property(rate, ticks, fc.integer({ min: 1, max: 500 }), fc.integer({ min: -100000, max: 100000 }), ({ num, den }, perSecond, count, start) => {
        const pts = Float64Array.from({ length: count }, (_, n) => start + Math.round((n * den * perSecond) / num));
        expect([...sourceFrames({ timebase: { num: 1, den: perSecond }, pts }, { num, den }, count)]).to.deep.equal(Array.from(pts.keys()));
      }),
    );
  });

  it("shows the later of two frames that are equally near", () => {
    const pts = Float64Array.from([0, 1, 3]);
    expect([...sourceFrames({ timebase: { num: 1, den: 2 }, pts }, { num: 1, den: 1 }, 3)]).to.deep.equal([0, 2, 2]);
    expect([...sourceFrames({ timebase: { num: 1, den: 2 }, pts: Float64Array.from([0, 1]) }, { num: 4, den: 1 }, 3)]).to.deep.equal([0, 1, 1]);
  });
});

describe("assertRendition", () => {
  const rate = { num: 25, den: 1 };
  const source = { timebase: { num: 1, den: 12800 }, durationTicks: 10 * 512 };
  const rendition = (pts: number[]) => ({ timebase: { num: 1, den: 90000 }, pts: Float64Array.from(pts) });
  const constant = (count: number) => Array.from({ length: count }, (_, n) => 126000 + n * 3600);

  it("accepts a constant rate and two frames more or less", () => {
    for (const count of [8, 10, 12]) assertRendition(rendition(constant(count)), rate, source);
  });

  it("refuses a rendition whose frames are astray or lost", () => {
    const astray = constant(10).with(4, 126000 + 4 * 3600 + 9);
    expect(() => assertRendition(rendition(astray), rate, source)).to.throw(
      BrokenContract,
      "Frame 4 of the rendition is at tick 140409, not where 25/1 frames per second put it.",
    );
    expect(() => assertRendition(rendition(constant(7)), rate, source)).to.throw(BrokenContract, "The rendition has 7 frames; the source lasts for 10.0.");
  });
});
