import { RedriveExecutionCommand, StartExecutionCommand } from "@aws-sdk/client-sfn";
import { awsDeps as holdDeps } from "../../delete/check-holds/aws.ts";
import { statesClient } from "../../runtime/clients.ts";
import { readEnvironment } from "../../runtime/environment.ts";
import { executionArnOf } from "../../runtime/executions.ts";
import { findDeletion } from "../deletion.ts";
import type { Deps } from "./handler.ts";

export function awsDeps(): Deps {
  const { STATE_MACHINE_ARN } = readEnvironment(["STATE_MACHINE_ARN"]);
  const states = statesClient();
  return {
    ...holdDeps(),
    find: findDeletion(states, STATE_MACHINE_ARN),
    async start(request) {
      await states.send(new StartExecutionCommand({ stateMachineArn: STATE_MACHINE_ARN, name: request.caseId, input: JSON.stringify(request) }));
    },
    async redrive(caseId) {
      await states.send(new RedriveExecutionCommand({ executionArn: executionArnOf(STATE_MACHINE_ARN, caseId) }));
    },
  };
}
