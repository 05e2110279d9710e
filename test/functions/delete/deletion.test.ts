import { createHash } from "node:crypto";
import { expect } from "chai";
import { type DeletionRequest, deletionRecord, deletionRequest } from "../../../contracts/case-deletion.ts";
import * as keys from "../../../contracts/keys.ts";
import type { CaseObjects, Place } from "../../../functions/delete/case-store.ts";
import { createHandler as createCheck } from "../../../functions/delete/check-holds/handler.ts";
import { createHandler as createDeleteItems } from "../../../functions/delete/delete-items/handler.ts";
import { createHandler as createDeleteObjects } from "../../../functions/delete/delete-objects/handler.ts";
import type { HoldDeps, VersionLock } from "../../../functions/delete/holds.ts";
import { createHandler as createRecord, type Deps as RecordDeps } from "../../../functions/delete/record-deletion/handler.ts";
import { createHandler as createStop } from "../../../functions/delete/stop-executions/handler.ts";
import { createHandler as createSweep, type Deps as SweepDeps } from "../../../functions/delete/sweep-due-cases/handler.ts";
import { createHandler as createInventory } from "../../../functions/delete/take-inventory/handler.ts";
import type { StoredVersion } from "../../../functions/delete/versions.ts";
import { failure } from "../../support/failure.ts";
import { caseId, runId } from "../support/ids.ts";

const other = "99999999-6f0a-4e0e-9d0f-3a1b2c3d4e5f";
const now = new Date("2026-11-26T10:00:00.000Z");
const summary = (change: object = {}) => ({
  caseId,
  item: "SUMMARY",
  status: "COMPLETE",
  createdAt: "2026-11-01T00:00:00.000Z",
  retentionClass: "research",
  ...change,
});

describe("the keys of a case", () => {
  it("all begin with a prefix that its deletion empties", () => {
    const { raw, processed } = keys.casePrefixes(caseId);
    const prefixes = [...raw, ...processed];
    // Not of the lake, of no case, or the place of an answer within one.
    const others = new Set([
      "deletionRecordKey",
      "parseSourceKey",
      "transformAnswerKey",
      "segmentAnswersPath",
      "parseUri",
      "toUri",
      "parseDroppedImageKey",
      "casePrefixes",
      "modelDescriptionKey",
      "modelWeightsKey",
      "deploymentRecordKey",
      "deployedVersionPrefix",
      "languageModelPrefix",
    ]);
    const ofNoCase = new Set(["droppedImageKey", "imageAnswerKey", "backfillPrefix", "backfillManifestKey", "backfillResultsPrefix", "experimentPrefix"]);
    // Datasets lie in a bucket of their own, and call a case by a pseudonym: the deletion names them (`datasetsOfCasePrefix`), people decide.
    // What is watched of networks names no case (contracts/drift.ts).
    const made = Object.entries(keys).flatMap(([name, make]) =>
      typeof make === "function" &&
      !others.has(name) &&
      !ofNoCase.has(name) &&
      !/^dataset|^parseDataset|^drift|^modelDrift|^qualityReport|^retrainingTurn/.test(name)
        ? [[name, (make as (...args: unknown[]) => unknown)(caseId, runId, "x", 1)] as const]
        : [],
    );
    expect(made).to.have.length.above(25);
    expect(made.filter(([, key]) => !prefixes.some((prefix) => String(key).startsWith(prefix)))).to.deep.equal([]);
  });
});

