import { bedrockModels } from "./bedrock-models.ts";
import { localNvmeFamilies } from "./local-nvme-families.ts";
import { securityRule } from "./security-rule.ts";

/** The dated data that rules judge by: name and the day on which it was last compared with its source. */
export const dataVersions: Readonly<Record<string, string>> = {
  "Bedrock models for patients' data": bedrockModels.asOf,
  "HIPAA Security Rule": securityRule.asOf,
  "Instance families with local NVMe disks": localNvmeFamilies.asOf,
};
