import type * as pulumi from "@pulumi/pulumi";
import { reportLanguage } from "../../contracts/report.ts";
import {
  type Catcher,
  errorMessage,
  expression,
  type FunctionTarget,
  invoke,
  request,
  retryBusy,
  retryTable,
  type State,
  type StateGraph,
  type StateMachineDefinition,
  type TaskState,
} from "./asl.ts";

export interface CaseReportDefinitionArgs {
  readonly tableName: pulumi.Input<string>;
  readonly functions: Readonly<Record<"gatherEvidence" | "writeTemplate" | "checkGrounding" | "publishReport", FunctionTarget>>;
  /** The language model that drafts before the template does; absent where the template writes alone. */
  readonly drafter?: { readonly draftReport: FunctionTarget; readonly maxRedrafts: number };
}

/** Source and detail type of the event that tells the rest of the platform about a finished report. */
export const reportWritten = { source: "svp.case-report", detailType: "ReportWritten" } as const;

/** The event `CaseAnalysed` is the execution's input, as EventBridge hands it over. */
const detail = `${request}.detail`;
const run = { caseId: expression(`${detail}.caseId`), runId: expression(`${detail}.runId`) };
/** The first draft; a report that a template writes has no other. */
const draft = 1;

/** Inside a Map a variable must not be called as one outside it is. */
const fails = (next: "Failed" | "ReportFailed"): Catcher => ({
  ErrorEquals: ["States.ALL"],
  Assign: { [next === "Failed" ? "failure" : "reportFailure"]: { error: "{% $states.errorOutput.Error %}", message: expression(errorMessage) } },
  Next: next,
});
const failed = (variable: string): State => ({ Type: "Fail", Error: `{% $${variable}.error %}`, Cause: `{% $${variable}.message %}` });

/** The report of an analysed case, in every language. It has a machine of its own: a report that fails touches no analysis. */
export function caseReportDefinition(args: CaseReportDefinitionArgs): StateMachineDefinition {
  return {
    Comment: "Writes the report of an analysed case, each sentence checked against the timeline.",
    QueryLanguage: "JSONata",
    TimeoutSeconds: 3600,
    StartAt: "GatherEvidence",
    States: {
      GatherEvidence: invoke(args.functions.gatherEvidence, run, { Catch: [fails("Failed")], Next: "WriteReports" }),
      WriteReports: {
        Type: "Map",
        Items: reportLanguage.options.map((language) => ({ language })),
        MaxConcurrency: reportLanguage.options.length,
        ItemProcessor: { ProcessorConfig: { Mode: "INLINE" }, ...writeReport(args) },
        Assign: { reports: "{% $append([], $states.result) %}" },
        Next: "RecordReport",
      },
      RecordReport: recordReport(args.tableName, args.drafter === undefined ? "AnnounceReportWritten" : "RecordCost"),
      ...(args.drafter && { RecordCost: recordCost(args.tableName) }),
      AnnounceReportWritten: {
        Type: "Task",
        Resource: "arn:aws:states:::events:putEvents",
        Arguments: {
          Entries: [
            {
              EventBusName: "default",
              Source: reportWritten.source,
              DetailType: reportWritten.detailType,
              Detail: { ...run, languages: "{% $append([], $reports.language) %}" },
            },
          ],
        },
        TimeoutSeconds: 60,
        Retry: [retryBusy("States.TaskFailed")],
        Catch: [fails("Failed")],
        Next: "Written",
      },
      Written: { Type: "Succeed", Output: { reports: "{% $reports %}" } },
      Failed: failed("failure"),
    },
  };
}

/** One language: write, check, publish what stands. */
function writeReport({ functions, drafter }: CaseReportDefinitionArgs): StateGraph {
  // A report that a template writes alone has one draft.
  const number = drafter === undefined ? draft : "{% $draft %}";
  const language = "{% $language %}";
  return {
    StartAt: drafter === undefined ? "WriteTemplate" : "BeginDrafts",
    States: {
      ...(drafter && drafting(drafter)),
      WriteTemplate: invoke(
        functions.writeTemplate,
        { ...run, language: drafter === undefined ? "{% $states.input.language %}" : language, draft: number },
        {
          Assign: { ...(drafter === undefined && { language: "{% $states.input.language %}" }), writer: "{% $states.result.Payload.writer %}" },
          Catch: [fails("ReportFailed")],
          Next: "CheckGrounding",
        },
      ),
      CheckGrounding: invoke(
        functions.checkGrounding,
        { ...run, language, draft: number, writer: "{% $writer %}", ...(drafter && { withoutModel: "{% $withoutModel %}" }) },
        {
          ...(drafter && { Assign: { verdict: "{% $states.result.Payload.verdict %}" } }),
          Catch: [fails("ReportFailed")],
          Next: drafter === undefined ? "PublishReport" : "JudgeDraft",
        },
      ),
      PublishReport: invoke(
        functions.publishReport,
        { ...run, language, draft: number, writtenAt: "{% $states.context.Execution.StartTime %}" },
        {
          Output: {
            language,
            reportUri: "{% $states.result.Payload.reportUri %}",
            sentenceCount: "{% $states.result.Payload.sentenceCount %}",
            refusedCount: "{% $states.result.Payload.refusedCount %}",
            ...(drafter && { costUsd: "{% $states.result.Payload.costUsd %}", isPriced: "{% $states.result.Payload.isPriced %}" }),
          },
          Catch: [fails("ReportFailed")],
          Next: "ReportPublished",
        },
      ),
      ReportPublished: { Type: "Succeed" },
      ReportFailed: failed("reportFailure"),
    },
  };
}

