import { gzipSync } from "node:zlib";
import { expect } from "chai";
import { annotationSet } from "../../../contracts/annotation-set.ts";
import { apiError } from "../../../contracts/api.ts";
import type { CorrectionSet } from "../../../contracts/corrections.ts";
import { annotationReceipt, type ExportJob, exportCorrections, exportStatus } from "../../../contracts/exports.ts";
import { analysisKey, annotationSetKey, reportKey, reportPageKey } from "../../../contracts/keys.ts";
import { syntheticWarning } from "../../../functions/runtime/interchange/scene.ts";
import { createHandler as createGetExport, type Execution } from "../../../functions/serve/get-export/handler.ts";
import { createHandler as createImport } from "../../../functions/serve/import-annotations/handler.ts";
import { createHandler as createRequestExport } from "../../../functions/serve/request-export/handler.ts";
import { createHandler as createWriteExport } from "../../../functions/serve/write-export/handler.ts";
import { failure } from "../../support/failure.ts";
import { caseId, digest, runId } from "../support/ids.ts";
import { memoryCorrections } from "../support/memory-corrections.ts";
import { drawnOperation } from "../support/operation.ts";

const exportId = "5d9b1f0e-3c0f-4a57-8d4c-0a4de3c1b2a3";
const summary = {
  ...{ caseId, item: "SUMMARY", fileName: "膽囊.mp4", status: "COMPLETE", runId },
  ...{ createdAt: "2026-11-21T08:00:00.000Z", updatedAt: "2026-11-21T08:10:00.000Z", reasons: [] },
};
const whole: ExportJob = { exportId, caseId, runId, format: "coco", startFrame: 0, endFrame: 600, corrections: null, warnings: ["Loses something."] };
const reasonsOf = ({ statusCode, body }: { statusCode: number; body: string }) => [statusCode, apiError.parse(JSON.parse(body)).reasons];

describe("POST /cases/{caseId}/exports", () => {
  const ask = async (body: unknown, { stored = summary as unknown, id = caseId, change = {} } = {}) => {
    const { lake, analysis } = await drawnOperation();
    await lake.putJson(analysisKey(caseId, runId), { ...analysis, ...change });
    const started: ExportJob[] = [];
    const handler = createRequestExport({
      lake,
      summary: async () => stored ?? undefined,
      log: { newest: async () => 4 },
      newId: () => exportId,
      start: async (job) => void started.push(job),
    });
    const answer = await handler({ pathParameters: { caseId: id }, body: typeof body === "string" ? body : JSON.stringify(body) });
    return { answer, started };
  };

  it("starts an export of the whole operation, and answers 202 with what must be known", async () => {
    const { answer, started } = await ask({ format: "mot" });
    expect(answer.statusCode).to.equal(202);
    const { warnings, ...told } = exportStatus.parse(JSON.parse(answer.body));
    expect(told).to.deep.equal({ exportId, caseId, format: "mot", startFrame: 0, endFrame: 600, status: "RUNNING", corrections: null, error: null, files: [] });
    expect(warnings).to.have.length(2).and.to.include(syntheticWarning);
    expect(warnings[0]).to.match(/^Masks, segments, events, measures/);
    expect(started).to.deep.equal([{ exportId, caseId, runId, format: "mot", startFrame: 0, endFrame: 600, corrections: null, warnings }]);
  });

  it("pins the version of the corrections that count, and says what they don't change", async () => {
    for (const format of ["mot", "mp4"]) {
      const { answer, started } = await ask({ format, corrected: true });
      const { corrections, warnings } = exportStatus.parse(JSON.parse(answer.body));
      expect(corrections).to.equal(4);
      expect(warnings[1]).to.equal("Findings, boxes and masks are as people corrected them; measures are those of the analysis, and were not taken anew.");
      expect(started.map((job) => job.corrections)).to.deep.equal([4]);
    }
  });

  it("warns of an analysis that is partial", async () => {
    const { answer } = await ask({ format: "csv", startFrame: 10 }, { change: { status: "PARTIAL" }, stored: { ...summary, status: "PARTIAL" } });
    const { warnings, startFrame } = exportStatus.parse(JSON.parse(answer.body));
    expect([startFrame, warnings[1]]).to.deep.equal([10, "The analysis is partial: an analyser failed, and what it would have found is missing."]);
  });

  it("refuses what it can't do, and starts nothing", async () => {
    const { media, segments } = (await drawnOperation()).analysis;
    const renamed = { segments: segments.map((one) => ({ ...one, label: "Port placement" })) };
    const noPhase =
      "Cholec80 has the phases Preparation, CalotTriangleDissection, ClippingCutting, GallbladderDissection, GallbladderPackaging, CleaningCoagulation, GallbladderRetraction, and no Port placement: choose another format.";
    const unseen = { media: { ...media, renditions: { ...media.renditions, review: null } } };
    const cases = [
      [await ask("{"), 400, ["The body isn't JSON."]],
      [await ask({ format: "avi" }), 400, undefined],
      [await ask({ format: "csv", startFrame: 5, endFrame: 5 }), 400, ["endFrame must be greater than startFrame."]],
      [await ask({ format: "csv", endFrame: 601 }), 400, ["The operation has 600 frames; frames 0 to 601 aren't all among them."]],
      [
        await ask({ format: "mp4", startFrame: 600 }, { change: unseen }),
        400,
        ["The operation has 600 frames; frames 600 to 600 aren't all among them.", "The case has no review rendition to draw into: its branch failed."],
      ],
      [await ask({ format: "cholec80" }, { change: renamed }), 400, [noPhase]],
      [await ask({ format: "csv" }, { id: "x" }), 400, ["The case's identifier isn't a UUID."]],
      [await ask({ format: "csv" }, { stored: null }), 404, ["There is no such case."]],
      [await ask({ format: "csv" }, { stored: { ...summary, status: "RUNNING" } }), 400, ["The case is RUNNING: it has no analysis."]],
    ] as const;
    for (const [{ answer, started }, status, reasons] of cases) {
      const [code, told] = reasonsOf(answer);
      expect(code).to.equal(status);
      if (reasons) expect(told).to.deep.equal(reasons);
      expect(started).to.deep.equal([]);
    }
  });
});

