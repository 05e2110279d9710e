import * as aws from "@pulumi/aws";
import { expect } from "chai";
import { hasLocalNvme } from "../../../policies/data/local-nvme-families.ts";
import { endpointUpdatesWatchAlarms } from "../../../policies/rules/sfn/endpoint-updates-watch-alarms.ts";
import { jobsRunPinnedImages } from "../../../policies/rules/sfn/jobs-run-pinned-images.ts";
import { jobsWriteToBucketsOfTheStack } from "../../../policies/rules/sfn/jobs-write-to-buckets-of-the-stack.ts";
import { sagemakerJobsAreIsolatedAndEncrypted } from "../../../policies/rules/sfn/sagemaker-jobs-are-isolated-and-encrypted.ts";
import { applications, violations } from "../../support/policies.ts";

type Opts = { provider: aws.Provider };

const key = "arn:aws:kms:us-east-1:111111111111:key/derived";
const image = `777777777777.dkr.ecr.us-east-1.amazonaws.com/svp/inference@sha256:${"0".repeat(64)}`;
const cluster = { InstanceType: "ml.c5.xlarge", InstanceCount: 1, VolumeSizeInGB: 50, VolumeKmsKeyId: key };
const vpc = { VpcConfig: { Subnets: ["subnet-1"], SecurityGroupIds: ["sg-1"] } };
const isolated = { EnableNetworkIsolation: true, EnableInterContainerTrafficEncryption: true, ...vpc };
const processing = {
  AppSpecification: { ImageUri: image },
  NetworkConfig: isolated,
  ProcessingOutputConfig: { KmsKeyId: key, Outputs: [{ S3Output: { S3Uri: "{% 's3://lake/results/' & $case %}" } }] },
  ProcessingResources: { ClusterConfig: cluster },
};
const training = {
  AlgorithmSpecification: { TrainingImage: image },
  ...isolated,
  OutputDataConfig: { KmsKeyId: key, S3OutputPath: "s3://lake/training/" },
  ResourceConfig: cluster,
};
const transform = { TransformOutput: { S3OutputPath: "s3://lake/transformed/", KmsKeyId: key }, TransformResources: cluster };
const model = { PrimaryContainer: { Image: image }, EnableNetworkIsolation: true, ...vpc };

const task = (operation: string, Arguments: object, dialect = "Arguments"): object => ({
  Type: "Task",
  Resource: `arn:aws:states:::${operation.includes(":") ? operation : `sagemaker:${operation}.sync`}`,
  [dialect]: Arguments,
  End: true,
});
const machine =
  (states: object, buckets: readonly string[] = []) =>
  (opts: Opts): void => {
    for (const bucket of buckets) new aws.s3.Bucket(bucket, { bucket }, opts);
    new aws.sfn.StateMachine("m", { roleArn: "arn:aws:iam::111111111111:role/m", definition: JSON.stringify({ StartAt: "Job", States: states }) }, opts);
  };
const job = (operation: string, settings: object, buckets?: readonly string[]) => machine({ Job: task(operation, settings) }, buckets);
const processed = (change: object) => job("createProcessingJob", { ...processing, ...change });
const on = (ClusterConfig: unknown) => processed({ ProcessingResources: { ClusterConfig } });

const wrong = (problem: string): string => `State "Job" ${problem}.`;
const unnamed = wrong("names no instance type that can be judged");

