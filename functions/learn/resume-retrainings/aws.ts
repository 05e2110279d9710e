import { statesClient } from "../../runtime/clients.ts";
import { readEnvironment } from "../../runtime/environment.ts";
import { retrainingExecutions } from "../retraining-executions.ts";
import { teachingDeps } from "../teaching.ts";
import type { Deps } from "./handler.ts";

export const awsDeps = (): Deps => ({
  ...teachingDeps(),
  start: retrainingExecutions(statesClient(), readEnvironment(["STATE_MACHINE_ARN"]).STATE_MACHINE_ARN).start,
});
