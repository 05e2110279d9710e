import { expect } from "chai";
import { analyserPrefix, parseUri, segmentRequestsKey } from "../../../contracts/keys.ts";
import { segmentRequests } from "../../../contracts/segment-requests.ts";
import type { Asking } from "../../../functions/analyse/infer-segments/ask.ts";
import { createHandler, type Deps } from "../../../functions/analyse/infer-segments/handler.ts";
import { BrokenContract, InvalidInput, TryAgain } from "../../../functions/runtime/errors.ts";
import { failure } from "../../support/failure.ts";
import { caseId, runId } from "../support/ids.ts";
import { type MemoryLake, memoryLake } from "../support/memory-lake.ts";
import { manifestOf, prepared, segmentUri } from "./segments.ts";

const since = "2026-11-26T10:00:00.000Z";
const analyser = { id: "frames", models: ["phases", "tools"], sampleRate: 2, instanceType: "ml.g5.xlarge", timeoutSeconds: 3600 };
const key = segmentRequestsKey(caseId, runId, "frames");

const nobody = () => Promise.reject(new Error("An endpoint of the other kind was asked."));

describe("analyse/infer-segments, of an asynchronous endpoint", () => {
  let lake: MemoryLake;
  let asked: Asking[];
  let there: Set<string>;
  let seconds: number;
  let enqueue: Deps["enqueue"];
  beforeEach(() => {
    lake = memoryLake();
    asked = [];
    there = new Set();
    seconds = 10;
    enqueue = async (asking) => {
      asked.push(asking);
      return { output: `s3://processed/out/${asked.length}.out`, failure: `s3://processed/failures/${asked.length}` };
    };
  });
  const endpoint = { kind: "asynchronous", name: "segments", instances: 1 };
  const now = () => Date.parse(since) + 1000 * seconds;
  const deps = (): Deps => ({ lake, now, enqueue: (asking) => enqueue(asking), isThere: async (uri) => there.has(uri), invoke: nobody });
  const infer = () => createHandler(deps())({ caseId, runId, analyser, endpoint, since });
  const requests = async () => (await lake.json(key, segmentRequests)).requests;

  it("asks for every segment with a frame to look at, and says what may be seen in it", async () => {
    await prepared(lake, manifestOf(150, 150, 100, 30), [
      { startFrame: 140, endFrame: 170 },
      { startFrame: 300, endFrame: 400 },
    ]);
    expect(await infer()).to.deep.equal({ pending: 6, answered: 0, failed: 0 });
    // 25 frames a second at 2 sampled ones: every thirteenth, over segments whose length thirteen does not divide.
    expect(asked.map(({ input, attributes }) => [input, attributes])).to.have.deep.members([
      [segmentUri(0), "model=phases;step=13;first=0;excluded=140-150"],
      [segmentUri(0), "model=tools;step=13;first=0;excluded=140-150"],
      [segmentUri(1), "model=phases;step=13;first=6;excluded=0-20"],
      [segmentUri(1), "model=tools;step=13;first=6;excluded=0-20"],
      [segmentUri(3), "model=phases;step=13;first=3"],
      [segmentUri(3), "model=tools;step=13;first=3"],
    ]);
    expect(asked[0]).to.include({ endpoint: "segments", answersPath: `${caseId}/${runId}/frames/answers`, ttlSeconds: 3590 });
    expect(`analysis-results/${asked[0]?.answersPath}`).to.equal(`${analyserPrefix(caseId, runId, "frames")}answers`);
  });

  it("looks for answers when it is called again, and asks for nothing twice", async () => {
    await prepared(lake, manifestOf(150, 150));
    await infer();
    there.add("s3://processed/out/1.out").add("s3://processed/out/3.out");
    expect(await infer()).to.deep.equal({ pending: 2, answered: 2, failed: 0 });
    there.add("s3://processed/out/2.out").add("s3://processed/out/4.out");
    expect(await infer()).to.deep.equal({ pending: 0, answered: 4, failed: 0 });
    expect(asked).to.have.length(4);
  });

  it("asks once more for what failed, then lets it be", async () => {
    await prepared(lake, manifestOf(150));
    await infer();
    await lake.put("failures/1", "The container died.", "text/plain");
    there.add("s3://processed/failures/1").add("s3://processed/out/2.out");
    expect(await infer()).to.deep.equal({ pending: 1, answered: 1, failed: 0 });
    expect(asked).to.have.length(3);
    await lake.put("failures/3", "The container died again.", "text/plain");
    there.add("s3://processed/failures/3");
    expect(await infer()).to.deep.equal({ pending: 0, answered: 1, failed: 1 });
    expect((await requests()).find(({ state }) => state === "FAILED")).to.include({ segment: 0, attempt: 2, error: "The container died again." });
  });

  it("gives up what nobody answered in time", async () => {
    await prepared(lake, manifestOf(150, 150));
    await infer();
    there.add("s3://processed/out/1.out");
    seconds = 3600;
    expect(await infer()).to.deep.equal({ pending: 0, answered: 1, failed: 3 });
    expect((await requests()).filter(({ state }) => state === "FAILED").map(({ error }) => error)).to.deep.equal(Array(3).fill("No answer came in 3600 s."));
  });

  it("keeps a thousand requests in the queue, no more", async () => {
    await prepared(lake, manifestOf(...Array<number>(600).fill(150)));
    expect(await infer()).to.deep.equal({ pending: 1200, answered: 0, failed: 0 });
    expect(asked).to.have.length(1000);
    for (let i = 1; i <= 1000; i++) there.add(`s3://processed/out/${i}.out`);
    expect(await infer()).to.deep.equal({ pending: 200, answered: 1000, failed: 0 });
    expect(asked).to.have.length(1200);
  });

  it("remembers what was asked before it was held back", async () => {
    await prepared(lake, manifestOf(...Array<number>(40).fill(150)));
    const plain = enqueue;
    enqueue = (asking) => (asked.length >= 20 ? Promise.reject(new TryAgain("ThrottlingException: slower")) : plain(asking));
    expect(await failure(infer())).to.be.instanceOf(TryAgain);
    expect(await requests()).to.have.length(20);
    enqueue = plain;
    expect(await infer()).to.deep.equal({ pending: 80, answered: 0, failed: 0 });
    expect(asked).to.have.length(80);
  });

  it("has nothing to ask where the gate leaves no frame", async () => {
    await prepared(lake, manifestOf(150), [{ startFrame: 0, endFrame: 150 }]);
    expect(await infer()).to.deep.equal({ pending: 0, answered: 0, failed: 0 });
    expect(asked).to.deep.equal([]);
  });

  it("refuses to begin without a verdict of the gate, and with a request that is none", async () => {
    await lake.putJson("x", {});
    expect((await failure(infer())).message).to.contain("segments.json isn't there");
    await prepared(lake, manifestOf(150));
    lake.objects.delete(`processed-metadata/${caseId}/${runId}/gate/gate.json`);
    expect((await failure(infer())).message).to.contain("gate.json isn't there");
    await prepared(lake, manifestOf(150));
    await lake.putJson(key, { requests: [] });
    expect(await failure(infer())).to.be.instanceOf(BrokenContract);
    const handler = createHandler(deps());
    expect(await failure(handler({ caseId, runId }))).to.be.instanceOf(InvalidInput);
    expect((await failure(handler({ caseId, runId, analyser, endpoint: { ...endpoint, kind: "serverless" }, since }))).message).to.contain("endpoint.kind");
  });
});

