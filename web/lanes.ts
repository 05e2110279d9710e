import type { Analysis } from "../contracts/analysis.ts";
import { colourOf } from "../contracts/presentation.ts";

/** A span of source frames on a lane of the timeline. */
export interface Span {
  readonly startFrame: number;
  readonly endFrame: number;
  readonly title: string;
  readonly producer: string;
}
export interface Lane {
  readonly title: string;
  readonly colour: string;
  readonly spans: readonly Span[];
}

/** The lanes of an analysis: out-of-body spans, shots, then one lane for each phase and each kind of event. */
export function lanesOf(analysis: Analysis, words: { gate: string; shots: string }): Lane[] {
  const gate: Lane = {
    title: words.gate,
    colour: "#6b7780",
    spans: analysis.gate.outOfBody.map(({ startFrame, endFrame }) => ({ startFrame, endFrame, title: words.gate, producer: analysis.gate.producer })),
  };
  const shots: Lane = {
    title: words.shots,
    colour: "#a9b4bd",
    spans: analysis.segments
      .filter(({ level }) => level === "shot")
      .map(({ startFrame, endFrame, label, producer }) => ({ startFrame, endFrame, title: label, producer })),
  };
  const phases = analysis.segments.filter(({ level }) => level === "phase");
  const byLabel = Map.groupBy([...phases, ...analysis.events], ({ label }) => label);
  const events = [...byLabel].map(
    ([label, spans], index): Lane => ({
      title: label,
      colour: colourOf(index),
      spans: spans.map(({ startFrame, endFrame, producer }) => ({ startFrame, endFrame, title: label, producer })),
    }),
  );
  return [gate, shots, ...events].filter(({ spans }) => spans.length > 0);
}

/** Draws the lanes over the whole operation, and the position. */
export function drawLanes(canvas: HTMLCanvasElement, lanes: readonly Lane[], frameCount: number, position: number): void {
  const ratio = devicePixelRatio;
  canvas.style.height = `${Math.max(2, lanes.length) * 22 + 4}px`;
  canvas.width = canvas.clientWidth * ratio;
  canvas.height = canvas.clientHeight * ratio;
  const context = canvas.getContext("2d");
  if (!context) return;
  context.scale(ratio, ratio);
  context.font = "12px system-ui, sans-serif";
  const left = labelWidth;
  const width = canvas.clientWidth - left;
  lanes.forEach((lane, row) => {
    const top = row * 22 + 2;
    context.fillStyle = "#e8ecef";
    context.fillText(lane.title, 0, top + 14, left - 8);
    context.fillStyle = "#2a3137";
    context.fillRect(left, top, width, 18);
    context.fillStyle = lane.colour;
    for (const span of lane.spans) {
      const start = left + (span.startFrame / frameCount) * width;
      context.fillRect(start, top, Math.max(1, ((span.endFrame - span.startFrame) / frameCount) * width - 1), 18);
    }
  });
  context.fillStyle = "#ffffff";
  context.fillRect(left + (position / frameCount) * width - 1, 0, 2, canvas.clientHeight);
}

/** Width of the lanes' names, CSS pixels. */
const labelWidth = 120;

/** The source frame under a pointer. */
export function frameUnder(canvas: HTMLCanvasElement, clientX: number, frameCount: number): number {
  const { left, width } = canvas.getBoundingClientRect();
  const share = (clientX - left - labelWidth) / (width - labelWidth);
  return Math.max(0, Math.min(frameCount - 1, Math.floor(share * frameCount)));
}
