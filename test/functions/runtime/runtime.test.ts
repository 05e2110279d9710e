import { Readable } from "node:stream";
import { expect } from "chai";
import fc from "fast-check";
import { z } from "zod";
import { callerOf } from "../../../functions/runtime/caller.ts";
import { readEnvironment } from "../../../functions/runtime/environment.ts";
import { InvalidInput, Misconfigured, NotFound, Outdated, TryAgain } from "../../../functions/runtime/errors.ts";
import { type HttpRequest, jsonBody, route } from "../../../functions/runtime/http.ts";
import { readLines } from "../../../functions/runtime/lines.ts";
import { inBlocks } from "../../../functions/runtime/media/byte-ranges.ts";
import { parseInput, parseStoredJson } from "../../../functions/runtime/parse.ts";
import { failure } from "../../support/failure.ts";

describe("readEnvironment", () => {
  it("gives the named variables", () => {
    expect(readEnvironment(["A", "B"], { A: "1", B: "2", C: "3" })).to.deep.equal({ A: "1", B: "2" });
  });
  it("names all that are missing or empty", () => {
    expect(() => readEnvironment(["A", "B", "C"], { B: "", C: "3" })).to.throw("Environment variables are missing: A, B.");
  });
});

describe("every handler", () => {
  const handlers: [string, string][] = [
    ["ingest/start-upload", "CASE_TABLE, RAW_BUCKET, MOST_BYTES"],
    ["ingest/sign-parts", "CASE_TABLE, RAW_BUCKET, ACCELERATED_UPLOADS"],
    ["ingest/list-parts", "CASE_TABLE, RAW_BUCKET"],
    ["ingest/complete-upload", "CASE_TABLE, RAW_BUCKET"],
    ["ingest/abort-upload", "CASE_TABLE, RAW_BUCKET"],
    ["ingest/start-analysis", "STATE_MACHINE_ARN, PIPELINE_VERSION, START_AFTER, CASE_TABLE, LEASE_TABLE, INTERACTIVE_LEASES, QUEUE_URL, RETRY_SECONDS"],
    ["ingest/release-lease", "LEASE_TABLE"],
    ["ingest/prepare-backfill", "PIPELINE_VERSION, START_AFTER, CASE_TABLE, RAW_BUCKET, LEASE_TABLE, BACKFILL_LEASES, STATE_MACHINE_ARN"],
    ["prepare/index-source", "PROCESSED_BUCKET"],
    ["prepare/admit", "PROCESSED_BUCKET, PROCESSED_KEY_ARN, PLANNED_WORK"],
    ["prepare/index-rendition", "PROCESSED_BUCKET"],
    ["prepare/decide-gate", "PROCESSED_BUCKET, OPERATING_POINTS"],
    ["prepare/plan-review", "PROCESSED_BUCKET, PROCESSED_KEY_ARN, COVER_IMAGE_URI"],
    ["analyse/collect-labels", "PROCESSED_BUCKET"],
    ["analyse/collect-shots", "PROCESSED_BUCKET"],
    ["analyse/infer-dropped-image", "PROCESSED_BUCKET, START_AFTER, INFERENCE_ENDPOINT, INFERENCE_MODEL"],
    ["aggregate/merge-timeline", "PROCESSED_BUCKET, CASE_TABLE, PIPELINE_VERSION, ANALYSER_INSTANCE_TYPES, OPTIONAL_ANALYSERS"],
    ["serve/list-cases", "CASE_TABLE"],
    ["serve/get-case", "CASE_TABLE, PROCESSED_BUCKET, ANSWERS_QUESTIONS"],
    ["serve/grant-playback", "CASE_TABLE, SITE_HOST, PLAYBACK_KEY_IDS, PLAYBACK_SECRET_ARN"],
    ["serve/save-corrections", "CASE_TABLE, PROCESSED_BUCKET"],
    ["serve/grade-case", "CASE_TABLE"],
    ["serve/list-doubts", "CASE_TABLE"],
    ["serve/get-cohort", "CASE_TABLE"],
    ["serve/get-export", "CASE_TABLE, PROCESSED_BUCKET, STATE_MACHINE_ARN"],
    ["serve/list-views", "CASE_TABLE"],
    ["serve/list-models", "MODEL_GROUPS, MODEL_VERSIONS_ARN, MODELS_BUCKET"],
    ["serve/decide-model", "MODEL_GROUPS, MODEL_VERSIONS_ARN"],
    ["serve/list-datasets", "DATASETS_BUCKET"],
    ["serve/get-dataset", "DATASETS_BUCKET"],
    ["serve/infer-image", "INFERENCE_ENDPOINT, INFERENCE_MODEL"],
  ];
  for (const [name, variables] of handlers) {
    it(`${name} names the settings it was deployed without`, async () => {
      const error = await failure(import(`../../../functions/${name}/index.ts`));
      expect(error).to.deep.include({ name: "Misconfigured", message: `Environment variables are missing: ${variables}.` });
    });
  }
});