describe("sfn-sagemaker-jobs-are-isolated-and-encrypted", () => {
  const cases: [what: string, program: (opts: Opts) => unknown, ...messages: string[]][] = [
    ["accepts an isolated, encrypted job", processed({})],
    [
      "accepts preferences for instances that agree about a key",
      on({ InstancePreferences: [{ InstanceType: "ml.c5.xlarge" }, { InstanceType: "ml.m5.xlarge" }], VolumeKmsKeyId: key }),
    ],
    [
      "accepts preferences for instances that encrypt their disks",
      on({ InstancePreferences: [{ InstanceType: "ml.g5.xlarge" }, { InstanceType: "ml.g6.xlarge" }] }),
    ],
    [
      "refuses no network settings",
      processed({ NetworkConfig: undefined }),
      wrong("must set NetworkConfig.EnableInterContainerTrafficEncryption to true"),
      wrong("must set NetworkConfig.EnableNetworkIsolation to true"),
      wrong("must set NetworkConfig.VpcConfig.SecurityGroupIds"),
      wrong("must set NetworkConfig.VpcConfig.Subnets"),
    ],
    [
      "refuses a job that may reach networks, or might",
      processed({ NetworkConfig: { ...isolated, EnableNetworkIsolation: false, EnableInterContainerTrafficEncryption: "{% $encrypt %}" } }),
      wrong("must set NetworkConfig.EnableInterContainerTrafficEncryption to true"),
      wrong("must set NetworkConfig.EnableNetworkIsolation to true"),
    ],
    [
      "refuses subnets that are empty or computed",
      processed({ NetworkConfig: { ...isolated, VpcConfig: { Subnets: [], SecurityGroupIds: "{% $groups %}" } } }),
      wrong("must set NetworkConfig.VpcConfig.SecurityGroupIds"),
      wrong("must set NetworkConfig.VpcConfig.Subnets"),
    ],
    [
      "refuses output without a key",
      processed({ ProcessingOutputConfig: { Outputs: [] } }),
      wrong("must set ProcessingOutputConfig.KmsKeyId to a customer-managed key, written out"),
    ],
    [
      "refuses output under a key of AWS's, or one that is computed",
      machine({
        Job: task("createProcessingJob", { ...processing, ProcessingOutputConfig: { KmsKeyId: "alias/aws/s3" } }),
        Next: task("createProcessingJob", { ...processing, ProcessingOutputConfig: { KmsKeyId: "{% $key %}" } }),
        Last: task("createProcessingJob", { ...processing, ProcessingOutputConfig: { "KmsKeyId.$": "$.key" } }, "Parameters"),
      }),
      ...["Job", "Last", "Next"].map((name) => `State "${name}" must set ProcessingOutputConfig.KmsKeyId to a customer-managed key, written out.`),
    ],
    [
      "refuses a volume without a key",
      on({ InstanceType: "ml.c5.xlarge" }),
      wrong("runs on ml.c5.xlarge and must set VolumeKmsKeyId to a customer-managed key, written out"),
    ],
    [
      "refuses a key for disks that encrypt themselves",
      on({ ...cluster, InstanceType: "ml.g6.xlarge" }),
      wrong("runs on ml.g6.xlarge, whose disks encrypt themselves, and must not set VolumeKmsKeyId, which SageMaker refuses"),
    ],
    [
      "refuses preferences without a key, with one too many, or that disagree",
      machine({
        Job: task("createProcessingJob", {
          ...processing,
          ProcessingResources: { ClusterConfig: { InstancePreferences: [{ InstanceType: "ml.c5.xlarge" }, { InstanceType: "ml.m5.xlarge" }] } },
        }),
        Local: task("createProcessingJob", {
          ...processing,
          ProcessingResources: { ClusterConfig: { InstancePreferences: [{ InstanceType: "ml.g5.xlarge" }], VolumeKmsKeyId: key } },
        }),
        Mixed: task("createProcessingJob", {
          ...processing,
          ProcessingResources: { ClusterConfig: { InstancePreferences: [{ InstanceType: "ml.g5.xlarge" }, { InstanceType: "ml.c5.xlarge" }] } },
        }),
      }),
      wrong("runs on ml.c5.xlarge, ml.m5.xlarge and must set VolumeKmsKeyId to a customer-managed key, written out"),
      'State "Local" runs on ml.g5.xlarge, whose disks encrypt themselves, and must not set VolumeKmsKeyId, which SageMaker refuses.',
      'State "Mixed" may run on ml.g5.xlarge, ml.c5.xlarge, some of which refuse a volume key while others need one.',
    ],
    ["refuses a cluster that is computed", on("{% $states.input.cluster %}"), unnamed],
    ["refuses an instance type that is computed", on({ ...cluster, InstanceType: "{% $type %}" }), unnamed],
    ["refuses preferences that are computed", on({ InstancePreferences: "{% $types %}", VolumeKmsKeyId: key }), unnamed],
    ["refuses a job without a cluster", processed({ ProcessingResources: {} }), unnamed],
    ["accepts a training job", job("createTrainingJob", training)],
    [
      "refuses a training job that is open in every way",
      job("createTrainingJob", { RemoteDebugConfig: { EnableRemoteDebug: true }, ResourceConfig: { InstanceGroups: [{ InstanceType: "ml.c5.xlarge" }] } }),
      wrong("must not set RemoteDebugConfig.EnableRemoteDebug"),
      wrong("must set EnableInterContainerTrafficEncryption to true"),
      wrong("must set EnableNetworkIsolation to true"),
      wrong("must set OutputDataConfig.KmsKeyId to a customer-managed key, written out"),
      wrong("must set VpcConfig.SecurityGroupIds"),
      wrong("must set VpcConfig.Subnets"),
      wrong("runs on ml.c5.xlarge and must set VolumeKmsKeyId to a customer-managed key, written out"),
    ],
    ["accepts a tuning job", job("createHyperParameterTuningJob", { TrainingJobDefinition: training })],
    [
      "refuses any training of a tuning job",
      job("createHyperParameterTuningJob", {
        TrainingJobDefinitions: [
          training,
          { ...training, EnableNetworkIsolation: false, HyperParameterTuningResourceConfig: { InstanceConfigs: [{ InstanceType: "ml.m5.large" }] } },
        ],
      }),
      wrong("must set EnableNetworkIsolation to true"),
      wrong("runs on ml.m5.large and must set VolumeKmsKeyId to a customer-managed key, written out"),
    ],
    ["accepts a transform job, in the JSONPath dialect too", machine({ Job: task("createTransformJob", transform, "Parameters") })],
    [
      "refuses a transform job without keys",
      job("aws-sdk:sagemaker:createTransformJob", { TransformOutput: {}, TransformResources: { InstanceType: "ml.m5.large" } }),
      wrong("must set TransformOutput.KmsKeyId to a customer-managed key, written out"),
      wrong("runs on ml.m5.large and must set VolumeKmsKeyId to a customer-managed key, written out"),
    ],
    ["accepts a model", job("aws-sdk:sagemaker:createModel", model)],
    ["refuses a model with a network", job("createModel", { ...model, EnableNetworkIsolation: false }), wrong("must set EnableNetworkIsolation to true")],
    [
      "accepts the configuration of an endpoint",
      job("createEndpointConfig", { ProductionVariants: [{ InstanceType: "ml.m5.large" }], KmsKeyId: key, DataCaptureConfig: { KmsKeyId: key } }),
    ],
    ["accepts one on instances that encrypt themselves", job("createEndpointConfig", { ProductionVariants: [{ InstanceType: "ml.g5.xlarge" }] })],
    [
      "refuses one that writes anything without a key, or with one that is computed",
      job("createEndpointConfig", {
        ...{ ProductionVariants: [{ InstanceType: "ml.m5.large" }], DataCaptureConfig: { KmsKeyId: "{% $key %}" } },
        AsyncInferenceConfig: { OutputConfig: {} },
      }),
      wrong("must set AsyncInferenceConfig.OutputConfig.KmsKeyId to a customer-managed key, written out"),
      wrong("must set DataCaptureConfig.KmsKeyId to a customer-managed key, written out"),
      wrong("runs on ml.m5.large and must set KmsKeyId to a customer-managed key, written out"),
    ],
    ["refuses one whose variants are computed", job("createEndpointConfig", { ProductionVariants: "{% $variants %}" }), unnamed],
    ["refuses what it can't judge", job("createAutoMLJobV2", {}), wrong("calls createAutoMLJobV2 of SageMaker, which nothing here judges")],
  ];
  for (const [what, program, ...messages] of cases) {
    it(what, async () => expect(await violations(sagemakerJobsAreIsolatedAndEncrypted, program)).to.deep.equal(messages));
  }

  const unnamedInner = 'State "Inner" names no instance type that can be judged.';
  const takes = (ClusterConfig: string, rest: object = {}) => ({
    ...task("createProcessingJob", { ...processing, ProcessingResources: { ClusterConfig } }),
    ...rest,
  });
  const given = "{% $states.input.cluster %}";
  const handOn = { Output: "{% $states.input %}" };
  /** A map in a branch. */
  const mapping = (map: object, StartAt: string, States: object): object => ({
    Job: {
      Type: "Parallel",
      Branches: [{ StartAt: "Each", States: { Each: { Type: "Map", ...map, ItemProcessor: { StartAt, States }, End: true } } }],
      End: true,
    },
  });
  /** One whose job takes its cluster from the map's items. */
  const mapped = (cluster: string, map: object, first = "Inner"): object => mapping(map, first, { Inner: takes(cluster) });
  const good = { cluster: { InstanceType: "ml.g5.xlarge" } };
  const items = [{ cluster: { InstanceType: "ml.m5.large" } }, good];
  const keyless = 'State "Inner" runs on ml.m5.large and must set VolumeKmsKeyId to a customer-managed key, written out.';
  /** A job behind another state. */
  const behind = (before: object, more: object = {}) =>
    mapping({ Items: items }, "Before", { Before: { Next: "Inner", ...before }, Inner: takes(given), ...more });
  const asking = { Type: "Task", Resource: "arn:aws:states:::lambda:invoke", Arguments: {} };
  /** A map in a map: the inner one's items are computed, and a selector adds what the outer one's has. */
  const nested = (selector: object) =>
    mapping({ Items: items }, "Plan", {
      Plan: { ...asking, ...handOn, Next: "Jobs" },
      Jobs: {
        Type: "Map",
        Items: "{% $jobs %}",
        ItemSelector: selector,
        ItemProcessor: { StartAt: "Inner", States: { Inner: takes("{% $states.input.on %}") } },
        End: true,
      },
    });
  const ofInput: [what: string, states: object, ...messages: string[]][] = [
    ["judges every item of a map that a cluster is taken from", mapped(given, { Items: items }), keyless],
    ["accepts items that are clusters themselves", mapped("{% $states.input %}", { Items: [cluster, { InstanceType: "ml.g5.xlarge" }] })],
    ["follows a selector that takes the cluster from around the map", nested({ job: "{% $states.context.Map.Item.Value %}", on: given }), keyless],
    ["follows states that hand on what they are given", behind({ Type: "Pass" }), keyless],
    ["follows a task that hands on what it was given", behind({ ...asking, ...handOn }), keyless],
    ["follows an output that is written out", behind({ ...asking, Output: { cluster: { InstanceType: "ml.m5.large" } } }), keyless],
    [
      "follows a loop over failures",
      mapping({ Items: items }, "Inner", {
        Inner: takes(given, { Catch: [{ ErrorEquals: ["States.ALL"], ...handOn, Next: "Again" }] }),
        Again: { Type: "Wait", Seconds: 1, Next: "Inner" },
      }),
      keyless,
    ],
    [
      "follows each branch to what is around it",
      mapping({ Items: items }, "Both", { Both: { Type: "Parallel", Branches: [{ StartAt: "Inner", States: { Inner: takes(given) } }], End: true } }),
      keyless,
    ],
    [
      "accepts a cluster of items that are all right, however it comes",
      mapping({ Items: [good] }, "Before", {
        Before: { Type: "Choice", Choices: [{ Condition: "{% $long %}", Next: "Other" }], Default: "Inner" },
        Other: { Type: "Wait", Seconds: 1, Next: "Inner" },
        Inner: takes(given),
      }),
    ],
    ...(
      [
        ["takes no items for a cluster that is taken from elsewhere", mapped("{% $cluster %}", { Items: items })],
        ["takes no items for a cluster that something is done to", mapped("{% $merge([$states.input.cluster, $other]) %}", { Items: items })],
        ["takes no items that are computed", mapped(given, { Items: "{% $items %}" })],
        ["takes no item that is computed", mapped(given, { Items: [good, "{% $item %}"] })],
        ["takes no items that are made anew", mapped(given, { Items: items, ItemSelector: { cluster: "{% $other %}" } })],
        ["takes no items that are read from somewhere", mapped(given, { Items: [good], ItemReader: { Resource: "arn:aws:states:::s3:getObject" } })],
        ["takes no items in batches", mapped(given, { Items: [good], ItemBatcher: { MaxItemsPerBatch: 2 } })],
        ["takes no items for a state that nothing leads to", mapped(given, { Items: items }, "Before")],
        ["takes no item that is not there", mapped(given, { Items: [{}] })],
        ["takes nothing from the result of a task", behind(asking)],
        ["takes nothing that a task changed", behind({ ...asking, Output: "{% $merge([$states.input, $states.result]) %}" })],
        [
          "takes nothing of an error",
          behind({ Type: "Pass", Next: "Ask" }, { Ask: { ...asking, ...handOn, End: true, Catch: [{ ErrorEquals: ["States.ALL"], Next: "Inner" }] } }),
        ],
        [
          "takes nothing that another way changes",
          mapping({ Items: [good] }, "Before", {
            Before: { Type: "Choice", Choices: [{ Condition: "{% $x %}", Output: { cluster: "{% $x %}" }, Next: "Inner" }], Default: "Inner" },
            Inner: takes(given),
          }),
        ],
        ["takes nothing that the other dialect made", behind({ Type: "Pass", Result: { cluster } })],
        ["takes nothing from a plan", nested({ on: "{% $states.context.Map.Item.Value.cluster %}" })],
        ["takes nothing from the execution's input", { Job: { Type: "Pass", Next: "Inner" }, Inner: takes(given) }],
      ] as const
    ).map(([what, states]): [string, object, string] => [what, states, unnamedInner]),
  ];
  for (const [what, states, ...messages] of ofInput) {
    it(what, async () => expect(await violations(sagemakerJobsAreIsolatedAndEncrypted, machine(states))).to.deep.equal(messages));
  }

  it("applies to machines that make something of SageMaker's", async () => {
    for (const states of [{ Job: { Type: "Pass", End: true } }, { Job: task("createEndpoint", {}) }, { Job: task("lambda:invoke", {}) }])
      expect(await applications(sagemakerJobsAreIsolatedAndEncrypted, machine(states))).to.equal(0);
  });
});

