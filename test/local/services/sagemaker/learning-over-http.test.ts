import { request } from "node:http";
import { join } from "node:path";
import { text } from "node:stream/consumers";
import { fileURLToPath } from "node:url";
import {
  CreateModelPackageCommand,
  CreatePipelineCommand,
  CreateTrainingJobCommand,
  DescribeModelPackageCommand,
  DescribePipelineExecutionCommand,
  DescribeTrainingJobCommand,
  ListModelPackagesCommand,
  ListPipelineExecutionStepsCommand,
  ListPipelineExecutionsCommand,
  ListTrainingJobsCommand,
  SageMakerClient,
  StartPipelineExecutionCommand,
  StopPipelineExecutionCommand,
  StopTrainingJobCommand,
  UpdateModelPackageCommand,
} from "@aws-sdk/client-sagemaker";
import { NodeHttpHandler } from "@smithy/node-http-handler";
import { expect } from "chai";
import { createIam, type Iam } from "../../../../local/services/iam/iam.ts";
import { createSageMaker, type SageMaker } from "../../../../local/services/sagemaker/service.ts";
import { startWire, type Wire } from "../../../../local/wire/server.ts";
import { failure } from "../../../support/failure.ts";
import { account, createFolderCloud, type FolderCloud, jobRole, jobServiceOptions, noAlarms, region } from "../folder-store.ts";
import { trainingImageUri, trainingRequest } from "./requests.ts";

const context = fileURLToPath(new URL("trainer", import.meta.url));
const arn = (resource: string): string => `arn:aws:sagemaker:${region}:${account}:${resource}`;
const [trainer, approver] = ["trainer", "approver"].map((name) => `arn:aws:iam::${account}:role/${name}`) as [string, string];
const group = "svp-prod-phase-classifier";

