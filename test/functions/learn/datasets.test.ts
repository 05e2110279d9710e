import { expect } from "chai";
import type { Producer } from "../../../contracts/analyser-result.ts";
import type { Change, CorrectionSet } from "../../../contracts/corrections.ts";
import { datasetPseudonym, splitOf } from "../../../contracts/dataset-names.ts";
import {
  type DatasetFrame,
  datasetFrame,
  datasetManifest,
  datasetPlan,
  datasetRequest,
  type ExtractedFrame,
  framePicks,
} from "../../../contracts/dataset-version.ts";
import { encodeRuns } from "../../../contracts/frame-table.ts";
import {
  analysisKey,
  datasetAnnotationsFile,
  datasetExtractedKey,
  datasetFrameFile,
  datasetManifestKey,
  datasetPicksKey,
  datasetPlanKey,
  datasetVersionPrefix,
  frameTableKey,
} from "../../../contracts/keys.ts";
import { createHandler as createLabel } from "../../../functions/learn/label-frames/handler.ts";
import { createHandler as createPick } from "../../../functions/learn/pick-frames/handler.ts";
import { createHandler as createPlan } from "../../../functions/learn/plan-dataset/handler.ts";
import { createHandler as createSeal } from "../../../functions/learn/seal-dataset/handler.ts";
import { failure } from "../../support/failure.ts";
import { caseId, digest, runId } from "../support/ids.ts";
import { memoryCorrections } from "../support/memory-corrections.ts";
import { memoryDatasets } from "../support/memory-datasets.ts";
import { drawnFrames, drawnOperation, drawnTruth } from "../support/operation.ts";

const surgeon = "5a0c4c4e-7f0e-4f67-9d4b-2f7a4d0b6c11";
const objectId = "11111111-1111-4111-8111-111111111111";
const maskId = "22222222-2222-4222-8222-222222222222";
const name = "instruments";
const pseudonym = datasetPseudonym(name, "case", caseId);
const summary = { caseId, item: "SUMMARY", status: "COMPLETE", runId };
const wanted = { name, task: "object-detection", classes: [...drawnTruth.instrumentLabels], cases: [caseId] };
const isOut = (frame: number): boolean => drawnTruth.outOfBody.some(({ startFrame, endFrame }) => frame >= startFrame && frame < endFrame);

