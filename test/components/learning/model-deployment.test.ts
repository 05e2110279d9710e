import * as aws from "@pulumi/aws";
import { expect } from "chai";
import { modelDeploymentDefinition } from "../../../components/learning/model-deployment.asl.ts";
import { ModelDeployment } from "../../../components/learning/model-deployment.ts";
import type { ComputeNetwork } from "../../../components/network/compute-network.ts";
import { StatesError } from "../../../local/services/states/error.ts";
import type { Answer, Arguments } from "../analysis/execution.ts";
import { runDefinition } from "../machine-run.ts";
import { catalogue, image, jobNetwork, parts } from "../parts.ts";
import { inAccount, statements } from "../place.ts";

const deployment = "5d9b1f0e-3c0f-4a57-8d4c-0a4de3c1b2a3_7f0e4f67-9d4b-2f7a-4d0b-6c115d9b1f0e";
const packageArn = "arn:aws:sagemaker:us-east-1:111111111111:model-package/svp-unit-phase-classifier/2";
const event = { "detail-type": "SageMaker Model Package State Change", detail: { ModelPackageArn: packageArn, ModelApprovalStatus: "Approved" } };
const to = { package: packageArn, version: "1.1.0", sha256: "a".repeat(64) };
const wanted = { model: "phase-classifier", to, from: "training/run-1/model/", replaces: { package: null, version: "1.0.0", sha256: "b".repeat(64) } };

const target = (name: string) => ({ arn: `arn:aws:lambda:us-east-1:111111111111:function:${name}`, timeoutSeconds: 300 });
const definition = modelDeploymentDefinition({
  ...{ ruleOnModel: target("rule"), switchModel: target("switch") },
  trial: {
    ...{ imageUri: image.uri, roleArn: "arn:aws:iam::111111111111:role/trial", modelsBucket: "models" },
    network: { subnetIds: ["subnet-0a"], securityGroupId: "sg-0c" } as unknown as ComputeNetwork,
    keyArn: "arn:aws:kms:us-east-1:111111111111:key/models",
    cluster: { InstanceCount: 1, InstanceType: "ml.c5.xlarge", VolumeSizeInGB: 50 },
  },
});
const execute = (answers: Record<string, Answer>) => runDefinition(definition, { machine: "model-deployment", execution: deployment, input: event }, answers);

const fail = (error: string, cause: object) => () => {
  throw new StatesError(error, JSON.stringify(cause));
};
const whole: Record<string, Answer> = {
  RuleOnModel: () => ({ Payload: { verdict: "DEPLOY", switch: wanted } }),
  TryCandidate: () => ({}),
  ReadApproval: () => ({ ModelApprovalStatus: "Approved" }),
  SwitchModel: () => ({ Payload: to }),
  RejectVersion: () => ({}),
};
const names = (asked: readonly { name: string }[]) => asked.map(({ name }) => name);