describe("GET /cases/{caseId}/exports/{exportId}", () => {
  const views: [string, string][] = [];
  const ask = async (execution: Partial<Execution> | undefined, path: object = {}) => {
    const found = execution && { status: "RUNNING", input: JSON.stringify(whole), output: undefined, cause: undefined, ...execution };
    const handler = createGetExport({
      execution: async () => found,
      link: async (key) => `https://s3.example/${key}?signed`,
      keepView: async (_, ...seen) => void views.push(seen),
    });
    return handler({ pathParameters: { caseId, exportId, ...path } });
  };
  const { runId: _, ...told } = whole;

  it("tells that it runs, why it failed, and where its files are", async () => {
    const statusOf = async (execution: Partial<Execution>) => exportStatus.parse(JSON.parse((await ask(execution)).body));
    expect(await statusOf({})).to.deep.equal({ ...told, status: "RUNNING", error: null, files: [] });
    expect(await statusOf({ status: "FAILED", cause: "The chunk is gone." })).to.deep.equal({
      ...told,
      status: "FAILED",
      error: "The chunk is gone.",
      files: [],
    });
    expect(views, "nothing was to be seen").to.deep.equal([]);
    expect((await statusOf({ status: "TIMED_OUT" })).error).to.equal("The export ended as TIMED_OUT.");
    const files = [{ name: "coco.json", mediaType: "application/json" }];
    expect(await statusOf({ status: "SUCCEEDED", output: JSON.stringify({ files }) })).to.deep.equal({
      ...told,
      ...{ status: "SUCCEEDED", error: null },
      files: [{ name: "coco.json", mediaType: "application/json", link: `https://s3.example/exports/${caseId}/${runId}/${exportId}/coco.json?signed` }],
    });
    expect(views).to.deep.equal([[caseId, "export"]]);
  });

  it("knows no export of another case, and no identifiers that are none", async () => {
    expect(reasonsOf(await ask(undefined))).to.deep.equal([404, ["The case has no such export."]]);
    expect(reasonsOf(await ask({}, { caseId: exportId }))).to.deep.equal([404, ["The case has no such export."]]);
    expect(reasonsOf(await ask({}, { caseId: "a", exportId: "b" }))).to.deep.equal([
      400,
      ["The case's identifier isn't a UUID.", "The export's identifier isn't a UUID."],
    ]);
  });
});

