import { DescribeExecutionCommand, ListExecutionsCommand, StopExecutionCommand } from "@aws-sdk/client-sfn";
import { statesClient } from "../../runtime/clients.ts";
import { readEnvironment } from "../../runtime/environment.ts";
import type { Deps } from "./handler.ts";

/**
 * Two calls for each execution that runs: at most a few hundred run at a time. Executions that wait for a redrive (PENDING_REDRIVE) are children
 * of a distributed Map alone, which none of these machines has; asked for those of a machine, Step Functions answers with an error (ListExecutions).
 * A backfill's children start analyses, and an analysis of a case that is being deleted, or was, steps back where it claims it.
 */
export function awsDeps(): Deps {
  const { ANALYSIS_MACHINE_ARN, REPORT_MACHINE_ARN, EXPORT_MACHINE_ARN } = readEnvironment([
    "ANALYSIS_MACHINE_ARN",
    "REPORT_MACHINE_ARN",
    "EXPORT_MACHINE_ARN",
  ]);
  const states = statesClient();
  return {
    async *running() {
      for (const stateMachineArn of [ANALYSIS_MACHINE_ARN, REPORT_MACHINE_ARN, EXPORT_MACHINE_ARN]) {
        let nextToken: string | undefined;
        do {
          const page = await states.send(new ListExecutionsCommand({ stateMachineArn, statusFilter: "RUNNING", maxResults: 1000, nextToken }));
          for (const { executionArn = "" } of page.executions ?? []) {
            const { status, input = "" } = await states.send(new DescribeExecutionCommand({ executionArn }));
            if (status === "RUNNING") yield { executionArn, input };
          }
          nextToken = page.nextToken;
        } while (nextToken !== undefined);
      }
    },
    async stop(executionArn) {
      await states.send(new StopExecutionCommand({ executionArn, error: "CaseDeleted", cause: "The case is being deleted." }));
    },
  };
}
