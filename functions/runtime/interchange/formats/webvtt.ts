import { type Format, textFile } from "../format.ts";
import { type Event, provenanceOf, type Scene, type Segment, secondsAt } from "../scene.ts";

/**
 * WebVTT (W3C, WebVTT 1): chapters for players, and metadata cues whose JSON holds the exact frames. Times are to the
 * millisecond, for display.
 */
export const webvtt: Format = {
  title: "WebVTT (chapters and metadata)",
  use: "Players, Video.js, editors",
  keeps: ["segments", "events", "provenance"],
  loses: "Boxes, tracks, masks and measures are left out. Times are rounded to milliseconds; the frames in the metadata's JSON are exact.",
  files: (scene) => [
    textFile("chapters.vtt", "text/vtt", () => [document(scene, chaptersOf(scene))]),
    textFile("metadata.vtt", "text/vtt", () => [document(scene, payloadsOf(scene))]),
  ],
};

interface Cue {
  readonly id: string;
  readonly startFrame: number;
  readonly endFrame: number;
  readonly text: string;
}

/** The level that divides the operation: phases where there are any, else shots. A list of chapters has no two at once. */
const chaptersOf = ({ segments }: Scene): Cue[] => {
  const level = segments.some((segment) => segment.level === "phase") ? "phase" : "shot";
  return segments.filter((segment) => segment.level === level).map((segment) => ({ ...segment, text: escaped(segment.label) }));
};

function payloadsOf({ segments, events }: Scene): Cue[] {
  const cues = [
    ...segments.map((segment: Segment) => ({ ...segment, text: payload({ kind: "segment", ...segment }) })),
    ...events.map((event: Event) => ({ ...event, text: payload({ kind: "event", ...event }) })),
  ];
  return cues.sort((a, b) => a.startFrame - b.startFrame || b.endFrame - a.endFrame);
}

/** JSON on one line, without the arrow that would end a cue. */
const payload = (value: object): string => JSON.stringify(value).replaceAll(">", "\\u003e");

function document(scene: Scene, cues: readonly Cue[]): string {
  const note = `NOTE\n${payload(provenanceOf(scene))}`;
  const blocks = cues.map(({ id, startFrame, endFrame, text }) => {
    const start = secondsAt(scene, startFrame);
    return `${id}\n${timestamp(start)} --> ${timestamp(Math.max(start + 0.001, secondsAt(scene, endFrame)))}\n${text}`;
  });
  return `${["WEBVTT", note, ...blocks].join("\n\n")}\n`;
}

function timestamp(seconds: number): string {
  const milliseconds = Math.round(seconds * 1000);
  const two = (value: number) => String(Math.floor(value)).padStart(2, "0");
  const whole = Math.floor(milliseconds / 1000);
  return `${two(whole / 3600)}:${two((whole / 60) % 60)}:${two(whole % 60)}.${String(milliseconds % 1000).padStart(3, "0")}`;
}

/** Cue text may hold neither markup nor line ends. */
const escaped = (text: string): string => text.replace(/&/g, "&amp;").replace(/</g, "&lt;").replace(/>/g, "&gt;").replace(/\s+/g, " ");
