import * as aws from "@pulumi/aws";
import { expect } from "chai";
import { conversionUsd } from "../../../contracts/cost.ts";
import { CommandError } from "../../../local/cli/command.ts";
import { videoHourCost } from "../../../local/cost/video-hour.ts";
import type { Deployment } from "../../../local/deploy/deployment.ts";
import { deploymentOf } from "../../support/programs.ts";

const integration = (call: string) => `arn:aws:states:::${call}`;
const functionArn = "arn:aws:any:us-east-1:111111111111:admit";
const job = (ANALYSER: string, SAMPLE_RATE: string) => ({
  environment: { ANALYSER, SAMPLE_RATE },
  cluster: { InstanceType: "ml.c5.xlarge", InstanceCount: 1 },
});

const states = {
  Admit: { Type: "Task", Resource: integration("lambda:invoke"), Arguments: { FunctionName: functionArn }, Next: "Normalise" },
  Normalise: {
    Type: "Task",
    Resource: integration("mediaconvert:createJob.sync"),
    Arguments: { ClientRequestToken: "{% r & '-normalise-' %}" },
    Next: "Screen",
  },
  Screen: {
    Type: "Task",
    Resource: integration("sagemaker:createProcessingJob.sync"),
    Arguments: { Environment: job("gate", "2").environment, ProcessingResources: { ClusterConfig: job("gate", "2").cluster } },
    Next: "Review",
  },
  Review: { Type: "Task", Resource: integration("mediaconvert:createJob.sync"), Arguments: { ClientRequestToken: "{% r & '-review-' %}" }, Next: "Is" },
  Is: { Type: "Choice", Choices: [{ Condition: "{% false %}", Next: "Each" }], Default: "Segments" },
  Segments: {
    Type: "Task",
    Resource: integration("aws-sdk:rekognition:startSegmentDetection"),
    Arguments: { SegmentTypes: ["SHOT", "TECHNICAL_CUE"] },
    Next: "Wait",
  },
  Wait: { Type: "Wait", Seconds: 60, Next: "Look" },
  Look: { Type: "Choice", Choices: [{ Condition: "{% $done %}", Next: "Each" }], Default: "Wait" },
  Each: {
    Type: "Map",
    Items: [job("frames", "5")],
    ItemProcessor: { StartAt: "Run", States: { Run: { Type: "Task", Resource: integration("sagemaker:createProcessingJob.sync"), Arguments: {} } } },
    Next: "Mark",
  },
  Mark: { Type: "Task", Resource: integration("dynamodb:updateItem"), Arguments: {} },
};

async function stack(change: object = {}, more: (opts: { provider: aws.Provider }) => void = () => {}): Promise<Pick<Deployment, "resources" | "outputs">> {
  const { resources } = await deploymentOf((opts) => {
    new aws.lambda.Function("admit", { name: "admit", role: "arn:aws:iam::111111111111:role/r", memorySize: 512 }, opts);
    const definition = JSON.stringify({ StartAt: "Admit", States: { ...states, ...change } });
    new aws.sfn.StateMachine("case-analysis", { definition, roleArn: "arn:aws:iam::111111111111:role/r" }, opts);
    new aws.sfn.StateMachine("report", { definition: '{"StartAt":"A","States":{}}', roleArn: "arn:aws:iam::111111111111:role/r" }, opts);
    more(opts);
  });
  return { resources, outputs: { rawBucket: "raw", processedBucket: "processed" } };
}

const amounts = (lines: readonly { what: string; usd: number }[]) => Object.fromEntries(lines.map(({ what, usd }) => [what, Math.round(usd * 1e5) / 1e5]));

