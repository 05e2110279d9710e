import { createHash } from "node:crypto";
import { type DriftDetected, type DriftEpisode, driftEpisode, type LearningReason } from "../../contracts/drift.ts";
import { driftEpisodeKey } from "../../contracts/keys.ts";
import type { WatchStore } from "./watch-store.ts";

/** A version of a network. */
export interface WatchedVersion {
  readonly model: string;
  readonly version: string;
  readonly digest: string;
}

/** What was found of it. */
export interface Finding {
  readonly reason: LearningReason;
  /** Empty: all is well. */
  readonly what: readonly string[];
  /** Key of the report that says so. */
  readonly report: string;
}

/** Names an episode, the same for whoever asks. */
const episodeIdOf = ({ model, digest, reason, number }: Pick<DriftEpisode, "model" | "digest" | "reason" | "number">): string =>
  createHash("sha256")
    .update(JSON.stringify([model, digest, reason, number]))
    .digest("hex")
    .slice(0, 32);

/** What stands of an episode once it was followed: to be announced, or announced by an earlier look and wrong still. */
export interface FollowedEpisode {
  readonly isNew: boolean;
  readonly news: DriftDetected;
}

/**
 * Opens an episode where something is wrong and none is open. It is to be announced once, whatever looks come later and however often this one is
 * tried. Undefined where all is well, which ends an episode, and where another look opened it just now.
 */
export async function followEpisode(
  store: Pick<WatchStore, "tagged" | "replace">,
  watched: WatchedVersion,
  { reason, what, report }: Finding,
  { execution, now }: { readonly execution: string; readonly now: string },
): Promise<FollowedEpisode | undefined> {
  const { model, version, digest } = watched;
  const key = driftEpisodeKey(model, digest, reason);
  const stored = await store.tagged(key, driftEpisode);
  const last = stored?.value;
  const followed = (episode: DriftEpisode, isNew: boolean): FollowedEpisode => ({
    isNew,
    news: { episode: episodeIdOf(episode), model, version, digest, reason, what: [...what], report },
  });
  if (what.length === 0) {
    if (last?.status === "OPEN") await store.replace(key, { ...last, status: "CLOSED", closedAt: now } satisfies DriftEpisode, stored);
    return undefined;
  }
  if (last?.status === "OPEN") return followed(last, last.execution === execution);
  const opened: DriftEpisode = {
    ...{ schema: "drift-episode/1.0", model, version, digest, reason, number: (last?.number ?? 0) + 1 },
    ...{ status: "OPEN", openedAt: now, closedAt: null, execution },
  };
  // Another look that opened it meanwhile announces it.
  return (await store.replace(key, opened, stored)) ? followed(opened, true) : undefined;
}
