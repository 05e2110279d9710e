import * as aws from "@pulumi/aws";
import { expect } from "chai";
import { DatasetBuilder } from "../../../components/learning/dataset-builder.ts";
import { retrainingDefinition } from "../../../components/learning/retraining.asl.ts";
import { Retraining } from "../../../components/learning/retraining.ts";
import type { Model } from "../../../contracts/model.ts";
import { StatesError } from "../../../local/services/states/error.ts";
import { definitionFaults } from "../../../local/services/states/lint.ts";
import type { Answer } from "../analysis/execution.ts";
import { runDefinition } from "../machine-run.ts";
import { detector, image, jobNetwork, parts } from "../parts.ts";
import { inAccount, statements } from "../place.ts";

const episode = "0123456789abcdef0123456789abcdef";
const drifted = {
  ...{ episode, model: "instrument-detector", version: "1.0.0", digest: "a".repeat(64), reason: "drift", what: ["scores"], report: "drift/r.json" },
};
const datasetBuilderArn = "arn:aws:states:us-east-1:111111111111:stateMachine:svp-unit-dataset-build";
const training = "arn:aws:sagemaker:us-east-1:111111111111:pipeline/svp-unit-train-instrument-detector/execution/abc";
const request = { name: "instrument-detector", task: "object-detection", classes: ["Hook"], cases: { that: "corrected" } };
const definition = retrainingDefinition({
  collectCorrections: { arn: "arn:aws:lambda:us-east-1:111111111111:function:collect", timeoutSeconds: 900 },
  ...{ datasetBuilderArn, pipelinePrefix: "svp-unit-train-", pollSeconds: 60 },
});
const execute = (answers: Record<string, Answer>) => runDefinition(definition, { machine: "retraining", execution: episode, input: drifted }, answers);
const told: Answer = () => ({ FailedEntryCount: 0 });
const tells = { TellOfCandidate: told, TellOfWaiting: told, TellOfUnteachable: told, TellOfFailure: told };

/** A training that is looked at twice before it has ended. */
function whole(end: Record<string, string> = { PipelineExecutionStatus: "Succeeded" }): Record<string, Answer> {
  let looks = 0;
  return {
    ...tells,
    CollectCorrections: () => ({ Payload: { status: "READY", corrected: 12, needed: 10, request } }),
    BuildDataset: () => ({ Output: { status: "BUILT", name: "instrument-detector", version: "1.3.0", uri: "s3://d/", contentSha256: "b".repeat(64) } }),
    StartTraining: () => ({ PipelineExecutionArn: training }),
    DescribeTraining: () => (looks++ < 2 ? { PipelineExecutionStatus: "Executing" } : end),
  };
}
const names = (asked: readonly { name: string }[]) => asked.map(({ name }) => name);
const outcomeOf = ({ asked }: Awaited<ReturnType<typeof execute>>) => asked.at(-1)?.arguments.Entries[0];
const ended = (outcome: string) => ({
  ...{ EventBusName: "default", Source: "svp.learning", DetailType: "Retraining Ended" },
  Detail: { episode, model: "instrument-detector", version: "1.0.0", reason: "drift", outcome },
});

