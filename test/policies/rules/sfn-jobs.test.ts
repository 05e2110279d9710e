import * as aws from "@pulumi/aws";
import { expect } from "chai";
import { hasLocalNvme } from "../../../policies/data/local-nvme-families.ts";
import { sagemakerJobsAreIsolatedAndEncrypted } from "../../../policies/rules/sfn/sagemaker-jobs-are-isolated-and-encrypted.ts";
import { violations } from "../../support/policies.ts";

const key = "arn:aws:kms:us-east-1:111111111111:key/derived";
const cluster = { InstanceType: "ml.c5.xlarge", InstanceCount: 1, VolumeSizeInGB: 50, VolumeKmsKeyId: key };
const processing = {
  NetworkConfig: { EnableNetworkIsolation: true, EnableInterContainerTrafficEncryption: true },
  ProcessingOutputConfig: { KmsKeyId: key },
  ProcessingResources: { ClusterConfig: cluster },
};
const transform = { TransformOutput: { "S3OutputPath.$": "$.out", "KmsKeyId.$": "$.key" }, TransformResources: cluster };

const task = (Resource: string, Arguments: object, dialect = "Arguments"): object => ({
  Type: "Task",
  Resource: `arn:aws:states:::sagemaker:${Resource}.sync`,
  [dialect]: Arguments,
  End: true,
});
const machine = (states: object) => (opts: { provider: aws.Provider }) =>
  new aws.sfn.StateMachine("m", { roleArn: "arn:aws:iam::111111111111:role/m", definition: JSON.stringify({ StartAt: "Job", States: states }) }, opts);
const job = (change: object) => machine({ Job: task("createProcessingJob", { ...processing, ...change }) });
const judged = (program: ReturnType<typeof machine>): Promise<string[]> => violations(sagemakerJobsAreIsolatedAndEncrypted, program);

describe("sfn-sagemaker-jobs-are-isolated-and-encrypted", () => {
  it("accepts an isolated, encrypted job, and machines without jobs", async () => {
    expect(await judged(job({}))).to.deep.equal([]);
    expect(await judged(machine({ Job: { Type: "Pass", Result: { InstanceType: "ml.c5.xlarge" }, End: true } }))).to.deep.equal([]);
  });

  const refused: [what: string, change: object, ...messages: string[]][] = [
    [
      "no network settings",
      { NetworkConfig: undefined },
      'State "Job" must set NetworkConfig.EnableInterContainerTrafficEncryption to true.',
      'State "Job" must set NetworkConfig.EnableNetworkIsolation to true.',
    ],
    [
      "a job with a network",
      { NetworkConfig: { EnableNetworkIsolation: false, EnableInterContainerTrafficEncryption: true } },
      'State "Job" must set NetworkConfig.EnableNetworkIsolation to true.',
    ],
    ["output without a key", { ProcessingOutputConfig: { Outputs: [] } }, 'State "Job" must set ProcessingOutputConfig.KmsKeyId.'],
    [
      "a volume without a key",
      { ProcessingResources: { ClusterConfig: { InstanceType: "ml.c5.xlarge" } } },
      "A cluster of ml.c5.xlarge must set VolumeKmsKeyId.",
    ],
    [
      "a key for disks that encrypt themselves",
      { ProcessingResources: { ClusterConfig: { ...cluster, InstanceType: "ml.g6.xlarge" } } },
      "A cluster of ml.g6.xlarge names a VolumeKmsKeyId; its disks encrypt themselves and SageMaker refuses a key.",
    ],
    [
      "a cluster that nobody can judge",
      { ProcessingResources: { ClusterConfig: "{% $states.input.cluster %}" } },
      'State "Job" names no instance type that can be judged.',
    ],
  ];
  for (const [what, change, ...messages] of refused) it(`refuses ${what}`, async () => expect(await judged(job(change))).to.deep.equal(messages));

  it("looks inside branches and maps, and at clusters that a map hands over", async () => {
    const inner = {
      StartAt: "Inner",
      States: { Inner: task("createProcessingJob", { ...processing, NetworkConfig: {}, ProcessingResources: { ClusterConfig: "{% $states.input %}" } }) },
    };
    const states = {
      Job: {
        Type: "Parallel",
        Branches: [
          {
            StartAt: "Each",
            States: { Each: { Type: "Map", Items: [{ InstanceType: "ml.m5.large" }, { InstanceType: "ml.g5.xlarge" }], ItemProcessor: inner, End: true } },
          },
        ],
        End: true,
      },
    };
    expect(await judged(machine(states))).to.deep.equal([
      "A cluster of ml.m5.large must set VolumeKmsKeyId.",
      'State "Inner" must set NetworkConfig.EnableInterContainerTrafficEncryption to true.',
      'State "Inner" must set NetworkConfig.EnableNetworkIsolation to true.',
    ]);
  });

  it("judges transform jobs, in the JSONPath dialect too", async () => {
    expect(await judged(machine({ Job: task("createTransformJob", transform, "Parameters") }))).to.deep.equal([]);
    expect(await judged(machine({ Job: task("createTransformJob", { ...transform, TransformOutput: {} }, "Parameters") }))).to.deep.equal([
      'State "Job" must set TransformOutput.KmsKeyId.',
    ]);
  });
});

describe("hasLocalNvme", () => {
  it("knows the families with disks of their own", () => {
    const local = ["ml.g4dn.xlarge", "ml.g5.xlarge", "ml.g6e.2xlarge", "ml.p5.48xlarge", "ml.trn1.2xlarge", "ml.m5d.large", "ml.c6gd.xlarge", "ml.r7gd.large"];
    const remote = ["ml.m5.large", "ml.c5.xlarge", "ml.p3.2xlarge", "ml.g4.xlarge", "ml.t3.medium", "ml.inf2.xlarge", "ml.r5.large"];
    expect(local.filter(hasLocalNvme)).to.deep.equal(local);
    expect(remote.filter(hasLocalNvme)).to.deep.equal([]);
  });
});