/** A platform with the drawn operation, whose review rendition shows every frame. */
async function setUp({ summaries = [summary] as object[], isSignedOff = false } = {}) {
  const { lake, analysis } = await drawnOperation();
  const { frameCount } = drawnTruth.media;
  const all = encodeRuns(Array.from({ length: frameCount }, (_, i) => i));
  await lake.putJson(frameTableKey(caseId, runId), {
    ...drawnFrames,
    renditions: { review: { timebase: { num: 1, den: 12800 }, frameCount, pts: drawnFrames.source.pts, sourceFrame: all } },
  });
  const phases = { ...(analysis.producers[0] as Producer), id: "phase-recogniser" };
  const seen = {
    ...analysis,
    producers: [...analysis.producers, phases],
    media: { ...analysis.media, renditions: { ...analysis.media.renditions, review: lake.uri("review.mp4") } },
  };
  await lake.putJson(analysisKey(caseId, runId), seen);
  const datasets = memoryDatasets();
  const log = memoryCorrections();
  const correct = (...changes: Change[]) =>
    log.add({
      ...{ schema: "correction-set/1.0", caseId, runId, contentSha256: analysis.provenance.contentSha256, version: log.sets.length + 1 },
      ...{ createdAt: "2026-11-26T10:00:00.000Z", createdBy: surgeon },
      corrections: changes.map((change) => ({ ...change, before: change.kind === "relabel" ? "before" : change.kind === "judge" ? "unreviewed" : null })),
    } as CorrectionSet);
  const plan = createPlan({
    ...{ lake, datasets, log },
    summary: async (id) => summaries.find((one) => (one as typeof summary).caseId === id),
    async *summaries() {
      yield* summaries;
    },
    isSignedOff: async () => isSignedOff,
    now: () => new Date("2026-11-26T12:00:00.000Z"),
  });
  const [pick, label, seal] = [createPick({ lake, datasets, log }), createLabel({ lake, datasets, log }), createSeal({ datasets })];
  /** What the job lists of the picks; its pictures are all different. */
  const extract = async (version: string, of = name, one = pseudonym) => {
    const { picks, width, height } = await datasets.json(datasetPicksKey(of, version, one), framePicks);
    const listing = picks.map(({ frame, pts }): ExtractedFrame => {
      const sha256 = frame.toString(16).padStart(64, "0");
      return { file: datasetFrameFile(one, frame), sha256, md5: sha256.slice(32), bytes: 1000, case: one, frame, pts, width, height };
    });
    await datasets.putLines(datasetExtractedKey(of, version, one), listing);
    return picks;
  };
  /** All states of a build, one after the other. */
  const build = async (request: object, buildId: string) => {
    const planned = await plan({ buildId, request });
    if (planned.status === "UNCHANGED") return planned;
    const { name: of, version, cases } = planned;
    const ends = [];
    for (const { case: one } of cases) {
      const { frameCount: picked } = await pick({ name: of, version, case: one });
      if (picked > 0) await extract(version, of, one);
      ends.push({ case: one, frameCount: picked > 0 ? (await label({ name: of, version, case: one })).frameCount : 0 });
    }
    return seal({ name: of, version, cases: ends });
  };
  const frames = async (version: string, of = name, one = pseudonym): Promise<DatasetFrame[]> => {
    const found: DatasetFrame[] = [];
    for await (const line of datasets.lines(datasetVersionPrefix(of, version) + datasetAnnotationsFile(one), datasetFrame)) found.push(line);
    return found;
  };
  const manifest = (version: string, of = name) => datasets.json(datasetManifestKey(of, version), datasetManifest);
  return { lake, analysis: seen, datasets, log, correct, plan, pick, label, seal, extract, build, frames, manifest };
}