describe("a request", () => {
  const request = (claims?: Record<string, string>): HttpRequest => ({
    ...{ headers: {}, pathParameters: {}, queryStringParameters: {}, isBase64Encoded: false },
    requestContext: claims ? { authorizer: { jwt: { claims } } } : {},
  });

  it("says who sent it, and nobody where no token was asked for", () => {
    expect(callerOf(request({ sub: "ann", "cognito:groups": "[admin surgeon]" }))).to.deep.equal({ sub: "ann", groups: ["admin", "surgeon"] });
    expect(callerOf(request({ sub: "ann" }))).to.deep.equal({ sub: "ann", groups: [] });
    for (const claims of [undefined, {}, { sub: "" }]) expect(() => callerOf(request(claims))).to.throw(Misconfigured);
  });

  it("has a JSON body, base64-coded or not, or every fault of it is told", () => {
    const body = z.strictObject({ a: z.int(), b: z.string() });
    const text = '{"a":1,"b":"x"}';
    expect(jsonBody({ ...request(), body: text }, body)).to.deep.equal({ a: 1, b: "x" });
    expect(jsonBody({ ...request(), body: Buffer.from(text).toString("base64"), isBase64Encoded: true }, body)).to.deep.equal({ a: 1, b: "x" });
    expect(() => jsonBody(request(), body)).to.throw(InvalidInput, "The body is empty; it must be JSON.");
    expect(() => jsonBody({ ...request(), body: "{" }, body)).to.throw(InvalidInput, "The body isn't JSON.");
    expect(() => jsonBody({ ...request(), body: '{"a":"1"}' }, body)).to.throw(InvalidInput, /^a: .* b: /);
  });
});

