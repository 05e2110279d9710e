import * as aws from "@pulumi/aws";
import type * as pulumi from "@pulumi/pulumi";
import { PlatformComponent } from "../component.ts";
import { eventRetries } from "../compute/event-retries.ts";
import type { FunctionName } from "../compute/function-bundles.ts";
import { type FunctionSettings, PlatformFunction, type PlatformFunctionArgs } from "../compute/platform-function.ts";
import type { CaseTable } from "../data/case-table.ts";
import type { DataLake } from "../data/data-lake.ts";
import { lakePrefixes } from "../data/lake-prefixes.ts";
import { eventRuleArn, physicalName, regionalArn } from "../place.ts";
import type { DataKeys } from "../security/data-keys.ts";
import { allow, type Statement } from "../security/policy.ts";
import { ServiceRole } from "../security/service-role.ts";
import { caseAnalysed } from "./case-analysis.asl.ts";
import { caseReportDefinition } from "./case-report.asl.ts";
import { type ModelRoute, ReportLanguageModel } from "./report-language-model.ts";
import { Workflow } from "./workflow.ts";

export interface CaseReportArgs {
  settings: FunctionSettings;
  keys: DataKeys;
  lake: DataLake;
  table: CaseTable;
  /** The language model that drafts, and is shown so many key frames at most. The template writes alone, if absent. */
  drafter?: { route: ModelRoute; maxRedrafts: number; pictures: number };
}

/** The state machine that writes reports, everything that its states use, and what starts it: the event of a finished analysis. */
export class CaseReport extends PlatformComponent {
  readonly workflow: Workflow;
  /** The model that drafts; undefined where the template writes alone. */
  readonly languageModel: ReportLanguageModel | undefined;

  constructor(name: string, { settings, keys, lake, table, drafter }: CaseReportArgs, opts?: pulumi.ComponentResourceOptions) {
    super("svp:analysis:CaseReport", name, opts);
    const { processed } = lake;
    const make = (handler: FunctionName, description: string, more: readonly Statement[] = [], changes: Partial<PlatformFunctionArgs> = {}) =>
      new PlatformFunction(
        {
          settings,
          handler,
          description,
          timeoutSeconds: 120,
          memoryMb: 1024,
          environment: { PROCESSED_BUCKET: processed.bucket },
          statements: [
            ...processed.allow("ReadMetadata", ["s3:GetObject"], lakePrefixes.metadata),
            ...processed.allow("WriteMetadata", ["s3:PutObject"], lakePrefixes.metadata),
            ...more,
          ],
          ...changes,
        },
        { parent: this },
      );
    const functions = {
      gatherEvidence: make("report/gather-evidence", "Gathers what a report may say", [processed.allowNoticingAbsence("NoticeMissingMeasures")]),
      writeTemplate: make("report/write-template", "Writes a report without a language model"),
      checkGrounding: make("report/check-grounding", "Holds each sentence of a report against the timeline"),
      publishReport: make("report/publish-report", "Publishes the sentences that stand"),
    };
    this.languageModel =
      drafter && new ReportLanguageModel(this.childName("model"), { settings, lake, key: keys.derived, route: drafter.route }, { parent: this });
    const draftReport =
      drafter &&
      this.languageModel &&
      make("report/draft-report", "Asks a language model for a draft of a report", [...this.languageModel.statements, ...this.#seePictures(drafter, lake)], {
        timeoutSeconds: 300,
        environment: { PROCESSED_BUCKET: processed.bucket, MODEL_PICTURES: String(drafter.pictures), ...this.languageModel.environment },
      });
    const invoked = { ...functions, ...(draftReport && { draftReport }) };
    this.workflow = new Workflow(
      name,
      {
        settings,
        keys,
        definition: caseReportDefinition({
          tableName: table.tableName,
          functions,
          ...(drafter && draftReport && { drafter: { draftReport, maxRedrafts: drafter.maxRedrafts } }),
        }),
        statements: [
          ...Object.entries(invoked).map(([use, lambda]) => lambda.allowInvoke(use.charAt(0).toUpperCase() + use.slice(1))),
          ...table.allow("RecordReport", ["dynamodb:PutItem"]),
          ...(draftReport ? table.allow("RecordCost", ["dynamodb:UpdateItem"]) : []),
          allow("AnnounceReportWritten", ["events:PutEvents"], [regionalArn(settings.place, "events", "event-bus/default")]),
        ],
        jobs: [],
        what: "The report of a case",
        isStoppedByDeletion: true,
      },
      { parent: this },
    );
    this.#startWhenAnalysed(name, settings);
    this.registerOutputs({ stateMachineArn: this.workflow.stateMachineArn });
  }

  /** Thumbnails lie with the results of the analysers. */
  #seePictures({ pictures }: NonNullable<CaseReportArgs["drafter"]>, { processed }: DataLake): Statement[] {
    return pictures === 0 ? [] : processed.allow("ReadThumbnails", ["s3:GetObject"], lakePrefixes.results);
  }

  #startWhenAnalysed(name: string, { place, deadLetters }: FunctionSettings): void {
    const rule = new aws.cloudwatch.EventRule(
      this.childName("rule"),
      {
        name: physicalName(place, name),
        description: "A case was analysed",
        eventPattern: JSON.stringify({ source: [caseAnalysed.source], "detail-type": [caseAnalysed.detailType] }),
      },
      this.child(),
    );
    const role = new ServiceRole(
      this.childName("start-role"),
      {
        place,
        service: "events.amazonaws.com",
        sourceArn: eventRuleArn(place, name),
        statements: [this.workflow.allowStart("StartReport")],
      },
      { parent: this },
    );
    new aws.cloudwatch.EventTarget(
      this.childName("target"),
      {
        rule: rule.name,
        targetId: name,
        arn: this.workflow.stateMachineArn,
        roleArn: role.arn,
        deadLetterConfig: { arn: deadLetters.arn },
        retryPolicy: eventRetries,
      },
      this.child(),
    );
  }
}
