import { join } from "node:path";
import { fileURLToPath } from "node:url";
import type {
  DescribeModelPackageOutput,
  DescribePipelineExecutionResponse,
  DescribePipelineResponse,
  ListModelPackagesOutput,
  ListPipelineExecutionStepsResponse,
  ListPipelineExecutionsResponse,
  StartPipelineExecutionResponse,
} from "@aws-sdk/client-sagemaker";
import { expect } from "chai";
import { jobName } from "../../../../local/services/sagemaker/pipeline-run.ts";
import { createSageMaker, type SageMaker } from "../../../../local/services/sagemaker/service.ts";
import { failure } from "../../../support/failure.ts";
import { account, createFolderCloud, type FolderCloud, jobRole, jobServiceOptions, noAlarms, region } from "../folder-store.ts";
import { processingRequest, trainingImageUri, trainingRequest } from "./requests.ts";

const context = fileURLToPath(new URL("trainer", import.meta.url));
const group = "svp-unit-phases";
const told = (Path: string) => ({ "Std:JsonGet": { PropertyFile: { Get: "Steps.Evaluate.PropertyFiles.Gate" }, Path } });
const own = (path: string) => ({ "Std:Join": { On: "/", Values: ["s3://lake/training", { Get: "Execution.PipelineExecutionId" }, path] } });

/** As the platform's own: train, judge, and register what is not worse. `gate` is what the judge says. */
function definition(gate: object, behaviour = "learn"): { Version: string; Parameters: object[]; Steps: Record<string, unknown>[] } {
  const { TrainingJobName: _, ...training } = trainingRequest({ HyperParameters: { behaviour }, CheckpointConfig: undefined });
  const { ProcessingJobName: _name, ...processing } = processingRequest();
  return {
    Version: "2020-12-01",
    Parameters: [
      { Name: "Dataset", Type: "String" },
      { Name: "Reason", Type: "String", DefaultValue: "manual" },
    ],
    Steps: [
      { Name: "Train", Type: "Training", Arguments: { ...training, OutputDataConfig: { ...training.OutputDataConfig, S3OutputPath: own("trained") } } },
      {
        Name: "Evaluate",
        Type: "Processing",
        Arguments: {
          ...processing,
          Environment: { ML_ROOT: "/opt/ml" },
          AppSpecification: {
            ImageUri: trainingImageUri,
            ContainerEntrypoint: ["node", "/app/main.ts"],
            ContainerArguments: ["judge", "/opt/ml/processing/output", JSON.stringify(gate)],
          },
          ProcessingInputs: [
            {
              InputName: "model",
              S3Input: {
                S3Uri: { Get: "Steps.Train.ModelArtifacts.S3ModelArtifacts" },
                LocalPath: "/opt/ml/processing/model",
                S3DataType: "S3Prefix",
                S3InputMode: "File",
              },
            },
          ],
          ProcessingOutputConfig: {
            Outputs: [{ OutputName: "quality", S3Output: { S3Uri: own("quality"), LocalPath: "/opt/ml/processing/output", S3UploadMode: "EndOfJob" } }],
          },
        },
        PropertyFiles: [{ PropertyFileName: "Gate", OutputName: "quality", FilePath: "gate.json" }],
      },
      {
        Name: "Gate",
        Type: "Condition",
        Arguments: {
          Conditions: [
            { Type: "GreaterThanOrEqualTo", LeftValue: told("score"), RightValue: 0.5 },
            { Type: "GreaterThanOrEqualTo", LeftValue: told("gain"), RightValue: 0 },
          ],
          IfSteps: [
            {
              Name: "Register",
              Type: "RegisterModel",
              Arguments: {
                ModelPackageGroupName: group,
                ModelApprovalStatus: "PendingManualApproval",
                InferenceSpecification: {
                  Containers: [
                    { Image: "serving", ModelDataSource: { S3DataSource: { S3Uri: own("candidate/"), S3DataType: "S3Prefix", CompressionType: "None" } } },
                  ],
                },
                CustomerMetadataProperties: { sha256: told("deep.sha256"), dataset: { Get: "Parameters.Dataset" }, reason: { Get: "Parameters.Reason" } },
              },
            },
          ],
          ElseSteps: [
            { Name: "Refuse", Type: "Fail", Arguments: { ErrorMessage: { "Std:Join": { Values: ["Not better: ", { Get: "Parameters.Dataset" }] } } } },
          ],
        },
      },
    ],
  };
}
const better = { score: 0.9, gain: 0.1, deep: { sha256: "c0ffee" } };