describe("parsing", () => {
  const schema = z.strictObject({ a: z.int(), b: z.string().regex(/^x/, "must start with x") });
  it("tells everything that is wrong with an input", () => {
    expect(() => parseInput(schema, { a: 1.5, b: "y", c: 0 })).to.throw(InvalidInput, /^a: .*int.* b: must start with x\. .*"c"\.$/);
  });
  it("names the stored thing that is broken", () => {
    expect(() => parseStoredJson(schema, "{", "The file")).to.throw(/^The file isn't JSON: /);
    expect(() => parseStoredJson(schema, '{"a":1}', "The file")).to.throw(/^The file breaks its contract\. b: /);
  });
});

describe("readLines", () => {
  it("reads the same lines wherever the stream is cut, umlauts included", async () => {
    const line = z.object({ text: z.string() });
    const chunked = fc.tuple(fc.array(fc.string({ unit: "grapheme" }), { maxLength: 8 }), fc.integer({ min: 1, max: 7 }), fc.boolean());
    await fc.assert(
      fc.asyncProperty(chunked, async ([texts, size, ends]) => {
        const bytes = Buffer.from(texts.map((text) => JSON.stringify({ text })).join("\n") + (ends ? "\n" : ""));
        const chunks = Array.from({ length: Math.ceil(bytes.length / size) }, (_, i) => bytes.subarray(i * size, (i + 1) * size));
        const found = [];
        for await (const { text } of readLines(Readable.from(chunks), line, "x")) found.push(text);
        expect(found).to.deep.equal(texts);
      }),
    );
  });
});

describe("inBlocks", () => {
  const megabyte = 1 << 20;
  const content = (at: number) => (at * 7 + (at >> 10)) & 255;
  const counted = (size: number) => {
    const reads: [number, number][] = [];
    const read = async (start: number, end: number) => {
      reads.push([start, end]);
      return Uint8Array.from({ length: end - start }, (_, i) => content(start + i));
    };
    return { reads, file: inBlocks({ size, read }) };
  };

  it("gives exactly the bytes asked for, across blocks and at the end", async () => {
    const { file } = counted(2 * megabyte + 100);
    for (const [start, end] of [
      [0, 1],
      [megabyte - 3, megabyte + 3],
      [2 * megabyte + 90, 2 * megabyte + 100],
      [megabyte - 1, 2 * megabyte + 1],
    ] as const) {
      expect([...(await file.read(start, end))]).to.deep.equal(Array.from({ length: end - start }, (_, i) => content(start + i)));
    }
  });

  it("asks for each block once", async () => {
    const { file, reads } = counted(2 * megabyte);
    for (let at = 0; at < 2 * megabyte; at += 100_000) await file.read(at, at + 10);
    expect(reads).to.deep.equal([
      [0, megabyte],
      [megabyte, 2 * megabyte],
    ]);
  });

  it("doesn't fetch what lies between distant reads", async () => {
    const { file, reads } = counted(100 * megabyte);
    await file.read(0, 8);
    await file.read(99 * megabyte, 99 * megabyte + 8);
    expect(reads).to.deep.equal([
      [0, megabyte],
      [99 * megabyte, 100 * megabyte],
    ]);
  });

  it("asks again for a block that failed", async () => {
    let fails = true;
    const file = inBlocks({ size: 10, read: async () => (fails ? Promise.reject(new Error("busy")) : new Uint8Array(10)) });
    expect((await failure(file.read(0, 1))).message).to.equal("busy");
    fails = false;
    expect(await file.read(0, 1)).to.have.length(1);
  });
});

describe("route", () => {
  const answer = (outcome: () => Promise<unknown>) => route(outcome)({});
  it("turns what comes out into an answer that nobody may keep", async () => {
    const headers = { "content-type": "application/json", "cache-control": "no-store" };
    expect(await answer(async () => ({ a: 1 }))).to.deep.equal({ statusCode: 200, headers, body: '{"a":1}' });
  });
  const failures: [Error, number, string, string[]][] = [
    [new InvalidInput("One.", "Two."), 400, "Bad Request", ["One.", "Two."]],
    [new NotFound("Gone."), 404, "Not Found", ["Gone."]],
    [new Outdated("Changed."), 412, "Precondition Failed", ["Changed."]],
    [new TryAgain("secret"), 503, "Service Unavailable", ["A service that the platform uses is busy. Try again in a moment."]],
    [new Error("secret"), 500, "Internal Server Error", ["The platform failed to answer; it isn't your request. Try again."]],
  ];
  for (const [error, statusCode, title, reasons] of failures)
    it(`tells ${error.name} as a problem (RFC 9457) with status ${statusCode}`, async () => {
      const given = await answer(() => Promise.reject(error));
      expect({ ...given, body: JSON.parse(given.body) }).to.deep.equal({
        statusCode,
        headers: { "content-type": "application/problem+json", "cache-control": "no-store" },
        body: { type: "about:blank", title, status: statusCode, detail: reasons.join(" "), reasons },
      });
    });
});