describe("model-deployment", () => {
  it("judges an approved version, tries it, asks once more whether it is approved, and puts it into use", async () => {
    const { output, asked } = await execute(whole);
    expect(output).to.deep.equal(to);
    expect(names(asked)).to.deep.equal(["RuleOnModel", "TryCandidate", "ReadApproval", "SwitchModel"]);
    expect(asked[0]?.arguments.Payload).to.deep.equal({ package: packageArn });
    expect(asked[2]?.arguments).to.deep.equal({ ModelPackageName: packageArn });
    expect(asked[3]?.arguments.Payload).to.deep.equal({ switch: wanted, deployment });
  });

  it("tries the candidate alone, in an isolated job of the container that analyses", async () => {
    const { asked } = await execute(whole);
    const job = asked[1]?.arguments as Arguments;
    expect(job.ProcessingJobName)
      .to.equal(`svp-trial-${deployment.slice(0, 46)}-0-0`)
      .and.to.have.length.at.most(63);
    expect(job.AppSpecification.ContainerEntrypoint).to.deep.equal(["node", "models/serving/main.ts", "try"]);
    expect(job.Environment.MODEL).to.equal("phase-classifier");
    expect(job.ProcessingInputs.map(({ S3Input }: Arguments) => S3Input.S3Uri)).to.deep.equal(["s3://models/training/run-1/model/"]);
    expect(job.ProcessingOutputConfig.Outputs[0].S3Output.S3Uri).to.equal(`s3://models/training/trials/${deployment}/`);
    expect(job.NetworkConfig.EnableNetworkIsolation).to.equal(true);
  });

  it("puts back without a trial, and ends where nothing is to be done", async () => {
    const back = { ...wanted, from: "deployed-models/phase-classifier/x/" };
    const { asked } = await execute({ ...whole, RuleOnModel: () => ({ Payload: { verdict: "PUT_BACK", switch: back } }) });
    expect(names(asked)).to.deep.equal(["RuleOnModel", "SwitchModel"]);
    const nothing = await execute({ ...whole, RuleOnModel: () => ({ Payload: { verdict: "NOTHING", reason: "It is in use." } }) });
    expect([nothing.error, names(nothing.asked)]).to.deep.equal([undefined, ["RuleOnModel"]]);
  });

  it("puts nothing into use that was rejected while it was tried", async () => {
    const { asked, error } = await execute({ ...whole, ReadApproval: () => ({ ModelApprovalStatus: "Rejected" }) });
    expect([error, names(asked)]).to.deep.equal([undefined, ["RuleOnModel", "TryCandidate", "ReadApproval"]]);
  });

  it("rejects what it refuses, with every reason, and fails so that people are told", async () => {
    const reasons = ["The version's folder is missing.", "x".repeat(2000)];
    const { error, asked } = await execute({ ...whole, RuleOnModel: () => ({ Payload: { verdict: "REFUSED", reasons } }) });
    expect(names(asked)).to.deep.equal(["RuleOnModel", "RejectVersion"]);
    expect(asked[1]?.arguments).to.deep.equal({
      ModelPackageArn: packageArn,
      ModelApprovalStatus: "Rejected",
      ApprovalDescription: `Not deployed: ${reasons.join(" ")}`.slice(0, 1024),
    });
    expect([error?.error, error?.causeText]).to.deep.equal(["ModelRefused", reasons.join(" ")]);
  });

  it("rejects what failed its trial twice, and no version for a fault that is not its own", async () => {
    const failed = await execute({ ...whole, TryCandidate: fail("States.TaskFailed", { FailureReason: "AlgorithmError: It gave 7 scores." }) });
    expect(names(failed.asked)).to.deep.equal(["RuleOnModel", "TryCandidate", "TryCandidate", "RejectVersion"]);
    expect(failed.asked.at(-1)?.arguments.ApprovalDescription).to.equal("Not deployed: It failed its trial: AlgorithmError: It gave 7 scores.");
    expect(failed.error?.error).to.equal("ModelRefused");
    const tried = ["RuleOnModel", "TryCandidate", "TryCandidate"];
    const denied = await execute({ ...whole, TryCandidate: fail("SageMaker.AccessDeniedException", { errorMessage: "No." }) });
    expect([denied.error?.error, names(denied.asked)]).to.deep.equal(["SageMaker.AccessDeniedException", tried]);
    const short = await execute({ ...whole, TryCandidate: fail("States.TaskFailed", { FailureReason: "CapacityError: Unable to provision." }) });
    expect([short.error?.causeText, names(short.asked)]).to.deep.equal(["CapacityError: Unable to provision.", tried]);
    const outdated = await execute({ ...whole, SwitchModel: fail("Outdated", { errorMessage: "It was changed meanwhile." }) });
    expect([outdated.error?.error, outdated.error?.causeText]).to.deep.equal(["Outdated", "It was changed meanwhile."]);
  });
});

describe("ModelDeployment", () => {
  let stack: Awaited<ReturnType<typeof inAccount>>;
  before(async () => {
    stack = await inAccount((opts) => {
      const { settings, keys, lake } = parts(opts);
      new ModelDeployment("model-deployment", { settings, keys, lake, catalogue, image, network: jobNetwork, instanceType: "ml.c5.xlarge" }, opts);
    });
  });
  const policy = (name: string) => statements(stack.one(aws.iam.RolePolicy, name).inputs["policy"]);
  const objects = (name: string) =>
    Object.values(policy(name))
      .flatMap(({ Action, Resource }) => [Action].flat().flatMap((action) => [Resource].flat().map((resource) => `${action} ${resource}`)))
      .filter((grant) => /^s3:(Get|Put)/.test(grant))
      .map((grant) => grant.replace(/arn:aws:s3:::[^/]*\//, ""))
      .sort();

  it("follows approvals and rejections of the catalogue's networks, and of no others", () => {
    expect(JSON.parse(stack.one(aws.cloudwatch.EventRule, "model-deployment-rule").inputs["eventPattern"] as string)).to.deep.equal({
      source: ["aws.sagemaker"],
      "detail-type": ["SageMaker Model Package State Change"],
      detail: { ModelPackageGroupName: ["svp-unit-instrument-detector"], ModelApprovalStatus: ["Approved", "Rejected"] },
    });
  });

  it("lets one function change networks in use, and the trial none", () => {
    expect(objects("learn-switch-model-role-policy")).to.deep.equal([
      "s3:GetObject deployed-models/*",
      "s3:GetObject models/*",
      "s3:GetObject training/*",
      "s3:PutObject deployed-models/*",
      "s3:PutObject models/*",
    ]);
    expect(objects("learn-rule-on-model-role-policy")).to.deep.equal([
      "s3:GetObject deployed-models/*/record.json*",
      "s3:GetObject models/*",
      "s3:GetObject training/*",
    ]);
    expect(objects("model-deployment-trial-role-policy")).to.deep.equal(["s3:GetObject training/*", "s3:PutObject training/trials/*"]);
  });

  it("lets the machine reject versions, and approve none", () => {
    expect(policy("model-deployment-role-policy")["RejectVersions"]).to.deep.equal({
      Effect: "Allow",
      Action: ["sagemaker:UpdateModelPackage"],
      Resource: ["arn:aws:sagemaker:us-east-1:111111111111:model-package/svp-unit-*"],
      Condition: { StringEquals: { "sagemaker:ModelApprovalStatus": "Rejected" } },
    });
  });
});