describe("a dataset version", () => {
  it("has five frames a second, none outside the patient, with what networks suggest", async () => {
    const { build, frames, manifest } = await setUp();
    const built = await build(wanted, "build-1");
    expect(built).to.deep.include({ status: "BUILT", name, version: "1.0.0", uri: "s3://datasets/datasets/instruments/v1.0.0/" });
    const all = await frames("1.0.0");
    expect(all.some(({ frame }) => isOut(frame))).to.equal(false);
    // The drawn operation has 25 frames a second: one in five is taken.
    const inside = Array.from({ length: drawnTruth.media.frameCount }, (_, i) => i).filter((frame) => !isOut(frame));
    expect(all.map(({ frame }) => frame)).to.deep.equal(
      [...new Map(inside.map((frame) => [Math.floor(frame / 5), frame]).reverse() as [number, number][]).values()].reverse(),
    );
    const truth = new Map(drawnTruth.instruments);
    for (const { frame, boxes, masks, phase } of all) {
      expect(boxes?.map(({ label, box }) => [drawnTruth.instrumentLabels.indexOf(label), ...box])).to.deep.equal(truth.get(frame) ?? []);
      expect([masks, phase]).to.deep.equal([null, null]);
    }
    const { origin } = all.flatMap(({ boxes }) => boxes ?? [])[0] as NonNullable<DatasetFrame["boxes"]>[number];
    expect(origin).to.deep.include({ by: "model", model: "instrument-detector", digest, isConfirmed: false });
    const told = await manifest("1.0.0");
    expect(told).to.deep.include({ parent: null, extraction: { rendition: "review", framesPerSecond: 5 }, contentSha256: built.contentSha256 });
    expect(told.models).to.deep.equal([{ id: "instrument-detector", version: "1.2.0", digest, syntheticOnly: true }]);
    const split = splitOf(caseId, told.shares);
    expect(told.cases.map((one) => [one.case, one.split, one.corrections, one.isSignedOff])).to.deep.equal([[pseudonym, split, 0, false]]);
    expect(told.statistics[split]).to.deep.equal(told.cases[0]?.counts);
    expect(told.statistics[split].frames).to.equal(all.length);
    expect(told.notes.filter((note) => note.startsWith("No case is in the split"))).to.have.length(2);
    expect(JSON.stringify([told, all]))
      .not.to.contain(caseId)
      .and.not.to.contain(runId);
  });

  it("follows corrections: what was drawn, renamed, confirmed and rejected, and by whom", async () => {
    const { build, frames, correct, manifest } = await setUp();
    await build(wanted, "build-1");
    const [drawn, other] = drawnTruth.instrumentLabels as [string, string];
    await correct(
      { kind: "draw-box", target: { kind: "object", id: objectId }, after: { label: drawn, keyframes: [{ frame: 127, box: [1, 2, 30, 40] }], replaces: null } },
      { kind: "judge", target: { kind: "track", id: "0" }, after: "rejected" },
      { kind: "judge", target: { kind: "track", id: "1" }, after: "confirmed" },
    );
    await correct({ kind: "relabel", target: { kind: "track", id: "2" }, after: other });
    const built = await build({ ...wanted, bump: "patch" }, "build-2");
    expect(built).to.deep.include({ status: "BUILT", version: "1.0.1" });
    expect(await manifest("1.0.1")).to.deep.include({ parent: "1.0.0" });
    const before = (await frames("1.0.0")).flatMap(({ boxes }) => boxes ?? []);
    const [all, person] = [await frames("1.0.1"), datasetPseudonym(name, "person", surgeon)];
    const now = all.flatMap(({ boxes }) => boxes ?? []);
    expect(all.find(({ frame }) => frame === 127)?.boxes).to.deep.include({
      label: drawn,
      box: [1, 2, 30, 40],
      origin: { by: "person", person, corrections: 1 },
    });
    const renamed = now.filter(({ origin }) => origin.by === "person" && origin.corrections === 2);
    expect(renamed).to.not.be.empty;
    expect(renamed.every(({ label }) => label === other)).to.equal(true);
    expect(now.some(({ origin }) => origin.by === "model" && origin.isConfirmed)).to.equal(true);
    expect(now.length).to.be.lessThan(before.length + 1);
    expect(JSON.stringify(all)).not.to.contain(surgeon);
  });

  it("is not made again while nothing changed, nor where nothing came of what did", async () => {
    const { build, correct, datasets } = await setUp();
    const first = await build(wanted, "build-1");
    expect(await build(wanted, "build-2")).to.deep.equal({ ...first, status: "UNCHANGED" });
    expect(datasets.objects.has(datasetPlanKey(name, "1.1.0"))).to.equal(false);
    // A phase is nothing to a dataset of boxes.
    await correct({ kind: "add", target: { kind: "event", id: objectId }, after: { type: "bleeding", label: "Bleeding", startFrame: 5, endFrame: 9 } });
    expect(await build(wanted, "build-3")).to.deep.equal({ ...first, status: "UNCHANGED" });
    expect(datasets.objects.has(datasetManifestKey(name, "1.1.0"))).to.equal(false);
    // Its number is never given again.
    expect(await build({ ...wanted, framesPerSecond: 1 }, "build-4")).to.deep.include({ status: "BUILT", version: "1.2.0" });
  });

  it("gives a number to one build only, and the same to a second try of it", async () => {
    const { plan, datasets } = await setUp();
    const first = await plan({ buildId: "build-1", request: wanted });
    expect(first).to.deep.equal({ status: "PLANNED", name, version: "1.0.0", cases: [{ case: pseudonym, caseId, runId }] });
    expect(await plan({ buildId: "build-1", request: wanted })).to.deep.equal(first);
    expect(await plan({ buildId: "build-2", request: wanted })).to.deep.include({ version: "1.1.0" });
    expect((await datasets.json(datasetPlanKey(name, "1.0.0"), datasetPlan)).cases[0]).to.deep.include({ caseId, runId, corrections: 0 });
    expect([...datasets.objects.keys()].filter((key) => key.startsWith("dataset-cases/"))).to.deep.equal(
      ["1.0.0", "1.1.0"].map((version) => `dataset-cases/${caseId}/${name}@${version}`),
    );
    // Somebody takes the number in between.
    const put = datasets.putNew;
    let taken = 0;
    const racing = createPlan({
      ...{ lake: (await setUp()).lake, log: memoryCorrections(), summary: async () => summary, isSignedOff: async () => false, now: () => new Date() },
      async *summaries() {},
      datasets: { ...datasets, putNew: async (...args) => (taken++ === 0 ? false : put(...args)) },
    });
    expect(await racing({ buildId: "build-3", request: wanted })).to.deep.include({ version: "1.3.0" });
  });

  it("learns masks with their outlines, and phases with the corrected ones", async () => {
    const { build, frames, correct } = await setUp();
    await correct(
      {
        ...{ kind: "draw-mask", target: { kind: "mask", id: maskId } },
        after: {
          label: "Liver",
          frame: 50,
          polygon: [
            [0, 0],
            [100, 0],
            [100, 100],
          ],
          replaces: null,
        },
      },
      { kind: "relabel", target: { kind: "segment", id: "segment-1" }, after: "ClippingCutting" },
    );
    const organs = { ...wanted, name: "organs", task: "segmentation", classes: ["Liver", "Gallbladder"] };
    expect(await build(organs, "build-1")).to.deep.include({ status: "BUILT" });
    const masks = await frames("1.0.0", "organs", datasetPseudonym("organs", "case", caseId));
    expect(masks.every(({ frame }) => frame % 25 === 0)).to.equal(true);
    const at50 = masks.find(({ frame }) => frame === 50)?.masks ?? [];
    expect(at50.filter(({ origin }) => origin.by === "person").map(({ label }) => label)).to.deep.equal(["Liver"]);
    const phases = {
      ...wanted,
      name: "phases",
      task: "frame-classification",
      classes: [...new Set(drawnTruth.segments.map(({ label }) => label))],
      framesPerSecond: 1,
    };
    expect(await build(phases, "build-2")).to.deep.include({ status: "BUILT" });
    const told = await frames("1.0.0", "phases", datasetPseudonym("phases", "case", caseId));
    const [first] = drawnTruth.segments.filter(({ level }) => level === "phase");
    if (!first) expect.fail("No phase is drawn.");
    const person = datasetPseudonym("phases", "person", surgeon);
    const renamed = told.filter(({ frame }) => frame < first.endFrame);
    expect(renamed).to.not.be.empty;
    expect(renamed.every(({ phase }) => phase?.label === "ClippingCutting" && phase.origin.by === "person" && phase.origin.person === person)).to.equal(true);
    expect(told.at(-1)?.phase?.origin).to.deep.equal({ by: "model", model: "phase-recogniser", digest, score: 0.9, isConfirmed: false });
    expect(told.every(({ boxes: none, masks: neither }) => none === null && neither === null)).to.equal(true);
  });

  it("refuses a request with all that is wrong with it", async () => {
    const { plan } = await setUp();
    const other = "99999999-9999-4999-8999-999999999999";
    const shape = await failure(plan({ buildId: "b", request: { ...wanted, name: "X", bump: "huge" } }));
    expect(shape.message).to.contain("request.name").and.to.contain("request.bump");
    expect((await failure(plan({ buildId: "b", request: { ...wanted, cases: [caseId, caseId, other] } }))).message).to.equal(
      `A case is named twice. There is no case ${other}.`,
    );
    const words = await failure(plan({ buildId: "b", request: { ...wanted, classes: ["Grasper", "Scalpel", "Spoon"] } }));
    expect(words.message).to.contain('knows "Scalpel"').and.to.contain('knows "Spoon"').and.not.to.contain('knows "Grasper"');
    const { plan: without, lake, analysis } = await setUp();
    await lake.putJson(analysisKey(caseId, runId), { ...analysis, media: { ...analysis.media, renditions: { ...analysis.media.renditions, review: null } } });
    expect((await failure(without({ buildId: "b", request: wanted }))).message).to.contain("no rendition in which text is covered");
    const { plan: running } = await setUp({ summaries: [{ ...summary, status: "RUNNING" }] });
    expect((await failure(running({ buildId: "b", request: wanted }))).message).to.equal(`Case ${caseId} is RUNNING: it has no analysis.`);
  });

  it("takes cases by what people did with them", async () => {
    const ask = async (that: string, isSignedOff: boolean, corrects: boolean) => {
      const { plan, correct } = await setUp({ isSignedOff, summaries: [{ ...summary, caseId: objectId, status: "FAILED", runId: null }, summary] });
      if (corrects) await correct({ kind: "judge", target: { kind: "track", id: "0" }, after: "confirmed" });
      return plan({ buildId: "b", request: { ...wanted, cases: { that } } }).then(
        (planned) => (planned.status === "PLANNED" ? planned.cases.length : 0),
        (error: Error) => error.message,
      );
    };
    expect(await ask("corrected", false, true)).to.equal(1);
    expect(await ask("corrected", true, false)).to.equal("No case that was corrected can be taken.");
    expect(await ask("signed-off", true, false)).to.equal(1);
    expect(await ask("corrected-and-signed-off", true, true)).to.equal(1);
    expect(await ask("corrected-and-signed-off", false, true)).to.equal("No case that was corrected and signed off can be taken.");
    expect(datasetRequest.safeParse({ ...wanted, cases: { that: "liked" } }).success).to.equal(false);
  });

  it("labels nothing that lies outside the patient, whatever was extracted, and seals nothing that is not whole", async () => {
    const { plan, pick, label, seal, extract, datasets, analysis, lake } = await setUp();
    await plan({ buildId: "b", request: wanted });
    const one = { name, version: "1.0.0", case: pseudonym };
    await pick(one);
    const picks = await extract("1.0.0");
    const outside = drawnTruth.outOfBody[0]?.startFrame as number;
    const line = {
      file: datasetFrameFile(pseudonym, outside),
      sha256: digest,
      md5: "b".repeat(32),
      bytes: 1,
      case: pseudonym,
      frame: outside,
      pts: 0,
      width: 2,
      height: 2,
    };
    await datasets.putLines(datasetExtractedKey(name, "1.0.0", pseudonym), [line]);
    expect((await failure(label(one))).message).to.equal(`Frame ${outside} lies outside the patient, and was extracted.`);
    await datasets.putLines(datasetExtractedKey(name, "1.0.0", pseudonym), [{ ...line, frame: picks[0]?.frame }]);
    expect((await failure(label(one))).message).to.contain("was extracted as another's");
    expect((await failure(label({ ...one, case: "0".repeat(16) }))).message).to.contain("plans no case");
    expect((await failure(seal({ name, version: "1.0.0", cases: [{ case: "0".repeat(16), frameCount: 1 }] }))).message).to.contain("not those of the plan");
    expect((await failure(seal({ name, version: "1.0.0", cases: [{ case: pseudonym, frameCount: 0 }] }))).message).to.contain("No frame of these cases");
    await lake.putJson(analysisKey(caseId, runId), { ...analysis, provenance: { ...analysis.provenance, contentSha256: "c".repeat(64) } });
    expect((await failure(pick(one))).message).to.contain("is not the one that was planned");
  });
});
