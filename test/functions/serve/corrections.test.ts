import { gzipSync } from "node:zlib";
import { expect } from "chai";
import type { TrackList } from "../../../contracts/analysis.ts";
import { apiError } from "../../../contracts/api.ts";
import { type Change, type CorrectionSet, correctionList, correctionReceipt } from "../../../contracts/corrections.ts";
import { analysisKey, tracksKey } from "../../../contracts/keys.ts";
import { correctionLog } from "../../../functions/serve/correction-log.ts";
import { createHandler as createList } from "../../../functions/serve/list-corrections/handler.ts";
import type { FrameDoubt } from "../../../functions/serve/review-queue.ts";
import { createHandler as createSave } from "../../../functions/serve/save-corrections/handler.ts";
import { caseId, digest, runId } from "../support/ids.ts";
import { memoryCorrections } from "../support/memory-corrections.ts";
import { drawnOperation } from "../support/operation.ts";
import { realCaseTable } from "../support/real-table.ts";

const summary = {
  ...{ caseId, item: "SUMMARY", fileName: "膽囊.mp4", status: "COMPLETE", runId },
  ...{ createdAt: "2026-11-21T08:00:00.000Z", updatedAt: "2026-11-21T08:10:00.000Z", reasons: [] },
};
const objectId = "11111111-1111-4111-8111-111111111111";
const reject: Change = { kind: "judge", target: { kind: "event", id: "event-1" }, after: "rejected", reason: "not-there" };
const setOf = (
  version: number,
  corrections: CorrectionSet["corrections"] = [{ ...(reject as Extract<Change, { kind: "judge" }>), before: "unreviewed" }],
): CorrectionSet => ({
  ...{ schema: "correction-set/1.0", caseId, runId, contentSha256: digest, version, createdAt: "2026-11-26T10:00:00.000Z", createdBy: "a1b2", corrections },
});

/** The drawn operation, with a list of its tracks: it has seven, all of the label that the detector numbers 1. */
async function followed() {
  const { lake, analysis } = await drawnOperation();
  const each = <T>(value: T): T[] => Array.from({ length: 7 }, () => value);
  const tracks: TrackList = {
    ...{ schema: "track-list/1.0", detections: each(0), label: each(1), startFrame: each(0), endFrame: each(9), boxCount: each(3) },
    ...{ confidence: each(0.5), pathLength: each(0), speedChange: each(0), stable: each(true) },
  };
  await lake.put(tracksKey(caseId, runId), gzipSync(JSON.stringify(tracks)), "application/json");
  const told = { ...analysis, tracks: { uri: lake.uri(tracksKey(caseId, runId)), trackCount: 7, sha256: digest } };
  await lake.putJson(analysisKey(caseId, runId), told);
  return { lake, analysis: told };
}

