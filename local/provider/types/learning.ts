import type { Cloud } from "../../cloud.ts";
import type { ResourceType } from "../resource-type.ts";

/** Model registry, Studio, schedules and identities. */
export const learningTypes: Record<string, ResourceType<Cloud>> = {};
