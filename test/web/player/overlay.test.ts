import { expect } from "chai";
import type { DetectionChunk, MaskChunk } from "../../../contracts/analysis.ts";
import { corrected, uncorrected } from "../../../contracts/corrected-view.ts";
import type { Change } from "../../../contracts/corrections.ts";
import { boxAt, Overlay, type OverlaySettings, type Pen } from "../../../web/player/overlay.ts";
import { analysisOf } from "../../functions/support/analysis.ts";

/** Looked at every fifth frame; track 0 throughout, and at 10 a box that belongs to no track. */
const chunk: DetectionChunk = {
  ...{ schema: "detection-chunk/1.0", producer: "instrument-detector", frames: [0, 5, 10, 15], offsets: [0, 1, 2, 4, 5], label: [0, 0, 0, 0, 0] },
  ...{ score: [0.9, 0.9, 0.9, 0.6, 0.9], track: [0, 0, 0, -1, 0], box: [0, 0, 9, 9, 5, 0, 9, 9, 10, 0, 9, 9, 50, 50, 9, 9, 15, 0, 9, 9] },
};
const analysis = analysisOf();
const settings: OverlaySettings = { boxes: true, masks: true, hidden: new Set(), leastConfidence: 0, maskOpacity: 0.5 };
const ids = ["11111111-1111-4111-8111-111111111111", "22222222-2222-4222-8222-222222222222"] as const;

