import { type KeyboardEvent, type PointerEvent, useState } from "react";
import type { FrameIndex } from "../../../contracts/frame-index.ts";
import { clock } from "../../../contracts/presentation.ts";
import { frameAt, titleWidth } from "../../player/lanes.ts";
import { useApp } from "../../ui/app-context.ts";

export interface EditedSpan {
  readonly label: string;
  readonly startFrame: number;
  readonly endFrame: number;
  /** Moves an edge to a frame; `isMore`: one of several nudges, which are undone together. */
  readonly move: (edge: "start" | "end", frame: number, isMore: boolean) => void;
}

interface Props {
  span: EditedSpan;
  width: number;
  frameCount: number;
  frames: FrameIndex;
  goTo: (frame: number) => void;
}

/** Start and end of what is corrected, on the timeline: dragged, or moved by arrows by a frame, with Shift by a second. */
export function EdgeHandles({ span, width, frameCount, frames, goTo }: Props) {
  const { text } = useApp();
  const [drag, setDrag] = useState<{ edge: "start" | "end"; frame: number } | null>(null);
  const second = Math.max(1, Math.round(frameCount / Math.max(1, frames.endSecondsOf(frameCount))));
  const left = (frame: number): number => titleWidth + (frame / frameCount) * (width - titleWidth);
  const limits = { start: [0, span.endFrame - 1], end: [span.startFrame + 1, frameCount] } as const;
  const within = (edge: "start" | "end", frame: number): number => Math.max(limits[edge][0], Math.min(limits[edge][1], frame));
  /** What is seen at an edge: the first picture of it, or the last. */
  const look = (edge: "start" | "end", frame: number): void => goTo(edge === "start" ? frame : frame - 1);

  const pull = (edge: "start" | "end", event: PointerEvent<HTMLElement>): void => {
    if (!event.currentTarget.hasPointerCapture(event.pointerId)) return;
    const box = event.currentTarget.parentElement?.getBoundingClientRect();
    const under = box && frameAt(Math.max(titleWidth, event.clientX - box.left), width, frameCount);
    if (under === null || under === undefined) return;
    const frame = within(edge, under);
    setDrag({ edge, frame });
    look(edge, frame);
  };
  const drop = (edge: "start" | "end"): void => {
    if (drag?.edge === edge && drag.frame !== (edge === "start" ? span.startFrame : span.endFrame)) span.move(edge, drag.frame, false);
    setDrag(null);
  };
  const press = (edge: "start" | "end", event: KeyboardEvent): void => {
    const direction = { ArrowLeft: -1, ArrowRight: 1 }[event.key];
    if (direction === undefined || event.ctrlKey || event.metaKey || event.altKey) return;
    event.preventDefault();
    const now = edge === "start" ? span.startFrame : span.endFrame;
    const frame = within(edge, now + direction * (event.shiftKey ? second : 1));
    if (frame === now) return;
    span.move(edge, frame, true);
    look(edge, frame);
  };
  return (["start", "end"] as const).map((edge) => {
    const frame = drag?.edge === edge ? drag.frame : edge === "start" ? span.startFrame : span.endFrame;
    return (
      <div
        key={edge}
        className={`edge ${edge}`}
        role="slider"
        tabIndex={0}
        aria-label={edge === "start" ? text.correct.startOf(span.label) : text.correct.endOf(span.label)}
        aria-valuemin={limits[edge][0]}
        aria-valuemax={limits[edge][1]}
        aria-valuenow={frame}
        aria-valuetext={`${clock(frames.secondsOf(Math.min(frame, frameCount - 1)))}, ${text.review.frame(frame)}`}
        style={{ left: left(frame) }}
        onPointerDown={(event) => {
          event.stopPropagation();
          event.currentTarget.setPointerCapture(event.pointerId);
        }}
        onPointerMove={(event) => pull(edge, event)}
        onPointerUp={() => drop(edge)}
        onPointerCancel={() => setDrag(null)}
        onClick={(event) => event.stopPropagation()}
        onKeyDown={(event) => press(edge, event)}
      />
    );
  });
}
