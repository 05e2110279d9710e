import { expect } from "chai";
import { parseStartTimecode, startTimecode } from "../../contracts/timecode.ts";

const rate = (num: number, den = 1) => ({ num, den });
const ntsc = rate(30_000, 1001);

describe("parseStartTimecode", () => {
  const read: [string, ReturnType<typeof rate>, boolean, number][] = [
    ["00:00:00:00", rate(25), false, 0],
    ["10:00:00:24", rate(25), false, 900_024],
    ["23:59:59:59", rate(60_000, 1001), false, 5_183_999],
    // Timecode that drops no numbers counts 30 of them in a second that lasts 1.001 s.
    ["01:00:00:00", ntsc, false, 108_000],
    // SMPTE ST 12-1: an hour of drop-frame timecode is 107,892 frames, a tenth of a minute's first number is not dropped.
    ["01:00:00;00", ntsc, true, 107_892],
    ["00:00:59;29", ntsc, true, 1799],
    ["00:01:00;02", ntsc, true, 1800],
    ["00:10:00;00", ntsc, true, 17_982],
    ["00:01:00;04", rate(60_000, 1001), true, 3600],
  ];
  for (const [timecode, frameRate, dropFrame, frame] of read) {
    it(`counts ${timecode} at ${frameRate.num}/${frameRate.den}`, () => {
      expect(startTimecode.parse(parseStartTimecode(timecode, frameRate))).to.deep.equal({ timecode, dropFrame, frame });
    });
  }

  const refused: [string, string, ReturnType<typeof rate>][] = [
    ["a frame that the rate hasn't", "00:00:00:25", rate(25)],
    ["a minute of 60", "00:60:00:00", rate(25)],
    ["a day's end", "24:00:00:00", rate(25)],
    ["a number that is dropped", "00:01:00;01", ntsc],
    ["one that is dropped at 59.94", "00:01:00;03", rate(60_000, 1001)],
    ["dropping at a whole rate", "01:00:00;00", rate(30)],
    ["other text", "1:00:00:00", rate(25)],
  ];
  for (const [what, timecode, frameRate] of refused) {
    it(`gives none for ${what}`, () => {
      expect(parseStartTimecode(timecode, frameRate)).to.equal(null);
    });
  }
});
