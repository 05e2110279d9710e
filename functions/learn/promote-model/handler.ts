import { z } from "zod";
import type { DeployedVersion } from "../../../contracts/deployed-model.ts";
import { deployedVersionPrefix } from "../../../contracts/keys.ts";
import { modelQuality } from "../../../contracts/model-quality.ts";
import { modelId } from "../../../contracts/model-registry.ts";
import { type PromotionOutcome, promotionRecord } from "../../../contracts/promotion.ts";
import { BrokenContract, NotFound } from "../../runtime/errors.ts";
import { log } from "../../runtime/log.ts";
import { parseInput } from "../../runtime/parse.ts";
import type { ModelStore } from "../model-store.ts";
import { placesOf, type RegisteredVersion } from "../rule-on-model/core.ts";
import { keepFiles, readFiles } from "../version-files.ts";
import { differences, factsHere, notYet } from "./core.ts";

/** What a version is registered with here. */
export interface Offer {
  readonly model: string;
  readonly version: string;
  readonly sha256: string;
  /** URIs of its folder and of what was measured. */
  readonly folder: string;
  readonly quality: string;
  readonly facts: Readonly<Record<string, string>>;
}

export interface Deps {
  /** The account before: its models bucket and its registry, to read only. */
  source: {
    models: ModelStore;
    describe(packageArn: string): Promise<RegisteredVersion & { LastModifiedTime?: Date | undefined }>;
  };
  models: ModelStore;
  /** Registers a version that waits for approval, and gives its ARN; the same one if it is asked twice. */
  register(offer: Offer): Promise<string>;
  /** Days that a version must have been approved and in use there. */
  provenDays: number;
  now(): number;
}

const input = z.strictObject({ model: modelId });
/** Where training writes candidates; what was promoted lies among them, and is judged, tried and approved as they are. */
const trainingPrefix = "training/";
export const promotedPrefix = (model: string, sha256: string): string => `${trainingPrefix}promoted/${model}/${sha256}/`;

/**
 * State PromoteModel: offers here the version of a network that the account before approved and has used for some days. The files are
 * those in use there, compared with the digest that was approved; here they wait for somebody's approval. Nothing is written there.
 */
export const createHandler =
  (deps: Deps) =>
  async (event: unknown): Promise<PromotionOutcome> => {
    const { model } = parseInput(input, event);
    const outcome = await promote(deps, model);
    log("model promotion looked at", { modelId: model, status: outcome.status });
    return outcome;
  };

async function promote(deps: Deps, model: string): Promise<PromotionOutcome> {
  const { source, models, provenDays } = deps;
  const inUse = (await source.models.record(model))?.record.versions.at(-1);
  const registered = inUse?.package == null ? undefined : await source.describe(inUse.package);
  const reason = notYet(inUse, registered, { provenDays, now: deps.now() });
  if (reason !== undefined) return { status: "NOTHING", model, reason };
  const [version, told] = [inUse as DeployedVersion & { package: string }, registered as RegisteredVersion];
  const record = `${promotedPrefix(model, version.sha256)}promotion.json`;
  if (await isThere(models.json(record, promotionRecord))) return { status: "NOTHING", model, reason: `Version ${version.version} was offered here already.` };
  try {
    return await offer(deps, model, version, told);
  } catch (error) {
    if (!(error instanceof NotFound || error instanceof BrokenContract)) throw error;
    return { status: "REFUSED", model, reasons: [error.message] };
  }
}

async function offer(
  { source, models, register }: Deps,
  model: string,
  version: DeployedVersion & { package: string },
  told: RegisteredVersion,
): Promise<PromotionOutcome> {
  const { quality: qualityKey, faults } = placesOf(told, source.models.bucket, trainingPrefix);
  if (qualityKey === undefined || faults.length > 0) return { status: "REFUSED", model, reasons: [...faults] };
  const files = await readFiles(source.models, deployedVersionPrefix(model, version.sha256), version);
  const quality = await source.models.json(qualityKey, modelQuality);
  const reasons = differences(version, told, quality);
  if (reasons.length > 0) return { status: "REFUSED", model, reasons };

  const place = promotedPrefix(model, version.sha256);
  await keepFiles(models, `${place}model/`, files);
  await models.put(`${place}quality.json`, JSON.stringify(quality), "application/json");
  const arn = await register({
    ...{ model, version: version.version, sha256: version.sha256, facts: factsHere(version.package, told) },
    ...{ folder: models.uri(`${place}model/`), quality: models.uri(`${place}quality.json`) },
  });
  // Last: a run that stopped before does all of it again, with the same end.
  await models.put(`${place}promotion.json`, JSON.stringify({ schema: "promotion/1.0", from: version.package, package: arn }), "application/json");
  return { status: "OFFERED", model, package: arn, version: version.version };
}

async function isThere(read: Promise<unknown>): Promise<boolean> {
  try {
    await read;
    return true;
  } catch (error) {
    if (error instanceof NotFound) return false;
    throw error;
  }
}