describe("videoHourCost", () => {
  it("prices what the state machine does", async () => {
    const cost = videoHourCost(await stack())!;
    expect(amounts(cost.analysis)).to.deep.equal({
      "Rekognition segments": 6,
      "MediaConvert: review rendition": 0.9,
      "MediaConvert: analysis rendition": 0.45,
      "SageMaker job: frames": 0.01403,
      "SageMaker job: gate": 0.01227,
      "S3 writes": 0.00538,
      // 9 states once, 2 in 30 looks a minute apart.
      "Step Functions": 0.00173,
      "S3 reads": 0.002,
      functions: 0.00013,
    });
    expect(cost.analysisUsd).to.be.closeTo(7.3856, 1e-3);
    expect(cost.otherMachines).to.deep.equal(["report"]);
  });

  it("samples at the rate asked for, but for the gate", async () => {
    const deployment = await stack();
    const notes = (fps: number) =>
      videoHourCost(deployment, { fps })!
        .analysis.filter(({ what }) => what.startsWith("SageMaker"))
        .map(({ note }) => note.split(", ")[1]);
    expect(notes(1)).to.have.members(["1 frames a second", "2 frames a second"]);
    expect(notes(25)).to.have.members(["25 frames a second", "2 frames a second"]);
  });

  it("encodes no analysis rendition of a source that is fit as it is", async () => {
    expect(amounts(videoHourCost(await stack(), { passthrough: true })!.analysis)).not.to.have.property("MediaConvert: analysis rendition");
  });

  it("converts a source only where it can't be read as it is", async () => {
    const converts = {
      Normalise: { ...states.Normalise, Next: "Convert" },
      Convert: { Type: "Task", Resource: integration("ecs:runTask.sync"), Arguments: {}, Next: "Screen" },
    };
    const line = async (options: object) => videoHourCost(await stack(converts), options)!.analysis.find(({ what }) => what === "Fargate: conversion");
    expect(await line({})).to.equal(undefined);
    const found = await line({ converted: true });
    expect(found).to.deep.include({ note: "8 processors, 16 GB, 900 s and the start" });
    expect(found?.usd).to.be.closeTo(conversionUsd(900), 1e-12);
  });

  it("leaves out what a choice never comes to", async () => {
    const cost = videoHourCost(await stack({ Is: { ...states.Is, Choices: [{ Condition: "{% true %}", Next: "Each" }] } }))!;
    expect(amounts(cost.analysis)).not.to.have.property("Rekognition segments");
  });

  it("keeps everything for a year where the lifecycle and copies say so, and scans uploads where a plan does", async () => {
    const deployment = await stack({}, (opts) => {
      const transitions = [{ days: 73, storageClass: "DEEP_ARCHIVE" }];
      new aws.s3.BucketLifecycleConfiguration(
        "lifecycle",
        { bucket: "raw", rules: [{ id: "a", status: "Enabled", filter: { prefix: "raw-videos/" }, transitions }] },
        opts,
      );
      new aws.s3.BucketReplicationConfig(
        "copies",
        { bucket: "processed", role: "arn:aws:iam::111111111111:role/r", rules: [{ status: "Enabled", destination: { bucket: "arn:aws:s3:::copy" } }] },
        opts,
      );
      new aws.guardduty.MalwareProtectionPlan(
        "scan",
        { role: "arn:aws:iam::111111111111:role/r", protectedResource: { s3Bucket: { bucketName: "raw" } } },
        opts,
      );
    });
    const cost = videoHourCost(deployment)!;
    expect(amounts(cost.storage)).to.deep.equal({
      // 73 days at 0.023, 292 at 0.00099.
      source: 0.23293,
      "analysis rendition": 0.14904,
      "analysis rendition: copy in another Region": 0.15984,
      "review rendition": 0.4968,
      "review rendition: copy in another Region": 0.5328,
      "results of analysers": 0.0138,
      "results of analysers: copy in another Region": 0.0148,
      timeline: 0.0138,
      "timeline: copy in another Region": 0.0148,
    });
    expect(amounts(cost.analysis)).to.have.property("GuardDuty: malware scan", 0.324);
  });

  it("is nothing for a stack that no video passes through", () => expect(videoHourCost({ resources: [], outputs: {} })).to.equal(undefined));

  const refused: Record<string, [change: object, message: RegExp]> = {
    "a call without a price": [
      { Mark: { Type: "Task", Resource: integration("bedrock:invokeModel") } },
      /state "Mark" calls arn:aws:states:::bedrock:invokeModel, which has no price here/,
    ],
    "a job for an unknown purpose": [
      { Review: { ...states.Review, Arguments: { ClientRequestToken: "x" } } },
      /state "Review" transcodes for a purpose that its token x does not name/,
    ],
    "a function that is not in the stack": [
      { Admit: { ...states.Admit, Arguments: { FunctionName: "arn:elsewhere" } } },
      /state "Admit" calls arn:elsewhere, which is no function of this stack/,
    ],
    "an instance type without a speed": [
      { Each: { ...states.Each, Items: [{ ...job("frames", "5"), cluster: { InstanceType: "ml.x9.huge", InstanceCount: 1 } }] } },
      /state "Run" No speed is known for instance type ml\.x9\.huge/,
    ],
  };
  for (const [title, [change, message]] of Object.entries(refused)) {
    it(`refuses ${title}`, async () => {
      const deployment = await stack(change);
      expect(() => videoHourCost(deployment)).to.throw(CommandError, message);
    });
  }

  it("refuses a stack that does not say where videos lie", async () => {
    const { resources } = await stack();
    expect(() => videoHourCost({ resources, outputs: {} })).to.throw(CommandError, 'The stack has no output "rawBucket"');
  });
});
