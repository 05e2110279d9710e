import { createHash, randomUUID } from "node:crypto";
import { mkdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { CloudWatchClient, SetAlarmStateCommand } from "@aws-sdk/client-cloudwatch";
import { PutObjectCommand, S3Client } from "@aws-sdk/client-s3";
import { DescribeEndpointCommand, DescribeModelPackageCommand, SageMakerClient, UpdateModelPackageCommand } from "@aws-sdk/client-sagemaker";
import { DescribeExecutionCommand, ListExecutionsCommand, SFNClient, StartExecutionCommand } from "@aws-sdk/client-sfn";
import { AssumeRoleCommand, STSClient } from "@aws-sdk/client-sts";
import { expect } from "chai";
import sharp from "sharp";
import { analysis as analysisContract } from "../../contracts/analysis.ts";
import { imagePrediction } from "../../contracts/api.ts";
import { analysisKey, deployedVersionPrefix, modelDescriptionKey } from "../../contracts/keys.ts";
import { model as modelSchema } from "../../contracts/model.ts";
import { modelList, registeredVersion } from "../../contracts/model-registry.ts";
import { type PromotionOutcome, promotionOutcome } from "../../contracts/promotion.ts";
import { callApi } from "../../local/cli/call-api.ts";
import { PlatformClient } from "../../local/cli/client.ts";
import { createOrganization } from "../../local/organization.ts";
import { localAccount, openPlatform, type Platform } from "../../local/platform.ts";
import { root } from "../../local/root.ts";
import { imageModel } from "../../models/catalogue.ts";
import { failure } from "../support/failure.ts";
import { Clips } from "./support/clips.ts";
import { temporaryFolder } from "./support/platform.ts";
import { registeredModel, registerVersion, shippedWeights } from "./support/register-version.ts";

/** The account that networks are promoted to. */
const next = "111111111111";
const digestOf = (weights: Buffer): string => createHash("sha256").update(weights).digest("hex");
const json = (value: object): string => JSON.stringify(value);

/** One account, and what a test asks of it. */
class Account {
  readonly platform: Platform;
  readonly client: PlatformClient;
  readonly registry: SageMakerClient;
  readonly states: SFNClient;

  constructor(platform: Platform) {
    this.platform = platform;
    this.client = new PlatformClient(platform.session);
    this.registry = new SageMakerClient(platform.session);
    this.states = new SFNClient(platform.session);
  }

  output(name: string): string {
    return this.platform.session.outputs[name] as string;
  }

  /** What somebody decides through the API about a version, which `from` tells what it was. */
  decide(model: string, version: number, approval: "Approved" | "Rejected", from: string) {
    const url = `${this.platform.session.api}/models/${model}/versions/${version}/decision`;
    return callApi(url, registeredVersion, "POST", { approval, from, reason: "A test." });
  }

  approve(model: string, version: number) {
    return this.decide(model, version, "Approved", "PendingManualApproval");
  }

  async listed(model: string) {
    const { models } = await callApi(`${this.platform.session.api}/models`, modelList, "GET");
    return models.find((one) => one.model === model)!;
  }

  /** Digest of the weights that the next job reads. */
  async inUse(model: string): Promise<string> {
    const found = await this.client.object({ bucket: this.output("modelsBucket"), key: modelDescriptionKey(model) });
    return modelSchema.parse(JSON.parse(found.toString())).sha256;
  }

  statusOf(arn: string) {
    return this.registry.send(new DescribeModelPackageCommand({ ModelPackageName: arn }));
  }

  /** What the endpoint for single images answers with. */
  async answering() {
    const image = await sharp({ create: { width: 64, height: 48, channels: 3, background: "#803020" } })
      .png()
      .toBuffer();
    const response = await fetch(`${this.platform.session.api}/infer`, {
      method: "POST",
      body: new Uint8Array(image),
      headers: { "content-type": "image/png" },
    });
    const { model, version, digest } = imagePrediction.parse(await response.json());
    return { model, version, digest };
  }

  endpoint() {
    return this.registry.send(new DescribeEndpointCommand({ EndpointName: this.output("inferenceEndpoint") }));
  }

  /** Runs the machine that looks at the account before, to its end. */
  async promote(): Promise<{ status: string | undefined; cause: string | undefined; of(model: string): PromotionOutcome | undefined }> {
    const stateMachineArn = this.output("deploymentMachineArn").replace(/model-deployment$/, "model-promotion");
    const { executionArn } = await this.states.send(new StartExecutionCommand({ stateMachineArn, name: randomUUID(), input: "{}" }));
    for (;;) {
      const { status, cause, output } = await this.states.send(new DescribeExecutionCommand({ executionArn }));
      const outcomes = promotionOutcome.array().parse(JSON.parse(output ?? "{}").outcomes ?? []);
      if (status !== "RUNNING") return { status, cause, of: (model) => outcomes.find((one) => one.model === model) };
      await new Promise((wake) => setTimeout(wake, 50));
    }
  }
}

async function until(what: string, isSo: () => Promise<boolean>): Promise<void> {
  for (let waited = 0; !(await isSo()); waited += 50) {
    if (waited > 60_000) throw new Error(`It did not come to that within a minute: ${what}`);
    await new Promise((wake) => setTimeout(wake, 50));
  }
}

describe("networks on their way into use", function () {
  this.timeout(180_000);
  const organization = createOrganization();
  const [first, second] = ["a", "b"].map((text) => shippedWeights(text, imageModel)) as [Buffer, Buffer];
  const phases = shippedWeights("a");
  const shipped = modelSchema.parse(JSON.parse(readFileSync(join(root, "models", imageModel, "model.json"), "utf8")));
  let folder: Awaited<ReturnType<typeof temporaryFolder>>;
  let dev: Account;
  let staging: Account;
  let isDevClosed = false;
  type Config = Readonly<Record<string, string>>;
  const open = async (id: string, change: (own: Config) => Config): Promise<Account> => {
    const dataDir = join(folder.path, id);
    mkdirSync(dataDir);
    // Fleets are watched for five minutes, trials are tried again after one: here that is a second and a half, and less.
    const timing = { waitScale: 0.005 };
    const configure = (own: Config): Config => ({ ...own, ...change(own) });
    return new Account(await openPlatform({ root, dataDir, ...timing, account: { id, organization }, configure }));
  };

  before(async () => {
    folder = await temporaryFolder();
    dev = await open(localAccount, () => ({ "svp:modelReaders": json([next]) }));
  });
  after(async () => {
    await staging?.platform.close();
    if (!isDevClosed) await dev?.platform.close();
    await folder?.remove();
  });

  it("are tried once somebody approved them, answer images from a fleet of their own, and make the next analysis", async () => {
    const arn = await registerVersion(dev.platform, "2.1.0", first, {}, imageModel);
    await registerVersion(dev.platform, "2.1.0", phases);
    expect(await dev.answering()).to.deep.equal({ model: imageModel, version: shipped.version, digest: shipped.sha256 });
    const before = (await dev.endpoint()).EndpointConfigName;
    await dev.approve(imageModel, 1);
    await dev.approve(registeredModel, 1);
    await until("both are in use", async () => (await dev.inUse(imageModel)) === digestOf(first) && (await dev.inUse(registeredModel)) === digestOf(phases));
    const endpoint = await dev.endpoint();
    expect(endpoint.EndpointStatus).to.equal("InService");
    expect(endpoint.EndpointConfigName)
      .to.match(/^svp-local-inference-/)
      .and.not.to.equal(before);
    expect(await dev.answering()).to.deep.equal({ model: imageModel, version: "2.1.0", digest: digestOf(first) });
    expect((await dev.statusOf(arn)).CustomerMetadataProperties).to.include.keys("decidedBy", "decidedAt");

    const video = new Clips(folder.path, join(root, "samples/laparoscopy.mp4")).plain();
    const { caseId, runId, status, reasons } = await dev.client.settled(await dev.client.upload(video, () => undefined), () => undefined);
    expect(["COMPLETE", "PARTIAL"], reasons.join(" ")).to.include(status);
    const found = await dev.client.object({ bucket: dev.client.processedBucket, key: analysisKey(caseId, runId as string) });
    const { producers } = analysisContract.parse(JSON.parse(found.toString()));
    const used = Object.fromEntries(producers.map(({ id, version, digest }) => [id, [version, digest]]));
    expect(used[imageModel]).to.deep.equal(["2.1.0", digestOf(first)]);
    expect(used[registeredModel]).to.deep.equal(["2.1.0", digestOf(phases)]);
  });

  it("are rolled back and rejected if an alarm is raised while they are watched, and the one before serves on", async () => {
    const alarms = new CloudWatchClient(dev.platform.session);
    const set = (StateValue: "ALARM" | "OK") =>
      alarms.send(new SetAlarmStateCommand({ AlarmName: `${dev.output("inferenceEndpoint")}-errors`, StateValue, StateReason: "A test." }));
    const before = (await dev.endpoint()).EndpointConfigName;
    const arn = await registerVersion(dev.platform, "2.2.0", second, {}, imageModel);
    await dev.approve(imageModel, 2);
    await until("the new fleet is watched", async () => (await dev.endpoint()).EndpointStatus === "Updating");
    await set("ALARM");
    await until("the version is rejected", async () => (await dev.statusOf(arn)).ModelApprovalStatus === "Rejected");
    const { ApprovalDescription } = await dev.statusOf(arn);
    expect(ApprovalDescription).to.equal(
      `Not deployed: The endpoint ${dev.output("inferenceEndpoint")} was rolled back: Rolled back, because these alarms are in ALARM: ${dev.output("inferenceEndpoint")}-errors.`,
    );
    expect((await dev.endpoint()).EndpointConfigName).to.equal(before);
    expect(await dev.answering()).to.deep.include({ version: "2.1.0", digest: digestOf(first) });
    const { inUse, versions } = await dev.listed(imageModel);
    expect(inUse).to.deep.equal({ version: "2.1.0", sha256: digestOf(first) });
    expect(versions.map(({ version, approval, isInUse }) => [version, approval, isInUse])).to.deep.equal([
      [2, "Rejected", false],
      [1, "Approved", true],
    ]);
    const failed = await dev.states.send(new ListExecutionsCommand({ stateMachineArn: dev.output("deploymentMachineArn"), statusFilter: "FAILED" }));
    const { error } = await dev.states.send(new DescribeExecutionCommand({ executionArn: failed.executions?.[0]?.executionArn }));
    expect([failed.executions?.length, error]).to.deep.equal([1, "ModelRefused"]);
    await set("OK");
  });

  it("are rejected if the container can't run them", async () => {
    const broken = await registerVersion(dev.platform, "2.2.0", Buffer.from("no graph"));
    await dev.approve(registeredModel, 2);
    await until("it is rejected", async () => (await dev.statusOf(broken)).ModelApprovalStatus === "Rejected");
    expect((await dev.statusOf(broken)).ApprovalDescription).to.match(/^Not deployed: It failed its trial: AlgorithmError/);
    expect(await dev.inUse(registeredModel)).to.equal(digestOf(phases));
  });

  it("are offered to the next account with the digest that was approved, wait there, and are in use once somebody approves them there", async () => {
    staging = await open(next, (own) => {
      const network = JSON.parse(own["svp:network"] as string) as { endpoints: string[] };
      return {
        "svp:account": json({ id: next }),
        "svp:network": json({ ...network, endpoints: [...network.endpoints, "sts"] }),
        "svp:promotion": json({ from: { accountId: localAccount, stack: "local" }, provenDays: 0, everyHours: 24 }),
      };
    });
    const looked = await staging.promote();
    expect([looked.status, looked.cause]).to.deep.equal(["SUCCEEDED", undefined]);
    const offered = looked.of(imageModel);
    if (offered?.status !== "OFFERED") expect.fail(json(offered ?? {}));
    expect([looked.of(registeredModel)?.status, looked.of("view-quality")?.status]).to.deep.equal(["OFFERED", "NOTHING"]);
    const { ModelApprovalStatus, CustomerMetadataProperties: facts } = await staging.statusOf(offered.package);
    expect(ModelApprovalStatus).to.equal("PendingManualApproval");
    expect(facts).to.include({ version: "2.1.0", sha256: digestOf(first) });
    expect(facts?.["promotedFrom"]).to.equal(`arn:aws:sagemaker:us-east-1:${localAccount}:model-package/svp-local-${imageModel}/1`);
    expect(facts).to.include.keys("approvedThereBy", "approvedThereAt");
    expect(await staging.inUse(imageModel)).to.equal(shipped.sha256);

    await staging.approve(imageModel, 1);
    await until("it is in use in the next account", async () => (await staging.inUse(imageModel)) === digestOf(first));
    expect(await staging.answering()).to.deep.equal({ model: imageModel, version: "2.1.0", digest: digestOf(first) });
    expect((await staging.promote()).of(imageModel)).to.deep.equal({
      ...{ status: "NOTHING", model: imageModel },
      reason: "Version 2.1.0 was offered here already.",
    });
  });

  it("are not offered to the next account where their approval is gone, or the files in use are not those that were approved", async () => {
    const weights = shippedWeights("c");
    const arn = await registerVersion(dev.platform, "2.3.0", weights);
    await dev.approve(registeredModel, 3);
    await until("it is in use", async () => (await dev.inUse(registeredModel)) === digestOf(weights));
    const revoke = { ModelPackageArn: arn, ModelApprovalStatus: "PendingManualApproval" as const };
    await dev.registry.send(new UpdateModelPackageCommand(revoke));
    const unapproved = await staging.promote();
    expect([unapproved.status, unapproved.of(registeredModel)]).to.deep.equal([
      "SUCCEEDED",
      { status: "NOTHING", model: registeredModel, reason: "The version in use there is PendingManualApproval." },
    ]);

    await dev.registry.send(new UpdateModelPackageCommand({ ...revoke, ModelApprovalStatus: "Approved" }));
    const place = { Bucket: dev.output("modelsBucket"), Key: `${deployedVersionPrefix(registeredModel, digestOf(weights))}model.onnx` };
    await new S3Client(dev.platform.session).send(new PutObjectCommand({ ...place, Body: shippedWeights("d") }));
    const { status, cause } = await staging.promote();
    expect(status).to.equal("FAILED");
    expect(cause).to.contain(`${registeredModel}: `).and.to.contain(digestOf(weights));
    expect((await staging.listed(registeredModel)).versions.map(({ facts }) => facts["version"])).to.deep.equal(["2.1.0"]);
  });

  it("reach the next account by the one role of the one function, which can write nothing there, and from no account that is not there", async () => {
    const role = `arn:aws:iam::${localAccount}:role/svp-local-model-promotion-source`;
    const { endpoint, region } = staging.platform.session;
    const { iam } = staging.platform.cloud;
    const ask = (credentials: typeof iam.administrator.credentials) =>
      new STSClient({ endpoint, region, credentials, maxAttempts: 1 }).send(new AssumeRoleCommand({ RoleArn: role, RoleSessionName: "a-test" }));
    const asked = (name: string) => ask(iam.credentialsOf(`arn:aws:iam::${next}:role/svp-local-learn-${name}-role`));
    const other = await failure(asked("switch-model"));
    expect([other.name, other.message]).to.deep.equal([
      "AccessDenied",
      `arn:aws:iam::${next}:role/svp-local-learn-switch-model-role is not authorized to perform sts:AssumeRole on ${role}: no policy of the role or of the resource allows it.`,
    ]);
    const untrusted = await failure(ask(iam.administrator.credentials));
    expect(untrusted.message).to.match(/: its trust policy does not allow it\.$/);
    const { Credentials: given } = await asked("promote-model");
    const credentials = {
      ...{ accessKeyId: given?.AccessKeyId as string, secretAccessKey: given?.SecretAccessKey as string, sessionToken: given?.SessionToken as string },
    };
    const there = new S3Client({ endpoint, region, credentials, maxAttempts: 1 });
    const Key = modelDescriptionKey(imageModel);
    expect((await failure(there.send(new PutObjectCommand({ Bucket: dev.output("modelsBucket"), Key, Body: "{}" })))).name).to.equal("AccessDenied");

    await dev.platform.close();
    isDevClosed = true;
    const unknown = await failure(ask(iam.administrator.credentials));
    expect(unknown.message).to.match(/: the account is not reached\.$/);
    const { status, cause } = await staging.promote();
    expect(status).to.equal("FAILED");
    for (const model of [imageModel, registeredModel]) expect(cause).to.contain(`${model}: `);
  });

  it("make way for the one before if they are rejected, whatever alarms say", async () => {
    await staging.decide(imageModel, 1, "Rejected", "Approved");
    await until("the one before is in use", async () => (await staging.inUse(imageModel)) === shipped.sha256);
    await until("the endpoint answers with it", async () => (await staging.answering()).digest === shipped.sha256);
  });
});
