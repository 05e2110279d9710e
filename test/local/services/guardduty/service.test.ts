import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect } from "chai";
import { eicar } from "../../../../local/services/guardduty/eicar.ts";
import { createGuardDuty, type GuardDuty, type PlanSettings } from "../../../../local/services/guardduty/service.ts";
import { createIam, type Iam } from "../../../../local/services/iam/iam.ts";
import { createS3, type S3 } from "../../../../local/services/s3/s3.ts";
import { type BusEvent, Faults } from "../../../../local/services/seams.ts";
import { accountId, keyArn, until } from "../s3/fixture.ts";

const region = "us-east-1";
const role = `arn:aws:iam::${accountId}:role/scanner`;
const plan: PlanSettings = {
  arn: `arn:aws:guardduty:${region}:${accountId}:malware-protection-plan/0123456789abcdef0123`,
  role,
  protectedResource: { s3Bucket: { bucketName: "lake", objectPrefixes: ["raw/"] } },
  actions: [{ taggings: [{ status: "ENABLED" }] }],
};
const statement = (actions: readonly string[], resource: string) => ({ Effect: "Allow", Action: actions, Resource: [resource] });
const reads = statement(["s3:GetObject", "s3:GetObjectVersion"], "arn:aws:s3:::lake/raw/*");
const tags = statement(["s3:GetObjectVersionTagging", "s3:PutObjectVersionTagging"], "arn:aws:s3:::lake/raw/*");
const decrypts = statement(["kms:Decrypt"], keyArn);

