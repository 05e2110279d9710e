import { createHash } from "node:crypto";
import { expect } from "chai";
import { CLASSES } from "../../../models/synthetic/classes.ts";
import { painter } from "../../../models/synthetic/painter.ts";
import { planScenario } from "../../../models/synthetic/scenario.ts";

const [WIDTH, HEIGHT] = [192, 108];
const scenario = planScenario({ seed: 4366, seconds: 24, frameRate: { num: 25, den: 1 } });
const digest = (pixels: Uint8ClampedArray): string => createHash("sha256").update(pixels).digest("hex");
const event = (type: string) => scenario.events.find((e) => e.type === type)!;

/** Mean of each channel within a centred square of half the picture's height. */
function colour(pixels: Uint8ClampedArray): [number, number, number] {
  const sum: [number, number, number] = [0, 0, 0];
  const half = HEIGHT / 4;
  for (let y = HEIGHT / 2 - half; y < HEIGHT / 2 + half; y++)
    for (let x = WIDTH / 2 - half; x < WIDTH / 2 + half; x++) for (let c = 0; c < 3; c++) sum[c]! += pixels[(y * WIDTH + x) * 3 + c]!;
  return sum.map((s) => s / (HEIGHT / 2) ** 2) as [number, number, number];
}

describe("painter", () => {
  const { paint, pixels, kinds } = painter(scenario, WIDTH, HEIGHT);

  it("paints the same frames again, in any order", () => {
    const frames = [20, 140, 290, 300, 320, 460, 485, 580];
    const again = painter(scenario, WIDTH, HEIGHT);
    const first = frames.map((frame) => [paint(frame), digest(pixels)]);
    const second = frames.toReversed().map((frame) => [again.paint(frame), digest(again.pixels)]);
    expect(second.reverse()).to.deep.equal(first);
    expect(new Set(first.map(([, hash]) => hash)).size).to.equal(frames.length);
  });

  it("paints another operation for another seed", () => {
    const other = painter(planScenario({ seed: 4367, seconds: 24, frameRate: { num: 25, den: 1 } }), WIDTH, HEIGHT);
    other.paint(10);
    paint(10);
    expect(digest(other.pixels)).to.not.equal(digest(pixels));
  });

  it("draws the known frame", () => {
    paint(100);
    expect(digest(pixels)).to.equal("40634ffcd96715fde062cc1682c8758e19527fccb4b82b018263e5add6cac598");
  });

  it("says what every pixel of a frame shows: instruments over structures, nothing outside the round picture or the patient", () => {
    const shares = (frame: number): Record<string, number> => {
      paint(frame);
      const counts: Record<string, number> = {};
      for (const kind of kinds) counts[kind === 0 ? "nothing" : (CLASSES[kind - 1] as string)] = (counts[kind === 0 ? "nothing" : CLASSES[kind - 1]!] ?? 0) + 1;
      return Object.fromEntries(Object.entries(counts).map(([name, count]) => [name, Math.round((100 * count) / kinds.length)]));
    };
    const at = paint(100);
    const found = shares(100);
    expect(found).to.include.all.keys("Liver", "Gallbladder", "ConnectiveTissue");
    for (const [label, x, y, width, height] of at) {
      const kind = label + 1;
      const cells = Array.from(kinds, (one, i) => [one, i] as const).filter(([one]) => one === kind);
      expect(cells.some(([, i]) => i % WIDTH >= x && i % WIDTH < x + width && Math.floor(i / WIDTH) >= y && Math.floor(i / WIDTH) < y + height)).to.equal(true);
    }
    expect(Object.keys(shares(scenario.excursions[0]!.startFrame))).to.deep.equal(["nothing"]);
    expect(Object.keys(shares(event("black").startFrame))).to.deep.equal(["nothing"]);
  });

  it("repeats the frame before a freeze, pixel by pixel", () => {
    const { startFrame, endFrame } = event("freeze");
    const before = [paint(startFrame - 1), digest(pixels)];
    for (const frame of [startFrame, endFrame - 1]) expect([paint(frame), digest(pixels)]).to.deep.equal(before);
    paint(endFrame);
    expect(digest(pixels)).to.not.equal(before[1]);
  });

  it("paints black without instruments", () => {
    const { startFrame } = event("black");
    expect(paint(startFrame)).to.deep.equal([]);
    expect(pixels.every((value) => value === 0)).to.equal(true);
  });

  it("shows red tissue inside and other colours outside", () => {
    paint(scenario.excursions[0]!.startFrame - 2);
    const [red, green, blue] = colour(pixels);
    expect(red)
      .to.be.greaterThan(1.2 * green)
      .and.greaterThan(1.2 * blue);
    paint(590);
    const [, , outsideBlue] = colour(pixels);
    expect(outsideBlue).to.be.greaterThan(blue);
  });

  it("encloses each working end exactly: painting without it changes pixels on all four sides of the box", () => {
    const frame = 140;
    const boxes = paint(frame);
    const shown = Uint8ClampedArray.from(pixels);
    const bare = painter({ ...scenario, tools: [] }, WIDTH, HEIGHT);
    expect(bare.paint(frame)).to.deep.equal([]);
    const changed = (x: number, y: number): boolean =>
      [0, 1, 2].some((c) => Math.abs(shown[(y * WIDTH + x) * 3 + c]! - bare.pixels[(y * WIDTH + x) * 3 + c]!) > 12);
    expect(boxes).to.have.length.greaterThan(0);
    for (const [, x, y, width, height] of boxes) {
      const columns = Array.from({ length: width }, (_, i) => x + i);
      const rows = Array.from({ length: height }, (_, i) => y + i);
      expect(
        rows.some((row) => changed(x, row)),
        "left",
      ).to.equal(true);
      expect(
        rows.some((row) => changed(x + width - 1, row)),
        "right",
      ).to.equal(true);
      expect(
        columns.some((column) => changed(column, y)),
        "top",
      ).to.equal(true);
      expect(
        columns.some((column) => changed(column, y + height - 1)),
        "bottom",
      ).to.equal(true);
    }
  });

  it("keeps boxes within the picture", () => {
    for (let frame = 0; frame < scenario.frameCount; frame += 9) {
      for (const [label, x, y, width, height] of paint(frame)) {
        expect(label).to.be.within(0, 6);
        expect(x).to.be.at.least(0);
        expect(y).to.be.at.least(0);
        expect(x + width).to.be.at.most(WIDTH);
        expect(y + height).to.be.at.most(HEIGHT);
      }
    }
  });
});
