import { z } from "zod";
import { decompressRuns } from "../../../../contracts/run-lengths.ts";
import { InvalidInput } from "../../errors.ts";
import { complaints } from "../../parse.ts";
import { Draft, frameInName, onlyFile, type Reader } from "../draft.ts";

const span = { startFrame: z.int(), endFrame: z.int() };

const document = z.looseObject({
  categories: z.array(z.looseObject({ id: z.int(), name: z.string().min(1) })),
  images: z.array(
    z.looseObject({ id: z.int(), width: z.int().positive(), height: z.int().positive(), file_name: z.string().optional(), frame_index: z.int().optional() }),
  ),
  annotations: z.array(
    z.looseObject({
      id: z.int(),
      image_id: z.int(),
      category_id: z.int(),
      bbox: z.tuple([z.number(), z.number(), z.number(), z.number()]).optional(),
      segmentation: z
        .union([
          z.array(z.array(z.number())),
          z.looseObject({ size: z.tuple([z.int().positive(), z.int().positive()]), counts: z.union([z.string(), z.array(z.int().nonnegative())]) }),
        ])
        .optional(),
      grid_size: z.tuple([z.int().positive(), z.int().positive()]).optional(),
      score: z.number().nullish(),
      track_id: z.int().positive().optional(),
    }),
  ),
  segments: z
    .array(z.looseObject({ id: z.string().min(1), level: z.enum(["shot", "phase", "step", "task", "action"]), label: z.string().min(1), ...span }))
    .default([]),
  events: z.array(z.looseObject({ id: z.string().min(1), type: z.string().min(1), label: z.string().min(1), ...span })).default([]),
});

/** COCO, this platform's or another's: images tell their frame by `frame_index`, or by the number that ends their name. Polygons are parts of one mask. */
export const readCoco: Reader = (files, operation) => {
  const { name, text } = onlyFile(files, "COCO");
  const parsed = document.safeParse(jsonOf(name, text));
  if (!parsed.success)
    throw new InvalidInput(
      ...complaints(parsed.error)
        .slice(0, 100)
        .map((complaint) => `${name}: ${complaint}`),
    );
  const { categories, images, annotations, segments, events } = parsed.data;
  const draft = new Draft(
    operation,
    categories.map((category) => category.name),
  );
  const labels = new Map(categories.map((category) => [category.id, category.name]));
  const frames = new Map<number, { frame: number; width: number; height: number }>();
  for (const [i, image] of images.entries()) {
    const where = `${name}: images.${i}`;
    const frame = image.frame_index ?? (image.file_name === undefined ? undefined : frameInName(image.file_name));
    if (frame === undefined) draft.reject(where, "neither frame_index nor a number at the end of file_name tells its frame.");
    else if (frames.has(image.id)) draft.reject(where, `the id ${image.id} is taken.`);
    else {
      frames.set(image.id, { frame, width: image.width, height: image.height });
      draft.lookedAt(where, frame);
    }
  }
  for (const [i, annotation] of annotations.entries()) {
    const where = `${name}: annotations.${i}`;
    const image = frames.get(annotation.image_id);
    const label = labels.get(annotation.category_id);
    if (image === undefined) draft.reject(where, `there is no image ${annotation.image_id}.`);
    if (label === undefined) draft.reject(where, `there is no category ${annotation.category_id}.`);
    if (image === undefined || label === undefined) continue;
    const { segmentation, bbox, score = null, track_id, grid_size } = annotation;
    const { frame } = image;
    if (segmentation !== undefined && !Array.isArray(segmentation)) {
      const [height, width] = segmentation.size;
      const grid = grid_size === undefined ? undefined : { width: grid_size[1], height: grid_size[0] };
      const runs = attempt(draft, where, () => (typeof segmentation.counts === "string" ? decompressRuns(segmentation.counts) : segmentation.counts));
      if (runs) draft.mask(where, { frame, label, runs, score }, { width, height }, grid);
    } else if (segmentation !== undefined && segmentation.length > 0) {
      const odd = segmentation.find((part) => part.length % 2 === 1);
      if (odd) draft.reject(where, `a polygon is pairs of numbers; one has ${odd.length}.`);
      else draft.outline(where, { frame, label, parts: segmentation.map(cornersOf), score }, { width: image.width, height: image.height });
    } else if (bbox === undefined) draft.reject(where, "it has neither bbox nor a segmentation.");
    else {
      const [x, y, width, height] = bbox;
      draft.box(where, { frame, label, x, y, width, height, score, track: (track_id ?? 0) - 1 }, image);
    }
  }
  for (const [i, { id, level, label, startFrame, endFrame }] of segments.entries())
    draft.segment(`${name}: segments.${i}`, { id, level, label, startFrame, endFrame });
  for (const [i, { id, type, label, startFrame, endFrame }] of events.entries()) draft.event(`${name}: events.${i}`, { id, type, label, startFrame, endFrame });
  return draft.finish();
};

const cornersOf = (numbers: readonly number[]): [number, number][] =>
  Array.from({ length: numbers.length / 2 }, (_, i) => [numbers[2 * i] as number, numbers[2 * i + 1] as number]);

/** JSON of a file. Throws InvalidInput that tells where it breaks. */
function jsonOf(name: string, text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    throw new InvalidInput(`${name} isn't JSON: ${(error as Error).message}.`);
  }
}

function attempt<T>(draft: Draft, where: string, work: () => T): T | undefined {
  try {
    return work();
  } catch (error) {
    draft.reject(where, (error as Error).message);
    return undefined;
  }
}
