import { randomUUID } from "node:crypto";
import {
  CreateModelPackageCommand,
  type CreateModelPackageInput,
  CreatePipelineCommand,
  CreateTrainingJobCommand,
  type CreateTrainingJobRequest,
  DeletePipelineCommand,
  DescribeModelPackageCommand,
  DescribePipelineCommand,
  DescribePipelineExecutionCommand,
  DescribeTrainingJobCommand,
  ListModelPackagesCommand,
  ListPipelineExecutionStepsCommand,
  ListTrainingJobsCommand,
  StartPipelineExecutionCommand,
  StopTrainingJobCommand,
  UpdateModelPackageCommand,
  UpdatePipelineCommand,
} from "@aws-sdk/client-sagemaker";
import { type Assertion, errorOf, fresh, pause, type Subject } from "../assertion.ts";

/** Pages of https://docs.aws.amazon.com/sagemaker/latest/APIReference/ */
export const page = (operation: string, member?: string): string =>
  `SageMaker API Reference, [${operation}](https://docs.aws.amazon.com/sagemaker/latest/APIReference/API_${operation}.html)${member === undefined ? "" : `, ${member}`}`;

/** What SageMaker takes for no name: it has letters, digits and hyphens, at most 63 of them, and no hyphen at its ends. */
export const misnamed = ["with_underscore", "-begins", "ends-", "x".repeat(64)];

/** The job is refused before it reads or pays for anything, or ends soon: what it is to read is not there. */
const job = ({ roleArn, trainingImage }: Subject, more: Partial<CreateTrainingJobRequest> = {}) =>
  new CreateTrainingJobCommand({
    ...{ TrainingJobName: fresh(), RoleArn: roleArn, HyperParameters: { steps: "5" } },
    AlgorithmSpecification: { TrainingImage: trainingImage, TrainingInputMode: "File" },
    InputDataConfig: [{ ChannelName: "training", DataSource: { S3DataSource: { S3DataType: "S3Prefix", S3Uri: "s3://svp-conformance-nothing/nothing/" } } }],
    OutputDataConfig: { S3OutputPath: "s3://svp-conformance-nothing/out", CompressionType: "NONE" },
    ResourceConfig: { InstanceCount: 1, InstanceType: "ml.m5.large", VolumeSizeInGB: 1 },
    StoppingCondition: { MaxRuntimeInSeconds: 60 },
    ...more,
  });