describe("sfn-jobs-run-pinned-images", () => {
  const byTag = "777777777777.dkr.ecr.us-east-1.amazonaws.com/svp/inference:latest";
  const cases: [what: string, program: (opts: Opts) => unknown, ...messages: string[]][] = [
    ["accepts an image by digest", processed({})],
    ["accepts a transform job, which has no image of its own", job("createTransformJob", transform)],
    [
      "refuses an image by tag",
      processed({ AppSpecification: { ImageUri: byTag } }),
      wrong(`runs the image "${byTag}", which must be named by its digest in a private registry of ECR`),
    ],
    [
      "refuses an image of a public registry, even by digest",
      job("createTrainingJob", { ...training, AlgorithmSpecification: { TrainingImage: `docker.io/x@sha256:${"0".repeat(64)}` } }),
      wrong(`runs the image "docker.io/x@sha256:${"0".repeat(64)}", which must be named by its digest in a private registry of ECR`),
    ],
    [
      "refuses a model without an image",
      job("createModel", { ...model, PrimaryContainer: {} }),
      wrong("runs the image of no name, which must be named by its digest in a private registry of ECR"),
    ],
  ];
  for (const [what, program, ...messages] of cases) it(what, async () => expect(await violations(jobsRunPinnedImages, program)).to.deep.equal(messages));

  it("takes images of named registries only, where registries are named", async () => {
    const of = (...registries: string[]) => violations(jobsRunPinnedImages, processed({}), { "sfn-jobs-run-pinned-images": { registries } });
    expect(await of("777777777777")).to.deep.equal([]);
    expect(await of("111111111111", "222222222222")).to.deep.equal([
      wrong("runs an image of account 777777777777; it must come from 111111111111, 222222222222"),
    ]);
  });
});

