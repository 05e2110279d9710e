import { type KeyboardEvent, type PointerEvent, type RefObject, useEffect, useRef, useState } from "react";
import { cornerWithin, leastCorners, type Ring, type Rings } from "../../../contracts/outlines.ts";
import { nudgeOf } from "../../corrections/keys.ts";
import { boundsOf, cornerMoved, cornersOf, nextCorner, outlineMoved, withCorner, withoutCorner } from "../../corrections/outlines.ts";
import type { Raster } from "../../corrections/shapes.ts";
import type { SeenMask } from "../../player/overlay.ts";
import { useApp } from "../../ui/app-context.ts";
import { usePictureArea } from "./picture-area.ts";

/** An outline that a person drew, as it is seen. */
export type SeenOutline = SeenMask & { readonly drawn: NonNullable<SeenMask["drawn"]> };

interface Props {
  canvas: RefObject<HTMLCanvasElement | null>;
  raster: Raster;
  outlines: readonly SeenOutline[];
  isChosen: (outline: SeenOutline) => boolean;
  choose: (outline: SeenOutline) => void;
  /** The corner of the chosen outline that fields and keys change. */
  corner: number;
  chooseCorner: (corner: number) => void;
  /** `isMore`: one of several nudges, which are undone together. */
  reshape: (outline: SeenOutline, to: Rings, isMore: boolean) => void;
  /** Whether presses on the picture set the corners of a new outline. */
  isDrawing: boolean;
  finish: (outline: Rings | null) => void;
}

/** What is under the pointer: a corner or, null, a whole outline. */
interface Drag {
  readonly of: SeenOutline;
  readonly corner: number | null;
  readonly from: readonly [number, number];
  readonly was: Rings;
  readonly to: Rings;
}

/** How near to its first corner a new outline is closed, in CSS pixels: half a target of 24 (WCAG 2.2, 2.5.8). */
const closeBy = 12;

const pointsOf = (ring: Ring): string => ring.map(([x, y]) => `${x},${y}`).join(" ");
const pathOf = (rings: Rings): string => rings.map((ring) => `M${pointsOf(ring)}Z`).join("");

