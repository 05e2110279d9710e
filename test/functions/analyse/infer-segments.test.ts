import { expect } from "chai";
import { analyserPrefix, segmentRequestsKey } from "../../../contracts/keys.ts";
import { segmentRequests } from "../../../contracts/segment-requests.ts";
import { type Asking, createHandler, type Deps } from "../../../functions/analyse/infer-segments/handler.ts";
import { BrokenContract, InvalidInput, TryAgain } from "../../../functions/runtime/errors.ts";
import { failure } from "../../support/failure.ts";
import { caseId, runId } from "../support/ids.ts";
import { type MemoryLake, memoryLake } from "../support/memory-lake.ts";
import { manifestOf, prepared, segmentUri } from "./segments.ts";

const since = "2026-11-26T10:00:00.000Z";
const analyser = { id: "frames", models: ["phases", "tools"], sampleRate: 2, instanceType: "ml.g5.xlarge", timeoutSeconds: 3600 };
const key = segmentRequestsKey(caseId, runId, "frames");

describe("analyse/infer-segments", () => {
  let lake: MemoryLake;
  let asked: Asking[];
  let there: Set<string>;
  let seconds: number;
  let ask: Deps["ask"];
  beforeEach(() => {
    lake = memoryLake();
    asked = [];
    there = new Set();
    seconds = 10;
    ask = async (asking) => {
      asked.push(asking);
      return { output: `s3://processed/out/${asked.length}.out`, failure: `s3://processed/failures/${asked.length}` };
    };
  });
  const infer = () =>
    createHandler({ lake, now: () => Date.parse(since) + 1000 * seconds, ask: (asking) => ask(asking), isThere: async (uri) => there.has(uri) })({
      caseId,
      runId,
      analyser,
      endpoint: "segments",
      since,
    });
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
    const plain = ask;
    ask = (asking) => (asked.length >= 20 ? Promise.reject(new TryAgain("ThrottlingException: slower")) : plain(asking));
    expect(await failure(infer())).to.be.instanceOf(TryAgain);
    expect(await requests()).to.have.length(20);
    ask = plain;
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
    const handler = createHandler({ lake, now: () => 0, ask, isThere: async () => false });
    expect(await failure(handler({ caseId, runId }))).to.be.instanceOf(InvalidInput);
  });
});
