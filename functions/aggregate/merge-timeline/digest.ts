import { createHash } from "node:crypto";
import type { Analysis } from "../../../contracts/analysis.ts";

/** JSON with sorted keys and no spaces: equal values give equal text. */
export function canonicalJson(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(canonicalJson).join(",")}]`;
  if (value === null || typeof value !== "object") return JSON.stringify(value);
  const entries = Object.entries(value).filter(([, held]) => held !== undefined);
  entries.sort(([a], [b]) => (a < b ? -1 : 1));
  return `{${entries.map(([key, held]) => `${JSON.stringify(key)}:${canonicalJson(held)}`).join(",")}}`;
}

type Findings = Pick<
  Analysis,
  "media" | "producers" | "gate" | "segments" | "events" | "tags" | "detections" | "tracks" | "masks" | "scores" | "lookedAt" | "coverage"
>;

/** Digest of what was found, and of nothing that differs from one run to the next over the same video: no identifiers, places, times or error texts. */
export function contentSha256({ media, producers, gate, segments, events, tags, detections, tracks, masks, scores, lookedAt, coverage }: Findings): string {
  const placeless = <Place extends { uri: string }>({ uri: _, ...rest }: Place) => rest;
  const findings = {
    media: { source: media.source, startTimecode: media.startTimecode, raster: media.raster },
    producers,
    gate,
    segments: segments.map(({ id: _, ...segment }) => segment),
    events: events.map(({ id: _, ...event }) => event),
    tags: tags?.map(({ id: _, ...tag }) => tag),
    detections: detections.map(({ chunks, ...rest }) => ({ ...rest, chunks: chunks.map(placeless) })),
    tracks: tracks && placeless(tracks),
    masks: masks.map(({ chunks, ...rest }) => ({ ...rest, chunks: chunks.map(placeless) })),
    scores: scores.map(placeless),
    lookedAt,
    coverage: coverage.map(({ error: _, costUsd: __, ...row }) => row),
  };
  return createHash("sha256").update(canonicalJson(findings)).digest("hex");
}