describe("GuardDuty", () => {
  let dir: string;
  let iam: Iam;
  let s3: S3;
  let guardduty: GuardDuty;
  let faults: Faults;
  let told: BusEvent[];
  let open: GuardDuty[];

  const openGuardDuty = (): GuardDuty => {
    const service = createGuardDuty({
      ...{ dir: join(dir, "guardduty"), region, accountId, store: s3, authorizer: iam, faults, log: () => {} },
      publish: async (event) => void told.push(event),
    });
    open.push(service);
    return service;
  };
  const grant = (...statements: object[]) => iam.putRolePolicy(role, "permissions", { Version: "2012-10-17", Statement: statements });
  const trust = (service: string) =>
    iam.putRole({
      arn: role,
      trustPolicy: { Version: "2012-10-17", Statement: [{ Effect: "Allow", Principal: { Service: service }, Action: "sts:AssumeRole" }] },
    });

  beforeEach(() => {
    dir = mkdtempSync(join(tmpdir(), "guardduty-"));
    [told, open, faults] = [[], [], new Faults()];
    iam = createIam({ accountId });
    trust("malware-protection-plan.guardduty.amazonaws.com");
    grant(reads, tags, decrypts);
    s3 = createS3({ dir: join(dir, "s3"), authorizer: iam, region, accountId, publish: (event) => guardduty.take(event), log: () => {} });
    s3.configureBucket("lake", { versioning: true, eventBridge: true, encryptionKeyArn: keyArn });
    s3.start();
    guardduty = openGuardDuty();
    guardduty.putPlan(plan);
    guardduty.start();
  });
  afterEach(async () => {
    for (const service of open) await service.close();
    await s3.close();
    rmSync(dir, { recursive: true });
  });

  const administrator = () => iam.administrator.caller;
  const put = async (key: string, data: string): Promise<string> => (await s3.put(administrator(), "lake", key, { data })).versionId as string;
  const tagsOf = (key: string, versionId: string) => Object.fromEntries(s3.tags(administrator(), "lake", key, versionId).map(({ Key, Value }) => [Key, Value]));
  const results = () => told.filter((event) => event["detail-type"] === "GuardDuty Malware Protection Object Scan Result");
  const statuses = () => results().map(({ detail }) => (detail["scanResultDetails"] as { scanResultStatus: string }).scanResultStatus);
  const failures = () =>
    told
      .filter((event) => event["detail-type"] === "GuardDuty Malware Protection Post Scan Action Failed")
      .map(({ detail }) => (detail["postScanActions"] as { failureReason: string }[]).map(({ failureReason }) => failureReason).join());
  const scanned = async (key: string, data: string) => {
    const before = results().length;
    const versionId = await put(key, data);
    await until(() => results().length > before);
    return { status: statuses().at(-1), tags: tagsOf(key, versionId) };
  };

  it("scans what arrives, tags the version and tells of it as EventBridge has it", async () => {
    const versionId = await put("raw/a", "123456789");
    await until(() => results().length === 1);
    const [event] = told as [BusEvent];
    expect(event.id).to.match(/^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/);
    expect(event.time).to.match(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/);
    expect({ ...event, id: "", time: "" }).to.deep.equal({
      id: "",
      source: "aws.guardduty",
      "detail-type": "GuardDuty Malware Protection Object Scan Result",
      account: accountId,
      region,
      time: "",
      resources: [plan.arn],
      detail: {
        schemaVersion: "1.0",
        scanStatus: "COMPLETED",
        resourceType: "S3_OBJECT",
        s3ObjectDetails: { bucketName: "lake", objectKey: "raw/a", eTag: "25f9e794323b453885f5181f1b624d0b", versionId, s3Throttled: false },
        scanResultDetails: { scanResultStatus: "NO_THREATS_FOUND", threats: null },
      },
    });
    expect(tagsOf("raw/a", versionId)).to.deep.equal({ GuardDutyMalwareScanStatus: "NO_THREATS_FOUND" });
  });

  it("finds the test string wherever it lies, and names it", async () => {
    const chunk = 2 ** 20;
    for (const before of [0, 100, chunk - 10, chunk, 2 * chunk - eicar.length + 1]) {
      const { status, tags: found } = await scanned("raw/a", `${"x".repeat(before)}${eicar}y`);
      expect([before, status, found]).to.deep.equal([before, "THREATS_FOUND", { GuardDutyMalwareScanStatus: "THREATS_FOUND" }]);
    }
    expect(results()[0]?.detail["scanResultDetails"]).to.deep.equal({
      scanResultStatus: "THREATS_FOUND",
      threats: [{ name: "EICAR-Test-File (not a virus)" }],
    });
    expect((await scanned("raw/a", eicar.slice(1))).status).to.equal("NO_THREATS_FOUND");
    expect((await scanned("raw/empty", "")).status).to.equal("NO_THREATS_FOUND");
  });

  it("looks at each version by itself, at copies too, and at nothing outside the plan", async () => {
    const first = await put("raw/a", eicar);
    const second = await put("raw/a", "clean");
    await put("other/a", eicar);
    s3.configureBucket("else", { eventBridge: true });
    await s3.put(administrator(), "else", "raw/a", { data: eicar });
    await scanned("raw/last", "clean");
    // Scans run side by side: the last may end before another.
    await until(() => results().length === 3);
    expect(statuses()).to.have.members(["THREATS_FOUND", "NO_THREATS_FOUND", "NO_THREATS_FOUND"]);
    expect([first, second].map((version) => tagsOf("raw/a", version)["GuardDutyMalwareScanStatus"])).to.deep.equal(["THREATS_FOUND", "NO_THREATS_FOUND"]);
  });

  it("scans once what it is told of twice, and never what is told of tags", async () => {
    const event = (id: string, type: string): BusEvent => ({
      ...{ id, source: "aws.s3", "detail-type": type, account: accountId, region, time: "2026-11-28T00:00:00Z", resources: [] },
      detail: { bucket: { name: "lake" }, object: { key: "raw/none", size: 1, etag: "e", "version-id": "v" } },
    });
    for (const [id, type] of [
      ["1", "Object Created"],
      ["1", "Object Created"],
      ["2", "Object Tags Added"],
      ["3", "Object Created"],
    ] as const)
      await guardduty.take(event(id, type));
    await until(() => results().length === 2);
    // It is not there; S3 tells so only those who may list.
    expect(statuses()).to.deep.equal(["ACCESS_DENIED", "ACCESS_DENIED"]);
  });

  it("leaves the tags of others, and says so where there is no room for its own", async () => {
    const others = (count: number) => Array.from({ length: count }, (_, i) => ({ Key: `k${i}`, Value: "v" }));
    await guardduty.close();
    open.pop();
    guardduty = openGuardDuty();
    guardduty.putPlan(plan);
    // The scan begins once they are there.
    const nine = await put("raw/nine", "clean");
    const ten = await put("raw/ten", "clean");
    s3.putTags(administrator(), "lake", "raw/nine", nine, others(9));
    s3.putTags(administrator(), "lake", "raw/ten", ten, others(10));
    guardduty.start();
    await until(() => results().length === 2);
    expect(Object.keys(tagsOf("raw/nine", nine))).to.have.length(10);
    expect(tagsOf("raw/nine", nine)).to.include({ GuardDutyMalwareScanStatus: "NO_THREATS_FOUND" });
    expect(tagsOf("raw/ten", ten)).not.to.have.property("GuardDutyMalwareScanStatus");
    expect(failures()).to.deep.equal(["MAX_TAG_LIMIT_EXCEEDED"]);
  });

  it("ends as a fault says, skipped or failed, and skips what is larger than 100 GB", async () => {
    for (const [result, scanStatus] of [
      ["UNSUPPORTED", "SKIPPED"],
      ["ACCESS_DENIED", "SKIPPED"],
      ["FAILED", "FAILED"],
    ] as const) {
      faults.add((service, key) => service === "guardduty" && key === "raw/a", result);
      expect(await scanned("raw/a", "clean")).to.deep.equal({ status: result, tags: { GuardDutyMalwareScanStatus: result } });
      expect(results().at(-1)?.detail).to.deep.include({ scanStatus, scanResultDetails: { scanResultStatus: result, threats: null } });
    }
    const detail = { bucket: { name: "lake" }, object: { key: "raw/a", size: 100e9 + 1, etag: "e" } };
    await guardduty.take({ id: "1", source: "aws.s3", "detail-type": "Object Created", account: accountId, region, time: "", resources: [], detail });
    await until(() => results().length === 4);
    expect(statuses().at(-1)).to.equal("UNSUPPORTED");
  });

  it("reads and tags as its role may", async () => {
    for (const [statements, status, tag, failed] of [
      [[tags, decrypts], "ACCESS_DENIED", "ACCESS_DENIED", []],
      [[reads, tags], "ACCESS_DENIED", "ACCESS_DENIED", []],
      [[reads, decrypts], "NO_THREATS_FOUND", undefined, ["ACCESS_DENIED"]],
    ] as const) {
      told.length = 0;
      grant(...statements);
      const { status: found, tags: given } = await scanned("raw/a", "clean");
      expect([found, given["GuardDutyMalwareScanStatus"], failures()]).to.deep.equal([status, tag, failed]);
    }
    told.length = 0;
    grant(reads, tags, decrypts);
    trust("guardduty.amazonaws.com");
    expect(await scanned("raw/a", "clean")).to.deep.equal({ status: "ACCESS_DENIED", tags: {} });
    expect(failures()).to.deep.equal(["ACCESS_DENIED"]);
  });

  it("tags nothing where the plan does not want it", async () => {
    guardduty.putPlan({ ...plan, actions: [] });
    expect(await scanned("raw/a", "clean")).to.deep.equal({ status: "NO_THREATS_FOUND", tags: {} });
    expect(failures()).to.deep.equal([]);
  });

  it("scans after a restart what was accepted before the end of the process", async () => {
    // The first process takes the object and comes to nothing else.
    const killed = openGuardDuty();
    killed.putPlan(plan);
    guardduty = killed;
    const versionId = await put("raw/a", eicar);
    await until(() => killed.jobs.list().length === 1);
    await open[0]?.close();
    open.shift();
    const next = openGuardDuty();
    next.putPlan(plan);
    next.start();
    await until(() => results().length === 1);
    expect([statuses(), tagsOf("raw/a", versionId)]).to.deep.equal([["THREATS_FOUND"], { GuardDutyMalwareScanStatus: "THREATS_FOUND" }]);
  });

  it("refuses a second plan for a bucket, and more prefixes than five", () => {
    expect(() => guardduty.putPlan({ ...plan, arn: `${plan.arn}1` })).to.throw("The bucket lake has a plan already; a bucket has one.");
    const objectPrefixes = ["a", "b", "c", "d", "e", "f"];
    expect(() => guardduty.putPlan({ ...plan, protectedResource: { s3Bucket: { bucketName: "lake", objectPrefixes } } })).to.throw(
      "The plan for lake has 6 prefixes; at most 5 are taken.",
    );
    guardduty.putPlan(plan);
  });
});