describe("POST /cases/{caseId}/corrections", () => {
  const save = async (
    changes: unknown,
    { version = '"0"', log = memoryCorrections(), base = {}, stored = summary as unknown, asked = [] as FrameDoubt[] } = {},
  ) => {
    const { lake } = await followed();
    const settled: [string, boolean][] = [];
    const queue = {
      settle: async ({ kind, id }: { kind: string; id: string }, is: boolean) => void settled.push([`${kind} ${id}`, is]),
      frames: async () => asked,
    };
    const handler = createSave({ lake, log, queue, newId: () => objectId, summary: async () => stored, now: () => new Date("2026-11-26T10:00:00Z") });
    const answer = await handler({
      headers: { "if-match": version },
      pathParameters: { caseId },
      body: JSON.stringify({ runId, contentSha256: digest, ...base, changes }),
      requestContext: { authorizer: { jwt: { claims: { sub: "c1d2", username: "Jane Doe" } } } },
    });
    const reasons = answer.statusCode < 400 ? [] : apiError.parse(JSON.parse(answer.body)).reasons;
    return { answer, reasons, sets: log.sets, settled };
  };

  it("keeps who, when, on what, what held before and what holds now", async () => {
    const { answer, sets } = await save([reject, { kind: "relabel", target: { kind: "track", id: "3" }, after: "Hook", reason: "wrong-label" }]);
    expect(answer.statusCode, answer.body).to.equal(201);
    expect(answer.headers["etag"]).to.equal('"1"');
    expect(correctionReceipt.parse(JSON.parse(answer.body))).to.deep.equal({ caseId, runId, version: 1, count: 2 });
    expect(sets).to.deep.equal([
      {
        ...{ schema: "correction-set/1.0", caseId, runId, contentSha256: digest, version: 1, createdAt: "2026-11-26T10:00:00.000Z", createdBy: "c1d2" },
        corrections: [
          { kind: "judge", target: { kind: "event", id: "event-1" }, after: "rejected", reason: "not-there", before: "needs-review" },
          { kind: "relabel", target: { kind: "track", id: "3" }, after: "Hook", reason: "wrong-label", before: "Bipolar" },
        ],
      },
    ]);
  });

  it("builds on what others saved, and each change on the one before it", async () => {
    const log = memoryCorrections([setOf(1)]);
    const { sets } = await save(
      [
        { ...reject, after: "confirmed" },
        { ...reject, after: "unreviewed" },
      ],
      { version: '"1"', log },
    );
    expect(sets[1]?.corrections.map(({ before, after }) => [before, after])).to.deep.equal([
      ["rejected", "confirmed"],
      ["confirmed", "unreviewed"],
    ]);
  });

  it("takes what was judged out of the review queue, and puts back what is open again", async () => {
    const label = "Preparation";
    const relabel: Change = { kind: "relabel", target: { kind: "segment", id: "segment-1" }, after: label };
    const judge = (id: string, after: "confirmed" | "unreviewed"): Change => ({ kind: "judge", target: { kind: "event", id }, after });
    const track: Change = { kind: "judge", target: { kind: "track", id: "3" }, after: "rejected" };
    const { settled, answer } = await save([judge("event-1", "confirmed"), judge("event-2", "confirmed"), judge("event-2", "unreviewed"), relabel, track]);
    expect(answer.statusCode, answer.body).to.equal(201);
    expect(settled).to.deep.equal([
      ["event event-1", true],
      ["event event-2", false],
      ["segment segment-1", true],
    ]);
    expect((await save([judge("event-999", "confirmed")])).settled).to.deep.equal([]);
  });

  it("takes frames out whose boxes or outlines somebody corrected, and puts back what is taken back", async () => {
    const frame = (kind: "boxes" | "outlines", startFrame: number): FrameDoubt => ({ kind, id: `network-${startFrame}`, startFrame, endFrame: startFrame + 5 });
    const asked = [frame("boxes", 0), frame("boxes", 20), frame("outlines", 0), frame("outlines", 40)];
    const [object, mask] = ["11111111-1111-4111-8111-111111111111", "22222222-2222-4222-8222-222222222222"];
    const box = (at: number): Change => ({
      ...{ kind: "draw-box", target: { kind: "object", id: object } },
      after: { label: "Hook", keyframes: [{ frame: at, box: [1, 1, 10, 10] }], replaces: null },
    });
    const outline: Change = {
      ...{ kind: "draw-mask", target: { kind: "mask", id: mask } },
      after: {
        label: "Gallbladder",
        frame: 2,
        polygon: [
          [1, 1],
          [9, 1],
          [9, 9],
        ],
        later: [{ frame: 41, polygon: null }],
        replaces: null,
      },
    };
    const saved = async (changes: Change[]) => {
      const { answer, settled } = await save(changes, { asked });
      expect(answer.statusCode, answer.body).to.equal(201);
      return settled;
    };
    expect(await saved([box(24)])).to.deep.equal([["boxes network-20", true]]);
    expect(await saved([box(25)])).to.deep.equal([]);
    expect(await saved([outline])).to.deep.equal([
      ["outlines network-0", true],
      ["outlines network-40", true],
    ]);
    // Track 3 is in sight from frame 0 to 8.
    const judge = (after: "confirmed" | "unreviewed"): Change => ({ kind: "judge", target: { kind: "track", id: "3" }, after });
    expect(await saved([judge("confirmed")])).to.deep.equal([["boxes network-0", true]]);
    expect(await saved([judge("confirmed"), judge("unreviewed")])).to.deep.equal([["boxes network-0", false]]);
    expect(await saved([box(24), { kind: "draw-box", target: { kind: "object", id: object }, after: null }])).to.deep.equal([["boxes network-20", false]]);
  });

  it("answers 412 to who did not see the newest, before or while it is saved, and keeps nothing", async () => {
    const late = await save([reject], { log: memoryCorrections([setOf(1), setOf(2)]), version: '"1"' });
    expect([late.answer.statusCode, late.reasons, late.sets.length]).to.deep.equal([
      412,
      ["Somebody saved corrections meanwhile: they have version 2, and yours were made on version 1. Read them, then save again."],
      2,
    ]);
    const log = memoryCorrections();
    const raced = await save([reject], { log: { ...log, add: async () => false } });
    expect([raced.answer.statusCode, raced.sets.length]).to.deep.equal([412, 0]);
    for (const base of [{ runId: "f".repeat(40) }, { contentSha256: "b".repeat(64) }]) {
      const anew = await save([reject], { base });
      expect([anew.answer.statusCode, anew.sets.length]).to.deep.equal([412, 0]);
      expect(anew.reasons[0]).to.match(/analysed again/);
    }
  });

  it("refuses what makes no sense, with all reasons, and keeps nothing of it", async () => {
    const box: Change = {
      kind: "draw-box",
      target: { kind: "object", id: objectId },
      after: { label: "Hook", keyframes: [{ frame: 10, box: [0, 0, 9, 9] }], replaces: { producer: "instrument-detector", frame: 10, box: [1, 1, 1, 1] } },
    };
    const { answer, reasons, sets } = await save([reject, { ...reject, target: { kind: "event", id: "event-999" } }, box]);
    expect([answer.statusCode, sets]).to.deep.equal([400, []]);
    expect(reasons).to.deep.equal([
      "Change 2: There is no event event-999 in the analysis or its corrections.",
      "Change 3: instrument-detector found no such box in frame 10 that belongs to no track.",
    ]);
    const unread = await save([{ ...reject, note: "Jane Doe" }], { version: "W/1" });
    expect(unread.reasons[0]).to.match(/If-Match/);
    expect(unread.reasons).to.have.length(2);
    expect((await save([reject], { stored: { ...summary, status: "RUNNING" } })).reasons).to.deep.equal(["The case is RUNNING: it has no analysis."]);
  });

  it("takes a box of no track that is where it is said to be", async () => {
    const { analysis, lake } = await followed();
    const { gunzipSync } = await import("node:zlib");
    let untracked: { frame: number; box: [number, number, number, number] } | undefined;
    for (const { uri } of analysis.detections[0]?.chunks ?? []) {
      const chunk = JSON.parse(gunzipSync(await lake.bytes(uri.slice("s3://processed/".length))).toString());
      const b = chunk.track.indexOf(-1);
      if (b < 0) continue;
      const frame = chunk.frames[chunk.offsets.findLastIndex((offset: number) => offset <= b)];
      untracked = { frame, box: chunk.box.slice(4 * b, 4 * b + 4) };
    }
    const { frame, box } = untracked ?? expect.fail("Every box is followed.");
    const { answer } = await save([
      {
        kind: "draw-box",
        target: { kind: "object", id: objectId },
        after: { label: "SpecimenBag", keyframes: [{ frame, box: [0, 0, 9, 9] }], replaces: { producer: "instrument-detector", frame, box } },
      },
    ]);
    expect(answer.statusCode, answer.body).to.equal(201);
  });

  it("refuses more than an item has room for", async () => {
    const keyframes = Array.from({ length: 500 }, (_, frame) => ({ frame, box: [1000, 600, 100, 100] }));
    const many = Array.from({ length: 30 }, (_, i) => ({
      kind: "draw-box",
      target: { kind: "object", id: objectId.replace(/11$/, String(10 + i)) },
      after: { label: "Hook", keyframes, replaces: null },
    }));
    expect((await save(many)).reasons).to.deep.equal(["That is too much to be saved at once. Save it in parts."]);
  });
});

