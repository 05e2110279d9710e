import { expect } from "chai";
import type { Change, DrawnMask } from "../../../contracts/corrections.ts";
import { annotationSetKey } from "../../../contracts/keys.ts";
import { leastAgreement } from "../../../contracts/outlines.ts";
import { cellsOf, compressRuns, regrid, runsOf } from "../../../contracts/run-lengths.ts";
import type { Scene } from "../../../functions/runtime/interchange/scene.ts";
import { exported, factsOf } from "../runtime/interchange/support.ts";
import { adoptingPlatform } from "../support/adopting-platform.ts";
import { caseId, runId } from "../support/ids.ts";

const raster = { width: 1280, height: 720 };
const nothing = "The set says nothing else than what holds: there is nothing to adopt.";

interface Coco {
  readonly categories: { id: number; name: string }[];
  readonly images: { id: number; frame_index: number }[];
  annotations: { id: number; image_id: number; category_id: number; segmentation: unknown; grid_size?: [number, number]; producer?: string }[];
}

const cocoOf = async (scene: Scene): Promise<Coco> => JSON.parse(String((await exported("coco", scene)).get("coco.json")));
const isMask = ({ segmentation }: Coco["annotations"][number]): boolean => !Array.isArray(segmentation) || segmentation.length > 0;

/** A COCO file of another tool: frames, and of each what is outlined in it. */
function foreign(frames: readonly number[], ...annotations: { frame: number; label: string; segmentation: unknown }[]): string {
  const labels = ["Gallbladder", "Liver", "Spoon"];
  return JSON.stringify({
    categories: labels.map((name, i) => ({ id: i + 1, name })),
    images: frames.map((frame) => ({ id: frame + 1, ...raster, file_name: `frame-${frame}.png` })),
    annotations: annotations.map(({ frame, label, segmentation }, i) => ({
      ...{ id: i + 1, image_id: frame + 1, category_id: labels.indexOf(label) + 1, bbox: [0, 0, 1, 1], segmentation },
    })),
  });
}

const rle = (cells: Uint8Array) => ({ size: [raster.height, raster.width], counts: compressRuns(runsOf(cells)) });
function cellsWhere(isIn: (x: number, y: number) => boolean): Uint8Array {
  const cells = new Uint8Array(raster.width * raster.height);
  for (let x = 0; x < raster.width; x++) for (let y = 0; y < raster.height; y++) if (isIn(x, y)) cells[x * raster.height + y] = 1;
  return cells;
}

interface Seen {
  readonly frame: number;
  readonly label: string;
  readonly producer: string;
  readonly cells: Uint8Array;
}

/** All masks that hold, as pixels. */
async function masksOf(scene: Scene): Promise<Seen[]> {
  const seen: Seen[] = [];
  for await (const { frame, items } of scene.masks())
    for (const { label, producer, runs, gridWidth, gridHeight } of items) {
      const cells = cellsOf(regrid(runs, { width: gridWidth, height: gridHeight }, raster), raster);
      seen.push({ frame, label: scene.labels[label] as string, producer: scene.sources[producer] as string, cells });
    }
  return seen;
}

/** What masks of a label cover in a frame. */
function coveredBy(masks: readonly Seen[], frame: number, label: string): Uint8Array {
  const cells = new Uint8Array(raster.width * raster.height);
  for (const mask of masks) if (mask.frame === frame && mask.label === label) for (let i = 0; i < cells.length; i++) if (mask.cells[i]) cells[i] = 1;
  return cells;
}

function agreement(one: Uint8Array, other: Uint8Array): number {
  let [both, either] = [0, 0];
  for (let i = 0; i < one.length; i++) {
    if (one[i] && other[i]) both++;
    if (one[i] || other[i]) either++;
  }
  return either === 0 ? 1 : both / either;
}

