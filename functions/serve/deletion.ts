import type { SFNClient } from "@aws-sdk/client-sfn";
import { type CaseDeletion, type DeletionRecord, deletionRequest } from "../../contracts/case-deletion.ts";
import { describeNamed } from "../runtime/executions.ts";
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
    const found = await describeNamed(states, stateMachineArn, caseId);
    return found && { status: found.status ?? "", input: found.input ?? "", cause: found.cause };
  };

/** How a deletion stands. `record` is null until it is done. */
export function deletionOf({ status, input, cause }: DeletionExecution, record: DeletionRecord | null): CaseDeletion {
  const request = parseStoredJson(deletionRequest, input, "The input of the deletion");
  if (status === "RUNNING" || status === "PENDING_REDRIVE") return { ...request, status: "RUNNING", error: null, record: null };
  if (status === "SUCCEEDED") return { ...request, status: "DELETED", error: null, record };
  return { ...request, status: "FAILED", error: cause || `The deletion ended as ${status}.`, record: null };
}
