import {
  type CorrectedView,
  drawnBoxes,
  drawnMasks,
  keyframesOf,
  maskFramesOf,
  personProducer,
  type SeenDrawnMask,
  stands,
} from "../../../contracts/corrected-view.ts";
import type { DrawnObject } from "../../../contracts/corrections.ts";
import { maskRuns } from "../../../contracts/outlines.ts";
import { merged } from "./merged.ts";
import type { Box, Mask, Scene, Sighting } from "./scene.ts";

/**
 * A scene of the analysis, in which boxes and masks are as people corrected them. What is drawn is in its keyframes, and between them
 * in those frames that networks looked at. What people drew has no score; outlines are masks of the raster's pixels, which lose nothing of them.
 */
export function withDrawings(scene: Scene, view: CorrectedView, trackLabels: readonly string[]): Scene {
  const labels = [...scene.labels];
  const labelOf = (label: string): number => {
    if (!labels.includes(label)) labels.push(label);
    return labels.indexOf(label);
  };
  const renamed = [...view.tracks.values()].flatMap(({ label }) => (label === null ? [] : [label]));
  const drawnLabels = [...renamed, ...[...view.objects.values()].map(({ label }) => label)].map(labelOf);
  for (const { label } of view.masks.values()) labelOf(label);
  const boxLabels = [...new Set([...scene.boxLabels, ...drawnLabels])].sort((a, b) => a - b);
  const person = scene.sources.length;
  const numbers = new Map([...view.objects].map(([id, object], i) => [id, trackOf(view, object, trackLabels) ?? trackLabels.length + i]));
  const isInSpan = (frame: number): boolean => frame >= scene.span.startFrame && frame < scene.span.endFrame;

  const keyframes = keyframesOf(view).filter(isInSpan);
  async function* boxes(): AsyncGenerator<Sighting<Box>> {
    for await (const { frame, by, items } of merged<Box>([scene.boxes(), empty(keyframes)])) {
      const left = items
        .filter(({ producer, track, x, y, width, height }) =>
          stands(view, frame, { producer: scene.sources[producer] as string, track, box: [x, y, width, height] }),
        )
        .map((box) => {
          const label = view.tracks.get(box.track)?.label;
          return label ? { ...box, label: labelOf(label) } : box;
        });
      const drawn = drawnBoxes(view, frame).map(({ id, label, box: [x, y, width, height] }): Box => {
        return { label: labelOf(label), score: null, x, y, width, height, track: numbers.get(id) as number, producer: person };
      });
      yield { frame, by, items: [...left, ...drawn] };
    }
  }

  const outlined = maskFramesOf(view).filter(isInSpan);
  async function* masks(): AsyncGenerator<Sighting<Mask>> {
    const { raster } = scene;
    for await (const { frame, by, items } of merged<Mask>([scene.masks(), empty(outlined)])) {
      const drawn = drawnMasks(view, frame);
      const made = drawn
        .filter(({ rings }) => rings.length > 0)
        .map(
          ({ mask: { label }, rings }): Mask => ({
            ...{ label: labelOf(label), score: null, gridWidth: raster.width, gridHeight: raster.height },
            ...{ runs: maskRuns(rings, raster, raster), producer: person },
          }),
        );
      yield { frame, by, items: [...items.filter((mask) => !isReplaced(scene, mask, drawn)), ...made] };
    }
  }
  return { ...scene, labels, boxLabels, sources: [...scene.sources, personProducer], boxes, masks };
}

/** What is drawn in the place of a track goes on under its number, unless it shows something else. */
function trackOf({ tracks }: CorrectedView, { replaces, label }: DrawnObject, labels: readonly string[]): number | undefined {
  if (!replaces || !("track" in replaces)) return undefined;
  const { track } = replaces;
  return (tracks.get(track)?.label ?? labels[track]) === label ? track : undefined;
}

const isReplaced = ({ sources, labels }: Scene, { producer, label }: Mask, drawn: readonly SeenDrawnMask[]): boolean =>
  drawn.some(({ mask }) => mask.replaces === sources[producer] && mask.label === labels[label]);

/** Frames in which nothing was found, so that what people drew has a place. */
async function* empty<Item>(frames: readonly number[]): AsyncGenerator<Sighting<Item>> {
  for (const frame of frames) yield { frame, by: [], items: [] };
}
