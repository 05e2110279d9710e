import { expect } from "chai";
import { checkProcessingJob, hasLocalDisks } from "../../../../local/services/sagemaker/request-check.ts";
import { processingRequest } from "./requests.ts";

const refusal = (more: Parameters<typeof processingRequest>[0]): string => {
  try {
    checkProcessingJob(processingRequest(more));
    return "accepted";
  } catch (error) {
    return `${(error as Error).name}: ${(error as Error).message}`;
  }
};
const cluster = (more: object): Parameters<typeof processingRequest>[0] => ({
  ProcessingResources: { ClusterConfig: { InstanceCount: 1, InstanceType: "ml.m5.large", VolumeSizeInGB: 50, ...more } },
});
const input = (more: object): Parameters<typeof processingRequest>[0] => ({
  ProcessingInputs: [
    { InputName: "a", S3Input: { S3Uri: "s3://lake/in/", LocalPath: "/opt/ml/processing/input", S3DataType: "S3Prefix", S3InputMode: "File", ...more } },
  ],
});
const outputs = (more: object): Parameters<typeof processingRequest>[0] => ({
  ProcessingOutputConfig: {
    Outputs: [{ OutputName: "a", S3Output: { S3Uri: "s3://lake/out/", LocalPath: "/opt/ml/processing/output", S3UploadMode: "EndOfJob", ...more } }],
  },
});

