import type { SFNClient } from "@aws-sdk/client-sfn";
import type { RetrainingRequest } from "../../contracts/retraining.ts";
import { describeNamed, startNamed } from "../runtime/executions.ts";

/** Executions of the state machine `retraining`, by their names. */
export interface RetrainingExecutions {
  /** False if there was an execution of that name. */
  start(name: string, request: RetrainingRequest): Promise<boolean>;
  isRunning(name: string): Promise<boolean>;
}

export function retrainingExecutions(states: SFNClient, stateMachineArn: string): RetrainingExecutions {
  return {
    start: (name, request) => startNamed(states, stateMachineArn, name, request),
    isRunning: async (name) => (await describeNamed(states, stateMachineArn, name, "METADATA_ONLY"))?.status === "RUNNING",
  };
}
