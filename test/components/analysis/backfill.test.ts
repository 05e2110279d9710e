import * as aws from "@pulumi/aws";
import { expect } from "chai";
import { backfillDefinition } from "../../../components/analysis/backfill.asl.ts";
import { Backfill } from "../../../components/analysis/backfill.ts";
import { CaseAnalysis } from "../../../components/analysis/case-analysis.ts";
import { definitionFaults } from "../../../local/services/states/lint.ts";
import type { Deployed } from "../../support/pulumi.ts";
import { admission, catalogue, image, jobNetwork, parts } from "../parts.ts";
import { inAccount, statements } from "../place.ts";

describe("the definition of a backfill", () => {
  const definition = backfillDefinition({
    prepareBackfill: { arn: "arn:aws:lambda:us-east-1:111111111111:function:prepare", timeoutSeconds: 30 },
    analysisArn: "arn:aws:states:us-east-1:111111111111:stateMachine:analysis",
    leaseTable: "leases",
    processedBucket: "processed",
    maxConcurrency: 3,
    toleratedFailurePercentage: 5,
  });

  it("is one that Step Functions, and the local cloud, accept", async () => {
    expect(await definitionFaults(JSON.parse(JSON.stringify(definition)))).to.deep.equal([]);
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
        { settings, keys, lake, table, catalogue, image, network: jobNetwork, rekognition, pipelineVersion: "1" },
        opts,
      );
      new Backfill(
        "backfill",
        {
          ...{ settings, keys, lake, table, analysis, admission: admission(settings, keys, analysis, opts) },
          ...{ startAfter: "scan", toleratedFailurePercentage: 5, pipelineVersion: "1" },
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
    expect(prepare.ReadCase.Action).to.deep.equal(["dynamodb:GetItem"]);
  });
});