describe("delete/check-holds", () => {
  const check = (stored: unknown, locks: VersionLock[] = [], days: HoldDeps["retentionDays"] = { clinical: 2557, research: 20 }) =>
    createCheck({ retentionDays: days, summary: async () => stored, locks: async () => locks, now: () => now })({ caseId });

  it("lets go of a case whose least retention has passed, by its class", async () => {
    expect(await check(summary())).to.deep.equal({ retentionClass: "research", keptUntil: "2026-11-21T00:00:00.000Z" });
    expect(await check(summary(), [], { clinical: 1, research: 0 })).to.deep.equal({ retentionClass: "research", keptUntil: "2026-11-01T00:00:00.000Z" });
  });

  it("keeps what must be kept, with every reason and until when", async () => {
    const locks = [
      { retainUntil: new Date("2027-01-01T00:00:00.000Z"), hasLegalHold: false },
      { retainUntil: new Date("2026-01-01T00:00:00.000Z"), hasLegalHold: true },
    ];
    const refused = await failure(check(summary({ retentionClass: undefined }), locks));
    expect([refused.name, (refused as unknown as { reasons: string[] }).reasons]).to.deep.equal([
      "InvalidInput",
      [
        "The case is clinical: this platform keeps such cases for 2557 days at least, this one until 2033-11-01T00:00:00.000Z.",
        "S3 Object Lock keeps its video until 2027-01-01T00:00:00.000Z; nobody can delete it before.",
        "A legal hold lies on its video. Whoever put it there can take it off.",
      ],
    ]);
  });

  it("counts to the instant, and passes a lock that has run out", async () => {
    const atEnd = new Date(now.getTime() - 20 * 86_400_000);
    await check(summary({ createdAt: atEnd.toISOString() }), [{ retainUntil: now, hasLegalHold: false }]);
    const early = new Date(atEnd.getTime() + 1).toISOString();
    expect((await failure(check(summary({ createdAt: early })))).message).to.include("this one until 2026-11-26T10:00:00.001Z.");
  });

  it("knows no case where there is none, or no longer", async () => {
    for (const stored of [undefined, { caseId, item: "SUMMARY", status: "DELETED", deletedAt: now.toISOString() }])
      expect((await failure(check(stored))).name).to.equal("NotFound");
  });
});

