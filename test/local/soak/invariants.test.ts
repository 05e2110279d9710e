import { mkdirSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { expect } from "chai";
import { type Accepted, brokenPromises } from "../../../local/soak/invariants.ts";

const [one, two, other] = ["11111111-1111-4111-8111-111111111111", "22222222-2222-4222-8222-222222222222", "33333333-3333-4333-8333-333333333333"] as const;
const complete = (caseId: string, changes: Partial<Accepted> = {}): Accepted => ({
  ...{ caseId, runId: `run-${caseId[0]}`, status: "COMPLETE", contentSha256: "a" },
  corrected: { acknowledged: ["x"], kept: ["x"] },
  ...changes,
});

describe("the promises of a soak", () => {
  let dataDir: string;
  const sql = (service: string, text: string): void => {
    mkdirSync(join(dataDir, service), { recursive: true });
    const database = new DatabaseSync(join(dataDir, service, "state.sqlite"));
    database.exec(text);
    database.close();
  };
  beforeEach(() => {
    dataDir = mkdtempSync(join(tmpdir(), "svp-promises-"));
    sql("states", "CREATE TABLE executions (name TEXT, machine_name TEXT, status TEXT, input TEXT)");
    for (const id of [one, two]) sql("states", `INSERT INTO executions VALUES ('run-${id[0]}', 'svp-local-case-analysis', 'SUCCEEDED', '{"caseId":"${id}"}')`);
    sql(
      "s3",
      "CREATE TABLE versions (bucket TEXT, key TEXT, latest INTEGER, blob TEXT); CREATE TABLE uploads (key TEXT, completed TEXT); CREATE TABLE outbox (id INTEGER)",
    );
    sql(
      "s3",
      `INSERT INTO versions VALUES ('raw', 'raw-videos/${one}/u/source', 1, 'b'); INSERT INTO versions VALUES ('models', 'models/x/model.json', 1, 'b')`,
    );
    sql("sqs", "CREATE TABLE messages (queue TEXT)");
    sql("sagemaker/processing", "CREATE TABLE jobs (id TEXT, token TEXT, result TEXT, failure TEXT)");
    sql(
      "sagemaker/processing",
      "INSERT INTO jobs VALUES ('svp-run-1-screen-0-0', NULL, NULL, 'failed'); INSERT INTO jobs VALUES ('svp-run-1-screen-1-0', NULL, '{}', NULL)",
    );
  });
  afterEach(() => rmSync(dataDir, { recursive: true }));
  const broken = (...accepted: Accepted[]) => brokenPromises(dataDir, accepted);

  it("are kept where each case has one end, the same findings, its corrections, one execution, and nothing is left", () => {
    expect(broken(complete(one), complete(two))).to.deep.equal([]);
  });

  it("are broken by a case without an end, two executions of one, or one that still runs", () => {
    sql("states", `INSERT INTO executions VALUES ('again', 'svp-local-case-analysis', 'RUNNING', '{"caseId":"${one}"}')`);
    expect(broken(complete(one), complete(two, { status: "RUNNING" }))).to.deep.equal([
      `Case ${two} has not ended: it is RUNNING.`,
      "Execution again of svp-local-case-analysis still runs.",
      `Case ${one} has 2 executions of the analysis.`,
    ]);
    expect(broken(complete(one), complete(one), complete(two)).slice(0, 1)).to.deep.equal([`Case ${one} was accepted twice.`]);
  });

  it("are broken by other findings of the same video, and by corrections that are lost or doubled", () => {
    expect(broken(complete(one, { contentSha256: "b", corrected: { acknowledged: ["x", "y"], kept: ["x", "x"] } }), complete(two))).to.deep.equal([
      "The same video was found to show 2 different things: b, a.",
      `Case ${one} lost the correction y.`,
      `Case ${one} keeps the correction x twice.`,
    ]);
  });

  it("are broken by work that was paid for twice", () => {
    sql("sagemaker/processing", "INSERT INTO jobs VALUES ('svp-run-1-screen-2-0', NULL, '{}', NULL)");
    sql("mediaconvert", "CREATE TABLE jobs (id TEXT, token TEXT, result TEXT, failure TEXT)");
    sql("mediaconvert", "INSERT INTO jobs VALUES ('1', 'run-1-review-0-0', '{}', NULL); INSERT INTO jobs VALUES ('2', 'run-1-review-1-0', '{}', NULL)");
    expect(broken(complete(one), complete(two)).sort()).to.deep.equal([
      "mediaconvert/state.sqlite run-1-review was done 2 times.",
      "sagemaker/processing/state.sqlite svp-run-1-screen was done 2 times.",
    ]);
  });

  it("are broken by what belongs to no case, uploads left open, messages and events left over", () => {
    sql("s3", `INSERT INTO versions VALUES ('processed', 'exports/${other}/x', 1, 'b'); INSERT INTO uploads VALUES ('k', NULL); INSERT INTO outbox VALUES (1)`);
    sql("sqs", "INSERT INTO messages VALUES ('arn:aws:sqs:us-east-1:000000000000:dead-letters')");
    expect(broken(complete(one), complete(two))).to.deep.equal([
      `processed/exports/${other}/x belongs to no case.`,
      "An upload of k was left open.",
      "1 messages are left in dead-letters.",
      "1 events of S3 were not delivered.",
    ]);
  });
});