describe("GET /cases/{caseId}/corrections", () => {
  const list = async (sets: CorrectionSet[], after?: string) => {
    const { lake } = await drawnOperation();
    const handler = createList({ lake, log: memoryCorrections(sets), summary: async () => summary });
    return handler({ pathParameters: { caseId }, ...(after !== undefined && { queryStringParameters: { after } }) });
  };

  it("tells what was corrected, in pages, and the version of the last", async () => {
    const sets = [setOf(1), setOf(2), setOf(3)];
    const first = await list(sets);
    expect(first.headers["etag"]).to.equal('"3"');
    expect(correctionList.parse(JSON.parse(first.body))).to.deep.equal({ caseId, runId, contentSha256: digest, sets: sets.slice(0, 2), version: 3, next: 2 });
    const rest = correctionList.parse(JSON.parse((await list(sets, "2")).body));
    expect([rest.sets.map(({ version }) => version), rest.version, rest.next]).to.deep.equal([[3], 3, null]);
    const past = correctionList.parse(JSON.parse((await list(sets, "7")).body));
    expect([past.sets, past.version, past.next]).to.deep.equal([[], 3, null]);
  });

  it("tells of none, and refuses what is no version", async () => {
    const { headers, body } = await list([]);
    expect([headers["etag"], JSON.parse(body).version]).to.deep.equal(['"0"', 0]);
    expect((await list([], "-1")).statusCode).to.equal(400);
  });
});

describe("the log of corrections", () => {
  let table: Awaited<ReturnType<typeof realCaseTable>>;
  beforeEach(async () => {
    table = await realCaseTable();
  });
  afterEach(() => table.close());

  it("takes each version once, and gives all in order, of their own run", async () => {
    const log = correctionLog(table.client, table.name);
    expect([await log.newest(caseId, runId), await log.all(caseId, runId)]).to.deep.equal([0, []]);
    for (const version of [1, 2, 10, 9]) expect(await log.add(setOf(version))).to.equal(true);
    await log.add({ ...setOf(1), runId: "f".repeat(40) });
    expect((await log.all(caseId, runId)).map(({ version }) => version)).to.deep.equal([1, 2, 9, 10]);
    expect(await log.newest(caseId, runId)).to.equal(10);
    expect((await log.page(caseId, runId, 2)).sets).to.deep.equal([setOf(9), setOf(10)]);

    expect(await log.add({ ...setOf(2), createdBy: "other" }), "another of its version").to.equal(false);
    expect(await log.add(setOf(2)), "the same, tried again").to.equal(true);
    expect((await log.all(caseId, runId))[1]).to.deep.equal(setOf(2));
  });
});
