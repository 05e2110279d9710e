import { colourOf } from "../../contracts/presentation.ts";
import type { Moment } from "./moments.ts";

export interface LaneSpan {
  readonly startFrame: number;
  readonly endFrame: number;
  readonly colour: string;
  /** Written into the span where there is room. */
  readonly text?: string;
  /** 0 to 1: how high the bar is. A full one, if absent. */
  readonly height?: number;
}
export interface Lane {
  readonly title: string;
  readonly spans: readonly LaneSpan[];
}

export interface LaneWords {
  readonly outside: string;
  readonly shots: string;
  readonly phases: string;
  readonly confidence: string;
}

/**
 * The lanes of a timeline: stays outside, shots, phases, one lane for each instrument and each kind of event, and how sure the
 * analysis is. What has boxes has the colour of its boxes, `boxed` being their labels in order.
 */
export function lanesOf(moments: readonly Moment[], words: LaneWords, boxed: readonly string[] = []): Lane[] {
  const of = (kind: Moment["kind"]) => moments.filter((moment) => moment.kind === kind);
  const phases = of("phase");
  const phaseLabels = [...new Set(phases.map(({ label }) => label))];
  const byLabel = (kind: "instrument" | "event"): Lane[] =>
    [...Map.groupBy(of(kind), ({ label }) => label ?? "")]
      .sort(([a], [b]) => a.localeCompare(b))
      .map(([title, spans], i) => ({ title, spans: spans.map((span) => spanOf(span, colourOf(boxed.includes(title) ? boxed.indexOf(title) : i))) }));
  const sure = phases.filter(({ confidence }) => confidence !== null);
  return [
    { title: words.outside, spans: of("out-of-body").map((span) => spanOf(span, "#8a949c")) },
    { title: words.shots, spans: of("shot").map((span, i) => spanOf(span, i % 2 === 0 ? "#a9b4bd" : "#7d8890")) },
    {
      title: words.phases,
      spans: phases.map((span) => ({ ...spanOf(span, colourOf(phaseLabels.indexOf(span.label))), ...(span.label && { text: span.label }) })),
    },
    ...byLabel("instrument"),
    ...byLabel("event"),
    { title: words.confidence, spans: sure.map((span) => ({ ...spanOf(span, "#56b4e9"), height: span.confidence as number })) },
  ].filter(({ spans }) => spans.length > 0);
}

const spanOf = ({ startFrame, endFrame }: Moment, colour: string): LaneSpan => ({ startFrame, endFrame, colour });

/** Sizes in CSS pixels. */
export const laneHeight = 22;
export const titleWidth = 132;
const barHeight = 18;

/** The part of a canvas's context that lanes are drawn with. */
export type LanePen = Pick<CanvasRenderingContext2D, "font" | "fillStyle" | "fillRect" | "fillText" | "measureText">;
export interface LaneColours {
  readonly text: string;
  readonly track: string;
}

/** Draws lanes over the whole operation. Spans that fall onto the same pixels as the one before are drawn once: an hour with fifty thousand of them costs no more than it shows. */
export function drawLanes(pen: LanePen, lanes: readonly Lane[], frameCount: number, width: number, colours: LaneColours): void {
  pen.font = "12px system-ui, sans-serif";
  const room = width - titleWidth;
  const at = (frame: number): number => titleWidth + (frame / frameCount) * room;
  lanes.forEach(({ title, spans }, row) => {
    const top = row * laneHeight + 2;
    pen.fillStyle = colours.text;
    pen.fillText(title, 0, top + 14, titleWidth - 8);
    pen.fillStyle = colours.track;
    pen.fillRect(titleWidth, top, room, barHeight);
    let [lastStart, lastSize, lastColour, lastHeight] = [-1, -1, "", -1];
    for (const { startFrame, endFrame, colour, text, height = 1 } of spans) {
      const start = Math.floor(at(startFrame) * 2) / 2;
      const size = Math.max(1, Math.ceil((at(endFrame) - start) * 2) / 2 - 0.5);
      // Of those that are no wider than a pixel one is seen, whatever its colour.
      if (start === lastStart && size === lastSize && height === lastHeight && (size === 1 || colour === lastColour)) continue;
      if (colour !== lastColour) pen.fillStyle = colour;
      [lastStart, lastSize, lastColour, lastHeight] = [start, size, colour, height];
      pen.fillRect(start, top + barHeight * (1 - height), size, barHeight * height);
      if (text && size > 30 && pen.measureText(text).width < size - 8) {
        pen.fillStyle = "#000";
        pen.fillText(text, start + 4, top + 14);
        lastColour = "";
      }
    }
  });
}

/** The source frame under a place of the timeline, in CSS pixels from its left edge; null over the lanes' titles. */
export function frameAt(x: number, width: number, frameCount: number): number | null {
  if (x < titleWidth) return null;
  return Math.max(0, Math.min(frameCount - 1, Math.floor(((x - titleWidth) / (width - titleWidth)) * frameCount)));
}
