import * as aws from "@pulumi/aws";
import { expect } from "chai";
import { TrainingRoles } from "../../../components/learning/training-roles.ts";
import type { Deployed } from "../../support/pulumi.ts";
import { image, jobNetwork, parts } from "../parts.ts";
import { inAccount, place, statements } from "../place.ts";
import { datasetsBucket } from "./datasets.ts";

describe("TrainingRoles", () => {
  let stack: Deployed;
  let keys: Record<string, unknown>;
  let job: ReturnType<typeof statements>;
  let pipeline: ReturnType<typeof statements>;
  before(async () => {
    stack = await inAccount((opts) => {
      const made = parts(opts);
      const { lake, settings } = made;
      const { pipelineRoleArn, jobRoleArn } = new TrainingRoles(
        "training",
        { place, datasets: datasetsBucket(made), models: lake.models, network: jobNetwork, image, logKey: settings.key, logRetentionDays: 2192 },
        opts,
      );
      return { pipelineRoleArn, jobRoleArn };
    });
    keys = Object.fromEntries(["datasets", "models", "logs"].map((name) => [name, stack.one(aws.kms.Key, `keys-${name}`).outputs["arn"]]));
    job = statements(stack.one(aws.iam.RolePolicy, "training-job-policy").inputs["policy"]);
    pipeline = statements(stack.one(aws.iam.RolePolicy, "training-pipeline-policy").inputs["policy"]);
  });

  const datasets = "arn:aws:s3:::svp-unit-111111111111-datasets";
  const models = "arn:aws:s3:::svp-unit-111111111111-models";

  it("gives pipelines and jobs a role each, which SageMaker takes for this account only", () => {
    expect(stack.outputs).to.deep.equal({
      pipelineRoleArn: "arn:aws:iam::111111111111:role/svp-unit-training-pipeline",
      jobRoleArn: "arn:aws:iam::111111111111:role/svp-unit-training-job",
    });
    for (const name of ["training-pipeline", "training-job"]) {
      const role = stack.one(aws.iam.Role, name);
      expect(role.parent).to.match(new RegExp(`svp:security:ServiceRole::${name}$`));
      expect(statements(role.inputs["assumeRolePolicy"])["ServiceTakesRole"]).to.deep.include({
        Principal: { Service: "sagemaker.amazonaws.com" },
        Condition: { StringEquals: { "aws:SourceAccount": "111111111111" } },
      });
    }
  });

  it("lets a job read datasets and networks, and write candidates apart from the networks in use", () => {
    expect(job["ReadDatasets"]).to.deep.equal({ Effect: "Allow", Action: ["s3:GetObject"], Resource: [`${datasets}/datasets/*`] });
    expect(job["ReadNetworks"]).to.deep.equal({ Effect: "Allow", Action: ["s3:GetObject"], Resource: [`${models}/models/*`] });
    expect(job["WriteCandidates"]).to.deep.equal({
      Effect: "Allow",
      Action: ["s3:AbortMultipartUpload", "s3:GetObject", "s3:PutObject"],
      Resource: [`${models}/training/*`],
    });
    const writing = Object.values(job).filter(({ Action }) => Action.includes("s3:PutObject"));
    expect(writing.flatMap(({ Resource }) => Resource)).to.deep.equal([`${models}/training/*`]);
    expect(job["EncryptVolume"]).to.deep.equal({
      Effect: "Allow",
      Action: ["kms:CreateGrant"],
      Resource: [keys["datasets"]],
      Condition: { Bool: { "kms:GrantIsForAWSResource": "true" } },
    });
  });

  it("lets a job join its own network, fetch its image and write its log", () => {
    const ec2 = "arn:aws:ec2:us-east-1:111111111111";
    expect(job["CreateInterfaces"]).to.deep.equal({
      Effect: "Allow",
      Action: ["ec2:CreateNetworkInterface"],
      Resource: [`${ec2}:network-interface/*`, `${ec2}:security-group/sg-jobs`, `${ec2}:subnet/subnet-a`, `${ec2}:subnet/subnet-b`],
    });
    expect(job["HandInterfacesOver"]).to.deep.equal({
      Effect: "Allow",
      Action: ["ec2:CreateNetworkInterfacePermission", "ec2:DeleteNetworkInterface", "ec2:DeleteNetworkInterfacePermission"],
      Resource: [`${ec2}:network-interface/*`],
      Condition: { ArnEquals: { "ec2:Subnet": [`${ec2}:subnet/subnet-a`, `${ec2}:subnet/subnet-b`] } },
    });
    expect(job["PullImage"]?.Resource).to.deep.equal([image.repositoryArn]);
    expect(job["WriteLog"]?.Resource).to.deep.equal(
      ["TrainingJobs", "ProcessingJobs"].map((jobs) => `arn:aws:logs:us-east-1:111111111111:log-group:/aws/sagemaker/${jobs}:*`),
    );
    expect(stack.one(aws.cloudwatch.LogGroup, "training-log").inputs).to.deep.equal({
      name: "/aws/sagemaker/TrainingJobs",
      kmsKeyId: keys["logs"],
      retentionInDays: 2192,
    });
  });

  it("lets a pipeline start jobs in the network only, with their output encrypted", () => {
    const jobs = ["processing-job", "training-job"].map((kind) => `arn:aws:sagemaker:us-east-1:111111111111:${kind}/pipelines-*`);
    expect(pipeline["StartJobs"]).to.deep.equal({
      Effect: "Allow",
      Action: ["sagemaker:CreateProcessingJob", "sagemaker:CreateTrainingJob"],
      Resource: jobs,
      Condition: {
        Null: { "sagemaker:VpcSubnets": "false", "sagemaker:VpcSecurityGroupIds": "false" },
        "ForAllValues:StringEquals": { "sagemaker:VpcSubnets": ["subnet-a", "subnet-b"], "sagemaker:VpcSecurityGroupIds": ["sg-jobs"] },
        ArnEquals: { "sagemaker:OutputKmsKeyArn": keys["models"] },
      },
    });
    expect(pipeline["FollowJobs"]?.Resource).to.deep.equal(jobs);
    expect(pipeline["PassJobRole"]).to.deep.equal({
      Effect: "Allow",
      Action: ["iam:PassRole"],
      Resource: ["arn:aws:iam::111111111111:role/svp-unit-training-job"],
      Condition: { StringEquals: { "iam:PassedToService": "sagemaker.amazonaws.com" } },
    });
  });

  it("lets a pipeline register versions, and neither of the two approve one or read a dataset for the other", () => {
    const versions = ["group", ""].map((kind) => `arn:aws:sagemaker:us-east-1:111111111111:model-package${kind && `-${kind}`}/svp-unit-*`);
    expect(pipeline["RegisterVersions"]).to.deep.equal({
      Effect: "Allow",
      Action: ["sagemaker:CreateModelPackage"],
      Resource: versions,
      Condition: { StringEquals: { "sagemaker:ModelApprovalStatus": "PendingManualApproval" } },
    });
    expect(pipeline["FollowVersions"]).to.deep.equal({
      Effect: "Allow",
      Action: ["sagemaker:AddTags", "sagemaker:DescribeModelPackage"],
      Resource: versions,
    });
    const registering = [...Object.values(job), ...Object.values(pipeline)].filter(({ Action }) => Action.includes("sagemaker:CreateModelPackage"));
    expect(registering).to.deep.equal([pipeline["RegisterVersions"]]);
    const all = (policy: typeof job) => Object.values(policy).flatMap(({ Action }) => Action as string[]);
    expect([...all(job), ...all(pipeline)]).not.to.include("sagemaker:UpdateModelPackage");
    expect(
      Object.values(pipeline)
        .flatMap(({ Resource }) => Resource as string[])
        .filter((arn) => arn.startsWith("arn:aws:s3")),
    ).to.deep.equal([`${models}/training/*`]);
  });
});
