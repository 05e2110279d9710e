import { GetExecutionHistoryCommand } from "@aws-sdk/client-sfn";
import { plannedWork } from "../../../contracts/cost.ts";
import { statesClient } from "../../runtime/clients.ts";
import { readEnvironment } from "../../runtime/environment.ts";
import { describeNamed, executionArnOf } from "../../runtime/executions.ts";
import { summaryReader } from "../stored-summary.ts";
import type { HistoryEvent } from "./core.ts";
import type { Deps, Execution } from "./handler.ts";

/** Most events that Step Functions gives at a time. */
const maxResults = 1000;

export function awsDeps(): Deps {
  const { CASE_TABLE, STATE_MACHINE_ARN, PLANNED_WORK } = readEnvironment(["CASE_TABLE", "STATE_MACHINE_ARN", "PLANNED_WORK"]);
  const states = statesClient();
  return {
    summary: summaryReader(CASE_TABLE),
    planned: plannedWork.parse(JSON.parse(PLANNED_WORK)),
    now: () => new Date(),
    async execution(runId) {
      const found = await describeNamed(states, STATE_MACHINE_ARN, runId, "METADATA_ONLY");
      return (
        found && {
          status: found.status as Execution["status"],
          startedAt: found.startDate as Date,
          endedAt: found.stopDate,
          redriveCount: found.redriveCount ?? 0,
          isRedrivable: found.redriveStatus === "REDRIVABLE",
        }
      );
    },
    async history(runId, nextToken) {
      const page = await states.send(
        new GetExecutionHistoryCommand({ executionArn: executionArnOf(STATE_MACHINE_ARN, runId), maxResults, includeExecutionData: false, nextToken }),
      );
      return { events: (page.events ?? []) as unknown as HistoryEvent[], next: page.nextToken };
    },
  };
}