describe("SageMaker's pipelines", () => {
  let cloud: FolderCloud;
  let open: SageMaker;
  const openCloud = async (): Promise<SageMaker> => {
    const service = createSageMaker({
      ...(await jobServiceOptions(cloud, join(cloud.folder, "sagemaker"))),
      publish: async () => {},
      alarms: noAlarms,
      waitScale: 0,
    });
    service.start();
    return service;
  };
  before(async () => {
    cloud = await createFolderCloud();
    await cloud.write("lake", "datasets/phases/v1.0.0/manifest.json", "{}");
  });
  beforeEach(async () => {
    open = await openCloud();
    open.putImage({ imageUri: trainingImageUri, context, dockerfile: join(context, "Dockerfile") });
    open.putModelPackageGroup({ name: group, arn: `arn:aws:sagemaker:${region}:${account}:model-package-group/${group}` });
    cloud.uses.length = 0;
    cloud.deny = () => false;
  });
  afterEach(() => open.close());
  after(() => cloud.remove());

  const call = <Output>(operation: string, input: object): Promise<Output> => cloud.call<Output>(open.services[0], operation, input);
  const put = (name: string, made: object): void => open.putPipeline({ name, definition: JSON.stringify(made), roleArn: jobRole });
  const begin = async (PipelineName: string, more: object = {}): Promise<string> => {
    const PipelineParameters = [{ Name: "Dataset", Value: "phases" }];
    return String((await call<StartPipelineExecutionResponse>("StartPipelineExecution", { PipelineName, PipelineParameters, ...more })).PipelineExecutionArn);
  };
  const execution = (PipelineExecutionArn: string) => call<DescribePipelineExecutionResponse>("DescribePipelineExecution", { PipelineExecutionArn });
  async function end(arn: string): Promise<DescribePipelineExecutionResponse> {
    for (;;) {
      const found = await execution(arn);
      if (!["Executing", "Stopping"].includes(String(found.PipelineExecutionStatus))) return found;
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
  }
  const stepsOf = async (PipelineExecutionArn: string) =>
    (await call<ListPipelineExecutionStepsResponse>("ListPipelineExecutionSteps", { PipelineExecutionArn, SortOrder: "Ascending" })).PipelineExecutionSteps ??
    [];
  const registered = async (): Promise<string[]> =>
    ((await call<ListModelPackagesOutput>("ListModelPackages", { ModelPackageGroupName: group })).ModelPackageSummaryList ?? []).map(({ ModelPackageArn }) =>
      String(ModelPackageArn),
    );

  it("train, judge and register what is better, as a version that waits for approval, in the pipeline's role", async () => {
    put("train", definition(better));
    const arn = await begin("train");
    expect(arn).to.match(new RegExp(`^arn:aws:sagemaker:${region}:${account}:pipeline/train/execution/[a-z0-9]{12}$`));
    expect(await end(arn)).to.deep.include({ PipelineExecutionStatus: "Succeeded" });
    const steps = await stepsOf(arn);
    expect(steps.map(({ StepName, StepStatus }) => `${StepName} ${StepStatus}`)).to.deep.equal([
      ...["Train Succeeded", "Evaluate Succeeded", "Gate Succeeded", "Register Succeeded"],
    ]);
    const id = arn.split("/").at(-1) as string;
    expect(steps[0]?.Metadata?.TrainingJob?.Arn).to.equal(`arn:aws:sagemaker:${region}:${account}:training-job/${jobName(id, "Train")}`);
    expect(jobName(id, "Train")).to.match(new RegExp(`^pipelines-${id}-Train-[0-9a-f]{10}$`));
    expect(steps[2]?.Metadata).to.deep.equal({ Condition: { Outcome: "True" } });
    const version = await call<DescribeModelPackageOutput>("DescribeModelPackage", { ModelPackageName: steps[3]?.Metadata?.RegisterModel?.Arn });
    expect(version).to.deep.include({
      ModelApprovalStatus: "PendingManualApproval",
      CustomerMetadataProperties: { sha256: "c0ffee", dataset: "phases", reason: "manual" },
    });
    expect(version.InferenceSpecification?.Containers?.[0]?.ModelDataSource?.S3DataSource?.S3Uri).to.equal(`s3://lake/training/${id}/candidate/`);
    const registering = cloud.uses.filter(({ action }) => action === "sagemaker:CreateModelPackage");
    expect(registering.map(({ caller, context: keys }) => [caller, keys])).to.deep.equal(
      Array(2).fill([jobRole, { "sagemaker:ModelApprovalStatus": "PendingManualApproval" }]),
    );
  });

  it("never register a worse network", async () => {
    const before = await registered();
    put("train", definition({ ...better, gain: -0.000001 }));
    const arn = await begin("train");
    expect(await end(arn)).to.deep.include({ PipelineExecutionStatus: "Failed", FailureReason: "Not better: phases" });
    expect((await stepsOf(arn)).map(({ StepName, StepStatus }) => `${StepName} ${StepStatus}`)).to.deep.equal([
      ...["Train Succeeded", "Evaluate Succeeded", "Gate Succeeded", "Refuse Failed"],
    ]);
    put("train", definition({ ...better, score: 0.49 }));
    expect((await end(await begin("train"))).PipelineExecutionStatus).to.equal("Failed");
    // What can't be compared decides nothing.
    put("train", definition({ ...better, score: "0.9" }));
    expect((await end(await begin("train"))).FailureReason).to.equal('Step Gate failed: A condition compares "0.9" with 0.5, which is of another type.');
    expect(await registered()).to.deep.equal(before);
    expect(cloud.uses.filter(({ action }) => action === "sagemaker:CreateModelPackage")).to.deep.equal([]);
  });

  it("begin nothing after a step that failed, and say why", async () => {
    put("train", definition(better, "fail"));
    const arn = await begin("train");
    expect((await end(arn)).FailureReason).to.equal("Step Train failed: AlgorithmError: ValueError: nothing to learn from, exit code: 1");
    expect((await stepsOf(arn)).map(({ StepName, StepStatus }) => `${StepName} ${StepStatus}`)).to.deep.equal(["Train Failed"]);
  });

  it("go on after a restart with the jobs that they started", async () => {
    put("train", definition(better));
    const arn = await begin("train", { ClientRequestToken: "a".repeat(32) });
    while ((await stepsOf(arn))[0]?.Metadata?.TrainingJob === undefined) await new Promise((resolve) => setImmediate(resolve));
    await open.close();
    open = await openCloud();
    expect((await end(arn)).PipelineExecutionStatus).to.equal("Succeeded");
    expect(cloud.uses.filter(({ action }) => action === "sagemaker:CreateTrainingJob")).to.have.length(1);
    expect(await begin("train", { ClientRequestToken: "a".repeat(32) })).to.equal(arn);
    const { PipelineExecutionSummaries } = await call<ListPipelineExecutionsResponse>("ListPipelineExecutions", { PipelineName: "train", MaxResults: 1 });
    expect(PipelineExecutionSummaries?.[0]?.PipelineExecutionArn).to.equal(arn);
  });

  it("stop with their jobs", async () => {
    put("train", definition(better, "wait"));
    const arn = await begin("train");
    while ((await stepsOf(arn))[0]?.Metadata?.TrainingJob === undefined) await new Promise((resolve) => setImmediate(resolve));
    await call("StopPipelineExecution", { PipelineExecutionArn: arn });
    expect((await end(arn)).PipelineExecutionStatus).to.equal("Stopped");
    expect(open.trainingJobs.get(jobName(arn.split("/").at(-1) as string, "Train"))?.state).to.equal("STOPPED");
    expect((await failure(call("StopPipelineExecution", { PipelineExecutionArn: arn }))).message).to.include("is in status Stopped");
  });

  it("fail where their role may not do what a step asks for", async () => {
    put("train", definition(better));
    cloud.deny = ({ action }) => action === "sagemaker:CreateTrainingJob";
    expect((await end(await begin("train"))).FailureReason).to.match(/^Step Train failed: .*sagemaker:CreateTrainingJob/);
  });

  it("are made, changed, told of and deleted", async () => {
    const PipelineDefinition = JSON.stringify(definition(better));
    const made = { PipelineName: "another", PipelineDefinition, RoleArn: jobRole, ClientRequestToken: "t".repeat(32) };
    const PipelineArn = `arn:aws:sagemaker:${region}:${account}:pipeline/another`;
    expect(await call("CreatePipeline", made)).to.deep.equal({ PipelineArn });
    expect((await failure(call("CreatePipeline", made))).message).to.include("already exists");
    await call("UpdatePipeline", { PipelineName: "another", PipelineDescription: "Changed" });
    expect(await call<DescribePipelineResponse>("DescribePipeline", { PipelineName: "another" })).to.deep.include({
      ...{ PipelineArn, PipelineDefinition, PipelineDescription: "Changed", RoleArn: jobRole, PipelineStatus: "Active" },
    });
    await call("DeletePipeline", { PipelineName: "another", ClientRequestToken: "u".repeat(32) });
    expect((await failure(call("DescribePipeline", { PipelineName: "another" }))).name).to.equal("ResourceNotFound");
    expect((await failure(execution(`${PipelineArn}/execution/nobody`))).name).to.equal("ResourceNotFound");
  });

  it("ask for all parameters, and for no others", async () => {
    put("train", definition(better));
    const error = await failure(begin("train", { PipelineParameters: [{ Name: "Strange", Value: "1" }] }));
    expect(error.message).to.equal('The pipeline has no parameter "Strange". The parameter "Dataset" has no default and must be given.');
  });

  it("are refused with everything that is wrong with their definition", async () => {
    const good = definition(better);
    const [train, evaluate, gate] = good.Steps;
    const made = (Steps: object[], more: object = {}) =>
      call("CreatePipeline", { PipelineName: "wrong", RoleArn: jobRole, PipelineDefinition: JSON.stringify({ ...good, Steps, ...more }) });
    const message = async (work: Promise<unknown>): Promise<string> => (await failure(work)).message;
    expect(await message(made([{ ...train, DependsOn: ["Nobody"] }, train as object, gate as object]))).to.equal(
      [
        "The pipeline definition is not valid: There are two steps with the name Train.",
        "Step Train waits for Nobody, which is no step.",
        "Step Gate waits for Evaluate, which is no step.",
        ...["score", "gain"].map(() => "Step Gate reads Steps.Evaluate.PropertyFiles.Gate, which no step leaves."),
        "Step Gate reads Steps.Evaluate.PropertyFiles.Gate, which no step leaves.",
        "Step Register waits for Evaluate, which is no step.",
        "Step Register reads Steps.Evaluate.PropertyFiles.Gate, which no step leaves.",
      ].join(" "),
    );
    expect(await message(made([{ ...train, DependsOn: ["Evaluate"] }, evaluate as object]))).to.include("Steps wait for one another in a circle.");
    expect(await message(made(good.Steps, { Parameters: [] }))).to.include("Step Register asks for Parameters.Dataset, which is not there.");
    expect(await message(made([{ ...train, Retries: 3 }]))).to.include('Unrecognized key: "Retries"');
    expect(await message(made([{ Name: "Search", Type: "Tuning", Arguments: {} }]))).to.equal(
      "The local cloud does not implement pipeline steps of the type Tuning.",
    );
    expect(await message(made([{ Name: "Odd", Type: "Odd", Arguments: {} }]))).to.include("The pipeline definition is not valid: Steps.0.Type");
    expect(await message(call("CreatePipeline", { PipelineName: "wrong", RoleArn: jobRole, PipelineDefinition: "{" }))).to.include("it is not JSON");
  });
});