/** Training jobs, pipelines and the registry as their callers reach them: signed, by the SDK's client, with two roles as the platform has them. */
describe("SageMaker's learning over HTTP", () => {
  let cloud: FolderCloud;
  let sagemaker: SageMaker;
  let iam: Iam;
  let wire: Wire;
  const client = (role: string) =>
    new SageMakerClient({ endpoint: wire.endpoint, region, credentials: iam.credentialsOf(role), maxAttempts: 1, requestHandler: new NodeHttpHandler() });
  const refusal = async (work: Promise<unknown>): Promise<[string, string]> => {
    const { name, message } = await failure(work);
    return [name, message];
  };

  before(async () => {
    cloud = await createFolderCloud();
    await cloud.write("lake", "datasets/phases/v1.0.0/manifest.json", "{}");
    iam = createIam({ accountId: account });
    sagemaker = createSageMaker({
      ...(await jobServiceOptions(cloud, join(cloud.folder, "sagemaker"))),
      publish: async () => {},
      alarms: noAlarms,
      waitScale: 0,
    });
    const trustPolicy = { Version: "2012-10-17", Statement: { Effect: "Allow", Principal: { Service: "states.amazonaws.com" }, Action: "sts:AssumeRole" } };
    const grant = (role: string, ...Statement: object[]) => {
      iam.putRole({ arn: role, trustPolicy });
      iam.putRolePolicy(role, "inline", { Version: "2012-10-17", Statement });
    };
    const pending = { StringEquals: { "sagemaker:ModelApprovalStatus": "PendingManualApproval" } };
    grant(
      trainer,
      { Effect: "Allow", Action: ["sagemaker:*TrainingJob*", "sagemaker:*Pipeline*", "sagemaker:DescribeModelPackage"], Resource: "*" },
      { Effect: "Allow", Action: "sagemaker:CreateModelPackage", Resource: "*", Condition: pending },
      { Effect: "Allow", Action: "iam:PassRole", Resource: jobRole, Condition: { StringEquals: { "iam:PassedToService": "sagemaker.amazonaws.com" } } },
    );
    grant(approver, {
      Effect: "Allow",
      Action: ["sagemaker:UpdateModelPackage", "sagemaker:DescribeModelPackage", "sagemaker:ListModelPackages"],
      Resource: "*",
    });
    wire = await startWire({ iam, services: sagemaker.services, log: () => undefined });
    sagemaker.putImage({ imageUri: trainingImageUri, context, dockerfile: join(context, "Dockerfile") });
    sagemaker.putModelPackageGroup({ name: group, arn: arn(`model-package-group/${group}`) });
    sagemaker.start();
  });
  after(async () => {
    await wire.close();
    await sagemaker.close();
    await cloud.remove();
  });

  describe("a training job", () => {
    it("is made, told of and listed", async () => {
      const made = await client(trainer).send(new CreateTrainingJobCommand(trainingRequest({ TrainingJobName: "learns" })));
      expect(made.TrainingJobArn).to.equal(arn("training-job/learns"));
      await sagemaker.trainingJobs.settled("learns");
      const told = await client(trainer).send(new DescribeTrainingJobCommand({ TrainingJobName: "learns" }));
      expect([told.FailureReason, told.TrainingJobStatus, told.ModelArtifacts?.S3ModelArtifacts]).to.deep.equal([
        ...[undefined, "Completed"],
        "s3://lake/trained/learns/output/model/",
      ]);
      expect(told.TrainingEndTime).to.be.instanceOf(Date);
      const { TrainingJobSummaries } = await client(trainer).send(new ListTrainingJobsCommand({ StatusEquals: "Completed" }));
      expect(TrainingJobSummaries?.map(({ TrainingJobName }) => TrainingJobName)).to.deep.equal(["learns"]);
    });

    it("is refused with every reason, by what lacks or has another type before what it says, and to whom may not make one", async () => {
      const { RoleArn: _, OutputDataConfig: __, ...lacking } = trainingRequest({});
      expect(await refusal(client(trainer).send(new CreateTrainingJobCommand(lacking as never)))).to.deep.equal([
        "ValidationException",
        "RoleArn is missing. OutputDataConfig is missing.",
      ]);
      const wrong = trainingRequest({ TrainingJobName: "-", StoppingCondition: { MaxRuntimeInSeconds: 60, MaxWaitTimeInSeconds: 30 } });
      expect(await refusal(client(trainer).send(new CreateTrainingJobCommand(wrong)))).to.deep.equal([
        "ValidationException",
        'TrainingJobName is "-"; it must be 1 to 63 letters, digits and hyphens, with no hyphen at its ends. StoppingCondition.MaxWaitTimeInSeconds must be given with EnableManagedSpotTraining, and be no less than MaxRuntimeInSeconds.',
      ]);
      expect((await refusal(client(trainer).send(new CreateTrainingJobCommand(trainingRequest({ TrainingJobName: "learns" })))))[0]).to.equal("ResourceInUse");
      expect((await refusal(client(approver).send(new CreateTrainingJobCommand(trainingRequest({})))))[0]).to.equal("AccessDeniedException");
      const ended = await refusal(client(trainer).send(new StopTrainingJobCommand({ TrainingJobName: "learns" })));
      expect(ended[1]).to.equal("The request was rejected because the training job is in status Completed.");
      expect(await refusal(client(trainer).send(new DescribeTrainingJobCommand({ TrainingJobName: "nobody" })))).to.deep.equal([
        "ValidationException",
        "Requested resource not found.",
      ]);
    });
  });

  describe("a pipeline", () => {
    const definition = (Parameters: object[] = []) =>
      JSON.stringify({
        ...{ Version: "2020-12-01", Metadata: {}, Parameters },
        Steps: [{ Name: "Refuse", Type: "Fail", Arguments: { ErrorMessage: "Not good enough." } }],
      });
    const make = (PipelineName: string, PipelineDefinition: string, RoleArn = jobRole) =>
      client(trainer).send(new CreatePipelineCommand({ PipelineName, PipelineDefinition, RoleArn, ClientRequestToken: "t".repeat(32) }));

    it("runs once for one token, and tells its steps", async () => {
      await make("train", definition([{ Name: "Dataset", Type: "String" }]));
      const start = async (ClientRequestToken: string) => {
        const asked = { PipelineName: "train", ClientRequestToken, PipelineParameters: [{ Name: "Dataset", Value: "phases" }] };
        const { PipelineExecutionArn } = await client(trainer).send(new StartPipelineExecutionCommand(asked));
        return { PipelineExecutionArn: PipelineExecutionArn as string };
      };
      const [first, again] = [await start("a".repeat(32)), await start("a".repeat(32))];
      expect(again).to.deep.equal(first);
      const look = () => client(trainer).send(new DescribePipelineExecutionCommand(first));
      while ((await look()).PipelineExecutionStatus === "Executing") await new Promise((resolve) => setImmediate(resolve));
      expect(await look()).to.deep.include({ PipelineExecutionStatus: "Failed", PipelineArn: arn("pipeline/train") });
      const { PipelineExecutionSteps: steps } = await client(trainer).send(new ListPipelineExecutionStepsCommand(first));
      expect(steps?.map(({ StepName, StepStatus }) => [StepName, StepStatus])).to.deep.equal([["Refuse", "Failed"]]);
      const { PipelineExecutionSummaries } = await client(trainer).send(new ListPipelineExecutionsCommand({ PipelineName: "train" }));
      expect(PipelineExecutionSummaries?.map(({ PipelineExecutionArn }) => PipelineExecutionArn)).to.deep.equal([first.PipelineExecutionArn]);
      expect((await refusal(client(trainer).send(new StopPipelineExecutionCommand(first))))[1]).to.contain("only one that is Executing can be stopped");
    });

    it("is refused by its name, its token, its definition, a role that may not be passed, and a start without what it needs", async () => {
      expect((await refusal(make("with_underscore", definition())))[1]).to.contain('PipelineName is "with_underscore"');
      expect((await refusal(make("broken", "{")))[1]).to.contain("it is not JSON");
      expect((await refusal(make("foreign", definition(), trainer)))[0]).to.equal("AccessDeniedException");
      const short = new CreatePipelineCommand({ PipelineName: "short", PipelineDefinition: definition(), RoleArn: jobRole, ClientRequestToken: "short" });
      expect(await refusal(client(trainer).send(short))).to.deep.equal(["ValidationException", "ClientRequestToken has 5 characters; it must have 32 to 128."]);
      const start = (PipelineName: string) => client(trainer).send(new StartPipelineExecutionCommand({ PipelineName, ClientRequestToken: "b".repeat(32) }));
      expect(await refusal(start("train"))).to.deep.equal(["ValidationException", 'The parameter "Dataset" has no default and must be given.']);
      expect(await refusal(start("nobody"))).to.deep.equal(["ResourceNotFound", `Pipeline '${arn("pipeline/nobody")}' does not exist.`]);
    });
  });

  describe("a version of a model", () => {
    const register = (more: object = {}) =>
      client(trainer).send(
        new CreateModelPackageCommand({
          ...{ ModelPackageGroupName: group, ModelApprovalStatus: "PendingManualApproval" },
          InferenceSpecification: {
            Containers: [
              { Image: "inference", ModelDataSource: { S3DataSource: { S3Uri: "s3://models/run/", S3DataType: "S3Prefix", CompressionType: "None" } } },
            ],
          },
          ...more,
        }),
      );
    const say = (role: string, ModelPackageArn: string, ModelApprovalStatus: string) =>
      client(role).send(new UpdateModelPackageCommand({ ModelPackageArn, ModelApprovalStatus: ModelApprovalStatus as "Approved" }));

    it("is registered by who trains, and approved by somebody else", async () => {
      const { ModelPackageArn = "" } = await register();
      expect(ModelPackageArn).to.equal(arn(`model-package/${group}/1`));
      await say(approver, ModelPackageArn, "Approved");
      const told = await client(approver).send(new DescribeModelPackageCommand({ ModelPackageName: ModelPackageArn }));
      expect(told).to.deep.include({ ModelApprovalStatus: "Approved", ModelPackageStatus: "Completed", ModelPackageVersion: 1 });
      const { ModelPackageSummaryList } = await client(approver).send(new ListModelPackagesCommand({ ModelPackageGroupName: group }));
      expect(ModelPackageSummaryList?.map((one) => one.ModelApprovalStatus)).to.deep.equal(["Approved"]);
    });

    it("is not registered as approved, approved by who trains, or said to be what no version is", async () => {
      expect((await refusal(register({ ModelApprovalStatus: "Approved" })))[0]).to.equal("AccessDeniedException");
      const version = arn(`model-package/${group}/1`);
      expect((await refusal(say(trainer, version, "Approved")))[0]).to.equal("AccessDeniedException");
      expect(await refusal(say(approver, version, "Perhaps"))).to.deep.equal([
        "ValidationException",
        "ModelApprovalStatus is Perhaps; it must be one of Approved, PendingManualApproval, Rejected.",
      ]);
      expect((await refusal(register({ ModelPackageGroupName: "nobody" })))[0]).to.equal("ValidationException");
      expect((await refusal(say(approver, arn(`model-package/${group}/9`), "Approved")))[1]).to.equal(
        `ModelPackage ${arn(`model-package/${group}/9`)} does not exist.`,
      );
    });

    it("is told to nobody who does not sign", async () => {
      const answer = await new Promise<[number | undefined, string]>((resolve, reject) => {
        const headers = { "content-type": "application/x-amz-json-1.1", "x-amz-target": "SageMaker.ListModelPackages" };
        request(wire.endpoint, { method: "POST", headers }, (response) => {
          text(response).then((body) => resolve([response.statusCode, JSON.parse(body).__type]), reject);
        })
          .once("error", reject)
          .end("{}");
      });
      expect(answer).to.deep.equal([403, "MissingAuthenticationToken"]);
    });
  });
});
