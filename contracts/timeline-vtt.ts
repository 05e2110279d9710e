import type { Analysis } from "./analysis.ts";
import type { FrameIndex } from "./frame-table.ts";

/**
 * `timeline.vtt`: an analysis as WebVTT cues (W3C WebVTT 1), for players and video editors. Spans outside the patient,
 * segments and events, in the order of their start; a cue's identifier is that of the segment or event. Times are
 * seconds since the source's first frame, to the millisecond: a projection for display, `analysis.json` is the truth.
 */
export function timelineVtt(analysis: Analysis, frames: FrameIndex): string {
  const { frameCount, durationTicks, timebase } = analysis.media.source;
  const duration = (durationTicks * timebase.num) / timebase.den;
  const milliseconds = (frame: number) => Math.round(1000 * (frame >= frameCount ? duration : frames.secondsOf(frame)));
  const cues = [
    ...analysis.gate.outOfBody.map((span, i) => ({ ...span, id: `out-of-body-${i + 1}`, text: "Outside the patient" })),
    ...analysis.segments.map((segment) => ({ ...segment, text: segment.label })),
    ...analysis.events.map((event) => ({ ...event, text: event.label })),
  ].sort((a, b) => a.startFrame - b.startFrame || b.endFrame - a.endFrame);
  const blocks = cues.map(({ id, text, startFrame, endFrame }) => {
    const start = milliseconds(startFrame);
    return `${id}\n${timestamp(start)} --> ${timestamp(Math.max(start + 1, milliseconds(endFrame)))}\n${escaped(text)}`;
  });
  const { startTimecode } = analysis.media;
  const notes = startTimecode ? [`NOTE The source's first frame has timecode ${startTimecode.timecode}`] : [];
  return `${["WEBVTT", ...notes, ...blocks].join("\n\n")}\n`;
}

function timestamp(milliseconds: number): string {
  const two = (value: number) => String(Math.floor(value)).padStart(2, "0");
  const seconds = milliseconds / 1000;
  return `${two(seconds / 3600)}:${two((seconds / 60) % 60)}:${two(seconds % 60)}.${String(milliseconds % 1000).padStart(3, "0")}`;
}

/** Cue text may hold neither markup nor line ends. */
const escaped = (text: string): string => text.replace(/&/g, "&amp;").replace(/</g, "&lt;").replace(/>/g, "&gt;").replace(/\s+/g, " ");
