import { z } from "zod";
import type { WatchOutcome } from "../../contracts/drift.ts";
import { TryAgain } from "../runtime/errors.ts";
import { parseInput } from "../runtime/parse.ts";
import { type Finding, followEpisode, type WatchedVersion } from "./episodes.ts";
import type { WatchStore } from "./watch-store.ts";

/** `execution`: name of what asks, the same when it tries again. */
const input = z.strictObject({ execution: z.string().min(1) });

/** Cases that one look goes back through: what a function reads in its time. */
export const mostCases = 1000;

/**
 * One look at networks in use: what `judge` finds of each version opens or ends its episode. `judge` gives undefined where a version does neither.
 * What is to be announced comes back, and what was before and is wrong still; a network that can't be judged hinders no other. Throws TryAgain as `judge` does.
 */
export async function look<V extends WatchedVersion>(
  event: unknown,
  { store, now: clock }: { readonly store: WatchStore; now(): Date },
  versions: () => Promise<readonly V[]>,
  judge: (version: V, now: string) => Promise<Finding | undefined>,
): Promise<WatchOutcome> {
  const { execution } = parseInput(input, event);
  const now = clock().toISOString();
  const outcome: WatchOutcome = { announcements: [], open: [], faults: [] };
  for (const version of await versions()) {
    try {
      const finding = await judge(version, now);
      const episode = finding && (await followEpisode(store, version, finding, { execution, now }));
      if (episode) outcome[episode.isNew ? "announcements" : "open"].push(episode.news);
    } catch (error) {
      if (error instanceof TryAgain) throw error;
      outcome.faults.push(`${version.model}: ${(error as Error).message}`);
    }
  }
  return outcome;
}
