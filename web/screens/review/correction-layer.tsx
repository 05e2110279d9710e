import { type KeyboardEvent, type PointerEvent, type RefObject, useRef, useState } from "react";
import type { BoxShape } from "../../../contracts/corrections.ts";
import { nameOf } from "../../corrections/actions.ts";
import { nudgeOf } from "../../corrections/keys.ts";
import { type Corner, corners, moved, type Raster, resized, within } from "../../corrections/shapes.ts";
import type { SeenBox } from "../../player/overlay.ts";
import { useApp } from "../../ui/app-context.ts";
import { usePictureArea } from "./picture-area.ts";

interface Props {
  canvas: RefObject<HTMLCanvasElement | null>;
  raster: Raster;
  boxes: readonly SeenBox[];
  isChosen: (box: SeenBox) => boolean;
  choose: (box: SeenBox) => void;
  /** `isMore`: one of several nudges, which are undone together. */
  place: (box: SeenBox, to: BoxShape, isMore: boolean) => void;
  add: (box: BoxShape) => void;
}

/** A box or a part of the picture under the pointer: where it began, and what it is now. */
interface Drag {
  readonly box: SeenBox | null;
  readonly corner: Corner | null;
  readonly from: readonly [number, number];
  readonly to: BoxShape;
}

/** Pixels of the raster that a drag over the bare picture must span to be meant as a box. */
const leastDrag = 6;

/** The boxes of the picture in view to be moved and resized: by pointer, or chosen with Tab by arrows (Alt resizes, Shift is ten pixels). */
export function CorrectionLayer({ canvas, raster, boxes, isChosen, choose, place, add }: Props) {
  const { text } = useApp();
  const layer = useRef<HTMLDivElement>(null);
  const area = usePictureArea(canvas, raster);
  const [drag, setDrag] = useState<Drag | null>(null);

  const at = (event: PointerEvent): [number, number] => {
    const { left, top, width, height } = (layer.current as HTMLDivElement).getBoundingClientRect();
    return [((event.clientX - left) / width) * raster.width, ((event.clientY - top) / height) * raster.height];
  };
  const begin = (event: PointerEvent, box: SeenBox | null, corner: Corner | null): void => {
    if (event.button !== 0) return;
    event.stopPropagation();
    layer.current?.setPointerCapture(event.pointerId);
    const from = at(event);
    setDrag({ box, corner, from, to: box ? [...box.box] : [0, 0, 0, 0] });
    if (box) choose(box);
  };
  const pull = (event: PointerEvent): void => {
    if (!drag) return;
    const [x, y] = at(event);
    const [dx, dy] = [x - drag.from[0], y - drag.from[1]];
    const { box, corner } = drag;
    const to = !box
      ? within([Math.min(x, drag.from[0]), Math.min(y, drag.from[1]), Math.abs(dx), Math.abs(dy)], raster)
      : corner
        ? resized([...box.box], corner, dx, dy, raster)
        : moved([...box.box], dx, dy, raster);
    setDrag({ ...drag, to });
  };
  const drop = (): void => {
    setDrag(null);
    if (!drag) return;
    const { box, to } = drag;
    if (!box && to[2] >= leastDrag && to[3] >= leastDrag) add(to);
    if (box && String(to) !== String(box.box)) place(box, to, false);
  };
  const press = (event: KeyboardEvent, box: SeenBox): void => {
    const nudge = nudgeOf(event);
    if (!nudge) return;
    event.preventDefault();
    const { dx, dy, resizes } = nudge;
    place(box, resizes ? resized([...box.box], "se", dx, dy, raster) : moved([...box.box], dx, dy, raster), true);
  };
  const placeOf = ([x, y, width, height]: readonly [number, number, number, number]) => ({
    left: `${(100 * x) / raster.width}%`,
    top: `${(100 * y) / raster.height}%`,
    width: `${(100 * width) / raster.width}%`,
    height: `${(100 * height) / raster.height}%`,
  });
  const names = boxes.map(nameOf);
  return (
    // biome-ignore lint/a11y/useSemanticElements: a fieldset can't lie over a picture.
    <div
      role="group"
      aria-label={text.correct.layer}
      className="correction-layer"
      id="correction-layer"
      ref={layer}
      style={area}
      onPointerDown={(event) => begin(event, null, null)}
      onPointerMove={pull}
      onPointerUp={drop}
      onPointerCancel={() => setDrag(null)}
    >
      {boxes.map((box, i) => {
        const chosen = isChosen(box);
        const shown = drag?.box === box ? drag.to : box.box;
        return (
          <div key={names.indexOf(names[i] as string) === i ? names[i] : `${names[i]} ${i}`} className="edit-box" style={placeOf(shown)}>
            <button
              type="button"
              aria-pressed={chosen}
              aria-label={text.correct.box(box.label, ...shown)}
              onFocus={() => choose(box)}
              onPointerDown={(event) => begin(event, box, null)}
              onKeyDown={(event) => press(event, box)}
            />
            {chosen && corners.map((corner) => <span key={corner} className={`corner ${corner}`} onPointerDown={(event) => begin(event, box, corner)} />)}
          </div>
        );
      })}
      {drag && !drag.box && <div className="edit-box new" style={placeOf(drag.to)} />}
    </div>
  );
}