describe("delete/sweep-due-cases", () => {
  const days = { clinical: 2557, research: 20 };
  const ids = [1, 2, 3, 4, 5, 6].map((i) => `${i}0000000-6f0a-4e0e-9d0f-3a1b2c3d4e5f`);
  const [first, second, third] = ids as [string, string, string];
  const old = "2026-11-01T00:00:00.000Z";
  type Stored = ReturnType<typeof summary>;
  const of = (id: string, change: object = {}): Stored => summary({ caseId: id, createdAt: old, ...change });
  /** Sweeps over these summaries; gives what was started, and what the sweep says. */
  const sweep = async (stored: readonly Stored[], change: Partial<SweepDeps> = {}) => {
    const started: DeletionRequest[] = [];
    const asked: string[] = [];
    const deps: SweepDeps = {
      retentionDays: days,
      classes: ["research"],
      most: 100,
      async *madeUntil(time) {
        asked.push(time);
        yield* stored;
      },
      summary: async (id) => stored.find((item) => item.caseId === id),
      locks: async () => [],
      now: () => now,
      async start(request) {
        started.push(request);
        return true;
      },
      ...change,
    };
    const outcome = createSweep(deps)();
    return { started, asked, outcome };
  };
  const swept = async (...given: Parameters<typeof sweep>) => {
    const { started, outcome } = await sweep(...given);
    const { startedCount, heldCount, isCut } = await outcome;
    expect(startedCount).to.equal(started.length);
    return { started: started.map(({ caseId: id }) => id), heldCount, isCut };
  };

  it("starts the deletion of a case whose time has passed, in its own name and for that reason", async () => {
    const { started, asked, outcome } = await sweep([of(first)]);
    expect(await outcome).to.deep.equal({ startedCount: 1, heldCount: 0, isCut: false });
    expect(started).to.deep.equal([
      deletionRequest.parse({ caseId: first, reason: "retention-passed", requestedBy: "retention-sweep", requestedAt: now.toISOString() }),
    ]);
    // Twenty days ago: no case that is younger can be due.
    expect(asked).to.deep.equal(["2026-11-06T10:00:00.000Z"]);
  });

  it("leaves classes that are not swept, to the last, and what has not had its time, to the instant", async () => {
    const clinical = of(first, { retentionClass: "clinical", createdAt: "2000-01-01T00:00:00.000Z" });
    const unnamed = of(second, { retentionClass: undefined, createdAt: "2000-01-01T00:00:00.000Z" });
    const early = of(third, { createdAt: "2026-11-06T10:00:00.001Z" });
    const just = of(ids[3]!, { createdAt: "2026-11-06T10:00:00.000Z" });
    expect(await swept([clinical, unnamed, early, just])).to.deep.equal({ started: [ids[3]], heldCount: 0, isCut: false });
    // Each class by its own days.
    const both = { classes: ["clinical", "research"] as const };
    const young = of(second, { retentionClass: "clinical" });
    expect((await swept([clinical, young, of(third)], both)).started).to.deep.equal([first, third]);
  });

  it("never touches a case on hold: neither under a lock nor under a legal hold", async () => {
    const locks: Record<string, VersionLock[]> = {
      [first]: [{ retainUntil: undefined, hasLegalHold: true }],
      [second]: [{ retainUntil: new Date("2027-01-01T00:00:00.000Z"), hasLegalHold: false }],
    };
    const outcome = await swept([of(first), of(second), of(third)], { locks: async (id) => locks[id] ?? [] });
    expect(outcome).to.deep.equal({ started: [third], heldCount: 2, isCut: false });
  });

  it("asks the table, not only its index, which may be a moment behind", async () => {
    const now = { [first]: of(first, { retentionClass: "clinical" }), [second]: of(second, { createdAt: "2026-11-25T00:00:00.000Z" }) };
    const stored = [of(first), of(second)];
    expect((await swept(stored, { summary: async (id) => now[id] })).started).to.deep.equal([]);
    const gone = await sweep([of(third)], { summary: async () => ({ caseId: third, item: "SUMMARY", status: "DELETED", deletedAt: old }) });
    expect((await failure(gone.outcome)).message).to.equal("A case could not be swept; the first: There is no such case.");
    expect(gone.started).to.deep.equal([]);
  });

  it("leaves what is worked on, what goes already, and what failed to go", async () => {
    const busy = ["RUNNING", "DELETING"].map((status, i) => of(ids[i]!, { status }));
    const ended = ["UPLOADING", "REJECTED", "QUARANTINED", "FAILED"].map((status, i) => of(ids[i + 2]!, { status }));
    expect((await swept([...busy, ...ended])).started).to.deep.equal(ids.slice(2));
    const { outcome } = await sweep([of(first)], { start: async () => false });
    expect(await outcome).to.deep.equal({ startedCount: 0, heldCount: 0, isCut: false });
  });

  it("starts no more than it may, the oldest first, and says that there are more", async () => {
    const all = ids.map((id) => of(id));
    expect(await swept(all, { most: 2 })).to.deep.equal({ started: [first, second], heldCount: 0, isCut: true });
    expect(await swept(all.slice(0, 2), { most: 2 })).to.deep.equal({ started: [first, second], heldCount: 0, isCut: false });
  });

  it("lets no case that can't be judged hinder the others, and fails at the end", async () => {
    const { started, outcome } = await sweep([of(first, { createdAt: "yesterday" }), of(second), of(third)], {
      locks: async (id) => (id === second ? Promise.reject(new Error("S3 is silent.")) : []),
    });
    const error = await failure(outcome);
    expect([error.name, started.map(({ caseId: id }) => id)]).to.deep.equal(["TryAgain", [third]]);
    expect(error.message).to.match(/^2 cases could not be swept; the first: A summary item of the case table/);
  });
});

describe("delete/stop-executions", () => {
  it("stops what runs for the case, whichever way its input names it, and nothing else", async () => {
    const inputs: Record<string, object> = {
      analysis: { caseId, runId },
      report: { detail: { caseId, runId } },
      "another's": { caseId: other },
      "another's report": { detail: { caseId: other } },
      strange: { exportId: caseId },
    };
    const stopped: string[] = [];
    const answer = await createStop({
      async *running() {
        for (const [executionArn, input] of Object.entries(inputs)) yield { executionArn, input: JSON.stringify(input) };
      },
      stop: async (arn) => void stopped.push(arn),
    })({ caseId });
    expect([answer, stopped]).to.deep.equal([{ stoppedCount: 2 }, ["analysis", "report"]]);
  });
});

