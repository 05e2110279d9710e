import * as aws from "@pulumi/aws";
import { expect } from "chai";
import type { DistributedMapState } from "../../../components/analysis/asl.ts";
import { backfillDefinition } from "../../../components/analysis/backfill.asl.ts";
import { Backfill } from "../../../components/analysis/backfill.ts";
import { CaseAnalysis } from "../../../components/analysis/case-analysis.ts";
import type { JsonObject } from "../../../local/services/states/definition.ts";
import { StatesError } from "../../../local/services/states/error.ts";
import { definitionFaults } from "../../../local/services/states/lint.ts";
import type { Deployed } from "../../support/pulumi.ts";
import { runDefinition } from "../machine-run.ts";
import { admission, catalogue, image, jobNetwork, parts } from "../parts.ts";
import { inAccount, statements } from "../place.ts";
import type { Answer } from "./execution.ts";

describe("the definition of a backfill", () => {
  const definition = backfillDefinition({
    prepareBackfill: { arn: "arn:aws:lambda:us-east-1:111111111111:function:prepare", timeoutSeconds: 30 },
    analysisArn: "arn:aws:states:us-east-1:111111111111:stateMachine:analysis",
    leaseTable: "leases",
    processedBucket: "processed",
    maxConcurrency: 3,
    toleratedFailurePercentage: 5,
    pollSeconds: 45,
  });

  it("is one that Step Functions, and the local cloud, accept", async () => {
    expect(await definitionFaults(JSON.parse(JSON.stringify(definition)))).to.deep.equal([]);
  });

  it("waits for a lease for hours, and minutes for a scan for malware that has yet to tell", () => {
    const { ItemProcessor } = definition.States["AnalyseVideos"] as unknown as {
      ItemProcessor: { States: Record<string, { Retry: { ErrorEquals: string[] }[] }> };
    };
    const retriers = ItemProcessor.States["PrepareBackfill"]?.Retry.slice(-2);
    expect(retriers?.map(({ ErrorEquals }) => ErrorEquals)).to.deep.equal([["NoLease"], ["NotScanned"]]);
    expect(retriers?.[1]).to.deep.include({ IntervalSeconds: 60, BackoffRate: 1.5, MaxAttempts: 5 });
  });

  it("lives as long as there is work: a year, the longest of any execution, while each analysis ends within a day and an hour", () => {
    expect(definition.TimeoutSeconds).to.equal(31_536_000);
    expect(video.States["AnalyseVideo"]).to.deep.include({ TimeoutSeconds: 90_000 });
  });

  const { ItemProcessor: video } = definition.States["AnalyseVideos"] as DistributedMapState;
  const request = { caseId: "c", runId: "r" };
  const ofVideo = (prepared: JsonObject, answers: Record<string, Answer>) =>
    runDefinition(
      { QueryLanguage: "JSONata", StartAt: video.StartAt, States: video.States },
      { machine: "backfill", execution: "e", input: { caseId: "c", uploadId: "u" } },
      { PrepareBackfill: () => ({ Payload: prepared }), ReleaseLease: () => ({}), ...answers },
    );

  describe("given a video whose analysis ended before its time", () => {
    const prepared = { verdict: "REDRIVE", request, executionArn: "execution:r" };

    it("goes on with it, waits for its end and tells what came of it", async () => {
      const looks: JsonObject[] = [{ Status: "PENDING_REDRIVE" }, { Status: "RUNNING" }, { Status: "SUCCEEDED", Output: '{"status":"COMPLETE"}' }];
      const { output, asked } = await ofVideo(prepared, { RedriveAnalysis: () => ({ RedriveDate: "now" }), SeeAnalysis: () => looks.shift() as JsonObject });
      expect(output).to.deep.equal({ caseId: "c", runId: "r", status: "COMPLETE" });
      expect(asked.map(({ name }) => name)).to.deep.equal(["PrepareBackfill", "RedriveAnalysis", "SeeAnalysis", "SeeAnalysis", "SeeAnalysis"]);
      for (const one of asked.slice(1)) expect(one.arguments).to.deep.equal({ ExecutionArn: "execution:r" });
    });

    it("fails the video if it fails again, and keeps its hands off the lease, which its end gives back", async () => {
      const { error, asked } = await ofVideo(prepared, { RedriveAnalysis: () => ({}), SeeAnalysis: () => ({ Status: "FAILED" }) });
      expect([error?.error, error?.causeText]).to.deep.equal(["States.TaskFailed", "The analysis ended as FAILED; its case has the reason."]);
      expect(asked.map(({ name }) => name)).to.not.include("ReleaseLease");
    });

    it("gives the lease back if it can't go on", async () => {
      const refuse = () => {
        throw new StatesError("Sfn.ExecutionNotRedrivableException", "It runs.");
      };
      const { error, asked } = await ofVideo(prepared, { RedriveAnalysis: refuse });
      expect(error?.error).to.equal("Sfn.ExecutionNotRedrivableException");
      expect(asked.map(({ name }) => name)).to.deep.equal(["PrepareBackfill", "RedriveAnalysis", "ReleaseLease"]);
    });
  });

  it("reads a manifest, analyses so many at a time, and writes what came of them", () => {
    const { AnalyseVideos } = definition.States;
    const id = "$states.context.Execution.Input.backfillId";
    expect(AnalyseVideos).to.deep.include({
      MaxConcurrency: 3,
      ToleratedFailurePercentage: 5,
      ItemReader: {
        Resource: "arn:aws:states:::s3:getObject",
        ReaderConfig: { InputType: "JSONL" },
        Arguments: { Bucket: "processed", Key: `{% 'backfills/' & ${id} & '/manifest.jsonl' %}` },
      },
      ResultWriter: { Resource: "arn:aws:states:::s3:putObject", Arguments: { Bucket: "processed", Prefix: `{% 'backfills/' & ${id} & '/results/' %}` } },
    });
  });
});

