import type { Cloud } from "../../cloud.ts";
import type { ResourceType } from "../resource-type.ts";

/** SNS, alarms, dashboards, autoscaling, code signing and ECS. */
export const operationsTypes: Record<string, ResourceType<Cloud>> = {};
