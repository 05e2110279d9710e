import type * as pulumi from "@pulumi/pulumi";
import {
  type Catcher,
  caseId,
  errorMessage,
  expression,
  type FunctionTarget,
  invoke,
  request,
  retryBusy,
  retryTable,
  type State,
  type StateMachineDefinition,
  type TaskState,
} from "./asl.ts";

export interface CaseDeletionDefinitionArgs {
  readonly tableName: pulumi.Input<string>;
  readonly functions: Readonly<Record<"checkHolds" | "stopExecutions" | "takeInventory" | "deleteObjects" | "deleteItems" | "recordDeletion", FunctionTarget>>;
  /** Seconds until whatever was under way when the case was claimed has ended. */
  readonly settleSeconds: number;
}

/** Source and detail type of the event that tells the rest of the platform that there is no such case any more. */
export const caseDeleted = { source: "svp.case-deletion", detailType: "CaseDeleted" } as const;

/** A failure ends the deletion, with the case claimed; a redrive goes on in the state that failed, as an analysis does. */
const fails: Catcher = {
  ErrorEquals: ["States.ALL"],
  Assign: {
    failure: {
      state: "{% $states.context.State.Name %}",
      redriveCount: "{% $states.context.Execution.RedriveCount %}",
      error: "{% $states.errorOutput.Error %}",
      message: expression(errorMessage),
    },
  },
  Next: "MarkFailed",
};
const next = (Next: string) => ({ Catch: [fails], Next }) as const;
const ofCase = { caseId: expression(caseId) };

/**
 * The deletion of a case: check, claim, stop, wait, count, delete, look whether anything is left, record, bury. Each step can be
 * done again, so that a deletion which fails half way goes on and ends in nothing being left.
 */
export function caseDeletionDefinition(args: CaseDeletionDefinitionArgs): StateMachineDefinition {
  const work = { ...quiet(args), ...empty(args), ...conclude(args) };
  const canFail = Object.entries(work).flatMap(([name, state]) => ("Catch" in state && state.Catch?.includes(fails) ? [name] : []));
  return {
    Comment: "Deletes everything of one case, and records that it did.",
    QueryLanguage: "JSONata",
    TimeoutSeconds: 24 * 3600,
    StartAt: "CheckHolds",
    States: {
      ...work,
      MarkFailed: markFailed(args.tableName),
      // Step Functions enters a Fail state again and fails again, but evaluates a Choice again: see the case analysis.
      Failed: {
        Type: "Choice",
        Choices: [
          {
            Condition: "{% $states.context.Execution.RedriveCount > $failure.redriveCount ? true : $error($failure.message) %}",
            Output: { resume: "{% $failure.state %}" },
            Next: "Resume",
          },
        ],
      },
      Resume: { Type: "Choice", Choices: canFail.map((name) => ({ Condition: `{% $states.input.resume = '${name}' %}`, Next: name })), Default: "CheckHolds" },
    },
  };
}

/**
 * Nothing works on the case any more. Whoever stops an execution doesn't stop the function that it waits for, and a listing of
 * executions may miss one that has just begun: so the case is waited for after each stop, until a look finds nothing to stop.
 */
function quiet({ tableName, functions, settleSeconds }: CaseDeletionDefinitionArgs): Record<string, State> {
  return {
    CheckHolds: invoke(functions.checkHolds, ofCase, { Assign: { keeping: "{% $states.result.Payload %}", stopped: 0, settled: false }, ...next("Claim") }),
    Claim: {
      Type: "Task",
      Resource: "arn:aws:states:::dynamodb:updateItem",
      Arguments: {
        TableName: tableName,
        Key: { caseId: { S: expression(caseId) }, item: { S: "SUMMARY" } },
        UpdateExpression: "SET #status = :deleting, reasons = :reasons, updatedAt = :now",
        ConditionExpression: "attribute_exists(#status) AND #status <> :deleted",
        ExpressionAttributeNames: { "#status": "status" },
        ExpressionAttributeValues: {
          ":deleting": { S: "DELETING" },
          ":deleted": { S: "DELETED" },
          ":reasons": { L: [] },
          ":now": { S: "{% $states.context.State.EnteredTime %}" },
        },
      },
      TimeoutSeconds: 60,
      Retry: [retryTable],
      ...next("StopExecutions"),
    },
    StopExecutions: invoke(functions.stopExecutions, ofCase, {
      Assign: { stopped: "{% $stopped + $states.result.Payload.stoppedCount %}", quiet: "{% $settled and $states.result.Payload.stoppedCount = 0 %}" },
      ...next("IsQuiet"),
    }),
    IsQuiet: { Type: "Choice", Choices: [{ Condition: "{% $quiet %}", Next: "TakeInventory" }], Default: "Settle" },
    Settle: { Type: "Wait", Seconds: settleSeconds, Next: "Settled" },
    Settled: { Type: "Pass", Assign: { settled: true }, Next: "StopExecutions" },
  };
}

