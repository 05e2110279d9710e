import type { ExecutionStatus, SFNClient } from "@aws-sdk/client-sfn";
import { type DynamoDBDocumentClient, UpdateCommand } from "@aws-sdk/lib-dynamodb";
import type { AnalysisRequest, CaseStatus } from "../../contracts/case.ts";
import { isWritten } from "../runtime/conditional-write.ts";
import { describeNamed } from "../runtime/executions.ts";
import { runIdOf } from "./start-analysis/core.ts";

/** How the execution of a run stands. */
export interface RunState {
  readonly status: ExecutionStatus;
  readonly isRedrivable: boolean;
}

/** Another try of the video of a run that is over. */
export interface Attempt {
  readonly attempt: number;
  readonly runId: string;
}

/** Reads how the execution of a run stands; undefined if there is none, or none any more. */
export const runStateReader =
  (states: SFNClient, stateMachineArn: string): ((runId: string) => Promise<RunState | undefined>) =>
  async (runId) => {
    const found = await describeNamed(states, stateMachineArn, runId, "METADATA_ONLY");
    return found && { status: found.status as ExecutionStatus, isRedrivable: found.redriveStatus === "REDRIVABLE" };
  };

export const isUnderWay = (run: RunState | undefined): boolean => run?.status === "RUNNING" || run?.status === "PENDING_REDRIVE";

/**
 * The attempt that comes after the case's run: the first, from the newest that was asked for on, whose run never began. Asked twice
 * before it begins, it is the same. Undefined while one of them is under way.
 */
export async function nextAttempt(
  { source }: Pick<AnalysisRequest, "source">,
  { runId: own, attempt: asked }: { readonly runId: string | null; readonly attempt: number },
  pipelineVersion: string,
  runState: (runId: string) => Promise<RunState | undefined>,
): Promise<Attempt | undefined> {
  for (let attempt = asked; ; attempt++) {
    const runId = runIdOf(source.bucket, source.key, source.versionId, pipelineVersion, attempt);
    if (runId === own) continue;
    const run = await runState(runId);
    if (run === undefined) return { attempt, runId };
    if (isUnderWay(run)) return undefined;
  }
}

/** A case as whoever asks for an attempt saw it. `now` is its status, if that is another than it says. */
export interface SeenCase {
  readonly runId: string;
  readonly status: CaseStatus;
  readonly now: CaseStatus;
}

/** Notes with a case which attempt is asked for. False if the case is not any more as it was seen. */
export const attemptNoter =
  (table: DynamoDBDocumentClient, tableName: string): ((caseId: string, seen: SeenCase, next: Attempt) => Promise<boolean>) =>
  (caseId, { runId, status, now }, next) =>
    isWritten(
      table.send(
        new UpdateCommand({
          TableName: tableName,
          Key: { caseId, item: "SUMMARY" },
          UpdateExpression: "SET attempt = :attempt, requestedRunId = :next, #status = :now",
          ConditionExpression: "runId = :run AND #status = :status",
          ExpressionAttributeNames: { "#status": "status" },
          ExpressionAttributeValues: { ":attempt": next.attempt, ":next": next.runId, ":run": runId, ":status": status, ":now": now },
        }),
      ),
    );