describe("analyse/infer-segments, of a real-time endpoint", () => {
  const endpoint = { kind: "real-time", name: "segments", instances: 2 };
  let lake: MemoryLake;
  let asked: string[];
  let seconds: number;
  let under: { now: number; most: number };
  let answer: (attributes: string, segment: Uint8Array) => Promise<string>;
  beforeEach(() => {
    lake = memoryLake();
    asked = [];
    seconds = 10;
    under = { now: 0, most: 0 };
    answer = async (attributes, segment) => `${attributes} of ${Buffer.from(segment)}`;
  });
  const infer = (asking = endpoint) =>
    createHandler({
      ...{ lake, now: () => Date.parse(since) + 1000 * seconds, enqueue: nobody, isThere: nobody },
      async invoke(told, segment) {
        expect(told.endpoint).to.equal("segments");
        asked.push(`${told.attributes} ${Buffer.from(segment)}`);
        under.now++;
        under.most = Math.max(under.most, under.now);
        await new Promise(setImmediate);
        return answer(told.attributes, segment).finally(() => under.now--);
      },
    })({ caseId, runId, analyser, endpoint: asking, since });
  const requests = async () => (await lake.json(key, segmentRequests)).requests;
  const ready = async (...frames: number[]) => {
    await prepared(lake, manifestOf(...frames));
    for (const i of frames.keys()) await lake.put(parseUri(segmentUri(i)).key, `segment ${i}`, "video/mp2t");
  };

  it("shows it every segment, two at once for each instance that runs, and lays its answers where they are collected", async () => {
    await ready(...Array<number>(8).fill(150));
    expect(await infer()).to.deep.equal({ pending: 0, answered: 16, failed: 0 });
    expect(under.most).to.equal(4);
    expect(asked).to.have.length(16);
    expect(asked).to.include("model=tools;step=13;first=6 segment 1");
    const [first, second] = (await requests()).filter(({ segment }) => segment === 1);
    const output = `s3://processed/${analyserPrefix(caseId, runId, "frames")}answers/phases/00001.jsonl`;
    expect(first).to.deep.equal({ segment: 1, model: "phases", attempt: 1, output, failure: null, state: "ANSWERED", error: null });
    expect(await lake.text(parseUri(output).key)).to.equal("model=phases;step=13;first=6 of segment 1");
    expect(second?.output).to.equal(output.replace("phases", "tools"));
    // A redrive, say.
    expect(await infer()).to.deep.equal({ pending: 0, answered: 16, failed: 0 });
    expect(asked).to.have.length(16);
  });

  it("is shown sixteen at once at most, which the function has the memory for", async () => {
    await ready(...Array<number>(30).fill(150));
    await infer({ ...endpoint, instances: 100 });
    expect(under.most).to.equal(16);
  });

  for (const [what, error] of [
    ["throttles", new TryAgain("ThrottlingException: Rate exceeded")],
    ["has no instance", new TryAgain("ServiceUnavailable: No instance.")],
    ["fails", Object.assign(new Error("Received server error (503) from primary."), { name: "ModelError", $metadata: { httpStatusCode: 424 } })],
    ["thinks for longer than a minute", new TryAgain("TimeoutError: 70000 ms")],
  ] as const)
    it(`asks once more, at the next call, about a segment at which it ${what}`, async () => {
      await ready(150, 150);
      answer = async (attributes) => (attributes.startsWith("model=tools;step=13;first=0") && asked.length < 5 ? Promise.reject(error) : "{}");
      expect(await infer()).to.deep.equal({ pending: 1, answered: 3, failed: 0 });
      expect(asked).to.have.length(4);
      expect((await requests()).find(({ state }) => state === "FAILED")).to.include({
        segment: 0,
        model: "tools",
        attempt: 1,
        failure: null,
        error: error.message,
      });
      expect(await infer()).to.deep.equal({ pending: 0, answered: 4, failed: 0 });
      expect(asked).to.have.length(5);
    });

  it("lets be what failed twice, and keeps the rest", async () => {
    await ready(150, 150);
    answer = async (_, segment) => (`${Buffer.from(segment)}` === "segment 1" ? Promise.reject(new Error("x".repeat(400))) : "{}");
    expect(await infer()).to.deep.equal({ pending: 2, answered: 2, failed: 0 });
    expect(await infer()).to.deep.equal({ pending: 0, answered: 2, failed: 2 });
    expect(await infer()).to.deep.equal({ pending: 0, answered: 2, failed: 2 });
    expect(asked).to.have.length(6);
    expect((await requests()).filter(({ state }) => state === "FAILED").map(({ attempt, error }) => [attempt, error])).to.deep.equal(
      Array(2).fill([2, "x".repeat(300)]),
    );
  });

  it("does not send what the container would not take, or what is not there, and says so", async () => {
    await ready(150, 150, 150);
    await lake.put(parseUri(segmentUri(0)).key, new Uint8Array(12 * 2 ** 20 + 1), "video/mp2t");
    lake.objects.delete(parseUri(segmentUri(2)).key);
    await infer();
    expect(await infer()).to.deep.equal({ pending: 0, answered: 2, failed: 4 });
    expect(asked).to.have.length(2);
    const errors = (await requests()).filter(({ state }) => state === "FAILED").map(({ segment, error }) => `${segment}: ${error}`);
    expect([...new Set(errors)]).to.deep.equal([
      "0: The segment has 12582913 bytes; an endpoint is shown at most 12582912.",
      `2: ${segmentUri(2)} isn't there.`,
    ]);
  });

  it("stops before its own time is over, and goes on when it is called again", async () => {
    await ready(...Array<number>(40).fill(150));
    answer = async () => {
      seconds += 20;
      return "{}";
    };
    // 720 s of calls of 20 s; four were under way when that was over.
    expect(await infer()).to.deep.equal({ pending: 41, answered: 39, failed: 0 });
    expect(await infer()).to.deep.equal({ pending: 2, answered: 78, failed: 0 });
    expect(await infer()).to.deep.equal({ pending: 0, answered: 80, failed: 0 });
    expect(asked).to.have.length(80);
  });

  it("asks no more once nobody waits", async () => {
    await ready(150, 150);
    answer = async () => {
      seconds = 3600;
      return "{}";
    };
    expect(await infer()).to.deep.equal({ pending: 0, answered: 4, failed: 0 });
    lake.objects.delete(key);
    expect(await infer()).to.deep.equal({ pending: 0, answered: 0, failed: 0 });
    expect(asked).to.have.length(4);
  });

  it("forgets nothing that was answered before the lake failed", async () => {
    await ready(150, 150, 150);
    const { put } = lake;
    lake.put = async (at, ...rest) => (at.endsWith("tools/00002.jsonl") ? Promise.reject(new TryAgain("SlowDown")) : put(at, ...rest));
    expect(await failure(infer())).to.be.instanceOf(TryAgain);
    lake.put = put;
    expect(await infer()).to.deep.equal({ pending: 0, answered: 6, failed: 0 });
    expect(asked).to.have.length(7);
  });
});
