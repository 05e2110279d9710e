import * as aws from "@pulumi/aws";
import { expect } from "chai";
import { datasetBuilderDefinition } from "../../../components/learning/dataset-builder.asl.ts";
import { DatasetBuilder } from "../../../components/learning/dataset-builder.ts";
import type { ComputeNetwork } from "../../../components/network/compute-network.ts";
import { StatesError } from "../../../local/services/states/error.ts";
import { definitionFaults } from "../../../local/services/states/lint.ts";
import { type Answer, type Arguments, caseId, runId } from "../analysis/execution.ts";
import { runDefinition } from "../machine-run.ts";
import { image, jobNetwork, parts } from "../parts.ts";
import { inAccount, statements } from "../place.ts";

const buildId = "5d9b1f0e-3c0f-4a57-8d4c-0a4de3c1b2a3";
const request = { name: "instruments", task: "object-detection", classes: ["Hook"], cases: [caseId] };
const [first, second] = ["0123456789abcdef", "fedcba9876543210"];
const planned = { status: "PLANNED", name: "instruments", version: "1.2.0", cases: [{ case: first, caseId, runId }] };
const result = { status: "BUILT", name: "instruments", version: "1.2.0", uri: "s3://datasets/datasets/instruments/v1.2.0/", contentSha256: "a".repeat(64) };

const target = (name: string) => ({ arn: `arn:aws:lambda:us-east-1:111111111111:function:${name}`, timeoutSeconds: 900 });
const definition = datasetBuilderDefinition({
  ...{ planDataset: target("plan"), pickFrames: target("pick"), labelFrames: target("label"), sealDataset: target("seal") },
  extraction: {
    ...{ imageUri: image.uri, roleArn: "arn:aws:iam::111111111111:role/job", processedBucket: "processed", datasetsBucket: "datasets" },
    network: { subnetIds: ["subnet-0a"], securityGroupId: "sg-0c" } as unknown as ComputeNetwork,
    keyArn: "arn:aws:kms:us-east-1:111111111111:key/datasets",
    cluster: { InstanceCount: 1, InstanceType: "ml.c5.xlarge", VolumeSizeInGB: 50 },
  },
});

const execute = (answers: Record<string, Answer>) => runDefinition(definition, { machine: "dataset-build", execution: buildId, input: request }, answers);

const whole: Record<string, Answer> = {
  PlanDataset: () => ({ Payload: planned }),
  PickFrames: () => ({ Payload: { frameCount: 93 } }),
  ExtractFrames: () => ({}),
  LabelFrames: () => ({ Payload: { frameCount: 92 } }),
  SealDataset: () => ({ Payload: result }),
};

