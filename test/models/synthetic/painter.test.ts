import { createHash } from "node:crypto";
import { expect } from "chai";
import { CLASSES } from "../../../models/synthetic/classes.ts";
import { painter } from "../../../models/synthetic/painter.ts";
import { hysterectomy } from "../../../models/synthetic/procedures/hysterectomy.ts";
import { type Event, planScenario } from "../../../models/synthetic/scenario.ts";

const [WIDTH, HEIGHT] = [192, 108];
const scenario = planScenario({ seed: 4366, seconds: 24, frameRate: { num: 25, den: 1 } });
const otherProcedure = planScenario({ seed: 4366, seconds: 24, frameRate: { num: 25, den: 1 }, procedure: hysterectomy });
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

  it("draws the known frame of each procedure", () => {
    paint(100);
    expect(digest(pixels)).to.equal("40634ffcd96715fde062cc1682c8758e19527fccb4b82b018263e5add6cac598");
    const painted = painter(otherProcedure, WIDTH, HEIGHT);
    painted.paint(100);
    expect(digest(painted.pixels)).to.equal("e791f381666bc682bd26a26dfc1597653cc45706b88a829f4e329aa4805af2ff");
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

  describe("fog", () => {
    /** Spread of brightness and mean saturation within a radius (picture heights) of the round picture's middle. */
    const foggy = (spans: readonly Event[]) => {
      const { paint, pixels } = painter({ ...scenario, excursions: [], events: [...spans] }, WIDTH, HEIGHT);
      const middle = scenario.aperture ?? { x: 0, y: 0 };
      return (frame: number, radius = 0.4): { contrast: number; saturation: number } => {
        paint(frame);
        let [count, sum, squares, saturation] = [0, 0, 0, 0];
        for (let i = 0; i < WIDTH * HEIGHT; i++) {
          const [x, y] = [((i % WIDTH) - WIDTH / 2) / HEIGHT, Math.floor(i / WIDTH) / HEIGHT - 0.5];
          if (Math.hypot(x - middle.x, y - middle.y) > radius) continue;
          const [red, green, blue] = [pixels[3 * i]!, pixels[3 * i + 1]!, pixels[3 * i + 2]!];
          const grey = (red + green + blue) / 3;
          [count, sum, squares] = [count + 1, sum + grey, squares + grey * grey];
          saturation += (Math.max(red, green, blue) - Math.min(red, green, blue)) / Math.max(1, red, green, blue);
        }
        return { contrast: Math.sqrt(squares / count - (sum / count) ** 2), saturation: saturation / count };
      };
    };
    const look = foggy([{ type: "fog", startFrame: 100, endFrame: 200 }]);
    const bare = foggy([]);

    it("veils the picture: less contrast, less colour, and nothing is left once it is wiped off", () => {
      const [fogged, clear] = [look(170), bare(170)];
      expect(fogged.contrast / clear.contrast).to.be.within(0.15, 0.7);
      expect(fogged.saturation / clear.saturation).to.be.within(0.2, 0.8);
      expect(look(200)).to.deep.equal(bare(200));
      expect(look(99)).to.deep.equal(bare(99));
    });

    it("creeps in from the rim, so that the middle is clear for longest", () => {
      const left = (frame: number, radius: number): number => look(frame, radius).contrast / bare(frame, radius).contrast;
      expect(left(115, 0.15)).to.be.above(0.97);
      expect(left(115, 0.55)).to.be.below(0.95);
      expect(left(170, 0.15)).to.be.below(0.7);
    });

    it("moves nothing else: the instruments' boxes are those of the operation without it", () => {
      const without = painter({ ...scenario, events: [] }, WIDTH, HEIGHT);
      const withFog = painter({ ...scenario, events: [{ type: "fog", startFrame: 130, endFrame: 150 }] }, WIDTH, HEIGHT);
      expect(withFog.paint(140)).to.deep.equal(without.paint(140));
      expect(withFog.kinds).to.deep.equal(without.kinds);
    });
  });

  it("shows the uterus and other instruments in a hysterectomy, and no liver", () => {
    const painted = painter(otherProcedure, WIDTH, HEIGHT);
    const seen = new Set<string>();
    const labels = new Set<number>();
    for (let frame = 10; frame < otherProcedure.frameCount; frame += 45) {
      for (const [label] of painted.paint(frame)) labels.add(label);
      for (const kind of painted.kinds) if (kind > 0) seen.add(CLASSES[kind - 1]!);
    }
    expect([...seen])
      .to.include.members(["Uterus", "Fat", "ConnectiveTissue", "LigaSure"])
      .and.not.include.members(["Liver"]);
    expect(seen.has("Gallbladder")).to.equal(false);
    expect(Math.max(...labels)).to.be.below(hysterectomy.instruments.length);
    for (const name of seen)
      if ((hysterectomy.instruments as readonly string[]).includes(name))
        expect(labels).to.include((hysterectomy.instruments as readonly string[]).indexOf(name));
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
