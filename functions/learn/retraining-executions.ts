import { DescribeExecutionCommand, type SFNClient } from "@aws-sdk/client-sfn";
import type { RetrainingRequest } from "../../contracts/retraining.ts";
import { executionArnOf, startNamed } from "../runtime/executions.ts";

/** Executions of the state machine `retraining`, by their names. */
export interface RetrainingExecutions {
  /** False if there was an execution of that name. */
  start(name: string, request: RetrainingRequest): Promise<boolean>;
  isRunning(name: string): Promise<boolean>;
}

export function retrainingExecutions(states: SFNClient, stateMachineArn: string): RetrainingExecutions {
  return {
    start: (name, request) => startNamed(states, stateMachineArn, name, request),
    async isRunning(name) {
      try {
        const asked = { executionArn: executionArnOf(stateMachineArn, name), includedData: "METADATA_ONLY" } as const;
        return (await states.send(new DescribeExecutionCommand(asked))).status === "RUNNING";
      } catch (error) {
        // Step Functions keeps executions for ninety days.
        if ((error as Error).name === "ExecutionDoesNotExist") return false;
        throw error;
      }
    },
  };
}
