import { gzipSync } from "node:zlib";
import { expect } from "chai";
import type { TrackList } from "../../../../contracts/analysis.ts";
import type { Change, CorrectionSet } from "../../../../contracts/corrections.ts";
import type { ImportFormat } from "../../../../contracts/exports.ts";
import { analysisKey, tracksKey } from "../../../../contracts/keys.ts";
import { caseScene } from "../../../../functions/runtime/interchange/case-scene.ts";
import { formats } from "../../../../functions/runtime/interchange/formats.ts";
import { readers } from "../../../../functions/runtime/interchange/readers.ts";
import type { Box, Scene } from "../../../../functions/runtime/interchange/scene.ts";
import { caseId, digest, runId } from "../../support/ids.ts";
import { drawnOperation } from "../../support/operation.ts";
import { exported, factsFound, factsOf, given, handedBack, operationOf } from "./support.ts";

const [movedId, newId, maskId, eventId] = [1, 2, 3, 4].map((n) => `00000000-0000-4000-8000-00000000000${n}`) as [string, string, string, string];

describe("an operation as people corrected it", () => {
  let plain: Scene;
  let scene: Scene;
  /** A followed box somewhere in the middle of its track. */
  let chosen: { frame: number; box: Box };
  before(async () => {
    const { lake, analysis } = await drawnOperation();
    plain = await caseScene(lake, { caseId, runId }, { startFrame: 0, endFrame: 600 });
    const labels = new Map<number, number>();
    const frames = new Map<number, { frame: number; box: Box }[]>();
    for await (const { frame, items } of plain.boxes())
      for (const box of items)
        if (box.track >= 0) {
          labels.set(box.track, box.label);
          frames.set(box.track, [...(frames.get(box.track) ?? []), { frame, box }]);
        }
    const longest = [...frames.values()].sort((a, b) => b.length - a.length)[0] ?? [];
    chosen = longest[Math.floor(longest.length / 2)] as typeof chosen;
    const each = <T>(value: T): T[] => Array.from({ length: labels.size }, () => value);
    const tracks: TrackList = {
      ...{ schema: "track-list/1.0", detections: each(0), label: [...labels].sort(([a], [b]) => a - b).map(([, label]) => label), startFrame: each(0) },
      ...{ endFrame: each(9), boxCount: each(3), confidence: each(0.5), pathLength: each(0), speedChange: each(0), stable: each(true) },
    };
    await lake.put(tracksKey(caseId, runId), gzipSync(JSON.stringify(tracks)), "application/json");
    await lake.putJson(analysisKey(caseId, runId), {
      ...analysis,
      tracks: { uri: lake.uri(tracksKey(caseId, runId)), trackCount: labels.size, sha256: digest },
    });
    const { frame, box } = chosen;
    const label = plain.labels[box.label] as string;
    const changes: Change[] = [
      {
        kind: "draw-box",
        target: { kind: "object", id: movedId },
        after: {
          label,
          keyframes: [
            { frame, box: [0, 0, 20, 30] },
            { frame: frame + 4, box: [40, 8, 24, 30] },
          ],
          replaces: { track: box.track },
        },
      },
      { kind: "draw-box", target: { kind: "object", id: newId }, after: { label: "Hook", keyframes: [{ frame: 3, box: [5, 6, 7, 8] }], replaces: null } },
      {
        kind: "draw-mask",
        target: { kind: "mask", id: maskId },
        after: {
          label: "Gallbladder",
          frame: 50,
          polygon: [
            [0, 0],
            [640, 0],
            [640, 360],
            [0, 360],
          ],
          // A quarter of the width, and of the height, is not of it; and a while later nothing is.
          holes: [
            [
              [160, 80],
              [320, 80],
              [320, 160],
              [160, 160],
            ],
          ],
          later: [{ frame: 60, polygon: null }],
          replaces: "structure-segmenter",
        },
      },
      { kind: "judge", target: { kind: "event", id: "event-1" }, after: "rejected" },
      { kind: "add", target: { kind: "event", id: eventId }, after: { type: "bleeding", label: "Bleeding", startFrame: 100, endFrame: 120 } },
    ];
    const set: CorrectionSet = {
      ...{ schema: "correction-set/1.0", caseId, runId, contentSha256: digest, version: 1, createdAt: "2026-11-26T10:00:00.000Z", createdBy: "a" },
      // What held before is nothing that a view is made of.
      corrections: changes.map((change) => ({ ...change, before: null })) as never,
    };
    scene = await caseScene(lake, { caseId, runId }, { startFrame: 0, endFrame: 600 }, [set]);
  });
  const boxesOn = async (wanted: number, of = scene): Promise<readonly Box[]> => {
    for await (const { frame, items } of of.boxes()) if (frame === wanted) return items;
    return [];
  };

  it("has what people drew in the place of what it stands for, under the same track, with no score", async () => {
    const { frame, box } = chosen;
    const drawn = async (at: number) =>
      (await boxesOn(at)).filter(({ track }) => track === box.track).map(({ x, y, width, height, score, label }) => [x, y, width, height, score, label]);
    expect(await drawn(frame)).to.deep.equal([[0, 0, 20, 30, null, box.label]]);
    expect(await drawn(frame + 2)).to.deep.equal([[20, 4, 22, 30, null, box.label]]);
    expect(await drawn(frame + 4)).to.deep.equal([[40, 8, 24, 30, null, box.label]]);
    expect(await boxesOn(frame + 5)).to.deep.equal(await boxesOn(frame + 5, plain));
    expect(scene.sources).to.deep.equal([...plain.sources, "person"]);
  });

  it("has what was missed beside what was found, in a track of its own", async () => {
    const before = await boxesOn(3, plain);
    const now = await boxesOn(3);
    expect(now.slice(0, -1)).to.deep.equal(before);
    const added = now.at(-1) as Box;
    expect([scene.labels[added.label], added.x, added.y, added.width, added.height, scene.sources[added.producer]]).to.deep.equal([
      "Hook",
      5,
      6,
      7,
      8,
      "person",
    ]);
    const tracks = new Set<number>();
    for await (const { items } of plain.boxes()) for (const { track } of items) tracks.add(track);
    expect(tracks.has(added.track)).to.equal(false);
  });

  it("has outlines as masks of the pixels within them", async () => {
    const masks = [];
    for await (const { frame, items } of scene.masks()) if (frame === 50) masks.push(...items);
    expect(masks.map(({ label, score, gridWidth, gridHeight }) => [scene.labels[label], score, gridWidth, gridHeight])).to.deep.equal([
      ["Gallbladder", null, 1280, 720],
    ]);
    expect(masks[0]?.runs.filter((_, i) => i % 2 === 1).reduce((sum, run) => sum + run, 0)).to.equal(640 * 360 - 160 * 80);
  });

  it("keeps outlines between their keyframes, and leaves out what people say is not there", async () => {
    const seen: [number, boolean, number][] = [];
    const labelled = (of: typeof scene, label: number) => of.labels[label] === "Gallbladder";
    for await (const { frame, items } of scene.masks())
      if (frame >= 50 && frame <= 60) {
        const gallbladders = items.filter(({ label }) => labelled(scene, label));
        seen.push([frame, gallbladders.every(({ producer }) => scene.sources[producer] === "person"), gallbladders.length]);
      }
    expect(seen[0]).to.deep.equal([50, true, 1]);
    expect(seen.at(-1)).to.deep.equal([60, true, 0]);
    for (const [frame, isPerson, count] of seen.slice(0, -1)) expect([isPerson, count], String(frame)).to.deep.equal([true, 1]);
  });

  it("leaves out what was rejected, and names the version of the corrections", () => {
    const ids = scene.events.map(({ id }) => id);
    expect(ids).to.include(eventId).and.not.include("event-1");
    expect([plain.corrections, scene.corrections]).to.deep.equal([null, 1]);
  });

  for (const [format, names] of Object.entries(handedBack) as [ImportFormat, string[]][]) {
    it(`goes to ${format} and comes back as it is, in all that the format keeps`, async () => {
      const wanted = await factsOf(scene);
      const uncorrected = await factsOf(plain);
      const found = factsFound(readers[format](given(await exported(format, scene), ...names), operationOf(scene)));
      const kept = (Object.keys(found) as (keyof typeof found)[]).filter((aspect) => formats[format].keeps.includes(aspect));
      for (const aspect of kept) expect(found[aspect], aspect).to.deep.equal(wanted[aspect]);
      expect(
        kept.some((aspect) => JSON.stringify(found[aspect]) !== JSON.stringify(uncorrected[aspect])),
        "the corrections are in it",
      ).to.equal(true);
      if (kept.includes("scores")) expect(found.scores as string[]).to.satisfy((scores: string[]) => scores.some((score) => score.endsWith(": null")));
    });
  }

  it("says of each picture of Ground Truth whether a person drew in it", async () => {
    const lines = String((await exported("ground-truth-manifest", scene)).get("output.manifest"))
      .trimEnd()
      .split("\n")
      .map((line) => JSON.parse(line));
    for (const line of lines) {
      const { objects, "human-annotated": human } = line["boxes-metadata"];
      const drawn = objects.filter(({ producer }: { producer: string }) => producer === "person");
      expect(human, String(line["frame-index"])).to.equal(drawn.length > 0 ? "yes" : "no");
      for (const object of objects) expect("confidence" in object).to.equal(object.producer !== "person");
    }
    expect(new Set(lines.map((line) => line["boxes-metadata"]["human-annotated"]))).to.deep.equal(new Set(["yes", "no"]));
  });

  // biome-ignore lint/suspicious/noExplicitAny: documents of other standards, looked at here and there.
  type Document = any;
  const bundleOf = async (of: Scene): Promise<Document[]> =>
    JSON.parse(String((await exported("fhir", of)).get("bundle.json"))).entry.map(({ resource }: Document) => resource);
  const ofType = (resources: Document[], type: string): Document[] => resources.filter(({ resourceType }) => resourceType === type);

  it("says in FHIR what people looked at, who they were and which version it is", async () => {
    const resources = await bundleOf(scene);
    const findings = scene.segments.length + scene.events.length;
    expect(ofType(resources, "DiagnosticReport")[0].conclusion).to.equal(
      `Found by machines in a video, with the corrections of people up to version 1: of ${findings} findings they confirmed 1, 1 of which they added. Made by networks that were trained on synthetic operations: for trying the platform, never for care.`,
    );
    const [provenance] = ofType(resources, "Provenance");
    expect(provenance.agent.at(-1)).to.deep.equal({
      type: { text: "person who corrected it" },
      who: { identifier: { system: "urn:svp:user", value: "a" } },
    });
    expect(provenance.entity.at(-1).what.identifier).to.deep.equal({ system: "urn:svp:corrections-version", value: "1" });
    const reviewOf = (id: string) => {
      const { extension } = ofType(resources, "Observation").find(({ identifier }) => identifier[0].value === id);
      return extension[0].valueCode;
    };
    expect([reviewOf(eventId), reviewOf("segment-1")]).to.deep.equal(["confirmed", "unreviewed"]);
  });

  it("says in FHIR of an analysis as it was made that corrections are not in it, and of one that nobody corrected that nobody did", async () => {
    const [report] = ofType(await bundleOf(plain), "DiagnosticReport");
    expect(report.conclusion).to.match(/^Found by machines in a video, and told as they found it: what people corrected since is not in it\. /);
    const [untouched] = ofType(await bundleOf({ ...plain, corrections: 0 }), "DiagnosticReport");
    expect(untouched.conclusion).to.match(/^Found by machines in a video; reviewed by nobody\. /);
    const [provenance] = ofType(await bundleOf(plain), "Provenance");
    expect(JSON.stringify([provenance.agent, provenance.entity])).not.to.match(/corrected|corrections/);
  });

  it("says in DICOM SR which version it is, and what people said of a finding", async () => {
    const [report] = JSON.parse(String((await exported("dicom-sr", scene)).get("report.dcm.json")));
    const content = report["0040A730"].Value;
    expect(content.at(-1)["0040A160"].Value[0]).to.contain("with the corrections of people up to version 1");
    const groups = content.at(-2)["0040A730"].Value as Document[];
    const added = groups.find((group) => group["0040A730"].Value[0]["0040A160"].Value[0] === eventId);
    const texts = added["0040A730"].Value.flatMap((item: Document) => item["0040A160"]?.Value ?? []);
    expect(texts).to.deep.equal([eventId, "Bleeding", "Added by a person.", "Confirmed by a person."]);
    expect(report["0040A493"].Value, "no person verified it by name").to.deep.equal(["UNVERIFIED"]);
  });

  it("says in a Web Annotation that a person made it", async () => {
    const { items } = JSON.parse(String((await exported("web-annotation", scene)).get("annotations.jsonld")));
    const generators = new Map(items.map(({ id, generator }: Document) => [id, generator.type]));
    expect([generators.get(`urn:svp:${runId}:${eventId}`), generators.get(`urn:svp:${runId}:segment-1`)]).to.deep.equal(["Person", "Software"]);
  });

  it("says in COCO what it was corrected with", async () => {
    const { info } = JSON.parse((await exported("coco", scene)).get("coco.json")?.toString() ?? "");
    expect(info.provenance.corrections).to.equal(1);
    const uncorrected = JSON.parse((await exported("coco", plain)).get("coco.json")?.toString() ?? "");
    expect(uncorrected.info.provenance).to.not.have.property("corrections");
  });
});
