import { StartExecutionCommand } from "@aws-sdk/client-sfn";
import { statesClient } from "../../runtime/clients.ts";
import { readEnvironment } from "../../runtime/environment.ts";
import type { Deps } from "./handler.ts";

export function awsDeps(): Deps {
  const { STATE_MACHINE_ARN, PIPELINE_VERSION } = readEnvironment(["STATE_MACHINE_ARN", "PIPELINE_VERSION"]);
  const states = statesClient();
  return {
    pipelineVersion: PIPELINE_VERSION,
    async start(request) {
      try {
        await states.send(new StartExecutionCommand({ stateMachineArn: STATE_MACHINE_ARN, name: request.runId, input: JSON.stringify(request) }));
      } catch (error) {
        // A finished execution keeps its name for 90 days: the event came again, and its run is done.
        if ((error as Error).name !== "ExecutionAlreadyExists") throw error;
      }
    },
  };
}