describe("Backfill", () => {
  let stack: Deployed;
  before(async () => {
    stack = await inAccount((opts) => {
      const { settings, keys, lake, table } = parts(opts);
      const rekognition = { enabled: true, labels: false, pollSeconds: 45, optOutPolicyId: "p-optout0000" };
      const analysis = new CaseAnalysis(
        "case-analysis",
        { settings, keys, lake, table, catalogue, image, network: jobNetwork, rekognition, analysesAtOnce: 4, scanned: false, pipelineVersion: "1" },
        opts,
      );
      new Backfill(
        "backfill",
        {
          ...{ settings, keys, lake, table, analysis, admission: admission(settings, keys, analysis, opts) },
          ...{ startAfter: "scan", toleratedFailurePercentage: 5, pollSeconds: 45, pipelineVersion: "1" },
        },
        opts,
      );
    });
  });

  it("has as many videos under way as its class has leases", () => {
    const { States } = JSON.parse(stack.one(aws.sfn.StateMachine, "backfill").inputs["definition"] as string) as {
      States: { AnalyseVideos: { MaxConcurrency: number } };
    };
    expect(States.AnalyseVideos.MaxConcurrency).to.equal(3);
    const environment = stack.one(aws.lambda.Function, "ingest-prepare-backfill").inputs["environment"] as { variables: object };
    expect(environment.variables).to.include({ BACKFILL_LEASES: "3", START_AFTER: "scan" });
  });

  it("may start, watch and stop analyses and its own executions, and touch its own files only", () => {
    const machines = "arn:aws:states:us-east-1:111111111111";
    const granted = statements(stack.one(aws.iam.RolePolicy, "backfill-role-policy").inputs["policy"]);
    expect(granted.StartAnalysis.Resource).to.deep.equal([`${machines}:stateMachine:svp-unit-case-analysis`]);
    expect(granted.FollowAnalysis.Resource).to.deep.equal([`${machines}:execution:svp-unit-case-analysis:*`]);
    expect(granted.Distribute).to.deep.include({ Action: ["states:StartExecution"], Resource: [`${machines}:stateMachine:svp-unit-backfill`] });
    expect(granted.FollowDistributed.Resource).to.deep.equal([`${machines}:execution:svp-unit-backfill*`]);
    expect(granted.FollowJobs.Resource).to.deep.equal(["arn:aws:events:us-east-1:111111111111:rule/StepFunctionsGetEventsForStepFunctionsExecutionRule"]);
    for (const sid of ["ReadManifest", "WriteResults"])
      expect(granted[sid].Resource).to.deep.equal(["arn:aws:s3:::svp-unit-111111111111-processed/backfills/*"]);
    const prepare = statements(stack.one(aws.iam.RolePolicy, "ingest-prepare-backfill-role-policy").inputs["policy"]);
    expect(prepare.SeeVideo).to.deep.include({ Action: ["s3:ListBucketVersions"], Condition: { StringLike: { "s3:prefix": "raw-videos/*" } } });
    expect(prepare.NoteAttempt.Action).to.deep.equal(["dynamodb:GetItem", "dynamodb:UpdateItem"]);
    expect(prepare.SeeRuns).to.deep.include({ Action: ["states:DescribeExecution"], Resource: [`${machines}:execution:svp-unit-case-analysis:*`] });
    expect(granted.GoOn).to.deep.include({
      ...{ Action: ["states:DescribeExecution", "states:RedriveExecution"], Resource: [`${machines}:execution:svp-unit-case-analysis:*`] },
    });
    expect(granted.ReadOutcomeKey.Action).to.deep.equal(["kms:Decrypt"]);
    expect(prepare.ReadScanResult).to.deep.include({
      Action: ["s3:GetObjectVersionTagging"],
      Resource: ["arn:aws:s3:::svp-unit-111111111111-raw/raw-videos/*"],
    });
  });
});
