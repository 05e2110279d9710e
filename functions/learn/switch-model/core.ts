import type { DeployedVersion, DeploymentRecord, ModelSwitch } from "../../../contracts/deployed-model.ts";
import { deployedModelsPrefix } from "../../../contracts/keys.ts";

export const isSame = (one: DeployedVersion | undefined, other: DeployedVersion): boolean => one?.sha256 === other.sha256 && one.package === other.package;

/** Whether this execution recorded the switch already: a second try goes on with it. */
export const isRecorded = (record: DeploymentRecord | undefined, { to }: ModelSwitch, deployment: string): boolean =>
  record?.deployment === deployment && isSame(record.versions.at(-1), to);

/**
 * The versions after a switch, the one in use last. What is put back stands on top again, and what stood above it is gone from the pile; what is
 * new goes on top, over what is in use now, which a release of the program may have brought.
 */
export function versionsAfter(versions: readonly DeployedVersion[], { to, from, replaces }: ModelSwitch): DeployedVersion[] {
  if (!from.startsWith(deployedModelsPrefix)) return [...versions, ...(isSame(versions.at(-1), replaces) ? [] : [replaces]), to];
  return versions.slice(0, versions.slice(0, -1).findLastIndex((one) => isSame(one, to)) + 1);
}
