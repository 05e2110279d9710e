import { eventType } from "../../../../contracts/event-type.ts";
import type { Sighting } from "../presence.ts";
import { inWords, type Presence, presenceSpans, shortestPresence } from "../presence.ts";
import { longestGapFrames, type Video } from "../video.ts";
import { type Series, scale } from "./series.ts";

/** Seconds for which the view must be spoiled: smoke and fog take a second to build up. */
const shortestSpoiling = 1;

/**
 * Share of a network's threshold below which what has begun ends. Between the two nothing changes (a Schmitt trigger), so that a
 * probability that trembles about the threshold gives one event and not ten.
 */
const releaseShare = 0.75;

/** When a network saw each of its labels: spoiled views by the type that the label says, all else by its subject. */
export function sightings({ finding, frames, scores }: Series, subject: "view" | "instrument" | "structure", video: Video): Presence[] {
  const { labels, producer, frameStep } = finding;
  const begin = (producer.threshold ?? 0.5) * scale;
  const isOn = new Uint8Array(labels.length);
  const spans = presenceSpans(labels.length, video.rate, frameStep, subject === "view" ? shortestSpoiling : shortestPresence);
  const longestGap = longestGapFrames(video.rate, frameStep);
  for (const [i, frame] of frames.entries()) {
    // Nobody looked for longer than a gap may be: what was on then says nothing about now.
    if (i > 0 && frame - (frames[i - 1] as number) > longestGap) isOn.fill(0);
    const on: Sighting[] = [];
    for (const [label, column] of scores.entries()) {
      const score = column[i] as number;
      isOn[label] = score >= begin || (isOn[label] === 1 && score >= begin * releaseShare) ? 1 : 0;
      if (isOn[label] === 1) on.push([label, score / scale]);
    }
    spans.add(frame, on);
  }
  const found = inWords(spans.finish(video.frameCount), subject, finding, video);
  return subject === "view" ? found.map((span) => ({ ...span, type: eventType(span.label) })) : found;
}