describe("sfn-jobs-write-to-buckets-of-the-stack", () => {
  const machineWrong = (problem: string): string => `State machine "m" writes in state "Job" to ${problem}`;
  const cases: [what: string, program: (opts: Opts) => unknown, ...messages: string[]][] = [
    ["accepts buckets of the stack", job("createProcessingJob", processing, ["lake"])],
    ["accepts them of training jobs", job("createTrainingJob", training, ["lake"])],
    ["refuses a bucket of somebody else", job("createTransformJob", transform, ["other"]), machineWrong("bucket lake, which is none of this stack's.")],
    [
      "refuses a place that is computed",
      job("createProcessingJob", { ...processing, ProcessingOutputConfig: { Outputs: [{ S3Output: { S3Uri: "{% $uri %}" } }] } }, ["lake"]),
      machineWrong("{% $uri %}, which names no bucket."),
    ],
    [
      "refuses a bucket whose name is completed as it runs",
      job("createTransformJob", { TransformOutput: { S3OutputPath: "{% 's3://lake' & $suffix & '/x/' %}" } }, ["lake"]),
      machineWrong("{% 's3://lake' & $suffix & '/x/' %}, which names no bucket."),
    ],
  ];
  for (const [what, program, ...messages] of cases)
    it(what, async () => expect(await violations(jobsWriteToBucketsOfTheStack, program)).to.deep.equal(messages));

  it("applies where something is written", async () => {
    expect(await applications(jobsWriteToBucketsOfTheStack, job("lambda:invoke", {}))).to.equal(0);
    expect(await applications(jobsWriteToBucketsOfTheStack, (opts) => new aws.s3.Bucket("b", {}, opts))).to.equal(0);
  });
});