describe("checkProcessingJob", () => {
  it("accepts what the state machine sends", () => expect(refusal({})).to.equal("accepted"));

  const clusterPath = "ProcessingResources.ClusterConfig";
  const cases: [string, Parameters<typeof processingRequest>[0], string][] = [
    [
      "a bad name",
      { ProcessingJobName: "-a" },
      'ValidationException: ProcessingJobName is "-a"; it must be 1 to 63 letters, digits and hyphens, with no hyphen at its ends.',
    ],
    [
      "a name of 64",
      { ProcessingJobName: "a".repeat(64) },
      `ValidationException: ProcessingJobName is "${"a".repeat(64)}"; it must be 1 to 63 letters, digits and hyphens, with no hyphen at its ends.`,
    ],
    [
      "an instance type of no kind",
      cluster({ InstanceType: "ml.z9.large" }),
      `ValidationException: ${clusterPath}.InstanceType is "ml.z9.large", which no processing job can run on.`,
    ],
    ["no instance", cluster({ InstanceCount: 0 }), `ValidationException: ${clusterPath}.InstanceCount is 0; it must be at least 1.`],
    ["two instances", cluster({ InstanceCount: 2 }), `NotImplemented: The local cloud does not implement ${clusterPath}.InstanceCount 2.`],
    ["no volume", cluster({ VolumeSizeInGB: 0 }), `ValidationException: ${clusterPath}.VolumeSizeInGB is 0; it must be 1 to 16384.`],
    [
      "a volume key beside local disks",
      cluster({ InstanceType: "ml.g5.xlarge", VolumeKmsKeyId: "key" }),
      `ValidationException: ${clusterPath}.VolumeKmsKeyId can't be given for ml.g5.xlarge: its local disks are encrypted by the instance itself.`,
    ],
    ["a volume key without them", cluster({ VolumeKmsKeyId: "key" }), "accepted"],
    ["a long value", { Environment: { A: "x".repeat(257) } }, "ValidationException: Environment.A has 257 characters; at most 256 are allowed."],
    ["a bad variable", { Environment: { "A-B": "x" } }, 'ValidationException: Environment has the name "A-B"; it must be letters, digits and underscores.'],
    ["no time", { StoppingCondition: { MaxRuntimeInSeconds: 0 } }, "ValidationException: StoppingCondition.MaxRuntimeInSeconds is 0; it must be 1 to 777600."],
    [
      "a path elsewhere",
      input({ LocalPath: "/opt/ml/model" }),
      'ValidationException: ProcessingInputs[0].S3Input.LocalPath is "/opt/ml/model"; it must be under /opt/ml/processing/.',
    ],
    [
      "a path that climbs",
      outputs({ LocalPath: "/opt/ml/processing/../x" }),
      'ValidationException: ProcessingOutputConfig.Outputs[0].S3Output.LocalPath is "/opt/ml/processing/../x"; it must be under /opt/ml/processing/.',
    ],
    ["no S3", input({ S3Uri: "/tmp" }), 'ValidationException: ProcessingInputs[0].S3Input.S3Uri is "/tmp"; it must be s3://bucket/prefix.'],
    ["a pipe", input({ S3InputMode: "Pipe" }), "NotImplemented: The local cloud does not implement ProcessingInputs[0].S3Input.S3InputMode Pipe."],
    [
      "a manifest",
      input({ S3DataType: "ManifestFile" }),
      "NotImplemented: The local cloud does not implement ProcessingInputs[0].S3Input.S3DataType ManifestFile.",
    ],
    [
      "continuous upload",
      outputs({ S3UploadMode: "Continuous" }),
      "NotImplemented: The local cloud does not implement ProcessingOutputConfig.Outputs[0].S3Output.S3UploadMode Continuous.",
    ],
    [
      "types to fall back on",
      cluster({ InstanceType: undefined, InstancePreferences: [{ InstanceType: "ml.m5.large" }, { InstanceType: "ml.c5.xlarge" }] }),
      "accepted",
    ],
    [
      "a type beside types to fall back on",
      cluster({ InstancePreferences: [{ InstanceType: "ml.c5.xlarge" }] }),
      `ValidationException: ${clusterPath} must have InstanceType or InstancePreferences, not both.`,
    ],
    [
      "a type to fall back on twice",
      cluster({ InstanceType: undefined, InstancePreferences: [{ InstanceType: "ml.c5.xlarge" }, { InstanceType: "ml.c5.xlarge" }] }),
      `ValidationException: ${clusterPath}.InstancePreferences has the name "ml.c5.xlarge" twice.`,
    ],
    [
      "no type to fall back on",
      cluster({ InstanceType: undefined, InstancePreferences: [] }),
      `ValidationException: ${clusterPath}.InstancePreferences is empty; it must name at least one type.`,
    ],
    [
      "types to fall back on",
      cluster({ InstanceType: undefined, InstancePreferences: [{ InstanceType: "ml.g6.xlarge" }, { InstanceType: "ml.g5.xlarge" }] }),
      "accepted",
    ],
    [
      "a count for each type to fall back on",
      cluster({ InstanceType: undefined, InstancePreferences: [{ InstanceType: "ml.g6.xlarge", InstanceCount: 1 }] }),
      `NotImplemented: The local cloud does not implement ${clusterPath}.InstancePreferences[0].InstanceCount.`,
    ],
    [
      "a volume key that one of the types refuses",
      cluster({ InstanceType: undefined, InstancePreferences: [{ InstanceType: "ml.m5.large" }, { InstanceType: "ml.g5.xlarge" }], VolumeKmsKeyId: "key" }),
      `ValidationException: ${clusterPath}.VolumeKmsKeyId can't be given for ml.g5.xlarge: its local disks are encrypted by the instance itself.`,
    ],
    ["a network", { NetworkConfig: { VpcConfig: { Subnets: ["subnet-0a"], SecurityGroupIds: ["sg-0b"] } } }, "accepted"],
    [
      "a network without subnets or with what is no group",
      { NetworkConfig: { VpcConfig: { Subnets: [], SecurityGroupIds: ["jobs"] } } },
      'ValidationException: NetworkConfig.VpcConfig.Subnets is []; it must be 1 to 16 ids. NetworkConfig.VpcConfig.SecurityGroupIds is ["jobs"]; it must be 1 to 5 ids.',
    ],
    ["an experiment", { ExperimentConfig: {} }, "NotImplemented: The local cloud does not implement CreateProcessingJob.ExperimentConfig."],
  ];
  for (const [what, more, message] of cases) it(`${message === "accepted" ? "accepts" : "refuses"} ${what}`, () => expect(refusal(more)).to.equal(message));

  it("tells every fault at once", () => {
    expect(refusal({ ...cluster({ InstanceCount: 0 }), ProcessingJobName: "", Environment: { "": "" } })).to.equal(
      'ValidationException: ProcessingJobName is ""; it must be 1 to 63 letters, digits and hyphens, with no hyphen at its ends. ' +
        `Environment has the name ""; it must be letters, digits and underscores. ${clusterPath}.InstanceCount is 0; it must be at least 1.`,
    );
  });
});

describe("hasLocalDisks", () => {
  it("knows the families with NVMe disks", () => {
    for (const type of [
      "ml.g4dn.xlarge",
      "ml.g5.2xlarge",
      "ml.g6.xlarge",
      "ml.g6e.xlarge",
      "ml.g7e.2xlarge",
      "ml.p4d.24xlarge",
      "ml.p5.4xlarge",
      "ml.r5d.large",
    ])
      expect(hasLocalDisks(type), type).to.equal(true);
    for (const type of ["ml.m5.large", "ml.c5.xlarge", "ml.c7i.large", "ml.p3.2xlarge", "ml.r5.large", "ml.t3.medium"])
      expect(hasLocalDisks(type), type).to.equal(false);
  });
});
