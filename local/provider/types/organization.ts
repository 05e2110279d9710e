import type { Cloud } from "../../cloud.ts";
import type { ResourceType } from "../resource-type.ts";

/** Organizations, CloudTrail and the log archive. */
export const organizationTypes: Record<string, ResourceType<Cloud>> = {};
