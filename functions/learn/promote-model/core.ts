import type { DeployedVersion } from "../../../contracts/deployed-model.ts";
import type { ModelQuality } from "../../../contracts/model-quality.ts";
import type { RegisteredVersion } from "../rule-on-model/core.ts";

const day = 24 * 3600 * 1000;

/** Why a version that the account before uses is not offered here yet; undefined if it is. `now` in milliseconds since 1970. */
export function notYet(
  inUse: DeployedVersion | undefined,
  version: (RegisteredVersion & { LastModifiedTime?: Date | undefined }) | undefined,
  { provenDays, now }: { provenDays: number; now: number },
): string | undefined {
  if (inUse?.package == null) return "What is in use there came with the program.";
  if (version?.ModelApprovalStatus !== "Approved") return `The version in use there is ${version?.ModelApprovalStatus ?? "not in the registry"}.`;
  const age = now - (version.LastModifiedTime?.getTime() ?? now);
  if (age < provenDays * day) return `It was approved there ${Math.floor(age / day)} days ago; it must have been in use for ${provenDays}.`;
  return undefined;
}

/** Where the registry there and what was measured there differ from the version that is in use there. */
export function differences({ version, sha256 }: DeployedVersion, registered: RegisteredVersion, quality: ModelQuality): string[] {
  const facts = registered.CustomerMetadataProperties ?? {};
  const faults: string[] = [];
  const differ = (what: string, found: string | undefined, wanted: string): void => {
    if (found !== wanted) faults.push(`${what} is ${found ?? "missing"}; what is in use there has ${wanted}.`);
  };
  differ("The SHA-256 in the registry there", facts["sha256"], sha256);
  differ("The version in the registry there", facts["version"], version);
  differ("The SHA-256 of what was measured there", quality.model.sha256, sha256);
  return faults;
}

/** Names of facts that say who decided about a version; here somebody else decides. */
const decided = ["decidedBy", "decidedAt"];

/** What the registry here is told of a version: all that the one there knows, where it comes from, and who approved it there. */
export function factsHere(arn: string, { CustomerMetadataProperties: facts = {} }: RegisteredVersion): Record<string, string> {
  const kept = Object.entries(facts).filter(([name]) => !decided.includes(name));
  return {
    ...Object.fromEntries(kept),
    promotedFrom: arn,
    ...(facts["decidedBy"] !== undefined && { approvedThereBy: facts["decidedBy"] }),
    ...(facts["decidedAt"] !== undefined && { approvedThereAt: facts["decidedAt"] }),
  };
}
