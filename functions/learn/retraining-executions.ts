import { DescribeExecutionCommand, type SFNClient, StartExecutionCommand } from "@aws-sdk/client-sfn";
import type { RetrainingRequest } from "../../contracts/retraining.ts";

/** Executions of the state machine `retraining`, by their names. */
export interface RetrainingExecutions {
  /** False if there was an execution of that name. */
  start(name: string, request: RetrainingRequest): Promise<boolean>;
  isRunning(name: string): Promise<boolean>;
}

export function retrainingExecutions(states: SFNClient, stateMachineArn: string): RetrainingExecutions {
  return {
    async start(name, request) {
      try {
        await states.send(new StartExecutionCommand({ stateMachineArn, name, input: JSON.stringify(request) }));
        return true;
      } catch (error) {
        if ((error as Error).name === "ExecutionAlreadyExists") return false;
        throw error;
      }
    },
    async isRunning(name) {
      try {
        const executionArn = `${stateMachineArn.replace(":stateMachine:", ":execution:")}:${name}`;
        return (await states.send(new DescribeExecutionCommand({ executionArn, includedData: "METADATA_ONLY" }))).status === "RUNNING";
      } catch (error) {
        // Step Functions keeps executions for ninety days.
        if ((error as Error).name === "ExecutionDoesNotExist") return false;
        throw error;
      }
    },
  };
}