describe("sfn-endpoint-updates-watch-alarms", () => {
  const alarms = (...names: string[]) => ({ DeploymentConfig: { AutoRollbackConfiguration: { Alarms: names.map((AlarmName) => ({ AlarmName })) } } });
  const update = (settings: object, EndpointName = "e") => task("aws-sdk:sagemaker:updateEndpoint", { EndpointName, ...settings });
  const updating = (states: object) => (opts: Opts) => {
    const autoRollbackConfiguration = { alarms: [{ alarmName: "errors" }, { alarmName: "latency" }] };
    const deploymentConfig = {
      blueGreenUpdatePolicy: { trafficRoutingConfiguration: { type: "ALL_AT_ONCE", waitIntervalInSeconds: 60 } },
      autoRollbackConfiguration,
    };
    new aws.sagemaker.Endpoint("e", { name: "e", endpointConfigName: "c", deploymentConfig }, opts);
    machine(states)(opts);
  };
  const refused = (problem: string): string => `State machine "m" updates endpoint ${problem}`;
  const cases: [what: string, program: (opts: Opts) => unknown, ...messages: string[]][] = [
    ["accepts an update that watches the endpoint's alarms, and one that puts back", updating({ A: update(alarms("latency", "errors")), B: update({}) })],
    ["accepts any alarm of an endpoint that is made elsewhere", updating({ A: update(alarms("errors"), "elsewhere") })],
    ["refuses none", updating({ A: update({}) }), refused("e and lets no alarm take it back.")],
    ["refuses alarms that are computed", updating({ A: update(alarms("{% $alarm %}")) }), refused("e and lets no alarm take it back.")],
    ["refuses one of two", updating({ A: update(alarms("errors", "other")) }), refused("e whatever latency says, which the endpoint names.")],
    [
      "refuses to watch the alarms of one endpoint for another",
      updating({ A: update(alarms("errors", "latency"), "f"), B: update({}) }),
      refused("e and lets no alarm take it back."),
    ],
  ];
  for (const [what, program, ...messages] of cases) it(what, async () => expect(await violations(endpointUpdatesWatchAlarms, program)).to.deep.equal(messages));

  it("applies where an endpoint that is written out is updated", async () => {
    expect(await applications(endpointUpdatesWatchAlarms, updating({ A: update(alarms("errors", "latency")) }))).to.equal(1);
    expect(await applications(endpointUpdatesWatchAlarms, updating({ A: update({}, "{% $name %}") }))).to.equal(0);
    expect(await applications(endpointUpdatesWatchAlarms, job("lambda:invoke", {}))).to.equal(0);
  });
});

describe("hasLocalNvme", () => {
  it("knows the families with disks of their own", () => {
    const local = "g4dn g4ad g5 g6 g6e g6f gr6 g7e p4d p5 p5en p6-b200 p6-b300 trn1 trn2 m5d m8id c6gd c5ad r7gd r8idn i3en i8ge im4gn x2idn z1d".split(" ");
    const remote = "m5 m5n c5 c5n c7i c6gn p2 p3 g4 t3 inf1 inf2 r5 r6a r8i x2iezn i2 trn".split(" ");
    const found = (families: readonly string[]) => families.filter((family) => hasLocalNvme(`ml.${family}.xlarge`));
    expect(found(local)).to.deep.equal(local);
    expect(found(remote)).to.deep.equal([]);
  });
});
