import { type PointerEvent, useEffect, useRef, useState } from "react";
import type { CaseDetail } from "../../../contracts/api.ts";
import type { FrameIndex } from "../../../contracts/frame-index.ts";
import { clock } from "../../../contracts/presentation.ts";
import { thumbnailOf } from "../../../contracts/thumbnails.ts";
import { readSprites, type Sprites } from "../../data/api.ts";
import { drawLanes, frameAt, type Lane, laneHeight, titleWidth } from "../../player/lanes.ts";
import type { Player } from "../../player/player.ts";
import type { Range } from "../../player/range.ts";
import { useApp } from "../../ui/app-context.ts";
import { ThumbnailView } from "../../ui/thumbnail.tsx";
import { EdgeHandles, type EditedSpan } from "./edge-handles.tsx";

interface Props {
  lanes: readonly Lane[];
  frameCount: number;
  frames: FrameIndex;
  player: Player | undefined;
  goTo: (frame: number) => void;
  sprites: CaseDetail["links"]["sprites"];
  range: Range;
  /** What is corrected, whose edges can be moved. */
  edited: EditedSpan | null;
}

/** Width of a scrub preview, CSS pixels. */
const previewWidth = 160;

/**
 * The lanes over the whole operation. They are drawn once; position and what is loaded lie on a canvas of their own above them,
 * drawn with every picture. For the keyboard and for screen readers the list of moments stands in.
 */
export function Timeline({ lanes, frameCount, frames, player, goTo, sprites: links, range, edited }: Props) {
  const { text } = useApp();
  const box = useRef<HTMLDivElement>(null);
  const still = useRef<HTMLCanvasElement>(null);
  const moving = useRef<HTMLCanvasElement>(null);
  const [width, setWidth] = useState(0);
  const [hover, setHover] = useState<{ frame: number; x: number } | undefined>();
  const [sprites, setSprites] = useState<Sprites | undefined>();
  // One more for what is loaded.
  const height = (lanes.length + 1) * laneHeight + 4;

  useEffect(() => {
    const observer = new ResizeObserver(([entry]) => setWidth(Math.floor(entry?.contentRect.width ?? 0)));
    if (box.current) observer.observe(box.current);
    return () => observer.disconnect();
  }, []);

  useEffect(() => {
    const pen = penOf(still.current, width, height);
    if (!pen || width === 0) return;
    const draw = (): void => {
      const style = getComputedStyle(document.documentElement);
      pen.clearRect(0, 0, width, height);
      drawLanes(pen, lanes, frameCount, width, { text: style.getPropertyValue("--text"), track: style.getPropertyValue("--track") });
    };
    draw();
    // The lanes' words and tracks take the colours of the theme.
    const observer = new MutationObserver(draw);
    observer.observe(document.documentElement, { attributeFilter: ["data-theme"] });
    return () => observer.disconnect();
  }, [lanes, frameCount, width, height]);

  useEffect(() => {
    const pen = penOf(moving.current, width, height);
    if (!pen || width === 0) return;
    const at = (frame: number): number => titleWidth + (frame / frameCount) * (width - titleWidth);
    const draw = (frame: number): void => {
      const style = getComputedStyle(document.documentElement);
      pen.clearRect(0, 0, width, height);
      const top = lanes.length * laneHeight + 2;
      pen.font = "12px system-ui, sans-serif";
      pen.fillStyle = style.getPropertyValue("--text");
      pen.fillText(text.review.buffered, 0, top + 10, titleWidth - 8);
      pen.fillStyle = style.getPropertyValue("--soft");
      for (const { startFrame, endFrame } of player?.buffered() ?? []) pen.fillRect(at(startFrame), top + 4, at(endFrame) - at(startFrame), 5);
      if (range.startFrame !== null || range.endFrame !== null) {
        pen.globalAlpha = 0.25;
        pen.fillStyle = style.getPropertyValue("--accent");
        const [from, to] = [at(range.startFrame ?? 0), at(range.endFrame ?? frameCount)];
        pen.fillRect(from, 0, to - from, height);
        pen.globalAlpha = 1;
      }
      pen.fillStyle = style.getPropertyValue("--text");
      pen.fillRect(at(frame) - 1, 0, 2, height);
    };
    draw(player?.state.frame ?? 0);
    const unfollow = player?.onPicture(draw);
    const unsubscribe = player?.subscribe(() => draw(player.state.frame ?? 0));
    return () => {
      unfollow?.();
      unsubscribe?.();
    };
  }, [player, lanes, frameCount, width, height, range, text]);

  const read = useRef(false);
  const point = (event: PointerEvent<HTMLDivElement>): void => {
    const { left } = event.currentTarget.getBoundingClientRect();
    const frame = frameAt(event.clientX - left, width, frameCount);
    setHover(frame === null ? undefined : { frame, x: event.clientX - left });
    if (read.current || !links) return;
    read.current = true;
    // Without previews the timeline works as well.
    readSprites(links.index).then(setSprites, () => undefined);
  };
  const thumbnail = hover && sprites && links ? thumbnailOf(sprites, links.sheets, frames.toRendition("analysis", hover.frame)) : undefined;
  return (
    <div className="panel">
      {/* biome-ignore lint/a11y/noStaticElementInteractions: the list of moments does the same for the keyboard. */}
      {/* biome-ignore lint/a11y/useKeyWithClickEvents: as above. */}
      <div
        className="lanes"
        ref={box}
        onPointerMove={point}
        onPointerLeave={() => setHover(undefined)}
        onClick={(event) => {
          const frame = frameAt(event.clientX - event.currentTarget.getBoundingClientRect().left, width, frameCount);
          if (frame !== null) goTo(frame);
        }}
        style={{ height }}
      >
        <canvas ref={still} role="img" aria-label={text.review.timeline} id="timeline" style={{ position: "absolute", inset: 0, height }} />
        <canvas ref={moving} role="img" aria-label={text.review.position} style={{ position: "absolute", inset: 0, height }} />
        {edited && width > 0 && <EdgeHandles span={edited} width={width} frameCount={frameCount} frames={frames} goTo={goTo} />}
        {hover && (
          <div className="scrub" style={{ left: Math.max(0, Math.min(width - previewWidth, hover.x - previewWidth / 2)) }}>
            {thumbnail && sprites && <ThumbnailView thumbnail={thumbnail} sprites={sprites} width={previewWidth} />}
            <span className="numbers">
              {clock(frames.secondsOf(hover.frame))} · {text.review.frame(hover.frame)}
            </span>
          </div>
        )}
      </div>
    </div>
  );
}

/** A canvas's context, in CSS pixels. */
function penOf(canvas: HTMLCanvasElement | null, width: number, height: number): CanvasRenderingContext2D | null {
  if (!canvas) return null;
  canvas.width = width * devicePixelRatio;
  canvas.height = height * devicePixelRatio;
  const pen = canvas.getContext("2d");
  pen?.scale(devicePixelRatio, devicePixelRatio);
  return pen;
}