const training: Omit<Assertion, "service">[] = [
  {
    id: "sagemaker-training-job",
    says: "A training job has an ARN that ends with its name, tells the settings that it was made with, and is in progress or has ended.",
    source: page("DescribeTrainingJob", "TrainingJobStatus"),
    async observe(subject) {
      const command = job(subject);
      const name = command.input.TrainingJobName as string;
      const { TrainingJobArn: arn = "" } = await subject.sagemaker.send(command);
      const told = await subject.sagemaker.send(new DescribeTrainingJobCommand({ TrainingJobName: name }));
      return [
        arn.endsWith(`:training-job/${name}`),
        told.TrainingJobArn === arn,
        told.HyperParameters,
        told.StoppingCondition?.MaxRuntimeInSeconds,
        ["InProgress", "Completed", "Failed", "Stopping", "Stopped"].includes(told.TrainingJobStatus ?? ""),
      ];
    },
    expected: [true, true, { steps: "5" }, 60, true],
  },
  {
    id: "sagemaker-training-name-taken",
    says: "A second training job of the same name is refused with ResourceInUse.",
    source: page("CreateTrainingJob", "Errors"),
    async observe(subject) {
      const command = job(subject);
      await subject.sagemaker.send(command);
      return errorOf(subject.sagemaker.send(job(subject, { TrainingJobName: command.input.TrainingJobName as string })));
    },
    expected: "ResourceInUse",
  },
  {
    id: "sagemaker-training-name",
    says: "A training job's name has letters, digits and hyphens, none of them at its ends, and at most 63 of them.",
    source: page("CreateTrainingJob", "TrainingJobName"),
    observe: (subject) => Promise.all(misnamed.map((TrainingJobName) => errorOf(subject.sagemaker.send(job(subject, { TrainingJobName }))))),
    expected: Array(4).fill("ValidationException"),
  },
  {
    id: "sagemaker-training-spot-wait",
    says: "A job on Spot instances may wait no shorter than it may run.",
    source: page("StoppingCondition", "MaxWaitTimeInSeconds"),
    observe: (subject) =>
      errorOf(
        subject.sagemaker.send(job(subject, { EnableManagedSpotTraining: true, StoppingCondition: { MaxRuntimeInSeconds: 60, MaxWaitTimeInSeconds: 30 } })),
      ),
    expected: "ValidationException",
  },
  {
    id: "sagemaker-training-hyperparameters",
    says: "A training job has at most 100 hyperparameters, each of at most 2500 characters.",
    source: page("CreateTrainingJob", "HyperParameters"),
    observe: (subject) =>
      Promise.all(
        [Object.fromEntries(Array.from({ length: 101 }, (_, i) => [`p${i}`, "1"])), { long: "x".repeat(2501) }].map((HyperParameters) =>
          errorOf(subject.sagemaker.send(job(subject, { HyperParameters }))),
        ),
      ),
    expected: ["ValidationException", "ValidationException"],
  },
  {
    id: "sagemaker-training-list",
    says: "Training jobs are listed by name, the oldest first unless something else is asked, page by page.",
    source: page("ListTrainingJobs", "NameContains, SortOrder, MaxResults"),
    async observe(subject) {
      const common = fresh();
      for (const end of ["a", "b", "c"]) {
        await subject.sagemaker.send(job(subject, { TrainingJobName: `${common}-${end}` }));
        await pause(5);
      }
      const list = async (more: object) => {
        const found = await subject.sagemaker.send(new ListTrainingJobsCommand({ NameContains: common, ...more }));
        return [found.TrainingJobSummaries?.map(({ TrainingJobName }) => TrainingJobName?.slice(-1)).join(""), found.NextToken] as const;
      };
      const [first, NextToken] = await list({ MaxResults: 2 });
      return [(await list({}))[0], (await list({ SortOrder: "Descending" }))[0], first, (await list({ MaxResults: 2, NextToken }))[0]];
    },
    expected: ["abc", "cba", "ab", "c"],
  },
  {
    id: "sagemaker-training-unknown",
    says: "A training job that is not there can be neither described nor stopped.",
    source: page("StopTrainingJob", "Errors"),
    async observe({ sagemaker }) {
      const unknown = { TrainingJobName: fresh() };
      const errors = [
        await errorOf(sagemaker.send(new DescribeTrainingJobCommand(unknown))),
        await errorOf(sagemaker.send(new StopTrainingJobCommand(unknown))),
      ];
      // The page names ResourceNotFound; what people report of SageMaker is ValidationException, with "Requested resource not found."
      return errors.map((name) => ["ResourceNotFound", "ValidationException"].includes(name));
    },
    expected: [true, true],
  },
];

const failing = (message: string): string =>
  JSON.stringify({ Version: "2020-12-01", Metadata: {}, Parameters: [], Steps: [{ Name: "End", Type: "Fail", Arguments: { ErrorMessage: message } }] });
const token = (): string => randomUUID().replaceAll("-", "");

async function pipeline({ sagemaker, roleArn }: Subject, message = "asked for"): Promise<string> {
  const PipelineName = fresh();
  await sagemaker.send(new CreatePipelineCommand({ PipelineName, PipelineDefinition: failing(message), RoleArn: roleArn, ClientRequestToken: token() }));
  return PipelineName;
}

