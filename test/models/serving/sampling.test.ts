import { expect } from "chai";
import { samplingStep } from "../../../contracts/media.ts";
import { keyFrameStep } from "../../../models/serving/sampling.ts";

const table = (frames: number, keyFrames: number[]) => ({ pts: new Float64Array(frames), keyFrames });

describe("sampling", () => {
  it("takes whole steps of frames, at least one", () => {
    expect(samplingStep({ num: 25, den: 1 }, 5)).to.equal(5);
    expect(samplingStep({ num: 30000, den: 1001 }, 1)).to.equal(30);
    expect(samplingStep({ num: 25, den: 1 }, 60)).to.equal(1);
    expect(samplingStep({ num: 25, den: 1 }, 0.5)).to.equal(50);
  });

  it("knows when key frames are enough", () => {
    expect(keyFrameStep(table(100, [0, 25, 50, 75]), 25)).to.equal(1);
    expect(keyFrameStep(table(100, [0, 25, 50, 75]), 50)).to.equal(2);
    expect(keyFrameStep(table(101, [0, 25, 50, 75, 100]), 25)).to.equal(1);
    expect(keyFrameStep(table(20, [0]), 25)).to.equal(1);
  });

  it("knows when they are not", () => {
    expect(keyFrameStep(table(100, [0, 25, 50, 75]), 5)).to.equal(undefined);
    expect(keyFrameStep(table(100, [0, 25, 60, 75]), 25)).to.equal(undefined);
    expect(keyFrameStep(table(100, [0, 25, 40, 50, 75]), 25)).to.equal(undefined);
    expect(keyFrameStep(table(100, [1, 25, 50, 75]), 25)).to.equal(undefined);
    expect(keyFrameStep(table(100, [0, 25, 50, 75, 90]), 25)).to.equal(undefined);
    expect(keyFrameStep(table(100, [0]), 25)).to.equal(undefined);
  });
});
