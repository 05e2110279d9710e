import { createHash } from "node:crypto";
import { z } from "zod";
import type { DeployedVersion, ModelRuling } from "../../../contracts/deployed-model.ts";
import { deployedVersionPrefix, modelDescriptionKey, trainingPrefix } from "../../../contracts/keys.ts";
import { type Model, model as modelSchema } from "../../../contracts/model.ts";
import { modelQuality } from "../../../contracts/model-quality.ts";
import { BrokenContract, NotFound } from "../../runtime/errors.ts";
import { log } from "../../runtime/log.ts";
import { parseInput } from "../../runtime/parse.ts";
import type { ModelStore } from "../model-store.ts";
import { faultsOf, placesOf, type RegisteredVersion } from "./core.ts";

export interface Deps {
  models: Pick<ModelStore, "bucket" | "json" | "bytes" | "record">;
  /** What names of groups begin with; what follows is the network's id. */
  groupPrefix: string;
  describe(packageArn: string): Promise<RegisteredVersion>;
}

const input = z.strictObject({ package: z.string().startsWith("arn:") });

/**
 * State RuleOnModel: what follows from what a person said of a version. Reads what the registry says now, not what the event said: a
 * person may have changed their mind.
 */
export const createHandler =
  (deps: Deps) =>
  async (event: unknown): Promise<ModelRuling> => {
    const version = await deps.describe(parseInput(input, event).package);
    const ruling = await ruleOn(deps, version);
    log("model ruled on", { status: ruling.verdict, ...(ruling.verdict === "REFUSED" && { reasonCount: ruling.reasons.length }) });
    return ruling;
  };

async function ruleOn(deps: Deps, version: RegisteredVersion): Promise<ModelRuling> {
  const { models, groupPrefix } = deps;
  const { ModelPackageArn: arn, ModelPackageGroupName: group, ModelApprovalStatus: status } = version;
  if (arn === undefined || group === undefined || !group.startsWith(groupPrefix))
    throw new BrokenContract(`The registry has the version in the group "${group}"; the platform's begin with "${groupPrefix}".`);
  const id = group.slice(groupPrefix.length);
  const inUse = await models.json(modelDescriptionKey(id), modelSchema);
  const versions = (await models.record(id))?.record.versions ?? [];
  const last = versions.at(-1);
  // A release of the program may have laid another there since.
  const used: DeployedVersion = last?.sha256 === inUse.sha256 ? last : { package: null, version: inUse.version, sha256: inUse.sha256 };
  if (status === "Approved")
    return used.package === arn ? { verdict: "NOTHING", reason: "The version is in use already." } : approve(models, version, { arn, id, inUse, used });
  if (status !== "Rejected") return { verdict: "NOTHING", reason: `The version is ${status ?? "without a status"}.` };
  if (used.package !== arn) return { verdict: "NOTHING", reason: "The rejected version is not in use." };
  for (const earlier of versions.slice(0, -1).reverse()) {
    if (earlier.package !== null && (await deps.describe(earlier.package)).ModelApprovalStatus !== "Approved") continue;
    return { verdict: "PUT_BACK", switch: { model: id, to: earlier, from: deployedVersionPrefix(id, earlier.sha256), replaces: used } };
  }
  throw new BrokenContract(`The version of "${id}" in use was rejected, and no version before it can be put back.`);
}

async function approve(
  models: Deps["models"],
  version: RegisteredVersion,
  { arn, id, inUse, used }: { arn: string; id: string; inUse: Model; used: DeployedVersion },
): Promise<ModelRuling> {
  const { folder, quality: qualityKey, faults } = placesOf(version, models.bucket, trainingPrefix);
  if (folder === undefined || qualityKey === undefined || faults.length > 0) return { verdict: "REFUSED", reasons: [...faults] };
  const reasons: string[] = [];
  const read = async <T>(work: Promise<T>): Promise<T | undefined> => {
    try {
      return await work;
    } catch (error) {
      if (!(error instanceof NotFound || error instanceof BrokenContract)) throw error;
      reasons.push(error.message);
      return undefined;
    }
  };
  const candidate = await read(models.json(`${folder}model.json`, modelSchema));
  const weights = await read(models.bytes(`${folder}model.onnx`));
  const quality = await read(models.json(qualityKey, modelQuality));
  if (candidate !== undefined && weights !== undefined && quality !== undefined) {
    const digest = createHash("sha256").update(weights).digest("hex");
    reasons.push(...faultsOf(candidate, quality, { digest, inUse, metadata: version.CustomerMetadataProperties ?? {} }));
    if (reasons.length === 0)
      return { verdict: "DEPLOY", switch: { model: id, to: { package: arn, version: candidate.version, sha256: digest }, from: folder, replaces: used } };
  }
  return { verdict: "REFUSED", reasons };
}
