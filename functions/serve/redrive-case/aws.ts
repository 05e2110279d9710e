import { RedriveExecutionCommand } from "@aws-sdk/client-sfn";
import { statesClient } from "../../runtime/clients.ts";
import { readEnvironment } from "../../runtime/environment.ts";
import { describeNamed, executionArnOf } from "../../runtime/executions.ts";
import { summaryReader } from "../stored-summary.ts";
import type { Deps } from "./handler.ts";

export function awsDeps(): Deps {
  const { CASE_TABLE, ANALYSIS_MACHINE_ARN, DELETION_MACHINE_ARN } = readEnvironment(["CASE_TABLE", "ANALYSIS_MACHINE_ARN", "DELETION_MACHINE_ARN"]);
  const states = statesClient();
  const arns = { analysis: ANALYSIS_MACHINE_ARN, deletion: DELETION_MACHINE_ARN };
  return {
    summary: summaryReader(CASE_TABLE),
    isRedrivable: async (what, name) => (await describeNamed(states, arns[what], name))?.redriveStatus === "REDRIVABLE",
    async redrive(what, name) {
      await states.send(new RedriveExecutionCommand({ executionArn: executionArnOf(arns[what], name) }));
    },
  };
}