/** Outlines of the picture in view to be drawn, moved and reshaped: by pointer, or with Tab by arrows, `+` and Delete. */
export function OutlineLayer({ canvas, raster, outlines, isChosen, choose, corner, chooseCorner, reshape, isDrawing, finish }: Props) {
  const { text } = useApp();
  const layer = useRef<HTMLDivElement>(null);
  const area = usePictureArea(canvas, raster);
  const [drag, setDrag] = useState<Drag | null>(null);
  const [begun, setBegun] = useState<readonly (readonly [number, number])[]>([]);
  const shapeOf = (of: SeenOutline): Rings => (drag?.of.drawn.id === of.drawn.id ? drag.to : of.drawn.rings);

  const end = (outline: Ring | null): void => {
    setBegun([]);
    finish(outline && [outline]);
  };
  const newest = useRef({ begun, end });
  newest.current = { begun, end };
  useEffect(() => {
    if (!isDrawing) return;
    const press = (event: globalThis.KeyboardEvent): void => {
      const { begun, end } = newest.current;
      if (event.key === "Escape") end(null);
      else if (event.key === "Enter" && begun.length >= leastCorners) end(begun);
      else return;
      event.preventDefault();
    };
    addEventListener("keydown", press, true);
    return () => removeEventListener("keydown", press, true);
  }, [isDrawing]);

  const at = (event: PointerEvent): [number, number] => {
    const { left, top, width, height } = (layer.current as HTMLDivElement).getBoundingClientRect();
    return [((event.clientX - left) / width) * raster.width, ((event.clientY - top) / height) * raster.height];
  };
  const setCorner = (event: PointerEvent): void => {
    if (!isDrawing || event.button !== 0) return;
    const [x, y] = at(event);
    const [first] = begun;
    const near = (closeBy * raster.width) / area.width;
    if (first && begun.length >= leastCorners && Math.hypot(x - first[0], y - first[1]) < near) end(begun);
    else setBegun([...begun, cornerWithin([x, y], raster)]);
  };
  const begin = (event: PointerEvent, of: SeenOutline, grabbed: number | null, was: Rings = of.drawn.rings): void => {
    if (isDrawing || event.button !== 0) return;
    event.stopPropagation();
    event.currentTarget.setPointerCapture(event.pointerId);
    setDrag({ of, corner: grabbed, from: at(event), was, to: was });
    choose(of);
    chooseCorner(grabbed ?? 0);
  };
  const pull = (event: PointerEvent): void => {
    if (!drag) return;
    const [x, y] = at(event);
    const [dx, dy] = [x - drag.from[0], y - drag.from[1]];
    setDrag({ ...drag, to: drag.corner === null ? outlineMoved(drag.was, dx, dy, raster) : cornerMoved(drag.was, drag.corner, dx, dy, raster) });
  };
  const drop = (): void => {
    setDrag(null);
    if (drag && pathOf(drag.to) !== pathOf(drag.of.drawn.rings)) reshape(drag.of, drag.to, false);
  };
  const press = (event: KeyboardEvent, of: SeenOutline, at: number | null): void => {
    const { rings } = of.drawn;
    const nudge = nudgeOf(event);
    if (nudge) reshape(of, at === null ? outlineMoved(rings, nudge.dx, nudge.dy, raster) : cornerMoved(rings, at, nudge.dx, nudge.dy, raster), true);
    else if (at !== null && event.key === "+") reshape(of, withCorner(rings, at), false);
    else if (at !== null && (event.key === "Delete" || event.key === "Backspace")) {
      const left = withoutCorner(rings, at);
      if (left) {
        reshape(of, left, false);
        chooseCorner(Math.min(at, cornersOf(left).length - 1));
      }
    } else return;
    event.preventDefault();
  };
  const percent = (value: number, of: number): string => `${(100 * value) / of}%`;
  const placeOf = ([x, y]: readonly [number, number]) => ({ left: percent(x, raster.width), top: percent(y, raster.height) });
  return (
    // biome-ignore lint/a11y/useSemanticElements: a fieldset can't lie over a picture.
    <div
      role="group"
      aria-label={text.correct.outlineLayer}
      className={`correction-layer outline-layer${isDrawing ? " drawing" : ""}`}
      id="outline-layer"
      ref={layer}
      style={area}
      onPointerDown={setCorner}
      onPointerMove={pull}
      onPointerUp={drop}
      onPointerCancel={() => setDrag(null)}
    >
      <svg viewBox={`0 0 ${raster.width} ${raster.height}`} preserveAspectRatio="none" aria-hidden="true">
        {outlines.map((of) => (
          <path
            key={of.drawn.id}
            d={pathOf(shapeOf(of))}
            fillRule="evenodd"
            className={isChosen(of) ? "chosen-outline" : ""}
            onPointerDown={(event) => begin(event, of, null)}
          />
        ))}
        {begun.length > 0 && <polyline points={pointsOf(begun)} />}
      </svg>
      {begun.map((point) => (
        <span key={String(point)} className="vertex" style={placeOf(point)} />
      ))}
      {outlines.map((of) => {
        const shape = shapeOf(of);
        const [x, y, width, height] = boundsOf(shape);
        const corners = cornersOf(shape);
        const chosen = isChosen(of);
        return (
          <div key={of.drawn.id} className="edit-outline">
            <button
              type="button"
              className="whole"
              aria-pressed={chosen}
              aria-label={text.correct.outline(of.label, corners.length)}
              style={{ ...placeOf([x, y]), width: percent(width, raster.width), height: percent(height, raster.height) }}
              onFocus={() => choose(of)}
              onKeyDown={(event) => press(event, of, null)}
            />
            {chosen &&
              corners.map((point, i) => {
                const next = corners[nextCorner(shape, i)] as readonly [number, number];
                return (
                  // biome-ignore lint/suspicious/noArrayIndexKey: a corner is its place in the outline.
                  <div key={i}>
                    <span
                      className="vertex between"
                      style={placeOf([(point[0] + next[0]) / 2, (point[1] + next[1]) / 2])}
                      onPointerDown={(event) => begin(event, of, i + 1, withCorner(of.drawn.rings, i))}
                    />
                    <button
                      type="button"
                      className="vertex"
                      aria-pressed={i === corner}
                      aria-label={text.correct.corner(i + 1, corners.length, point[0], point[1])}
                      style={placeOf(point)}
                      onFocus={() => chooseCorner(i)}
                      onPointerDown={(event) => begin(event, of, i)}
                      onKeyDown={(event) => press(event, of, i)}
                    />
                  </div>
                );
              })}
          </div>
        );
      })}
    </div>
  );
}