const pipelines: Omit<Assertion, "service">[] = [
  {
    id: "sagemaker-pipeline",
    says: "A pipeline tells its definition as it was given, its role, and that it is active.",
    source: page("DescribePipeline"),
    async observe(subject) {
      const PipelineName = await pipeline(subject);
      const told = await subject.sagemaker.send(new DescribePipelineCommand({ PipelineName }));
      return [
        told.PipelineDefinition === failing("asked for"),
        told.RoleArn === subject.roleArn,
        told.PipelineStatus,
        told.PipelineArn?.endsWith(`:pipeline/${PipelineName}`),
      ];
    },
    expected: [true, true, "Active", true],
  },
  {
    id: "sagemaker-pipeline-update",
    says: "An update changes what it names, and leaves the rest as it was.",
    source: page("UpdatePipeline"),
    async observe(subject) {
      const PipelineName = await pipeline(subject);
      await subject.sagemaker.send(new UpdatePipelineCommand({ PipelineName, PipelineDescription: "Changed" }));
      const told = await subject.sagemaker.send(new DescribePipelineCommand({ PipelineName }));
      return [told.PipelineDescription, told.PipelineDefinition === failing("asked for"), told.RoleArn === subject.roleArn];
    },
    expected: ["Changed", true, true],
  },
  {
    id: "sagemaker-pipeline-unknown",
    says: "A pipeline that is not there, or not any more, and an execution that never was, are ResourceNotFound.",
    source: page("StartPipelineExecution", "Errors"),
    async observe(subject) {
      const { sagemaker } = subject;
      const PipelineName = await pipeline(subject);
      const { PipelineArn } = await sagemaker.send(new DescribePipelineCommand({ PipelineName }));
      await sagemaker.send(new DeletePipelineCommand({ PipelineName, ClientRequestToken: token() }));
      return [
        await errorOf(sagemaker.send(new DescribePipelineCommand({ PipelineName }))),
        await errorOf(sagemaker.send(new UpdatePipelineCommand({ PipelineName, PipelineDescription: "Changed" }))),
        await errorOf(sagemaker.send(new StartPipelineExecutionCommand({ PipelineName, ClientRequestToken: token() }))),
        await errorOf(sagemaker.send(new DescribePipelineExecutionCommand({ PipelineExecutionArn: `${PipelineArn}/execution/abcdefghijkl` }))),
      ];
    },
    expected: Array(4).fill("ResourceNotFound"),
  },
  {
    id: "sagemaker-pipeline-names",
    says: "A pipeline's name has letters, digits and hyphens, none of them at its ends; a request's token has 32 characters or more.",
    source: page("CreatePipeline", "PipelineName, ClientRequestToken"),
    async observe({ sagemaker, roleArn }) {
      const make = (PipelineName: string, ClientRequestToken: string) =>
        errorOf(sagemaker.send(new CreatePipelineCommand({ PipelineName, PipelineDefinition: failing("no"), RoleArn: roleArn, ClientRequestToken })));
      return [await make("with_underscore", token()), await make("ends-", token()), await make(fresh(), "short")];
    },
    expected: Array(3).fill("ValidationException"),
  },
  {
    id: "sagemaker-pipeline-definition",
    says: "A definition that is no pipeline's is refused when it is given, not when it runs.",
    source: page("CreatePipeline", "PipelineDefinition"),
    async observe({ sagemaker, roleArn }) {
      const make = (PipelineDefinition: string) =>
        errorOf(sagemaker.send(new CreatePipelineCommand({ PipelineName: fresh(), PipelineDefinition, RoleArn: roleArn, ClientRequestToken: token() })));
      return [await make("{"), await make(JSON.stringify({ Version: "2020-12-01", Steps: [{ Name: "A", Type: "Nothing", Arguments: {} }] }))];
    },
    expected: ["ValidationException", "ValidationException"],
  },
  {
    id: "sagemaker-pipeline-start-twice",
    says: "Two starts with one token are one execution; another token starts another.",
    source: page("StartPipelineExecution", "ClientRequestToken"),
    async observe(subject) {
      const PipelineName = await pipeline(subject);
      const start = async (ClientRequestToken: string) =>
        (await subject.sagemaker.send(new StartPipelineExecutionCommand({ PipelineName, ClientRequestToken }))).PipelineExecutionArn;
      const once = token();
      const [first, again, other] = [await start(once), await start(once), await start(token())];
      return [first === again, first === other];
    },
    expected: [true, false],
  },
  {
    id: "sagemaker-pipeline-fail-step",
    says: "A step of the type Fail ends the execution as Failed, and the step tells the message.",
    source: "SageMaker Developer Guide, [Pipelines steps](https://docs.aws.amazon.com/sagemaker/latest/dg/build-and-manage-steps-types.html), Fail step",
    async observe(subject) {
      const { sagemaker } = subject;
      const PipelineName = await pipeline(subject, "not good enough");
      const { PipelineExecutionArn } = await sagemaker.send(new StartPipelineExecutionCommand({ PipelineName, ClientRequestToken: token() }));
      for (let waited = 0; waited < 30_000; waited += 100) {
        const { PipelineExecutionStatus: status } = await sagemaker.send(new DescribePipelineExecutionCommand({ PipelineExecutionArn }));
        const { PipelineExecutionSteps: steps = [] } = await sagemaker.send(new ListPipelineExecutionStepsCommand({ PipelineExecutionArn }));
        if (status !== "Executing")
          return [status, steps.map(({ StepName, StepStatus, FailureReason }) => [StepName, StepStatus, FailureReason?.includes("not good enough")])];
        await pause(100);
      }
      return "It did not end.";
    },
    expected: ["Failed", [["End", "Failed", true]]],
  },
];

