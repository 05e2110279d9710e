import { gzipSync } from "node:zlib";
import { expect } from "chai";
import type { TrackList } from "../../../../contracts/analysis.ts";
import type { Change, CorrectionSet } from "../../../../contracts/corrections.ts";
import { analysisKey, tracksKey } from "../../../../contracts/keys.ts";
import { caseScene } from "../../../../functions/runtime/interchange/case-scene.ts";
import { readers } from "../../../../functions/runtime/interchange/readers.ts";
import type { Box, Scene } from "../../../../functions/runtime/interchange/scene.ts";
import { caseId, digest, runId } from "../../support/ids.ts";
import { drawnOperation } from "../../support/operation.ts";
import { exported, factsFound, factsOf, given, operationOf } from "./support.ts";

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

  it("has outlines as masks on the grid of the network whose mask they stand for", async () => {
    const masks = [];
    for await (const { frame, items } of scene.masks()) if (frame === 50) masks.push(...items);
    expect(masks.map(({ label, score, gridWidth, gridHeight }) => [scene.labels[label], score, gridWidth, gridHeight])).to.deep.equal([
      ["Gallbladder", null, 160, 90],
    ]);
    expect(masks[0]?.runs.filter((_, i) => i % 2 === 1).reduce((sum, run) => sum + run, 0)).to.equal(80 * 45 - 20 * 10);
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

  for (const [format, file] of [
    ["coco", "coco.json"],
    ["cvat", "annotations.xml"],
  ] as const) {
    it(`goes to ${format} and comes back as it is`, async () => {
      const wanted = await factsOf(scene);
      const found = factsFound(readers[format](given(await exported(format, scene), file), operationOf(scene)));
      for (const aspect of ["boxes", "scores", "tracks", "masks", "events", "segments"] as const) expect(found[aspect], aspect).to.deep.equal(wanted[aspect]);
      expect(found.boxes).to.not.deep.equal((await factsOf(plain)).boxes);
    });
  }

  it("says in COCO what it was corrected with", async () => {
    const { info } = JSON.parse((await exported("coco", scene)).get("coco.json")?.toString() ?? "");
    expect(info.provenance.corrections).to.equal(1);
    const uncorrected = JSON.parse((await exported("coco", plain)).get("coco.json")?.toString() ?? "");
    expect(uncorrected.info.provenance).to.not.have.property("corrections");
  });
});