/** Versions of objects and open uploads, in memory; `refuse` makes S3 keep a key. */
function memoryObjects(pageSize = 2) {
  const held = new Map<string, StoredVersion[]>();
  const uploads = new Map<string, { key: string; id: string }[]>();
  const name = ({ bucket, prefix }: Place) => `${bucket} ${prefix}`;
  const refused = new Set<string>();
  const calls: string[] = [];
  const objects: CaseObjects = {
    places: (id) => [
      { bucket: "raw", prefix: `raw-videos/${id}/` },
      { bucket: "processed", prefix: `exports/${id}/` },
    ],
    async *pages(place) {
      const all = held.get(name(place)) ?? [];
      for (let first = 0; first < all.length; first += pageSize) yield all.slice(first, first + pageSize);
    },
    uploads: async (place) => uploads.get(name(place)) ?? [],
    async delete(place, versions) {
      calls.push(`delete ${versions.length}`);
      if (versions.some(({ key }) => refused.has(key))) throw new Error("S3 kept 1 of 2 versions: AccessDenied.");
      held.set(
        name(place),
        (held.get(name(place)) ?? []).filter((version) => !versions.includes(version)),
      );
    },
    async abort(place, { id }) {
      calls.push(`abort ${id}`);
      uploads.set(
        name(place),
        (uploads.get(name(place)) ?? []).filter((upload) => upload.id !== id),
      );
    },
  };
  const put = (bucket: string, area: string, id: string, ...versions: [string, string, number?][]) =>
    held.set(
      `${bucket} ${area}${id}/`,
      versions.map(([key, versionId, bytes]) => ({
        key: `${area}${id}/${key}`,
        versionId,
        isMarker: bytes === undefined,
        bytes: bytes ?? 0,
        etag: bytes === undefined ? "" : "e",
      })),
    );
  return { objects, held, uploads, refused, calls, put };
}

describe("deleting the objects of a case", () => {
  let s3: ReturnType<typeof memoryObjects>;
  beforeEach(() => {
    s3 = memoryObjects();
    s3.put("raw", "raw-videos/", caseId, ["u/source", "v2", 100], ["u/source", "v1", 90], ["u/source", "m1"]);
    s3.put("processed", "exports/", caseId, ["r/a", "v1", 5]);
    s3.put("raw", "raw-videos/", other, ["u/source", "v1", 70]);
    s3.uploads.set(`raw raw-videos/${caseId}/`, [{ key: "k", id: "open" }]);
  });
  const take = () => createInventory({ objects: s3.objects, items: async () => ["RUN#1", "MEASURES"] })({ caseId });

  it("counts versions, markers, bytes and open uploads by prefix, and what identifies them", async () => {
    const lines = [
      `raw\traw-videos/${caseId}/u/source\tv2\t100\te`,
      `raw\traw-videos/${caseId}/u/source\tv1\t90\te`,
      `raw\traw-videos/${caseId}/u/source\tm1\t0\t`,
      `processed\texports/${caseId}/r/a\tv1\t5\te`,
    ];
    expect(await take()).to.deep.equal({
      prefixes: [
        { bucket: "raw", prefix: "raw-videos/", versionCount: 2, markerCount: 1, bytes: 190, openUploadCount: 1 },
        { bucket: "processed", prefix: "exports/", versionCount: 1, markerCount: 0, bytes: 5, openUploadCount: 0 },
      ],
      itemCount: 2,
      total: 7,
      digest: createHash("sha256")
        .update(lines.map((line) => `${line}\n`).join(""))
        .digest("hex"),
    });
  });

  it("deletes page by page, aborts open uploads first, and leaves another case alone", async () => {
    const run = createDeleteObjects({ objects: s3.objects });
    expect(await run({ caseId })).to.deep.equal({ isDone: true });
    expect(s3.calls).to.deep.equal(["abort open", "delete 2", "delete 1", "delete 1"]);
    expect((await take()).total, "only the items").to.equal(2);
    expect(s3.held.get(`raw raw-videos/${other}/`)).to.have.length(1);
    expect(await run({ caseId }), "asked again").to.deep.equal({ isDone: true });
  });

  it("goes on, asked again, where S3 failed half way", async () => {
    const run = createDeleteObjects({ objects: s3.objects });
    s3.refused.add(`exports/${caseId}/r/a`);
    expect((await failure(run({ caseId }))).message).to.equal("S3 kept 1 of 2 versions: AccessDenied.");
    expect(s3.held.get(`raw raw-videos/${caseId}/`)).to.deep.equal([]);
    s3.refused.clear();
    expect(await run({ caseId })).to.deep.equal({ isDone: true });
    expect((await take()).total).to.equal(2);
  });
});

