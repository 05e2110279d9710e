import { StartExecutionCommand } from "@aws-sdk/client-sfn";
import { statesClient } from "../../runtime/clients.ts";
import { readEnvironment } from "../../runtime/environment.ts";
import type { Deps } from "./handler.ts";

export function awsDeps(): Deps {
  const { STATE_MACHINE_ARN } = readEnvironment(["STATE_MACHINE_ARN"]);
  const states = statesClient();
  return {
    async start(name, request) {
      try {
        await states.send(new StartExecutionCommand({ stateMachineArn: STATE_MACHINE_ARN, name, input: JSON.stringify(request) }));
        return true;
      } catch (error) {
        if ((error as Error).name === "ExecutionAlreadyExists") return false;
        throw error;
      }
    },
  };
}
