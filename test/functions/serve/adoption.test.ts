import { randomUUID } from "node:crypto";
import { expect } from "chai";
import { annotationSetKey } from "../../../contracts/keys.ts";
import { exported, factsFound, factsOf } from "../runtime/interchange/support.ts";
import { adoptingPlatform } from "../support/adopting-platform.ts";
import { caseId, runId } from "../support/ids.ts";

/** Edits one track of CVAT's XML, by the identifier that its attributes tell. */
function edited(xml: string, attribute: string, edit: (element: string) => string): string {
  let seen = 0;
  const after = xml.replace(/ {2}<track [\s\S]*?<\/track>\n/g, (element) => {
    if (!element.includes(attribute)) return element;
    seen++;
    return edit(element);
  });
  expect(seen, attribute).to.equal(1);
  return after;
}

describe("an imported set that is adopted", () => {
  it("goes from the platform to CVAT, is edited there, comes back, and is what a corrected export tells", async () => {
    const { scene, imported, adopt, set, sets } = await adoptingPlatform();
    const xml = String((await exported("cvat", await scene())).get("annotations.xml"));
    // The first phase ends later, where the second begins; a box moves, one goes, a track goes, one comes, another is called otherwise.
    let mine = edited(xml, ">segment-1<", (element) => element.replace('<box frame="47"', '<box frame="60"'));
    mine = edited(mine, ">segment-2<", (element) => element.replace('<box frame="47"', '<box frame="60"'));
    mine = edited(mine, '<attribute name="track">1<', (element) => {
      const boxes = [...element.matchAll(/<box frame="(\d+)" keyframe="1" outside="0" occluded="0" xtl="\d+"/g)].map(([all]) => all);
      expect(boxes).to.have.length.greaterThan(6);
      return element
        .replace(boxes[3] as string, (boxes[3] as string).replace(/xtl="\d+"/, 'xtl="1"'))
        .replace(boxes[5] as string, (boxes[5] as string).replace('outside="0"', 'outside="1"'));
    });
    mine = edited(mine, '<attribute name="track">2<', () => "");
    mine = edited(mine, '<attribute name="track">3<', (element) => element.replace(/label="\w+"/, 'label="Scissors"'));
    const box = (frame: number, outside: number) =>
      `<box frame="${frame}" keyframe="1" outside="${outside}" occluded="0" xtl="9" ytl="9" xbr="30" ybr="40" z_order="0"/>`;
    mine = mine.replace("</annotations>", `<track id="9000" label="Clipper">${box(200, 0)}${box(201, 0)}${box(202, 1)}</track></annotations>`);

    const id = await imported("cvat", "annotations.xml", mine);
    const { status, receipt, reasons } = await adopt(id);
    expect([status, reasons]).to.deep.equal([201, []]);
    expect(receipt?.notes?.join(" ")).to.match(/^\d+ events were measured or told by the privacy gate/);
    expect(sets.map(({ createdBy, corrections }) => [createdBy, corrections.length])).to.deep.equal([["c1d2", receipt?.count]]);
    expect(new Set(sets[0]?.corrections.map(({ kind }) => kind))).to.deep.equal(new Set(["retime", "draw-box", "judge", "relabel"]));

    const [now, wanted] = [await factsOf(await scene()), factsFound(await set(id))];
    for (const aspect of ["boxes", "segments", "events"] as const) expect(now[aspect], aspect).to.deep.equal(wanted[aspect]);
    const back = String((await exported("cvat", await scene())).get("annotations.xml"));
    expect(back).to.contain('xtl="1"').and.to.contain('label="Clipper"');
    expect((await adopt(id)).reasons[0]).to.equal("The set says nothing else than what holds: there is nothing to adopt.");
  });

  it("is refused on another version, of another analysis, unknown, or with words that the analysis does not know", async () => {
    const { lake, imported, adopt, set } = await adoptingPlatform();
    const gt = (label: string) =>
      JSON.stringify({
        "source-ref": "frame-00000003.png",
        boxes: { image_size: [{ width: 1280, height: 720, depth: 3 }], annotations: [{ class_id: 0, left: 1, top: 2, width: 30, height: 40 }] },
        "boxes-metadata": { type: "groundtruth/object-detection", "class-map": { "0": label }, "human-annotated": "yes", objects: [{}] },
      });
    const id = await imported("ground-truth-manifest", "m", gt("Hook"));
    expect((await adopt(id, 4)).status).to.equal(412);
    expect((await adopt(randomUUID())).status).to.equal(404);
    const other = await imported("ground-truth-manifest", "m", gt("Spoon"));
    const refused = await adopt(other);
    expect([refused.status, refused.reasons.some((reason) => reason.includes('"Spoon" is none of the words'))]).to.deep.equal([400, true]);
    await lake.putJson(annotationSetKey(caseId, runId, id), { ...(await set(id)), contentSha256: "0".repeat(64) });
    expect((await adopt(id)).reasons).to.deep.equal(["The set speaks of another analysis of the case."]);
  });

  it("says nothing of frames that it was not asked about: one labelled picture changes that frame alone", async () => {
    const { scene, imported, adopt } = await adoptingPlatform();
    const before = (await factsOf(await scene())).boxes as string[];
    const line = {
      ...{ "source-ref": "frame-00000100.png", boxes: { image_size: [{ width: 1280, height: 720, depth: 3 }], annotations: [] } },
      "boxes-metadata": { type: "groundtruth/object-detection", "class-map": {}, "human-annotated": "yes", objects: [] },
    };
    const at100 = before.filter((place) => place.startsWith("000100 "));
    expect(at100).to.have.length.greaterThan(0);
    expect((await adopt(await imported("ground-truth-manifest", "m", JSON.stringify(line)))).status).to.equal(201);
    expect((await factsOf(await scene())).boxes).to.deep.equal(before.filter((place) => !at100.includes(place)));
  });

  it("makes what holds equal to any edit, one after another, also of what people drew", async () => {
    const { lake, scene, imported, adopt, set, sets } = await adoptingPlatform();
    let seed = 7;
    const random = (below: number): number => {
      seed = (seed * 48271) % 2147483647;
      return seed % below;
    };
    for (let round = 0; round < 8; round++) {
      const id = await imported("coco", "coco.json", String((await exported("coco", await scene())).get("coco.json")));
      const found = await set(id);
      const boxes = found.boxes
        .filter(() => random(60) !== 0)
        .map((box) => (random(40) === 0 ? { ...box, x: random(900), y: random(500), width: 20 + random(200), height: 20 + random(100) } : box))
        .map((box) => (random(300) === 0 ? { ...box, label: random(7) } : box));
      const added = Array.from({ length: 5 }, (_, i) => ({
        frame: random(600),
        label: random(7),
        x: 5 * i,
        y: 5,
        width: 20,
        height: 20,
        score: null,
        track: -1,
        interpolated: false,
      }));
      const mine = { ...found, boxes: [...boxes, ...added].sort((a, b) => a.frame - b.frame) };
      await lake.putJson(annotationSetKey(caseId, runId, id), mine);
      const { status, reasons } = await adopt(id);
      expect([status, reasons], `round ${round}`).to.deep.equal([201, []]);
      expect((await factsOf(await scene())).boxes, `round ${round}`).to.deep.equal(factsFound(mine).boxes);
    }
    expect(sets).to.have.length(8);
  });
});