const square = (x: number, y: number, side: number): [number, number][] => [
  [x, y],
  [x + side, y],
  [x + side, y + side],
  [x, y + side],
];
const drawnMask = (id: number, after: DrawnMask): Change => ({
  ...{ kind: "draw-mask", target: { kind: "mask", id: `00000000-0000-4000-8000-00000000000${id}` }, after },
});

describe("masks of an imported set that is adopted", function () {
  this.timeout(60_000);

  it("go out as COCO, are edited there, come back as outlines, and are what a corrected export tells; the rest stays as it was found", async () => {
    const { scene, imported, adopt, sets } = await adoptingPlatform();
    const coco = await cocoOf(await scene());
    const before = await masksOf(await scene());
    const masks = coco.annotations.filter(isMask);
    const [edited, removed] = [masks[0], masks[2]] as [Coco["annotations"][number], Coco["annotations"][number]];
    const frameOf = ({ image_id }: { image_id: number }): number => image_id - 1;
    const labelOf = ({ category_id }: { category_id: number }): string => coco.categories.find(({ id }) => id === category_id)?.name as string;
    // One is two parts and a speck now, with a hole; one is gone.
    const wanted = cellsWhere((x, y) => (x - 300) ** 2 + (y - 300) ** 2 < 90 ** 2 && Math.hypot(x - 300, y - 300) > 30);
    for (let x = 700; x < 760; x++) for (let y = 100; y < 130; y++) wanted[x * raster.height + y] = 1;
    wanted[1000 * raster.height + 600] = 1;
    edited.segmentation = rle(wanted);
    delete edited.grid_size;
    coco.annotations = coco.annotations.filter((one) => one !== removed);
    const id = await imported("coco", "coco.json", JSON.stringify(coco));
    const { status, receipt, reasons } = await adopt(id);
    expect([status, reasons]).to.deep.equal([201, []]);
    expect(receipt?.notes?.filter((note) => !note.includes("events"))).to.deep.equal([
      "1 masks became outlines that share 99.2 % of their cells at least (intersection over union).",
    ]);
    const made = sets[0]?.corrections.map(({ kind, after }) => ({ kind, after: after as DrawnMask })) ?? [];
    expect(made.map(({ kind, after }) => [kind, after.frame, after.label, after.replaces, after.polygon !== null, after.holes?.length])).to.deep.equal([
      ["draw-mask", frameOf(edited), labelOf(edited), "structure-segmenter", true, 1],
      ["draw-mask", frameOf(edited), labelOf(edited), null, true, undefined],
      ["draw-mask", frameOf(edited), labelOf(edited), null, true, undefined],
      ["draw-mask", frameOf(removed), labelOf(removed), "structure-segmenter", false, undefined],
    ]);

    const after = await masksOf(await scene());
    expect(agreement(coveredBy(after, frameOf(edited), labelOf(edited)), wanted)).to.be.at.least(0.992);
    const others = (masks: readonly Seen[]) => masks.filter(({ frame }) => frame !== frameOf(edited) && frame !== frameOf(removed));
    expect(after.some(({ frame }) => frame === frameOf(removed))).to.equal(false);
    expect(others(after)).to.deep.equal(others(before));
    // What holds now comes back as nothing new: the same file, and the export with what was adopted.
    expect((await adopt(id)).reasons[0]).to.equal(nothing);
    expect((await adopt(await imported("coco", "coco.json", JSON.stringify(await cocoOf(await scene()))))).reasons[0]).to.equal(nothing);
    const xml = String((await exported("cvat", await scene())).get("annotations.xml"));
    expect((await adopt(await imported("cvat", "a.xml", xml))).reasons[0]).to.equal(nothing);
  });

  it("are the polygons that people drew, corner by corner, and leave boxes, other labels and other frames alone", async () => {
    const { scene, imported, adopt, sets } = await adoptingPlatform();
    const before = await factsOf(await scene());
    const ring = square(100, 100, 200);
    const file = foreign([25, 30], { frame: 30, label: "Liver", segmentation: [ring.flat(), square(500, 100, 50.4).flat()] });
    const { status, receipt, reasons } = await adopt(await imported("coco", "c.json", file));
    expect([status, reasons]).to.deep.equal([201, []]);
    expect(sets[0]?.corrections.filter(({ kind }) => kind !== "draw-mask")).to.deep.equal([]);
    expect(sets[0]?.corrections.map(({ after }) => after)).to.deep.equal([
      // A network found the liver in frame 25, which the file says was looked at.
      { label: "Liver", frame: 25, polygon: null, replaces: "structure-segmenter" },
      { label: "Liver", frame: 30, polygon: ring, replaces: null },
      { label: "Liver", frame: 30, polygon: square(500, 100, 50), replaces: null },
    ]);
    expect(receipt?.notes).to.deep.equal([]);
    const after = await factsOf(await scene());
    expect(after.boxes).to.deep.equal(before.boxes);
    const found = (facts: Awaited<ReturnType<typeof factsOf>>) =>
      (facts.masks as { frame: number; label: string }[]).filter(({ frame }) => frame !== 25 && frame !== 30);
    expect(found(after)).to.deep.equal(found(before));
  });

  it("leave what people drew in other frames as it is, where a drawing goes through several", async () => {
    const { scene, imported, adopt, correct } = await adoptingPlatform();
    const later = [
      { frame: 200, polygon: square(300, 200, 100) },
      { frame: 300, polygon: null },
      { frame: 400, polygon: square(10, 20, 40) },
    ];
    const changes = [drawnMask(1, { label: "Liver", frame: 100, polygon: square(100, 100, 100), later, replaces: "structure-segmenter" })];
    expect((await correct(changes)).reasons).to.deep.equal([]);
    const before = await masksOf(await scene());
    const coco = await cocoOf(await scene());
    const at = (frame: number) =>
      coco.annotations.find((one) => one.image_id === frame + 1 && one.producer === "person" && isMask(one)) as Coco["annotations"][number];
    const moved = cellsWhere((x, y) => x >= 600 && x < 700 && y >= 500 && y < 600);
    for (const frame of [150, 200]) at(frame).segmentation = rle(moved);
    const id = await imported("coco", "coco.json", JSON.stringify(coco));
    expect((await adopt(id)).reasons).to.deep.equal([]);
    const after = await masksOf(await scene());
    const frames = [...new Set([...before, ...after].map(({ frame }) => frame))];
    for (const frame of frames) {
      const wanted = frame === 150 || frame === 200 ? moved : coveredBy(before, frame, "Liver");
      expect(agreement(coveredBy(after, frame, "Liver"), wanted), `frame ${frame}`).to.equal(1);
      expect(agreement(coveredBy(after, frame, "Gallbladder"), coveredBy(before, frame, "Gallbladder")), `frame ${frame}`).to.equal(1);
    }
    expect((await adopt(id)).reasons[0]).to.equal(nothing);
  });

  it("make what holds equal to any edit, within the bound, one after another", async () => {
    const { lake, scene, imported, adopt, set } = await adoptingPlatform();
    let seed = 5;
    const random = (below: number): number => {
      seed = (seed * 48271) % 2147483647;
      return seed % below;
    };
    for (let round = 0; round < 4; round++) {
      const id = await imported("coco", "coco.json", String((await exported("coco", await scene())).get("coco.json")));
      const found = await set(id);
      const blob = () => {
        const [cx, cy, rx, ry, wave] = [random(1280), random(720), 1 + random(200), 1 + random(150), 3 + random(40)];
        const cells = cellsWhere((x, y) => ((x - cx) / rx) ** 2 + ((y - cy) / ry) ** 2 < 1 + 0.4 * Math.sin(x / wave));
        cells[random(cells.length)] = 1;
        return { gridWidth: raster.width, gridHeight: raster.height, runs: runsOf(cells) };
      };
      const label = (name: string) => found.labels.indexOf(name);
      const masks = [
        ...found.masks.filter(() => random(6) !== 0).map((mask) => (random(5) === 0 ? { ...mask, ...blob() } : mask)),
        ...Array.from({ length: 3 }, () => ({ frame: random(600), label: label(random(2) ? "Liver" : "Gallbladder"), ...blob(), score: null })),
      ].sort((a, b) => a.frame - b.frame);
      const mine = { ...found, lookedAt: Array.from({ length: 600 }, (_, i) => i), masks };
      await lake.putJson(annotationSetKey(caseId, runId, id), mine);
      const { status, reasons } = await adopt(id);
      expect([status, reasons], `round ${round}`).to.deep.equal([201, []]);
      const holds = await masksOf(await scene());
      const wanted = masks.map((mask): Seen => {
        const cells = cellsOf(regrid(mask.runs, { width: mask.gridWidth, height: mask.gridHeight }, raster), raster);
        return { frame: mask.frame, label: found.labels[mask.label] as string, producer: "", cells };
      });
      for (const frame of new Set([...holds, ...wanted].map((one) => one.frame)))
        for (const name of ["Liver", "Gallbladder"])
          expect(agreement(coveredBy(holds, frame, name), coveredBy(wanted, frame, name)), `round ${round}, frame ${frame}, ${name}`).to.be.at.least(
            leastAgreement,
          );
    }
  });

  it("are left out where a tool drew them between two keyframes and no network looked", async () => {
    const { imported, adopt, sets } = await adoptingPlatform();
    const polygon = (frame: number, keyframe: number) => `<polygon frame="${frame}" keyframe="${keyframe}" outside="0" points="10,10;90,10;90,90"/>`;
    const xml = `<annotations><version>1.1</version><track id="1" label="Liver">${polygon(110, 1)}${polygon(111, 0)}${polygon(125, 0)}${polygon(126, 1)}</track></annotations>`;
    expect((await adopt(await imported("cvat", "a.xml", xml))).reasons).to.deep.equal([]);
    // Networks looked at frame 125.
    expect(sets[0]?.corrections.map(({ after }) => (after as DrawnMask).frame)).to.have.members([110, 125, 126]);
  });

  it("are refused with every reason: unknown words, and more than can be saved at once", async () => {
    const { imported, adopt, sets } = await adoptingPlatform();
    const spoons = [31, 32].map((frame) => ({ frame, label: "Spoon", segmentation: [square(10, 10, 50).flat()] }));
    const refused = await adopt(
      await imported("coco", "c.json", foreign([31, 32, 33], ...spoons, { ...(spoons[0] as (typeof spoons)[0]), frame: 33, label: "Liver" })),
    );
    expect([refused.status, refused.reasons]).to.deep.equal([
      400,
      ["1", "2"].map((n) => `Change ${n}: "Spoon" is none of the words that the analysis knows here: Gallbladder, Liver.`),
    ]);
    const ragged = rle(cellsWhere((x, y) => (Math.imul(x * 7919 + y * 104729, 2654435761) >>> 24) % 8 < 5));
    const many = Array.from({ length: 8 }, (_, i) => ({ frame: 40 + i, label: "Liver", segmentation: ragged }));
    const large = await adopt(
      await imported(
        "coco",
        "c.json",
        foreign(
          many.map(({ frame }) => frame),
          ...many,
        ),
      ),
    );
    expect([large.status, large.reasons]).to.deep.equal([400, ["That is too much to be saved at once. Save it in parts."]]);
    expect(sets).to.have.length(0);
  });

  it("say what was lost: parts beyond the twentieth", async () => {
    const { imported, adopt } = await adoptingPlatform();
    const dotted = rle(cellsWhere((x, y) => x % 50 < 20 && y < 20 && x < 1250));
    const { receipt } = await adopt(await imported("coco", "c.json", foreign([40], { frame: 40, label: "Liver", segmentation: dotted })));
    expect(receipt?.notes).to.deep.equal([
      "1 masks became outlines that share 80 % of their cells at least (intersection over union).",
      "5 parts of masks were left out: a mask may have 20, the largest.",
    ]);
  });
});
