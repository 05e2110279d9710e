import * as aws from "@pulumi/aws";
import type * as pulumi from "@pulumi/pulumi";
import type { DatasetTask } from "../../contracts/dataset-version.ts";
import { driftDetectedType, learningSource } from "../../contracts/drift.ts";
import { datasetPlansPrefix, datasetsPrefix, driftPrefix } from "../../contracts/keys.ts";
import type { Model } from "../../contracts/model.ts";
import { retrainingEndedType } from "../../contracts/retraining.ts";
import { Workflow } from "../analysis/workflow.ts";
import { PlatformComponent } from "../component.ts";
import { eventRetries } from "../compute/event-retries.ts";
import { type FunctionSettings, PlatformFunction } from "../compute/platform-function.ts";
import type { CaseTable } from "../data/case-table.ts";
import type { DataLake } from "../data/data-lake.ts";
import { lakePrefixes } from "../data/lake-prefixes.ts";
import { eventRuleArn, type Place, physicalName, regionalArn } from "../place.ts";
import type { DataKeys } from "../security/data-keys.ts";
import { allow } from "../security/policy.ts";
import type { DatasetBuilder } from "./dataset-builder.ts";
import { retrainingDefinition } from "./retraining.asl.ts";
import { isTrainable } from "./training-pipeline/quality-bars.ts";
import { trainingPipelineName } from "./training-pipeline/training-pipeline.ts";

export interface RetrainingArgs {
  settings: FunctionSettings;
  keys: DataKeys;
  lake: DataLake;
  table: CaseTable;
  datasets: DatasetBuilder;
  /** Networks that may learn anew. */
  models: readonly Model[];
  /** Cases that must have been corrected since a network last learned. */
  leastCorrected: number;
  /** Seconds between two looks at a training. */
  pollSeconds: number;
}

const names = { drift: "drift-detected", ended: "learning-news" };
/** ARNs of the rules that follow what is announced of networks; the dead letters' policy lets them write what they can't deliver. */
export const retrainingRuleArns = (place: Place): string[] => Object.values(names).map((name) => eventRuleArn(place, name));

/** What a network learns from corrections; null of one that no pipeline trains, since no dataset holds what it says. */
const taskOf = (model: Model): DatasetTask | null => (isTrainable(model) ? model.task : null);

/**
 * The state machine that lets a network learn anew, what starts it, and who is told. It can train and register; approving stays a person's.
 * HIPAA 164.308(a)(4)(ii)(B), 164.308(a)(8).
 */
export class Retraining extends PlatformComponent {
  readonly workflow: Workflow;
  /** Goes on with what waited, once enough was corrected; the daily look calls it. */
  readonly resume: PlatformFunction;

