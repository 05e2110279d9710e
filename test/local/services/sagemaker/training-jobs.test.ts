import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import type { CreateTrainingJobRequest, DescribeTrainingJobResponse, ListTrainingJobsResponse } from "@aws-sdk/client-sagemaker";
import { expect } from "chai";
import { createSageMaker, type SageMaker } from "../../../../local/services/sagemaker/service.ts";
import { failure } from "../../../support/failure.ts";
import { account, createFolderCloud, type FolderCloud, handlerRole, jobRole, jobServiceOptions, kmsKeyArn, noAlarms, region } from "../folder-store.ts";
import { trainingImageUri, trainingRequest } from "./requests.ts";

const context = fileURLToPath(new URL("trainer", import.meta.url));
const arn = (name: string): string => `arn:aws:sagemaker:${region}:${account}:training-job/${name}`;

describe("SageMaker's training jobs", () => {
  let cloud: FolderCloud;
  let open: SageMaker;
  before(async () => {
    cloud = await createFolderCloud();
    open = createSageMaker({ ...(await jobServiceOptions(cloud, join(cloud.folder, "sagemaker"))), publish: async () => {}, alarms: noAlarms, waitScale: 0 });
    open.start();
    open.putImage({ imageUri: trainingImageUri, context, dockerfile: join(context, "Dockerfile") });
    await cloud.write("lake", "datasets/phases/v1.0.0/manifest.json", "{}");
  });
  after(async () => {
    await open.close();
    await cloud.remove();
  });
  beforeEach(() => {
    cloud.uses.length = 0;
    cloud.deny = () => false;
  });

  const call = <Output>(operation: string, input: object): Promise<Output> => cloud.call<Output>(open.services[0], operation, input);
  const describeJob = (TrainingJobName: string): Promise<DescribeTrainingJobResponse> => call("DescribeTrainingJob", { TrainingJobName });
  async function finish(TrainingJobName: string, more: Partial<CreateTrainingJobRequest> = {}): Promise<DescribeTrainingJobResponse> {
    await call("CreateTrainingJob", trainingRequest({ TrainingJobName, ...more }));
    await open.trainingJobs.settled(TrainingJobName);
    return describeJob(TrainingJobName);
  }
  const stored = (key: string): Promise<string> => readFile(cloud.pathOf("lake", key), "utf8");

  it("bring channels and settings in, and store the model folder and checkpoints with the key", async () => {
    const job = await finish("learns");
    expect(job.FailureReason).to.equal(undefined);
    expect(job).to.deep.include({
      ...{ TrainingJobStatus: "Completed", SecondaryStatus: "Completed", TrainingJobArn: arn("learns") },
      ModelArtifacts: { S3ModelArtifacts: "s3://lake/trained/learns/output/model/" },
    });
    expect(JSON.parse(await stored("trained/learns/output/model/model.json"))).to.deep.equal({
      ...{ word: "train", settings: { behaviour: "learn" }, read: ["training/manifest.json"], before: null },
    });
    expect(await stored("checkpoints/state.txt")).to.equal("whole");
    for (const key of ["trained/learns/output/model/model.json", "checkpoints/state.txt"]) expect(cloud.encryptedWith.get(`lake/${key}`)).to.equal(kmsKeyArn);
    expect(job.FinalMetricDataList?.map(({ MetricName, Value }) => [MetricName, Value])).to.deep.equal([
      ["loss", 0.25],
      ["accuracy", 0.75],
    ]);
  });

  it("go on from the checkpoint that an earlier one left", async () => {
    await finish("goes-on");
    expect(JSON.parse(await stored("trained/goes-on/output/model/model.json")).before).to.equal("whole");
  });

  it("ask for every permission as the one who needs it, and tell conditions what they are", async () => {
    await finish("asks");
    const [created, passed, , ...rest] = cloud.uses;
    expect([created?.caller, created?.action, created?.resource]).to.deep.equal([handlerRole, "sagemaker:CreateTrainingJob", arn("asks")]);
    expect(created?.context).to.deep.equal({
      "sagemaker:InstanceTypes": ["ml.c5.2xlarge"],
      "sagemaker:MaxRuntimeInSeconds": "60",
      "sagemaker:NetworkIsolation": "true",
      "sagemaker:InterContainerTrafficEncryption": "true",
      "sagemaker:OutputKmsKeyArn": kmsKeyArn,
      "sagemaker:VolumeKmsKeyArn": kmsKeyArn,
      "sagemaker:VpcSecurityGroupIds": ["sg-0c"],
      "sagemaker:VpcSubnets": ["subnet-0a"],
    });
    expect([passed?.action, passed?.resource]).to.deep.equal(["iam:PassRole", jobRole]);
    const asJob = rest.filter(({ caller }) => caller === jobRole).map(({ action, resource }) => `${action} ${resource}`);
    expect(asJob).to.include.members([
      "s3:GetObject arn:aws:s3:::lake/datasets/phases/v1.0.0/manifest.json",
      "s3:PutObject arn:aws:s3:::lake/trained/asks/output/model/model.json",
      "s3:PutObject arn:aws:s3:::lake/checkpoints/state.txt",
    ]);
  });

  it("fail with what the script wrote down, and leave no model", async () => {
    const job = await finish("fails", { HyperParameters: { behaviour: "fail" } });
    expect([job.TrainingJobStatus, job.FailureReason]).to.deep.equal(["Failed", "AlgorithmError: ValueError: nothing to learn from, exit code: 1"]);
    expect(job.FinalMetricDataList).to.equal(undefined);
    expect((await failure(stored("trained/fails/output/model/model.json"))).message).to.include("ENOENT");
  });

  it("fail where the channel is empty, or its objects may not be read", async () => {
    const elsewhere = trainingRequest({}).InputDataConfig?.map((channel) => ({
      ...channel,
      DataSource: { S3DataSource: { S3DataType: "S3Prefix" as const, S3Uri: "s3://lake/nothing/" } },
    }));
    const empty = await finish("empty", { InputDataConfig: elsewhere });
    expect(empty.FailureReason).to.equal('ClientError: Data download failed: No S3 objects found under S3 URL "s3://lake/nothing/".');
    cloud.deny = ({ action }) => action === "s3:GetObject";
    expect((await finish("denied")).FailureReason).to.match(/^ClientError: .*s3:GetObject/);
  });

  it("are given time to leave a checkpoint when they are stopped", async () => {
    await call("CreateTrainingJob", trainingRequest({ TrainingJobName: "stops", HyperParameters: { behaviour: "wait" } }));
    const log = join(cloud.folder, "sagemaker/training/logs/stops.log");
    while (!(await readFile(log, "utf8").catch(() => "")).includes("metric loss=9")) await new Promise((resolve) => setImmediate(resolve));
    await call("StopTrainingJob", { TrainingJobName: "stops" });
    expect((await describeJob("stops")).TrainingJobStatus).to.equal("Stopping");
    await open.trainingJobs.settled("stops");
    expect((await describeJob("stops")).TrainingJobStatus).to.equal("Stopped");
    expect(await stored("checkpoints/state.txt")).to.equal("half");
    expect((await failure(call("StopTrainingJob", { TrainingJobName: "stops" }))).message).to.include("is in status Stopped");
  });

  it("are listed by state and name", async () => {
    const listed = await call<ListTrainingJobsResponse>("ListTrainingJobs", { StatusEquals: "Failed", SortOrder: "Ascending" });
    expect(listed.TrainingJobSummaries?.map(({ TrainingJobName }) => TrainingJobName)).to.deep.equal(["fails", "empty", "denied"]);
    const page = await call<ListTrainingJobsResponse>("ListTrainingJobs", { NameContains: "s", MaxResults: 1 });
    expect([page.TrainingJobSummaries?.length, page.NextToken]).to.deep.equal([1, "1"]);
  });

  it("are refused with everything that is wrong, before anything runs", async () => {
    const wrong = trainingRequest({
      TrainingJobName: "-",
      OutputDataConfig: { S3OutputPath: "lake", CompressionType: "NONE" },
      StoppingCondition: { MaxRuntimeInSeconds: 60 },
      ResourceConfig: { InstanceCount: 1, InstanceType: "ml.g5.xlarge", VolumeSizeInGB: 0, VolumeKmsKeyId: kmsKeyArn },
    });
    const refused = await failure(call("CreateTrainingJob", wrong));
    expect([refused.name, refused.message]).to.deep.equal([
      "ValidationException",
      [
        'TrainingJobName is "-"; it must be 1 to 63 letters, digits and hyphens, with no hyphen at its ends.',
        'OutputDataConfig.S3OutputPath is "lake"; it must be s3://bucket/prefix.',
        "ResourceConfig.VolumeKmsKeyId can't be given for ml.g5.xlarge, whose disks encrypt themselves.",
        "ResourceConfig.VolumeSizeInGB is 0; it must be 1 or more.",
        "StoppingCondition.MaxWaitTimeInSeconds must be given with EnableManagedSpotTraining, and be no less than MaxRuntimeInSeconds.",
      ].join(" "),
    ]);
    for (const [more, name] of [
      [{ OutputDataConfig: { S3OutputPath: "s3://lake/trained" } }, "OutputDataConfig.CompressionType GZIP"],
      [{ DebugHookConfig: { S3OutputPath: "s3://lake/" } }, "CreateTrainingJob.DebugHookConfig"],
      [{ ResourceConfig: { InstanceCount: 2, InstanceType: "ml.c5.2xlarge" as const, VolumeSizeInGB: 1 } }, "ResourceConfig.InstanceCount 2"],
    ] as const) {
      const error = await failure(call("CreateTrainingJob", trainingRequest({ TrainingJobName: "x", ...more })));
      expect([error.name, error.message]).to.deep.equal(["NotImplemented", `The local cloud does not implement ${name}.`]);
    }
    expect((await failure(call("CreateTrainingJob", trainingRequest({ TrainingJobName: "learns" })))).name).to.equal("ResourceInUse");
    expect((await failure(describeJob("nobody"))).message).to.equal("Requested resource not found.");
  });
});
