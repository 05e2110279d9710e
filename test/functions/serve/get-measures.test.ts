import { gzipSync } from "node:zlib";
import { expect } from "chai";
import { problemOf } from "../../../contracts/api.ts";
import type { CorrectionSet } from "../../../contracts/corrections.ts";
import { analysisKey, frameTableKey, measuresKey } from "../../../contracts/keys.ts";
import { caseMeasures } from "../../../contracts/measures.ts";
import { createHandler } from "../../../functions/serve/get-measures/handler.ts";
import { analysisOfDrawn, type Drawn, tracksOf } from "../support/drawn-operation.ts";
import { count, tableOf } from "../support/frames.ts";
import { caseId, digest, runId } from "../support/ids.ts";
import { memoryCorrections } from "../support/memory-corrections.ts";
import { memoryLake } from "../support/memory-lake.ts";

const document = { schema: "surgical-measures/1.0", caseId, runId, contentSha256: digest, procedure: null, severity: null, measures: [], findings: [] };
const summary = { caseId, fileName: "a.mp4", status: "COMPLETE", createdAt: "2026-11-21T08:00:00.000Z", updatedAt: "2026-11-21T08:00:00.000Z", runId };

describe("GET /cases/{caseId}/measures", () => {
  const ask = async (stored: unknown, isMeasured = true, id = caseId) => {
    const lake = memoryLake();
    if (isMeasured) await lake.putJson(measuresKey(caseId, runId), document);
    const { statusCode, body } = await createHandler({ lake, summary: async () => stored, log: memoryCorrections() })({ pathParameters: { caseId: id } });
    return [statusCode, JSON.parse(body)];
  };

  it("gives the measures of the newest run", async () => expect(await ask(summary)).to.deep.equal([200, { ...document, correctionsVersion: null }]));

  it("says why there are none", async () => {
    const refusal = (reason: string) => [404, problemOf(404, [reason])];
    expect(await ask(undefined)).to.deep.equal(refusal(`There is no case ${caseId}.`));
    expect(await ask({ ...summary, status: "RUNNING" })).to.deep.equal(refusal(`Case ${caseId} is RUNNING: nothing of it has been measured.`));
    expect(await ask(summary, false)).to.deep.equal(refusal(`Case ${caseId} was analysed, but not measured.`));
    expect((await ask(summary, true, "x"))[0]).to.equal(400);
  });

  describe("as people corrected it", () => {
    const drawn: Drawn = {
      frameCount: 100,
      instruments: [
        ["Hook", 0, 50],
        ["Hook", 60, 70],
      ],
      tracks: [
        { label: "Hook", span: [0, 50], path: 1, stable: true },
        { label: "Hook", span: [60, 70], path: 2, stable: true },
      ],
    };
    const ask = async (corrections: CorrectionSet["corrections"], corrected = "true") => {
      const lake = memoryLake();
      const analysis = analysisOfDrawn(drawn);
      await lake.putJson(analysisKey(caseId, runId), analysis);
      await lake.putJson(frameTableKey(caseId, runId), tableOf(count(100), count(100)));
      await lake.put("tracks.json.gz", gzipSync(JSON.stringify(tracksOf(drawn.tracks ?? []))), "application/json", "gzip");
      await lake.putJson(measuresKey(caseId, runId), document);
      const set: CorrectionSet = {
        ...{ schema: "correction-set/1.0", caseId, runId, contentSha256: digest, version: 1, createdAt: "2026-11-26T10:00:00.000Z", createdBy: "a1b2" },
        corrections,
      };
      const log = memoryCorrections(corrections.length > 0 ? [set] : []);
      const handler = createHandler({ lake, summary: async () => summary, log });
      const { statusCode, body } = await handler({ pathParameters: { caseId }, queryStringParameters: { corrected } });
      if (statusCode !== 200) return { statusCode, ids: [], value: () => undefined, version: undefined, document: undefined };
      const told = caseMeasures.parse(JSON.parse(body));
      const { measures, correctionsVersion: version } = told;
      return { statusCode, document: told, version, ids: measures.map(({ id }) => id), value: (id: string) => measures.find((one) => one.id === id)?.value };
    };
    const events = analysisOfDrawn(drawn).events.map(({ id }) => id);
    const judge = (kind: "event" | "track", id: string): CorrectionSet["corrections"][number] => ({
      ...{ kind: "judge", target: { kind, id }, after: "rejected", before: "unreviewed" },
    });

    it("leaves out what was rejected, and tells times and words as people gave them", async () => {
      const whole = await ask([{ kind: "judge", target: { kind: "event", id: events[0] as string }, after: "confirmed", before: "unreviewed" }]);
      expect([whole.version, whole.value("instrument-time/Hook"), whole.value("path-length/Hook")]).to.deep.equal([1, 2.4, 3]);
      const less = await ask([judge("event", events[1] as string), judge("track", "1")]);
      expect([less.value("instrument-time/Hook"), less.value("path-length/Hook")]).to.deep.equal([2, 1]);
      const shorter = await ask([
        { kind: "retime", target: { kind: "event", id: events[0] as string }, after: { startFrame: 0, endFrame: 25 }, before: { startFrame: 0, endFrame: 50 } },
      ]);
      expect(shorter.value("instrument-time/Hook")).to.equal(1.4);
      const other = analysisOfDrawn(drawn).detections[0]?.labels.find((label) => label !== "Hook") ?? expect.fail("It knows one word only.");
      const renamed = await ask([
        { kind: "relabel", target: { kind: "event", id: events[1] as string }, after: other, before: "Hook" },
        { kind: "relabel", target: { kind: "track", id: "1" }, after: other, before: "Hook" },
      ]);
      expect([renamed.value("instrument-time/Hook"), renamed.value(`instrument-time/${other}`)]).to.deep.equal([2, 0.4]);
      expect([renamed.value("path-length/Hook"), renamed.value(`path-length/${other}`)]).to.deep.equal([1, 2]);
    });

    it("names people among those who told a value, by the version of their corrections", async () => {
      const added: CorrectionSet["corrections"][number] = {
        ...{ kind: "add", target: { kind: "event", id: "added-1" }, before: null },
        after: { type: "instrument", label: "Hook", startFrame: 80, endFrame: 90 },
      };
      const { measures, producers, definitions, schema } = (await ask([added])).document ?? expect.fail("There is no answer.");
      expect(schema).to.equal("surgical-measures/1.1");
      const hook = measures.find(({ id }) => id === "instrument-time/Hook");
      expect([hook?.value, hook?.producers]).to.deep.equal([2.8, ["instrument-detector", "person"]]);
      expect(producers?.find(({ id }) => id === "person")).to.deep.equal({
        ...{ id: "person", kind: "person", name: "People who corrected the analysis", version: "1", digest: null, calibration: null },
      });
      expect(definitions?.map(({ name }) => name)).to.include("instrument-time");
    });

    it("gives what was measured where nobody corrected anything, and refuses what is no answer to the question", async () => {
      expect(await ask([])).to.deep.include({ statusCode: 200, version: 0, ids: [] });
      expect(await ask([judge("track", "0")], "false")).to.deep.include({ version: null, ids: [] });
      expect((await ask([], "perhaps")).statusCode).to.equal(400);
    });
  });
});