describe("retraining", () => {
  it("is a definition that Step Functions takes", async () => {
    expect(await definitionFaults(JSON.parse(JSON.stringify(definition)))).to.deep.equal([]);
  });

  it("builds a dataset version of what was corrected, trains with it, and tells that a candidate waits", async () => {
    const run = await execute(whole());
    expect(run.output).to.deep.equal({ outcome: "CANDIDATE", dataset: "instrument-detector", version: "1.3.0", pipelineExecution: training });
    const looks = new Array(3).fill("DescribeTraining");
    expect(names(run.asked)).to.deep.equal(["CollectCorrections", "BuildDataset", "StartTraining", ...looks, "TellOfCandidate"]);
    const [collected, built, started, described] = run.asked.map((one) => one.arguments);
    expect(collected?.Payload).to.deep.equal({ request: drifted, execution: episode });
    expect(built).to.deep.equal({ StateMachineArn: datasetBuilderArn, Name: `${episode}-0`, Input: request });
    expect(started).to.deep.equal({
      PipelineName: "svp-unit-train-instrument-detector",
      ClientRequestToken: `svp-retraining-of-an-episode-and-try-${episode}-0`,
      PipelineParameters: [
        { Name: "Dataset", Value: "instrument-detector" },
        { Name: "DatasetVersion", Value: "1.3.0" },
        { Name: "Reason", Value: "drift" },
      ],
    });
    expect(started?.ClientRequestToken).to.have.length.within(32, 128);
    expect(described).to.deep.equal({ PipelineExecutionArn: training });
    expect(outcomeOf(run)).to.deep.equal(ended("CANDIDATE"));
  });

  it("ends waiting for labels where people corrected too little, and starts nothing", async () => {
    const run = await execute({ ...tells, CollectCorrections: () => ({ Payload: { status: "WAITING", corrected: 2, needed: 10, asked: 40 } }) });
    expect([run.error, run.output]).to.deep.equal([undefined, { outcome: "WAITING_FOR_LABELS", corrected: 2, needed: 10 }]);
    expect(names(run.asked)).to.deep.equal(["CollectCorrections", "TellOfWaiting"]);
    expect(outcomeOf(run)).to.deep.equal(ended("WAITING_FOR_LABELS"));
  });

  it("waits while the network is learning already, and tells of nothing meanwhile", async () => {
    let asked = 0;
    const busy: Answer = () => ({ Payload: asked++ < 2 ? { status: "BUSY" } : { status: "WAITING", corrected: 0, needed: 10, asked: 0 } });
    const run = await execute({ ...tells, CollectCorrections: busy });
    expect(names(run.asked)).to.deep.equal([...new Array(3).fill("CollectCorrections"), "TellOfWaiting"]);
  });

  it("tells of a network that corrections can't teach", async () => {
    const run = await execute({ ...tells, CollectCorrections: () => ({ Payload: { status: "UNTEACHABLE" } }) });
    expect([run.output, outcomeOf(run)]).to.deep.equal([{ outcome: "UNTEACHABLE" }, ended("UNTEACHABLE")]);
  });

  it("fails with the reason of the pipeline, such as a candidate that is worse, and tells that it failed", async () => {
    const worse = await execute(whole({ PipelineExecutionStatus: "Failed", FailureReason: "The candidate is worse in detection/map50." }));
    expect([worse.error?.error, worse.error?.causeText]).to.deep.equal(["TrainingFailed", "The pipeline failed: The candidate is worse in detection/map50."]);
    expect(outcomeOf(worse)).to.deep.equal(ended("FAILED"));
    const stopped = await execute(whole({ PipelineExecutionStatus: "Stopped" }));
    expect(stopped.error?.causeText).to.equal("The pipeline stopped: It says no reason.");
  });

  const broken = ["CollectCorrections", "BuildDataset", "StartTraining", "DescribeTraining", "TellOfCandidate"];
  for (const state of broken)
    it(`tells that it failed where ${state} does`, async () => {
      const refused: Answer = () => {
        throw new StatesError("AccessDenied", JSON.stringify({ errorMessage: "No." }));
      };
      const run = await execute({ ...whole(), [state]: refused });
      expect([run.error?.error, run.error?.causeText, outcomeOf(run)]).to.deep.equal(["AccessDenied", "No.", ended("FAILED")]);
      expect((await execute({ ...whole(), [state]: refused, TellOfFailure: refused })).error?.causeText).to.equal("No.");
    });
});

const view: Model = {
  ...(detector as Extract<Model, { task: "object-detection" }>),
  ...{ id: "view-classifier", subject: "view", labels: ["smoke"], task: "frame-classification", outputs: { scores: "scores" } },
};

