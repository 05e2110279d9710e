import { createServer, type IncomingHttpHeaders, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { S3Client } from "@aws-sdk/client-s3";
import { expect } from "chai";
import type { DeploymentRecord } from "../../../contracts/deployed-model.ts";
import { datasetStore } from "../../../functions/learn/dataset-store.ts";
import { modelStore } from "../../../functions/learn/model-store.ts";
import { watchStore } from "../../../functions/learn/watch-store.ts";
import { Outdated, TryAgain } from "../../../functions/runtime/errors.ts";
import { orTryAgain } from "../../../functions/runtime/transient.ts";
import { failure } from "../../support/failure.ts";

/** S3's answers as its API reference has them: PutObject, If-None-Match and If-Match. */
const answers = { written: [200, ""], changed: [412, "PreconditionFailed"], underWay: [409, "ConditionalRequestConflict"] } as const;

describe("writes of the learning loop under a condition", () => {
  let server: Server;
  let s3: S3Client;
  let answer: keyof typeof answers = "written";
  let asked: IncomingHttpHeaders = {};
  before(async () => {
    server = createServer((request, response) => {
      asked = request.headers;
      const [status, code] = answers[answer];
      const body = code === "" ? "" : `<?xml version="1.0"?><Error><Code>${code}</Code><Message>no</Message></Error>`;
      request.resume().on("end", () => response.writeHead(status, { "content-type": "application/xml", etag: '"b"' }).end(body));
    });
    await new Promise<void>((listening) => server.listen(0, "127.0.0.1", listening));
    const endpoint = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    const settings = { region: "us-east-1", credentials: { accessKeyId: "a", secretAccessKey: "b" }, forcePathStyle: true, maxAttempts: 1 };
    s3 = orTryAgain(new S3Client({ ...settings, endpoint }));
  });
  after(() => server.close());

  const record = { model: "phases" } as DeploymentRecord;
  const stored = { record, etag: '"a"' };
  const writes: Record<string, (replaces: boolean) => Promise<unknown>> = {
    "what is watched": (replaces) => watchStore(s3, "processed").replace("k", {}, replaces ? stored : undefined),
    "networks in use": (replaces) => modelStore(s3, "models").putRecord(record, replaces ? stored : undefined),
    datasets: () => datasetStore(s3, "datasets").putNew("k", "{}", "application/json"),
  };

  for (const [what, write] of Object.entries(writes))
    it(`of ${what} are tried again where another operation was under way, which says nothing of the condition`, async () => {
      answer = "underWay";
      for (const replaces of [false, true]) {
        const error = await failure(write(replaces));
        expect(error).to.be.instanceOf(TryAgain);
        expect(error.message).to.equal("ConditionalRequestConflict: no");
      }
    });

  it("name what they stand on: nothing, or what was read", async () => {
    answer = "written";
    for (const what of ["what is watched", "networks in use"]) {
      await writes[what]?.(false);
      expect([asked["if-none-match"], asked["if-match"]], what).to.deep.equal(["*", undefined]);
      await writes[what]?.(true);
      expect([asked["if-none-match"], asked["if-match"]], what).to.deep.equal([undefined, '"a"']);
    }
  });

  it("tell that somebody else wrote meanwhile", async () => {
    answer = "changed";
    expect(await writes["what is watched"]?.(true)).to.equal(false);
    const outdated = await failure(writes["networks in use"]?.(true) as Promise<unknown>);
    expect(outdated).to.be.instanceOf(Outdated);
    expect(outdated.message).to.equal('Another deployment of "phases" came first.');
  });
});
