import { expect } from "chai";
import { smpteTimecode } from "../../../../local/services/rekognition/timecode.ts";

describe("smpteTimecode", () => {
  it("counts frames of whole rates", () => {
    expect(smpteTimecode(0, { num: 25, den: 1 })).to.equal("00:00:00:00");
    expect(smpteTimecode(3723 * 25 + 4, { num: 25, den: 1 })).to.equal("01:02:03:04");
  });

  it("drops numbers at 29.97 and 59.94", () => {
    const cases: [number, number, string][] = [
      // From the example answer in Rekognition's developer guide.
      [299, 30000, "00:00:09;29"],
      [449, 30000, "00:00:14;29"],
      [1799, 30000, "00:00:59;29"],
      [1800, 30000, "00:01:00;02"],
      [3597, 30000, "00:01:59;29"],
      [3598, 30000, "00:02:00;02"],
      [17981, 30000, "00:09:59;29"],
      [17982, 30000, "00:10:00;00"],
      [107892, 30000, "01:00:00;00"],
      [3600, 60000, "00:01:00;04"],
    ];
    for (const [frame, num, text] of cases) expect(smpteTimecode(frame, { num, den: 1001 }), String(frame)).to.equal(text);
  });

  it("drops none at 23.976", () => expect(smpteTimecode(1440, { num: 24000, den: 1001 })).to.equal("00:01:00:00"));
});