/** What is wrong with the platform and not with a model: a report is not written until somebody looked. */
const ownFaults = ["AccessDeniedException", "Misconfigured", "BrokenContract", "InvalidInput", "NotFound"];

/** A language model drafts, and again with the reasons of the refusal; then the template writes. A model that stays busy, or that the guardrail stops, is not asked again. */
function drafting({ draftReport, maxRedrafts }: NonNullable<CaseReportDefinitionArgs["drafter"]>): Record<string, State> {
  const next = { draft: "{% $draft + 1 %}" };
  return {
    BeginDrafts: { Type: "Pass", Assign: { language: "{% $states.input.language %}", draft, withoutModel: "{% '' %}" }, Next: "DraftReport" },
    DraftReport: invoke(
      draftReport,
      { ...run, language: "{% $language %}", draft: "{% $draft %}" },
      {
        Assign: { writer: "{% $states.result.Payload.writer %}", outcome: "{% $states.result.Payload.outcome %}" },
        Catch: [
          { ErrorEquals: ["TryAgain"], Assign: { withoutModel: "The language model stayed too busy to answer." }, Next: "WriteTemplate" },
          { ...fails("ReportFailed"), ErrorEquals: ownFaults },
          // Out of time or memory, withdrawn, or refused for what it was sent: of the model's, and no reason for no report.
          { ErrorEquals: ["States.ALL"], Assign: { withoutModel: "The language model gave no answer." }, Next: "WriteTemplate" },
        ],
        Next: "CheckGrounding",
      },
    ),
    JudgeDraft: {
      Type: "Choice",
      Choices: [
        { Condition: "{% $verdict = 'GROUNDED' or $writer.kind = 'template' %}", Next: "PublishReport" },
        { Condition: `{% $outcome != 'INTERVENED' and $draft <= ${maxRedrafts} %}`, Assign: next, Next: "DraftReport" },
        { Condition: "{% true %}", Assign: next, Next: "WriteTemplate" },
      ],
    },
  };
}

const tableCall = { TimeoutSeconds: 60, Retry: [retryTable] } as const;

/** The case table says that there are reports and where, none of their text. */
function recordReport(tableName: pulumi.Input<string>, next: string): TaskState {
  return {
    Type: "Task",
    Resource: "arn:aws:states:::dynamodb:putItem",
    Arguments: {
      TableName: tableName,
      Item: {
        caseId: { S: run.caseId },
        item: { S: expression(`'REPORT#' & ${detail}.runId`) },
        runId: { S: run.runId },
        writtenAt: { S: "{% $states.context.Execution.StartTime %}" },
        reports: { L: "{% [$reports.{ 'M': { 'language': { 'S': language }, 'uri': { 'S': reportUri } } }] %}" },
      },
    },
    ...tableCall,
    Catch: [fails("Failed")],
    Next: next,
  };
}

/**
 * The case's summary says what its report cost, beside what its analysis did. It is set and not added, for the run that it is of: written again, a report
 * is counted once. Another run that has claimed the case since has a report of its own to come.
 */
function recordCost(tableName: pulumi.Input<string>): TaskState {
  return {
    Type: "Task",
    Resource: "arn:aws:states:::dynamodb:updateItem",
    Arguments: {
      TableName: tableName,
      Key: { caseId: { S: run.caseId }, item: { S: "SUMMARY" } },
      UpdateExpression: "SET reportCost = :cost",
      ConditionExpression: "runId = :run AND #status <> :deleting",
      ExpressionAttributeNames: { "#status": "status" },
      ExpressionAttributeValues: {
        ":run": { S: run.runId },
        ":deleting": { S: "DELETING" },
        ":cost": {
          M: {
            runId: { S: run.runId },
            usd: { N: "{% $string($round($sum($reports.costUsd), 4)) %}" },
            isPriced: { BOOL: "{% $not(false in $reports.isPriced) %}" },
          },
        },
      },
    },
    ...tableCall,
    Catch: [{ ErrorEquals: ["DynamoDB.ConditionalCheckFailedException"], Next: "AnnounceReportWritten" }, fails("Failed")],
    Next: "AnnounceReportWritten",
  };
}