describe("dataset-build", () => {
  it("is a definition that Step Functions takes", async () => {
    expect(await definitionFaults(JSON.parse(JSON.stringify(definition)))).to.deep.equal([]);
  });

  it("plans what it was asked for, takes and labels the frames of the one case, and seals it", async () => {
    const { output, asked } = await execute(whole);
    expect(output).to.deep.equal(result);
    expect(asked.map(({ name }) => name)).to.deep.equal(["PlanDataset", "PickFrames", "ExtractFrames", "LabelFrames", "SealDataset"]);
    const payloads = asked.map(({ arguments: { Payload } }) => Payload);
    expect(payloads[0]).to.deep.equal({ buildId, request });
    const one = { name: "instruments", version: "1.2.0", case: first };
    expect([payloads[1], payloads[3]]).to.deep.equal([one, one]);
    expect(payloads[4]).to.deep.equal({ name: "instruments", version: "1.2.0", cases: [{ case: first, frameCount: 92 }] });
  });

  it("takes pictures by an isolated job, out of the covered rendition and of nothing else", async () => {
    const { asked } = await execute(whole);
    const job = asked.find(({ name }) => name === "ExtractFrames")?.arguments as Arguments;
    expect(job.ProcessingJobName).to.equal(`svp-dataset-${buildId}-0-0-0`).and.to.have.length.at.most(63);
    expect(job.AppSpecification.ContainerEntrypoint).to.deep.equal(["node", "models/serving/main.ts", "extract"]);
    expect(job.ProcessingInputs.map(({ S3Input }: Arguments) => S3Input.S3Uri)).to.deep.equal([
      `s3://processed/processed-videos/${caseId}/${runId}/review/`,
      `s3://datasets/dataset-plans/instruments/v1.2.0/picks/${first}/`,
    ]);
    expect(job.ProcessingOutputConfig.Outputs.map(({ S3Output }: Arguments) => S3Output.S3Uri)).to.deep.equal([
      `s3://datasets/datasets/instruments/v1.2.0/frames/${first}/`,
      `s3://datasets/dataset-plans/instruments/v1.2.0/extracted/${first}/`,
    ]);
    expect(job.ProcessingOutputConfig.KmsKeyId).to.equal("arn:aws:kms:us-east-1:111111111111:key/datasets");
    expect(job.NetworkConfig.EnableNetworkIsolation).to.equal(true);
  });

  it("starts no job for a case of which nothing is taken", async () => {
    const cases = [...planned.cases, { case: second, caseId, runId }];
    const { asked } = await execute({
      ...whole,
      PlanDataset: () => ({ Payload: { ...planned, cases } }),
      PickFrames: ({ Payload }) => ({ Payload: { frameCount: Payload.case === first ? 0 : 5 } }),
      LabelFrames: () => ({ Payload: { frameCount: 5 } }),
    });
    expect(asked.filter(({ name }) => name === "ExtractFrames")).to.have.length(1);
    expect(asked.at(-1)?.arguments.Payload.cases).to.deep.equal([
      { case: first, frameCount: 0 },
      { case: second, frameCount: 5 },
    ]);
  });

  it("ends at once where nothing changed", async () => {
    const unchanged = { ...result, status: "UNCHANGED" };
    const { output, asked } = await execute({ ...whole, PlanDataset: () => ({ Payload: unchanged }) });
    expect(output).to.deep.equal(unchanged);
    expect(asked.map(({ name }) => name)).to.deep.equal(["PlanDataset"]);
  });

  it("fails with the reason in words, after one more try of the job", async () => {
    const fail = (error: string, cause: object) => () => {
      throw new StatesError(error, JSON.stringify(cause));
    };
    const refused = await execute({ ...whole, PlanDataset: fail("InvalidInput", { errorType: "InvalidInput", errorMessage: "A case is named twice." }) });
    expect([refused.error?.error, refused.error?.causeText]).to.deep.equal(["InvalidInput", "A case is named twice."]);
    const broken = await execute({ ...whole, ExtractFrames: fail("States.TaskFailed", { FailureReason: "The review rendition ends before frame 50." }) });
    expect([broken.error?.error, broken.error?.causeText]).to.deep.equal(["States.TaskFailed", "The review rendition ends before frame 50."]);
    expect(broken.asked.filter(({ name }) => name === "ExtractFrames").map(({ arguments: { ProcessingJobName } }) => ProcessingJobName)).to.deep.equal([
      `svp-dataset-${buildId}-0-0-0`,
      `svp-dataset-${buildId}-0-1-0`,
    ]);
    expect(broken.asked.some(({ name }) => name === "SealDataset")).to.equal(false);
  });
});

describe("DatasetBuilder", () => {
  let stack: Awaited<ReturnType<typeof inAccount>>;
  before(async () => {
    stack = await inAccount((opts) => {
      const { settings, keys, lake, table } = parts(opts);
      new DatasetBuilder("dataset-build", { settings, keys, lake, table, image, network: jobNetwork, instanceType: "ml.c5.xlarge" }, opts);
    });
  });
  const objects = (name: string) =>
    Object.values(statements(stack.one(aws.iam.RolePolicy, name).inputs["policy"]))
      .flatMap(({ Action, Resource }) => [Action].flat().flatMap((action) => [Resource].flat().map((resource) => `${action} ${resource}`)))
      .filter((grant) => /^s3:(Get|Put)/.test(grant))
      .map((grant) => grant.replace(/arn:aws:s3:::svp-unit-[^/]*?(processed|datasets)[^/]*\//, "$1: "))
      .sort();

  it("lets the job read covered renditions and write pictures, and nothing that says whom they show but the list of them", () => {
    expect(objects("dataset-build-job-role-policy")).to.deep.equal([
      "s3:GetObject datasets: dataset-plans/*/picks/*",
      "s3:GetObject processed: processed-videos/*",
      "s3:PutObject datasets: dataset-plans/*/extracted/*",
      "s3:PutObject datasets: datasets/*/frames/*",
    ]);
  });

  it("lets one function write the manifest, another the annotations, and neither any picture", () => {
    expect(objects("learn-seal-dataset-role-policy")).to.deep.equal([
      "s3:GetObject datasets: dataset-plans/*",
      "s3:GetObject datasets: datasets/*/manifest.json*",
      "s3:PutObject datasets: datasets/*/manifest.json*",
    ]);
    expect(objects("learn-label-frames-role-policy")).to.deep.equal([
      "s3:GetObject datasets: dataset-plans/*",
      "s3:GetObject datasets: datasets/*/annotations/*",
      "s3:GetObject processed: processed-metadata/*",
      "s3:PutObject datasets: dataset-plans/*",
      "s3:PutObject datasets: datasets/*/annotations/*",
    ]);
    expect(objects("learn-plan-dataset-role-policy").filter((grant) => grant.startsWith("s3:Put"))).to.deep.equal([
      "s3:PutObject datasets: dataset-cases/*",
      "s3:PutObject datasets: dataset-plans/*",
    ]);
  });
});