describe("delete/delete-items", () => {
  it("deletes in batches that DynamoDB takes", async () => {
    const names = Array.from({ length: 60 }, (_, i) => `FINDING#${i}`);
    const batches: number[] = [];
    const answer = await createDeleteItems({ items: async () => names, delete: async (_case, batch) => void batches.push(batch.length) })({ caseId });
    expect([answer, batches]).to.deep.equal([{ itemCount: 60 }, [25, 25, 10]]);
  });
});

describe("delete/record-deletion", () => {
  const written = new Map<string, unknown>();
  const deps = (hasCopyRegion: boolean): RecordDeps => ({
    copies: { dailyDays: 35, monthlyDays: 100, hasCopyRegion, hasAsyncEndpoints: hasCopyRegion, modelCallDays: hasCopyRegion ? 2222 : null },
    now: () => now,
    datasetsOf: async () => (hasCopyRegion ? ["instruments@1.0.0"] : []),
    uri: (key) => `s3://records/${key}`,
    async putNew(key, value) {
      if (written.has(key)) return false;
      written.set(key, value);
      return true;
    },
  });
  const request = {
    ...{ caseId, reason: "consent-withdrawn", requestedBy: "sub-1", requestedAt: "2026-11-26T09:00:00.000Z" },
    ...{ retentionClass: "research", keptUntil: "2026-11-21T00:00:00.000Z", stoppedCount: 1 },
    deleted: { prefixes: [], itemCount: 0, total: 0, digest: "0".repeat(64) },
  };
  beforeEach(() => written.clear());

  it("writes once who asked, when, why, what went, and what copies stay until when", async () => {
    const answer = { recordUri: `s3://records/deletions/${caseId}.json`, deletedAt: now.toISOString() };
    expect(await createRecord(deps(true))(request)).to.deep.equal(answer);
    const record = deletionRecord.parse(written.get(`deletions/${caseId}.json`));
    expect(record).to.deep.equal({
      schemaVersion: 1,
      ...request,
      deletedAt: now.toISOString(),
      remains: [
        { what: "point-in-time-recovery", until: "2026-12-31T10:00:00.000Z" },
        { what: "daily-backups", until: "2026-12-31T10:00:00.000Z" },
        { what: "monthly-backups", until: "2027-03-06T10:00:00.000Z" },
        { what: "endpoint-failures", until: "2026-11-28T10:00:00.000Z" },
        { what: "model-calls", until: "2032-12-26T10:00:00.000Z" },
        { what: "dataset-versions", until: null, versions: ["instruments@1.0.0"] },
        { what: "copies-in-another-region", until: null },
      ],
    });
    await createRecord({ ...deps(false), now: () => new Date(0) })(request);
    expect(written.get(`deletions/${caseId}.json`), "the first stands").to.deep.equal(record);
  });

  it("names nothing that the stack does not have", async () => {
    await createRecord(deps(false))(request);
    const { remains } = deletionRecord.parse(written.get(`deletions/${caseId}.json`));
    expect(remains.map(({ what }) => what)).to.deep.equal(["point-in-time-recovery", "daily-backups", "monthly-backups"]);
  });

  it("takes no free text for a reason", async () => {
    const refused = await failure(createRecord(deps(false))({ ...request, reason: "Mrs. Smith asked" }));
    expect(refused.name).to.equal("InvalidInput");
    expect(written.size).to.equal(0);
  });
});
