import type { Cloud } from "../../cloud.ts";
import type { ResourceType } from "../resource-type.ts";

/** Cognito, WAF and CloudFront. */
export const experienceTypes: Record<string, ResourceType<Cloud>> = {};
