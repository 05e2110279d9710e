import type { SFNClient } from "@aws-sdk/client-sfn";
import type { CaseSummary } from "../../contracts/case.ts";
import { type CaseDeletion, type DeletionRecord, deletionRequest, tellDeletion } from "../../contracts/case-deletion.ts";
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

/** How a deletion stands. `record` is null until it is done; `summary` is the case's own, if there still is one. */
export const deletionOf = (execution: DeletionExecution, record: DeletionRecord | null, summary?: Pick<CaseSummary, "status" | "reasons">): CaseDeletion =>
  tellDeletion(parseStoredJson(deletionRequest, execution.input, "The input of the deletion"), execution, record, summary);