  constructor(name: string, args: RetrainingArgs, opts?: pulumi.ComponentResourceOptions) {
    super("svp:learning:Retraining", name, opts);
    const { settings, keys, lake, table, datasets, models, leastCorrected, pollSeconds } = args;
    const { place } = settings;

    const teaching = { models: Object.fromEntries(models.map((model) => [model.id, { task: taskOf(model), labels: model.labels }])), leastCorrected };
    const stateMachineArn = regionalArn(place, "states", `stateMachine:${physicalName(place, name)}`);
    const turns = `${driftPrefix}*/retraining.json`;
    /** What counts the corrections that a network has not learned from. */
    const counting = {
      ...{ settings, timeoutSeconds: 900, memoryMb: 1024 },
      environment: {
        CASE_TABLE: table.tableName,
        PROCESSED_BUCKET: lake.processed.bucket,
        DATASETS_BUCKET: lake.datasets.bucket,
        STATE_MACHINE_ARN: stateMachineArn,
        TEACHING: JSON.stringify(teaching),
      },
      statements: [
        ...table.allowListByTime("ListCases"),
        lake.processed.allowNoticingAbsence("NoticeMissingObjects"),
        ...lake.datasets.allow("ReadPlans", ["s3:GetObject"], datasetPlansPrefix),
        lake.datasets.allowList("ListPlans", datasetPlansPrefix),
        lake.datasets.allowList("ListVersions", datasetsPrefix),
      ],
    };
    const collectCorrections = new PlatformFunction(
      {
        ...counting,
        handler: "learn/collect-corrections",
        description: "Finds what people corrected since a network last learned, or asks them to",
        statements: [
          ...counting.statements,
          ...table.allow("AskPeople", ["dynamodb:PutItem", "dynamodb:Query"]),
          ...lake.processed.allow("ReadAnalyses", ["s3:GetObject"], lakePrefixes.metadata),
          ...lake.processed.allow("TakeTurns", ["s3:GetObject", "s3:PutObject"], turns),
          allow("FollowRetrainings", ["states:DescribeExecution"], [regionalArn(place, "states", `execution:${physicalName(place, name)}:*`)]),
        ],
      },
      { parent: this },
    );
    this.resume = new PlatformFunction(
      {
        ...counting,
        handler: "learn/resume-retrainings",
        description: "Goes on with retrainings that waited, once people corrected enough",
        statements: [
          ...counting.statements,
          ...table.allow("ReadCorrections", ["dynamodb:Query"]),
          ...lake.processed.allow("ReadTurns", ["s3:GetObject"], turns),
          allow("ResumeRetrainings", ["states:StartExecution"], [stateMachineArn]),
        ],
      },
      { parent: this },
    );
    const pipelines = regionalArn(place, "sagemaker", `pipeline/${trainingPipelineName(place, "")}*`);
    this.workflow = new Workflow(
      name,
      {
        ...{ settings, keys, jobs: ["StepFunctionsExecution"], what: "The retraining of a network" },
        definition: retrainingDefinition({
          ...{ collectCorrections, pollSeconds },
          datasetBuilderArn: datasets.workflow.stateMachineArn,
          pipelinePrefix: trainingPipelineName(place, ""),
        }),
        statements: [
          collectCorrections.allowInvoke("CollectCorrections"),
          datasets.workflow.allowStart("BuildDatasets"),
          allow("StartTrainings", ["sagemaker:StartPipelineExecution"], [pipelines]),
          allow("FollowTrainings", ["sagemaker:DescribePipelineExecution"], [`${pipelines}/execution/*`]),
          allow("TellHowItEnded", ["events:PutEvents"], [regionalArn(place, "events", "event-bus/default")]),
        ],
      },
      { parent: this },
    );
    const startRetraining = new PlatformFunction(
      {
        settings,
        handler: "learn/start-retraining",
        description: "Starts one retraining for each episode that is announced",
        timeoutSeconds: 30,
        memoryMb: 256,
        environment: { STATE_MACHINE_ARN: this.workflow.stateMachineArn },
        statements: [this.workflow.allowStart("StartRetraining")],
      },
      { parent: this },
    );
    this.#followDrift(startRetraining, args);
    this.#tellPeople(settings);
    this.registerOutputs({ stateMachineArn: this.workflow.stateMachineArn });
  }

  #followDrift(start: PlatformFunction, { settings: { place, deadLetters }, models }: RetrainingArgs): void {
    const rule = this.#rule(place, "drift", "A network should learn anew", {
      "detail-type": [driftDetectedType],
      detail: { model: models.map(({ id }) => id) },
    });
    new aws.cloudwatch.EventTarget(
      this.childName("start"),
      { rule: rule.name, targetId: "start-retraining", arn: start.arn, deadLetterConfig: { arn: deadLetters.arn }, retryPolicy: eventRetries },
      this.child(),
    );
    new aws.lambda.Permission(
      this.childName("permission"),
      { statementId: "rule", action: "lambda:InvokeFunction", function: start.functionName, principal: "events.amazonaws.com", sourceArn: rule.arn },
      this.child(),
    );
  }

  /** Of a drift, and of how a retraining ended: network, version and reason, and no case. */
  #tellPeople({ place, deadLetters, alertTopicArn }: FunctionSettings): void {
    const rule = this.#rule(place, "ended", "What people are told of networks that learn anew", { "detail-type": [driftDetectedType, retrainingEndedType] });
    new aws.cloudwatch.EventTarget(
      this.childName("alert"),
      {
        rule: rule.name,
        targetId: "alert",
        arn: alertTopicArn,
        inputTransformer: {
          inputPaths: { what: "$.detail-type", model: "$.detail.model", version: "$.detail.version", reason: "$.detail.reason", outcome: "$.detail.outcome" },
          inputTemplate: '"<what>: <model> <version>, because of <reason>. <outcome>"',
        },
        deadLetterConfig: { arn: deadLetters.arn },
        retryPolicy: eventRetries,
      },
      this.child(),
    );
  }

  #rule(place: Place, which: keyof typeof names, description: string, pattern: object): aws.cloudwatch.EventRule {
    return new aws.cloudwatch.EventRule(
      this.childName(`${which}-rule`),
      { name: physicalName(place, names[which]), description, eventPattern: JSON.stringify({ source: [learningSource], ...pattern }) },
      this.child(),
    );
  }
}