/** Of the drawn operation, whose detector knows seven classes. */
const motFiles = [
  ...["gt/gt.txt", "det/det.txt", "labels.txt", "seqinfo.ini", "tracker.txt"],
  ...[1, 2, 3, 4, 5, 6, 7].flatMap((n) => ["gt/gt.txt", "seqinfo.ini", "tracker.txt"].map((name) => `classes/${n}/${name}`)),
];

describe("WriteExport", () => {
  it("writes the files of a format under the export's own prefix, and names them", async () => {
    const { lake } = await drawnOperation();
    const before = new Set(lake.objects.keys());
    const result = await createWriteExport({ lake, log: memoryCorrections(), codes: {} })({ ...whole, format: "mot", startFrame: 10, endFrame: 20 });
    expect(result).to.deep.equal({ files: motFiles.map((name) => ({ name, mediaType: "text/plain" })) });
    const written = [...lake.objects.keys()].filter((key) => !before.has(key));
    expect(written).to.deep.equal(result.files.map(({ name }) => `exports/${caseId}/${runId}/${exportId}/${name}`));
    const lines = Buffer.from(lake.objects.get(written[0] as string) as Uint8Array)
      .toString()
      .trimEnd()
      .split("\n");
    expect(lines.map((line) => Number(line.split(",")[0]))).to.deep.equal([13, 14, 15, 16, 17, 18, 19, 20]);
  });

  it("tells what held when it was asked for, whatever was corrected since", async () => {
    const { lake } = await drawnOperation();
    const rejection = (version: number, id: string): CorrectionSet => ({
      ...{ schema: "correction-set/1.0", caseId, runId, contentSha256: digest, version, createdAt: "2026-11-26T10:00:00.000Z", createdBy: "a" },
      corrections: [{ kind: "judge", target: { kind: "event", id }, after: "rejected", before: "unreviewed" }],
    });
    const write = createWriteExport({ lake, log: memoryCorrections([rejection(1, "event-1"), rejection(2, "event-2")]), codes: {} });
    const eventsOf = async (corrections: number | null) => {
      await write({ ...whole, corrections });
      const file = JSON.parse(Buffer.from(lake.objects.get(`exports/${caseId}/${runId}/${exportId}/coco.json`) as Uint8Array).toString());
      return (file.events as { id: string }[]).map(({ id }) => id).filter((id) => /^event-[12]$/.test(id));
    };
    expect(await eventsOf(null)).to.deep.equal(["event-1", "event-2"]);
    expect(await eventsOf(0)).to.deep.equal(["event-1", "event-2"]);
    expect(await eventsOf(1)).to.deep.equal(["event-2"]);
    expect(await eventsOf(2)).to.deep.equal([]);
    // The job that draws pictures is given those that count.
    const versionsOf = async (corrections: number | null) => {
      const { files } = await write({ ...whole, format: "mp4", corrections });
      expect(files).to.deep.equal([{ name: "input/corrections.json", mediaType: "application/json" }]);
      return (await lake.json(`exports/${caseId}/${runId}/${exportId}/input/corrections.json`, exportCorrections)).map(({ version }) => version);
    };
    expect([await versionsOf(null), await versionsOf(1), await versionsOf(2)]).to.deep.equal([[], [1], [1, 2]]);
    // Of an export that was asked for before there were corrections.
    const { corrections: _, ...older } = whole;
    expect((await write(older)).files).to.have.length(1);
  });

  it("hands the published report on to formats that have a place for it, of the whole operation, with configured codes", async () => {
    const { lake } = await drawnOperation();
    const codes = { "level:phase": [{ system: "http://snomed.info/sct", code: "1", display: "Made up" }] };
    const write = createWriteExport({ lake, log: memoryCorrections(), codes });
    const bundleOf = async (job: ExportJob) => {
      await write(job);
      return Buffer.from(lake.objects.get(`exports/${caseId}/${runId}/${exportId}/bundle.json`) as Uint8Array).toString();
    };
    expect(await bundleOf({ ...whole, format: "fhir" }), "nothing was published").not.to.contain("presentedForm");
    const report = {
      ...{
        schema: "surgical-report/1.0",
        caseId,
        runId,
        language: "zh-TW",
        createdAt: "2026-11-21T08:20:00.000Z",
        sections: [],
        limits: ["Drawn."],
        refused: [],
      },
      ...{ writer: { kind: "template", id: "template", version: "1.0.0", drafts: 1 }, evidence: { analysisSha256: digest, measuresSha256: null } },
    };
    await lake.putJson(reportKey(caseId, runId, "zh-TW"), report);
    await lake.put(reportPageKey(caseId, runId, "zh-TW"), Buffer.from("<p>報告</p>"), "text/html");
    const bundle = await bundleOf({ ...whole, format: "fhir" });
    expect(bundle).to.contain('"presentedForm"').and.to.contain(Buffer.from("<p>報告</p>").toString("base64")).and.to.contain('"Made up"');
    expect(await bundleOf({ ...whole, format: "fhir", endFrame: 599 }), "of a part").not.to.contain("presentedForm");
  });

  it("refuses spans outside the operation, and chunks that break their contract", async () => {
    const { lake, analysis } = await drawnOperation();
    const write = createWriteExport({ lake, log: memoryCorrections(), codes: {} });
    expect((await failure(write({ ...whole, endFrame: 601 }))).name).to.equal("InvalidInput");
    const uri = analysis.detections[0]?.chunks[1]?.uri as string;
    await lake.put(uri.slice("s3://processed/".length), gzipSync('{"schema":"detection-chunk/2.0"}'), "application/json");
    const broken = await failure(write(whole));
    expect([broken.name, broken.message.includes(uri)]).to.deep.equal(["BrokenContract", true]);
  });
});

