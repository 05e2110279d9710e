import type { Track } from "@aws-sdk/client-mediaconvert";
import type { SourceIndex } from "../../../contracts/media.ts";
import { type Departure, type Facts, type Fault, type Obstacle, rules, type Video } from "./rules.ts";

export interface Verdict {
  verdict: "REJECT" | "CONVERT" | "PASSTHROUGH" | "NORMALISE";
  /** Why it was rejected, or why it must be converted or normalised: sentences, all of them. */
  reasons: string[];
  durationSeconds: number;
}

const faults = rules.filter((rule): rule is Fault => rule.outcome === "REJECT");
const obstacles = rules.filter((rule): rule is Obstacle => rule.outcome === "CONVERT");
const departures = rules.filter((rule): rule is Departure => rule.outcome === "NORMALISE");

/**
 * Judges a video by the {@link rules}. REJECT comes with every reason there is, CONVERT with everything that keeps
 * the video from being read, NORMALISE with everything that PASSTHROUGH would need. What keeps a copy from being read rejects it: nothing more
 * can be done.
 */
export function decide(facts: Facts): Verdict {
  const video = videoOf(facts);
  const { durationSeconds } = video;
  const rejected = faults.flatMap((rule) => rule.reasons(video));
  if (rejected.length > 0) return { verdict: "REJECT", reasons: rejected, durationSeconds };
  const obstructed = obstacles.flatMap((rule) => rule.reasons(video));
  if (obstructed.length > 0) return { verdict: facts.index?.converted ? "REJECT" : "CONVERT", reasons: obstructed, durationSeconds };
  // Without an obstacle both are there: rules `opened`, `stream` and `indexed`.
  const reasons = departures.flatMap((rule) => rule.reasons(video.track as Track, video.index as SourceIndex));
  return { verdict: reasons.length > 0 ? "NORMALISE" : "PASSTHROUGH", reasons, durationSeconds };
}

function videoOf(facts: Facts): Video {
  const { probe, index } = facts;
  const track = probe?.Container?.Tracks?.find(({ TrackType }) => TrackType === "video");
  const durationSeconds = index ? (index.video.durationTicks * index.video.timebase.num) / index.video.timebase.den : (probe?.Container?.Duration ?? 0);
  return { ...facts, track, durationSeconds, size: index?.video ?? sizeOf(track) };
}

function sizeOf(track: Track | undefined): { width: number; height: number } | undefined {
  const { Width, Height } = track?.VideoProperties ?? {};
  return Width === undefined || Height === undefined ? undefined : { width: Width, height: Height };
}
