import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { DynamoDBClient } from "@aws-sdk/client-dynamodb";
import { DynamoDBDocumentClient } from "@aws-sdk/lib-dynamodb";
import { expect } from "chai";
import { type Leases, leaseSeconds, tableLeases } from "../../../functions/ingest/leases.ts";
import { createHandler } from "../../../functions/ingest/release-lease/handler.ts";
import { createDynamoDb } from "../../../local/services/dynamodb/index.ts";
import { createIam } from "../../../local/services/iam/iam.ts";
import { startWire, type Wire } from "../../../local/wire/server.ts";
import { failure } from "../../support/failure.ts";

const run = (digit: string) => digit.repeat(40);

describe("leases", () => {
  let dir: string;
  let wire: Wire;
  let dynamodb: Awaited<ReturnType<typeof createDynamoDb>>;
  let client: DynamoDBDocumentClient;
  let clock = 0;
  let leases: Leases;
  let tables = 0;
  before(async () => {
    dir = mkdtempSync(join(tmpdir(), "leases-"));
    const iam = createIam();
    dynamodb = await createDynamoDb({ dir, region: "us-east-1", accountId: "000000000000" });
    wire = await startWire({ iam, services: [dynamodb.service], log: () => undefined });
    client = DynamoDBDocumentClient.from(new DynamoDBClient({ endpoint: wire.endpoint, region: "us-east-1", credentials: iam.administrator.credentials }));
  });
  after(async () => {
    client.destroy();
    await wire.close();
    await dynamodb.close();
    rmSync(dir, { recursive: true });
  });
  beforeEach(async () => {
    const name = `leases-${tables++}`;
    await dynamodb.putTable({ name, hashKey: "class", attributes: [{ name: "class", type: "S" }] });
    clock = Date.parse("2026-11-26T12:00:00Z");
    leases = tableLeases(client, { tableName: name, caps: { interactive: 2, backfill: 1 }, now: () => clock });
  });
  const taken = (...runs: string[]) => Promise.all(runs.map((runId) => leases.take("interactive", runId)));

  it("are as many as a class has, for each class apart", async () => {
    expect(await leases.take("interactive", run("a"))).to.equal("new");
    expect(await leases.take("interactive", run("b"))).to.equal("new");
    expect(await leases.take("interactive", run("c"))).to.equal(false);
    expect(await leases.take("backfill", run("c"))).to.equal("new");
    expect(await leases.take("backfill", run("d"))).to.equal(false);
  });

  it("are never more, whoever asks at the same time", async () => {
    const answers = await taken(...["a", "b", "c", "d", "e", "f"].map(run));
    expect(answers.filter(Boolean)).to.have.length(2);
  });

  it("are taken once for a run, however often it is asked", async () => {
    expect((await taken(run("a"), run("a"), run("a"))).sort()).to.deep.equal(["held", "held", "new"]);
    expect(await leases.take("interactive", run("b"))).to.equal("new");
    expect(await leases.take("interactive", run("c"))).to.equal(false);
    expect(await leases.take("interactive", run("a"))).to.equal("held");
  });

  it("come back when the run ends, told once or twice, and run out when nobody tells", async () => {
    await taken(run("a"), run("b"));
    await leases.release(run("a"));
    await leases.release(run("a"));
    await leases.release(run("e"));
    expect(await leases.take("interactive", run("c"))).to.equal("new");
    expect(await leases.take("interactive", run("d"))).to.equal(false);
    clock += leaseSeconds * 1000;
    expect(await leases.take("interactive", run("d"))).to.equal(false);
    clock += 1000;
    expect(await leases.take("interactive", run("d"))).to.equal("new");
  });

  it("have a number for every class that is asked for", async () => {
    const none = tableLeases(client, { tableName: "leases-0", caps: {} });
    expect((await failure(none.take("backfill", run("a")))).message).to.equal("There is no number of leases for the class backfill.");
  });
});

describe("ingest/release-lease", () => {
  const released: string[] = [];
  const handler = createHandler({ leases: { release: async (runId) => void released.push(runId) } });
  const ended = (status: string, name = run("a")) => ({
    source: "aws.states",
    "detail-type": "Step Functions Execution Status Change",
    detail: { name, status, executionArn: "arn:x", stateMachineArn: "arn:y", inputDetails: { included: false } },
  });

  it("gives the lease of an ended execution back, however it ended", async () => {
    for (const status of ["SUCCEEDED", "FAILED", "TIMED_OUT", "ABORTED"]) await handler(ended(status));
    expect(released).to.deep.equal([run("a"), run("a"), run("a"), run("a")]);
  });

  it("refuses what tells of no end of a run", async () => {
    released.length = 0;
    for (const event of [ended("RUNNING"), ended("FAILED", "by-hand"), { ...ended("FAILED"), source: "aws.s3" }, {}]) {
      expect((await failure(handler(event))).name).to.equal("InvalidInput");
    }
    expect(released).to.deep.equal([]);
  });
});