describe("boxes on a frame", () => {
  let overlay: Overlay;
  beforeEach(async () => {
    overlay = new Overlay({
      analysis,
      readDetections: async () => chunk,
      readMasks: async () => expect.fail("There are none."),
      onLoad: () => undefined,
      onError: (error) => expect.fail(error.message),
    });
    overlay.boxesOn(0, settings);
    await new Promise((wake) => setTimeout(wake));
  });
  const on = (frame: number, more: Partial<OverlaySettings> = {}) =>
    overlay.boxesOn(frame, { ...settings, ...more }).boxes.map(({ label, score, box, lookedAt }) => [label, score, box[0], lookedAt]);
  const correct = (...changes: Change[]) => overlay.correct(corrected(uncorrected(analysis), changes));
  const draw = (id: string, after: Extract<Change, { kind: "draw-box" }>["after"]): Change => ({ kind: "draw-box", target: { kind: "object", id }, after });

  it("are those of the frame that was looked at last, for a while", () => {
    expect(on(5)).to.deep.equal([["grasper", 0.9, 5, 5]]);
    expect(on(7)).to.deep.equal([["grasper", 0.9, 5, 5]]);
    expect(on(24)).to.deep.equal([]);
    expect(on(12, { leastConfidence: 0.7 })).to.deep.equal([["grasper", 0.9, 10, 10]]);
  });

  it("are found where one points: of several the smallest", () => {
    const { boxes } = overlay.boxesOn(10, settings);
    const large = { ...(boxes[0] as (typeof boxes)[number]), label: "large", box: [0, 0, 100, 100] } as const;
    const at = (x: number, y: number) => boxAt([large, ...boxes], x, y)?.label;
    expect([at(10, 0), at(18, 8), at(19, 8), at(99, 99), at(100, 0)]).to.deep.equal(["grasper", "grasper", "large", "large", undefined]);
  });

  it("are as people drew them, in the frame itself and as long as its findings stay", () => {
    correct(
      draw(ids[0], { label: "grasper", keyframes: [{ frame: 10, box: [70, 0, 9, 9] }], replaces: { track: 0 } }),
      draw(ids[1], { label: "grasper", keyframes: [{ frame: 10, box: null }], replaces: { producer: "instrument-detector", frame: 10, box: [50, 50, 9, 9] } }),
    );
    expect(on(9)).to.deep.equal([["grasper", 0.9, 5, 5]]);
    expect(on(10)).to.deep.equal([["grasper", null, 70, 10]]);
    expect(on(12)).to.deep.equal([["grasper", null, 70, 10]]);
    expect(on(15)).to.deep.equal([["grasper", 0.9, 15, 15]]);
    expect(on(10, { hidden: new Set(["instrument-detector/grasper"]) })).to.deep.equal([]);
    overlay.correct(null);
    expect(on(10)).to.have.length(2);
  });

  it("go the straight way between keyframes, also where nobody looked", () => {
    correct(
      draw(ids[0], {
        label: "grasper",
        keyframes: [
          { frame: 5, box: [0, 0, 9, 9] },
          { frame: 15, box: [20, 0, 9, 9] },
        ],
        replaces: { track: 0 },
      }),
    );
    expect([5, 7, 15].map((frame) => on(frame).filter(([, score]) => score === null))).to.deep.equal([
      [["grasper", null, 0, 5]],
      [["grasper", null, 4, 7]],
      [["grasper", null, 20, 15]],
    ]);
    expect(on(12).map(([, score]) => score)).to.deep.equal([0.6, null]);
  });

  it("come with outlines that people drew, on the picture's own scale, in the place of what they stand for", async () => {
    const masked = {
      ...analysis,
      masks: [{ producer: "organs", labels: ["liver", "gallbladder"], frameCount: 20, maskCount: 1, chunks: analysis.detections[0]?.chunks ?? [] }],
    };
    const runs = [320 * 180];
    const masks: MaskChunk = {
      ...{ schema: "mask-chunk/1.0", producer: "organs", gridWidth: 320, gridHeight: 180, frames: [10], offsets: [0, 1], label: [0], score: [1], runs: [runs] },
    };
    const drawing = new Overlay({
      analysis: masked,
      readDetections: async () => ({ ...chunk, frames: [], offsets: [0] }),
      readMasks: async () => masks,
      onLoad: () => undefined,
      onError: (error) => expect.fail(error.message),
    });
    const drawn = async (frame: number): Promise<string[]> => {
      const told: string[] = [];
      const note = (name: string) => (x: unknown, y: unknown) => void told.push(`${name} ${x} ${y}`);
      const pen = { moveTo: note("move"), lineTo: note("line"), fill: note("fill"), beginPath: () => undefined } as unknown as Pen;
      drawing.draw(pen, { width: 640, height: 360 }, frame, settings);
      await new Promise((wake) => setTimeout(wake));
      told.length = 0;
      drawing.draw(pen, { width: 640, height: 360 }, frame, settings);
      return told;
    };
    const outline = (frame: number): Change => ({
      kind: "draw-mask",
      target: { kind: "mask", id: ids[0] },
      after: {
        ...{ label: "liver", frame, replaces: "organs" },
        polygon: [
          [0, 0],
          [10, 0],
          [10, 20],
        ],
      },
    });
    drawing.correct(corrected(uncorrected(masked), [outline(10)]));
    const shape = ["move 0 0", "line 20 0", "line 20 40", "fill evenodd undefined"];
    expect(await drawn(10)).to.deep.equal(shape);
    expect(await drawn(12), "as long as what was found there stays").to.deep.equal(shape);
    expect(await drawn(30)).to.deep.equal([]);
    const hidden = (frame: number) => drawing.masksOn(frame, settings).masks.every(({ found }) => found === null);
    expect([hidden(10), hidden(12)]).to.deep.equal([true, true]);
    const rejected: Change = { ...outline(10), after: { label: "liver", frame: 10, polygon: null, replaces: "organs" } } as Change;
    drawing.correct(corrected(uncorrected(masked), [rejected]));
    expect([await drawn(10), hidden(10), drawing.masksOn(10, settings).masks.map(({ drawn: by }) => by?.rings)]).to.deep.equal([[], true, [[]]]);
  });

  it("are read before their picture is there, as far as they are shown", () => {
    const asked: string[] = [];
    const early = new Overlay({
      analysis: { ...analysis, masks: [{ producer: "organs", labels: ["liver"], frameCount: 20, maskCount: 0, chunks: analysis.detections[0]?.chunks ?? [] }] },
      readDetections: async (producer, index) => {
        asked.push(`${producer} ${index}`);
        return chunk;
      },
      readMasks: async (producer, index) => {
        asked.push(`${producer} ${index}`);
        throw new Error("It is not asked for.");
      },
      onLoad: () => undefined,
      onError: () => undefined,
    });
    early.prepare(60, { boxes: true, masks: false });
    early.prepare(60, { boxes: true, masks: false });
    expect(asked).to.deep.equal(["instrument-detector 1"]);
    early.prepare(10, { boxes: false, masks: true });
    expect(asked).to.deep.equal(["instrument-detector 1", "organs 0"]);
  });

  it("come with masks, each drawn from a picture no larger than it, where it lies", async () => {
    const masked = {
      ...analysis,
      masks: [{ producer: "organs", labels: ["liver"], frameCount: 20, maskCount: 2, chunks: analysis.detections[0]?.chunks ?? [] }],
    };
    // Two columns of three cells from column 10 and row 20 on, and nothing.
    const [before, between] = [10 * 180 + 20, 177];
    const runs = [[before, 3, between, 3, 320 * 180 - before - between - 6], [320 * 180]];
    const masks: MaskChunk = {
      ...{ schema: "mask-chunk/1.0", producer: "organs", gridWidth: 320, gridHeight: 180, frames: [10], offsets: [0, 2], label: [0, 0], score: [1, 1], runs },
    };
    class Canvas {
      readonly width: number;
      readonly height: number;
      pixels: Uint8ClampedArray = new Uint8ClampedArray();
      constructor(width: number, height: number) {
        [this.width, this.height] = [width, height];
      }
      getContext() {
        const createImageData = (width: number, height: number) => ({ data: new Uint8ClampedArray(4 * width * height) });
        const putImageData = ({ data }: { data: Uint8ClampedArray }): void => {
          this.pixels = data;
        };
        return { createImageData, putImageData };
      }
    }
    const drawing = new Overlay({
      analysis: masked,
      readDetections: async () => ({ ...chunk, frames: [], offsets: [0] }),
      readMasks: async () => masks,
      onLoad: () => undefined,
      onError: (error) => expect.fail(error.message),
    });
    const drawn: [Canvas, ...number[]][] = [];
    const pen = { drawImage: (...told: [Canvas, ...number[]]) => void drawn.push(told) } as unknown as Pen;
    const real = globalThis.OffscreenCanvas;
    Object.assign(globalThis, { OffscreenCanvas: Canvas });
    try {
      drawing.draw(pen, { width: 640, height: 360 }, 10, settings);
      await new Promise((wake) => setTimeout(wake));
      drawing.draw(pen, { width: 640, height: 360 }, 10, settings);
      drawing.draw(pen, { width: 640, height: 360 }, 11, settings);
    } finally {
      Object.assign(globalThis, { OffscreenCanvas: real });
    }
    expect(drawn.map(([, ...place]) => place)).to.deep.equal([
      [18, 38, 8, 10],
      [18, 38, 8, 10],
    ]);
    const [[picture], [again]] = drawn as [[Canvas], [Canvas]];
    expect(again, "is made once").to.equal(picture);
    const filled = Array.from({ length: 20 }, (_, i) => (picture.pixels[4 * i + 3] === 255 ? "#" : ".")).join("");
    expect(filled.match(/.{4}/g)).to.deep.equal(["....", ".##.", ".##.", ".##.", "...."]);
    expect([...picture.pixels.slice(4 * 5, 4 * 5 + 4)], "the first colour, #E69F00").to.deep.equal([0xe6, 0x9f, 0, 255]);
  });

  it("lack what was rejected, and have the words that people gave", () => {
    correct({ kind: "judge", target: { kind: "track", id: "0" }, after: "rejected" });
    expect(on(10)).to.deep.equal([["grasper", 0.6, 50, 10]]);
    correct({ kind: "relabel", target: { kind: "track", id: "0" }, after: "hook" });
    expect(on(10).map(([label]) => label)).to.deep.equal(["hook", "grasper"]);
  });
});