/** Counts, deletes, and counts again: what is left fails the deletion, which names where it lies. */
function empty({ functions }: CaseDeletionDefinitionArgs): Record<string, State> {
  return {
    TakeInventory: invoke(functions.takeInventory, ofCase, { Assign: { inventory: "{% $states.result.Payload %}" }, ...next("DeleteObjects") }),
    DeleteObjects: invoke(functions.deleteObjects, ofCase, { Assign: { done: "{% $states.result.Payload.isDone %}" }, ...next("AreObjectsDeleted") }),
    AreObjectsDeleted: { Type: "Choice", Choices: [{ Condition: "{% $done %}", Next: "DeleteItems" }], Default: "DeleteObjects" },
    DeleteItems: invoke(functions.deleteItems, ofCase, next("CheckRemains")),
    CheckRemains: invoke(functions.takeInventory, ofCase, { Assign: { remains: "{% $states.result.Payload %}" }, ...next("IsNothingLeft") }),
    IsNothingLeft: { Type: "Choice", Choices: [{ Condition: "{% $remains.total = 0 %}", Next: "RecordDeletion" }], Default: "SomethingIsLeft" },
    SomethingIsLeft: {
      Type: "Pass",
      Assign: {
        failure: {
          state: "DeleteObjects",
          redriveCount: "{% $states.context.Execution.RedriveCount %}",
          error: "SomethingIsLeft",
          message: expression(
            [
              "'Something of the case is left: ' & $join($append(",
              "[$remains.prefixes[versionCount + markerCount + openUploadCount > 0].($string(versionCount + markerCount + openUploadCount) & ' under ' & bucket & '/' & prefix)],",
              "$remains.itemCount > 0 ? [$string($remains.itemCount) & ' in the case table'] : []), ', ') & '.'",
            ].join(" "),
          ),
        },
      },
      Next: "MarkFailed",
    },
  };
}

/** The record first: a case is only gone once it is known that it went. Then what is left of the summary keeps late events out. */
function conclude({ tableName, functions }: CaseDeletionDefinitionArgs): Record<string, State> {
  const fromRequest = (name: string) => expression(`${request}.${name}`);
  return {
    RecordDeletion: invoke(
      functions.recordDeletion,
      {
        ...ofCase,
        reason: fromRequest("reason"),
        requestedBy: fromRequest("requestedBy"),
        requestedAt: fromRequest("requestedAt"),
        retentionClass: "{% $keeping.retentionClass %}",
        keptUntil: "{% $keeping.keptUntil %}",
        stoppedCount: "{% $stopped %}",
        deleted: "{% $inventory %}",
      },
      { Assign: { record: "{% $states.result.Payload %}" }, ...next("Bury") },
    ),
    Bury: bury(tableName),
    AnnounceCaseDeleted: {
      Type: "Task",
      Resource: "arn:aws:states:::events:putEvents",
      Arguments: {
        Entries: [
          { EventBusName: "default", Source: caseDeleted.source, DetailType: caseDeleted.detailType, Detail: { ...ofCase, reason: fromRequest("reason") } },
        ],
      },
      TimeoutSeconds: 60,
      Retry: [retryBusy("States.TaskFailed")],
      ...next("Deleted"),
    },
    Deleted: { Type: "Succeed", Output: { recordUri: "{% $record.recordUri %}" } },
  };
}

/** `contracts/case-table.ts`, `tombstone`. */
const bury = (tableName: pulumi.Input<string>): TaskState => ({
  Type: "Task",
  Resource: "arn:aws:states:::dynamodb:putItem",
  Arguments: {
    TableName: tableName,
    Item: {
      caseId: { S: expression(caseId) },
      item: { S: "SUMMARY" },
      status: { S: "DELETED" },
      deletedAt: { S: "{% $record.deletedAt %}" },
    },
    ConditionExpression: "#status IN (:deleting, :deleted)",
    ExpressionAttributeNames: { "#status": "status" },
    ExpressionAttributeValues: { ":deleting": { S: "DELETING" }, ":deleted": { S: "DELETED" } },
  },
  TimeoutSeconds: 60,
  Retry: [retryTable],
  ...next("AnnounceCaseDeleted"),
});

/** Says with the case why it is still there. One that was not claimed stays as it is. */
const markFailed = (tableName: pulumi.Input<string>): TaskState => ({
  Type: "Task",
  Resource: "arn:aws:states:::dynamodb:updateItem",
  Arguments: {
    TableName: tableName,
    Key: { caseId: { S: expression(caseId) }, item: { S: "SUMMARY" } },
    UpdateExpression: "SET reasons = :reasons, updatedAt = :now",
    ConditionExpression: "#status = :deleting",
    ExpressionAttributeNames: { "#status": "status" },
    ExpressionAttributeValues: {
      ":deleting": { S: "DELETING" },
      ":reasons": { L: [{ S: "{% $failure.message %}" }] },
      ":now": { S: "{% $states.context.State.EnteredTime %}" },
    },
  },
  TimeoutSeconds: 60,
  Retry: [retryTable],
  Catch: [{ ErrorEquals: ["States.ALL"], Next: "Failed" }],
  Next: "Failed",
});
