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
  type State,
  type StateGraph,
  type StateMachineDefinition,
  type TaskState,
} from "./asl.ts";

export interface CaseReportDefinitionArgs {
  readonly tableName: pulumi.Input<string>;
  readonly functions: Readonly<Record<"gatherEvidence" | "writeTemplate" | "checkGrounding" | "publishReport", FunctionTarget>>;
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
      RecordReport: recordReport(args.tableName),
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
function writeReport({ functions }: CaseReportDefinitionArgs): StateGraph {
  return {
    StartAt: "WriteTemplate",
    States: {
      WriteTemplate: invoke(
        functions.writeTemplate,
        { ...run, language: "{% $states.input.language %}", draft },
        {
          Assign: { language: "{% $states.input.language %}", writer: "{% $states.result.Payload.writer %}" },
          Catch: [fails("ReportFailed")],
          Next: "CheckGrounding",
        },
      ),
      CheckGrounding: invoke(
        functions.checkGrounding,
        { ...run, language: "{% $language %}", draft, writer: "{% $writer %}" },
        { Catch: [fails("ReportFailed")], Next: "PublishReport" },
      ),
      PublishReport: invoke(
        functions.publishReport,
        { ...run, language: "{% $language %}", draft, writtenAt: "{% $states.context.Execution.StartTime %}" },
        {
          Output: {
            language: "{% $language %}",
            reportUri: "{% $states.result.Payload.reportUri %}",
            sentenceCount: "{% $states.result.Payload.sentenceCount %}",
            refusedCount: "{% $states.result.Payload.refusedCount %}",
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

/** The case table says that there are reports and where, none of their text. */
function recordReport(tableName: pulumi.Input<string>): TaskState {
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
    TimeoutSeconds: 60,
    Retry: [retryBusy("DynamoDB.ProvisionedThroughputExceededException", "DynamoDB.ThrottlingException", "DynamoDB.InternalServerErrorException")],
    Catch: [fails("Failed")],
    Next: "AnnounceReportWritten",
  };
}
