import { expect } from "chai";
import { createHandler } from "../../../functions/learn/start-retraining/handler.ts";
import { failure } from "../../support/failure.ts";

const detail = {
  ...{ episode: "0123456789abcdef0123456789abcdef", model: "instrument-detector", version: "1.0.0", digest: "a".repeat(64) },
  ...{ reason: "drift", what: ["scores"], report: "drift/instrument-detector/a/reports/20261127T000000Z.json" },
};
const event = { id: "one", source: "svp.learning", "detail-type": "Drift Detected", account: "111111111111", detail };

describe("StartRetraining", () => {
  it("starts one execution for an episode, however often it is told of it", async () => {
    const started = new Map<string, object>();
    const handler = createHandler({
      async start(name, request) {
        if (started.has(name)) return false;
        started.set(name, request);
        return true;
      },
    });
    expect(await handler(event)).to.deep.equal({ isStarted: true });
    expect(await handler({ ...event, id: "two" })).to.deep.equal({ isStarted: false });
    expect([...started]).to.deep.equal([[detail.episode, detail]]);
  });

  it("refuses other events, with every reason", async () => {
    const handler = createHandler({ start: async () => expect.fail("must not start") });
    const error = await failure(handler({ ...event, source: "other", detail: { ...detail, episode: "x", what: [] } }));
    expect(error.name).to.equal("InvalidInput");
    for (const reason of ["source: ", "detail.episode: must be 32 lower-case hex digits.", "detail.what: "]) expect(error.message).to.include(reason);
  });
});
