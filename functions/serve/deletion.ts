import { DescribeExecutionCommand, type SFNClient } from "@aws-sdk/client-sfn";
import { type CaseDeletion, type DeletionRecord, deletionRequest } from "../../contracts/case-deletion.ts";
import { executionArnOf } from "../runtime/executions.ts";
import { parseStoredJson } from "../runtime/parse.ts";

/** An execution of `case-deletion`, as Step Functions describes it: called as the case is. */
export interface DeletionExecution {
  readonly status: string;
  readonly input: string;
  readonly cause: string | undefined;
}

export type FindDeletion = (caseId: string) => Promise<DeletionExecution | undefined>;

export const findDeletion =
  (states: SFNClient, stateMachineArn: string): FindDeletion =>
  async (caseId) => {
    try {
      const { status = "", input = "", cause } = await states.send(new DescribeExecutionCommand({ executionArn: executionArnOf(stateMachineArn, caseId) }));
      return { status, input, cause };
    } catch (error) {
      if ((error as Error).name === "ExecutionDoesNotExist") return undefined;
      throw error;
    }
  };

/** How a deletion stands. `record` is null until it is done. */
export function deletionOf({ status, input, cause }: DeletionExecution, record: DeletionRecord | null): CaseDeletion {
  const request = parseStoredJson(deletionRequest, input, "The input of the deletion");
  if (status === "RUNNING" || status === "PENDING_REDRIVE") return { ...request, status: "RUNNING", error: null, record: null };
  if (status === "SUCCEEDED") return { ...request, status: "DELETED", error: null, record };
  return { ...request, status: "FAILED", error: cause || `The deletion ended as ${status}.`, record: null };
}