describe("Retraining", () => {
  let stack: Awaited<ReturnType<typeof inAccount>>;
  before(async () => {
    stack = await inAccount((opts) => {
      const { settings, keys, lake, table } = parts(opts);
      const datasets = new DatasetBuilder("dataset-build", { settings, keys, lake, table, image, network: jobNetwork, instanceType: "ml.c5.xlarge" }, opts);
      new Retraining("retraining", { settings, keys, lake, table, datasets, models: [detector, view], leastCorrected: 10, pollSeconds: 60 }, opts);
    });
  });
  const policy = (name: string) => statements(stack.one(aws.iam.RolePolicy, name).inputs["policy"]);

  it("is started by what is announced of its networks, through a function that names executions; what can't be delivered is kept", () => {
    const rule = stack.one(aws.cloudwatch.EventRule, "retraining-drift-rule");
    expect(JSON.parse(rule.inputs["eventPattern"] as string)).to.deep.equal({
      source: ["svp.learning"],
      "detail-type": ["Drift Detected"],
      detail: { model: ["instrument-detector", "view-classifier"] },
    });
    expect(stack.one(aws.cloudwatch.EventTarget, "retraining-start").inputs).to.deep.include({
      arn: "arn:aws:lambda:us-east-1:111111111111:function:svp-unit-learn-start-retraining",
      deadLetterConfig: { arn: "arn:aws:sqs:us-east-1:111111111111:svp-unit-dead-letters" },
    });
    expect(policy("learn-start-retraining-role-policy")["StartRetraining"]).to.deep.include({
      Action: ["states:StartExecution"],
      Resource: ["arn:aws:states:us-east-1:111111111111:stateMachine:svp-unit-retraining"],
    });
  });

  it("tells people of a drift and of how a retraining ended", () => {
    expect(JSON.parse(stack.one(aws.cloudwatch.EventRule, "retraining-ended-rule").inputs["eventPattern"] as string)).to.deep.equal({
      source: ["svp.learning"],
      "detail-type": ["Drift Detected", "Retraining Ended"],
    });
    expect(stack.one(aws.cloudwatch.EventTarget, "retraining-alert").inputs["arn"]).to.equal("arn:aws:sns:us-east-1:111111111111:svp-unit-alerts");
  });

  it("may start the pipelines of its networks and build datasets, and neither registers nor approves a version", () => {
    const granted = policy("retraining-role-policy");
    const pipelines = "arn:aws:sagemaker:us-east-1:111111111111:pipeline/svp-unit-train-*";
    expect(granted["StartTrainings"]).to.deep.include({ Action: ["sagemaker:StartPipelineExecution"], Resource: [pipelines] });
    expect(granted["FollowTrainings"]).to.deep.include({ Action: ["sagemaker:DescribePipelineExecution"], Resource: [`${pipelines}/execution/*`] });
    expect(granted["BuildDatasets"]).to.deep.include({ Resource: [datasetBuilderArn] });
    const sagemaker = Object.values(granted).flatMap(({ Action }) => [Action].flat().filter((action) => String(action).startsWith("sagemaker:")));
    expect(sagemaker).to.have.members(["sagemaker:StartPipelineExecution", "sagemaker:DescribePipelineExecution"]);
  });

  it("takes turns below drift/ alone, and follows and goes on with its own executions only", () => {
    const turns = ["arn:aws:s3:::svp-unit-111111111111-processed/drift/*/retraining.json*"];
    expect(policy("learn-collect-corrections-role-policy")["TakeTurns"]).to.deep.include({ Action: ["s3:GetObject", "s3:PutObject"], Resource: turns });
    expect(policy("learn-collect-corrections-role-policy")["FollowRetrainings"]).to.deep.include({
      Action: ["states:DescribeExecution"],
      Resource: ["arn:aws:states:us-east-1:111111111111:execution:svp-unit-retraining:*"],
    });
    const resume = policy("learn-resume-retrainings-role-policy");
    expect(resume["ReadTurns"]).to.deep.include({ Action: ["s3:GetObject"], Resource: turns });
    expect(resume["ResumeRetrainings"]).to.deep.include({
      Action: ["states:StartExecution"],
      Resource: ["arn:aws:states:us-east-1:111111111111:stateMachine:svp-unit-retraining"],
    });
    const writes = Object.values(resume).flatMap(({ Action }) =>
      [Action].flat().filter((action) => /Put|Delete|Update/.test(String(action)) && !/^(logs|xray|ec2)/.test(String(action))),
    );
    expect(writes).to.deep.equal([]);
  });

  it("knows what each network can learn from corrections", () => {
    const { variables } = stack.one(aws.lambda.Function, "learn-collect-corrections").inputs["environment"] as { variables: Record<string, string> };
    expect(JSON.parse(variables["TEACHING"] as string)).to.deep.equal({
      models: {
        "instrument-detector": { task: "object-detection", labels: detector.labels },
        "view-classifier": { task: null, labels: ["smoke"] },
      },
      leastCorrected: 10,
    });
  });
});
