import type { Cloud } from "../../cloud.ts";
import type { ResourceType } from "../resource-type.ts";

/** EC2: networks. */
export const networkTypes: Record<string, ResourceType<Cloud>> = {};