const version = (ModelPackageGroupName: string, more: Partial<CreateModelPackageInput> = {}) =>
  new CreateModelPackageCommand({
    ...{ ModelPackageGroupName, ModelApprovalStatus: "PendingManualApproval" },
    InferenceSpecification: {
      Containers: [{ Image: "123456789012.dkr.ecr.us-east-1.amazonaws.com/conformance:1", ModelDataUrl: "s3://svp-conformance-nothing/model.tar.gz" }],
      SupportedContentTypes: ["application/json"],
      SupportedResponseMIMETypes: ["application/json"],
    },
    ...more,
  });
const approved = "Approved" as const;

const packages: Omit<Assertion, "service">[] = [
  {
    id: "sagemaker-package-versions",
    says: "Versions of a group are numbered from one, and each keeps what it was registered with.",
    source: page("DescribeModelPackage", "ModelPackageVersion"),
    async observe({ sagemaker, ...subject }) {
      const group = await subject.modelGroup();
      const told = [];
      for (const sha256 of ["a", "b"]) {
        const { ModelPackageArn } = await sagemaker.send(version(group, { CustomerMetadataProperties: { sha256 } }));
        const found = await sagemaker.send(new DescribeModelPackageCommand({ ModelPackageName: ModelPackageArn }));
        told.push([
          ModelPackageArn?.endsWith(`:model-package/${group}/${found.ModelPackageVersion}`),
          found.ModelPackageVersion,
          found.CustomerMetadataProperties,
        ]);
      }
      return told;
    },
    expected: [
      [true, 1, { sha256: "a" }],
      [true, 2, { sha256: "b" }],
    ],
  },
  {
    id: "sagemaker-package-approval",
    says: "A version waits until somebody approves it, and tells that and why.",
    source: page("UpdateModelPackage", "ModelApprovalStatus, ApprovalDescription"),
    async observe({ sagemaker, ...subject }) {
      const { ModelPackageArn } = await sagemaker.send(version(await subject.modelGroup()));
      const look = async () => {
        const { ModelApprovalStatus, ApprovalDescription } = await sagemaker.send(new DescribeModelPackageCommand({ ModelPackageName: ModelPackageArn }));
        return [ModelApprovalStatus, ApprovalDescription ?? null];
      };
      const before = await look();
      await sagemaker.send(new UpdateModelPackageCommand({ ModelPackageArn, ModelApprovalStatus: approved, ApprovalDescription: "Better." }));
      return [before, await look()];
    },
    expected: [
      ["PendingManualApproval", null],
      ["Approved", "Better."],
    ],
  },
  {
    id: "sagemaker-package-approval-values",
    says: "A version can be approved, rejected or made to wait, and nothing else; at most 1024 characters say why.",
    source: page("UpdateModelPackage", "ModelApprovalStatus, ApprovalDescription"),
    async observe({ sagemaker, ...subject }) {
      const { ModelPackageArn } = await sagemaker.send(version(await subject.modelGroup()));
      const update = (ModelApprovalStatus: string, ApprovalDescription: string) =>
        errorOf(
          sagemaker.send(new UpdateModelPackageCommand({ ModelPackageArn, ModelApprovalStatus: ModelApprovalStatus as "Approved", ApprovalDescription })),
        );
      return [await update("Perhaps", "?"), await update("Approved", "x".repeat(1025)), await update("Rejected", "x".repeat(1024))];
    },
    expected: ["ValidationException", "ValidationException", "no error"],
  },
  {
    id: "sagemaker-package-metadata",
    says: "A version has at most 50 properties of its owner's, each of at most 256 characters.",
    source: page("CreateModelPackage", "CustomerMetadataProperties"),
    async observe({ sagemaker, ...subject }) {
      const group = await subject.modelGroup();
      const make = (CustomerMetadataProperties: Record<string, string>) => errorOf(sagemaker.send(version(group, { CustomerMetadataProperties })));
      return [await make(Object.fromEntries(Array.from({ length: 51 }, (_, i) => [`p${i}`, "1"]))), await make({ long: "x".repeat(257) })];
    },
    expected: ["ValidationException", "ValidationException"],
  },
  {
    id: "sagemaker-package-twice",
    says: "Two requests with one token register one version.",
    source: page("CreateModelPackage", "ClientToken"),
    async observe({ sagemaker, ...subject }) {
      const group = await subject.modelGroup();
      const make = async (ClientToken: string) => (await sagemaker.send(version(group, { ClientToken }))).ModelPackageArn?.split("/").at(-1);
      return [await make("one"), await make("one"), await make("two")];
    },
    expected: ["1", "1", "2"],
  },
  {
    id: "sagemaker-package-list",
    says: "Versions of a group are listed by approval, the oldest first unless something else is asked, page by page.",
    source: page("ListModelPackages", "ModelApprovalStatus, SortOrder, MaxResults"),
    async observe({ sagemaker, ...subject }) {
      const group = await subject.modelGroup();
      for (const ModelApprovalStatus of [approved, "Rejected", approved] as const) {
        await sagemaker.send(version(group, { ModelApprovalStatus }));
        await pause(5);
      }
      const list = async (more: object) => {
        const found = await sagemaker.send(new ListModelPackagesCommand({ ModelPackageGroupName: group, ...more }));
        return [found.ModelPackageSummaryList?.map(({ ModelPackageVersion }) => ModelPackageVersion), found.NextToken] as const;
      };
      const [first, NextToken] = await list({ MaxResults: 2 });
      return [
        (await list({}))[0],
        (await list({ SortOrder: "Descending" }))[0],
        (await list({ ModelApprovalStatus: approved }))[0],
        first,
        (await list({ MaxResults: 2, NextToken }))[0],
      ];
    },
    expected: [[1, 2, 3], [3, 2, 1], [1, 3], [1, 2], [3]],
  },
  {
    id: "sagemaker-package-unknown",
    says: "A version that is not there, and one of a group that is not there, are refused.",
    source: "SageMaker API Reference, [Common Errors](https://docs.aws.amazon.com/sagemaker/latest/APIReference/CommonErrors.html), ValidationError",
    async observe({ sagemaker, ...subject }) {
      const group = await subject.modelGroup();
      const { ModelPackageArn = "" } = await sagemaker.send(version(group));
      return [
        await errorOf(sagemaker.send(new DescribeModelPackageCommand({ ModelPackageName: ModelPackageArn.replace(/1$/, "7") }))),
        await errorOf(sagemaker.send(version(fresh()))),
      ];
    },
    expected: ["ValidationException", "ValidationException"],
  },
];

export const sagemakerAssertions: readonly Assertion[] = [...training, ...pipelines, ...packages].map((one) => ({ service: "SageMaker", ...one }));
