import type { CueLine, CueType, Producer } from "../../../contracts/analyser-result.ts";
import type { EventDraft, SegmentDraft } from "./items.ts";
import { toSourceSpan, without } from "./spans.ts";
import type { Video } from "./video.ts";

/** What one producer found, in frames of the analysis rendition. */
export interface Cues {
  producer: Producer;
  lines: readonly CueLine[];
}

const labels: Readonly<Record<Exclude<CueType, "shot">, string>> = {
  black: "Black picture",
  freeze: "Frozen picture",
  blur: "Blurred picture",
  overexposed: "Overexposed picture",
  underexposed: "Underexposed picture",
};

/**
 * Shots as segments and the other cues as events, in source frames, without what lies outside the patient. Two producers
 * may find the same cue; each type is taken from one: shots from a service if there is one, all else from our own algorithm, and nothing that a network was trained to tell (`told`).
 */
export function mergeCues(found: readonly Cues[], { gate, frames }: Video, told: ReadonlySet<string>): { segments: SegmentDraft[]; events: EventDraft[] } {
  const inBody = (type: CueType) => {
    const chosen = preferred(found, type);
    if (!chosen) return [];
    return chosen.lines
      .filter((line) => line.type === type)
      .flatMap((line) => without(line, gate))
      .map((line) => ({ ...toSourceSpan(line, frames), producer: chosen.producer.id }));
  };
  const segments = inBody("shot").map(({ startFrame, endFrame, score, producer }, i) => ({
    level: "shot" as const,
    label: `Shot ${i + 1}`,
    startFrame,
    endFrame,
    confidence: score,
    producer,
    review: "unreviewed" as const,
  }));
  const types = (Object.keys(labels) as (keyof typeof labels)[]).filter((type) => !told.has(type));
  const events = types.flatMap((type) =>
    inBody(type).map(({ startFrame, endFrame, score, producer }) => ({
      type,
      label: labels[type],
      startFrame,
      endFrame,
      confidence: score,
      producer,
      review: "unreviewed" as const,
    })),
  );
  return { segments, events };
}

function preferred(found: readonly Cues[], type: CueType): Cues | undefined {
  const first = type === "shot" ? "service" : "algorithm";
  const having = found.filter(({ lines }) => lines.some((line) => line.type === type));
  return having.find(({ producer }) => producer.kind === first) ?? having[0];
}