describe("POST /cases/{caseId}/annotations", () => {
  const setId = "9a1b6d1c-7c43-4df2-9a59-1c2f7b0f9f10";
  const packed = (text: string | Buffer, name = "Mrs Smith.txt") => ({ name, gzip: gzipSync(text).toString("base64") });
  const mot = [packed("13,4,1,1,20,20,1,1,1\n"), packed("Grasper\n", "labels.txt")];
  const ask = async (body: unknown) => {
    const { lake } = await drawnOperation();
    const handler = createImport({ lake, summary: async () => summary, newId: () => setId, now: () => new Date("2026-11-26T10:00:00Z") });
    const requestContext = { authorizer: { jwt: { claims: { sub: "c1d2" } } } };
    return { lake, answer: await handler({ pathParameters: { caseId }, body: JSON.stringify(body), requestContext }) };
  };

  it("stores a set of its own, with who handed it in and without the names of files", async () => {
    const { lake, answer } = await ask({ format: "mot", files: mot });
    expect(answer.statusCode).to.equal(201);
    expect(annotationReceipt.parse(JSON.parse(answer.body))).to.deep.equal({
      ...{ id: setId, caseId, runId, counts: { boxes: 1, masks: 0, segments: 0, events: 0 }, notes: [] },
    });
    const { producer, ...set } = await lake.json(annotationSetKey(caseId, runId, setId), annotationSet);
    expect(set).to.deep.equal({
      ...{ schema: "annotation-set/1.0", id: setId, caseId, runId, contentSha256: digest, createdAt: "2026-11-26T10:00:00.000Z", createdBy: "c1d2" },
      ...{ media: { frameCount: 600, width: 1280, height: 720 }, labels: ["Grasper"], lookedAt: null, masks: [], segments: [], events: [], notes: [] },
      boxes: [{ frame: 12, label: 0, x: 0, y: 0, width: 20, height: 20, score: null, track: 3, interpolated: false }],
    });
    expect(producer.files.map(({ name }) => name)).to.deep.equal(["file-1", "file-2"]);
  });

  it("refuses what it can't read, and stores nothing", async () => {
    const bomb = packed(Buffer.alloc(65 * 2 ** 20, 32), "bomb");
    for (const [body, reasons] of [
      [
        { format: "mot", files: [{ name: "a", gzip: "AAAA" }, packed(Buffer.from([0xff, 0xfe]), "b")] },
        ["a isn't gzipped UTF-8 text.", "b isn't gzipped UTF-8 text."],
      ],
      [{ format: "mot", files: [bomb] }, ["bomb is too large: all files together may have 67108864 bytes."]],
      [
        { format: "mot", files: [packed("601,4,1,1,20,20,1,1,1", "gt.txt"), mot[1]] },
        ["gt.txt, line 1: there is no frame 600; the operation has frames 0 to 599."],
      ],
    ] as const) {
      const { lake, answer } = await ask(body);
      expect(reasonsOf(answer)).to.deep.equal([400, reasons]);
      expect([...lake.objects.keys()].filter((key) => key.startsWith("annotations/"))).to.deep.equal([]);
    }
    expect((await ask({ format: "fhir", files: mot })).answer.statusCode).to.equal(400);
  });
});
