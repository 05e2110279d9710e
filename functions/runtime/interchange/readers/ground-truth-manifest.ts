import { z } from "zod";
import { complaints } from "../../parse.ts";
import { Draft, frameInName, onlyFile, type Reader } from "../draft.ts";

const line = z.looseObject({ "source-ref": z.string(), "frame-index": z.int().nonnegative().optional() });

const labelled = z.looseObject({
  image_size: z.array(z.looseObject({ width: z.int().positive(), height: z.int().positive() })).length(1),
  annotations: z.array(z.looseObject({ class_id: z.int().nonnegative(), left: z.number(), top: z.number(), width: z.number(), height: z.number() })),
});

const metadata = z.looseObject({
  type: z.literal("groundtruth/object-detection"),
  "class-map": z.record(z.string(), z.string().min(1)),
  "human-annotated": z.enum(["yes", "no"]).optional(),
  objects: z.array(z.looseObject({ confidence: z.number().optional(), producer: z.string().optional() })).optional(),
});

/**
 * A Ground Truth augmented manifest, ours or a labelling job's. A confidence is a machine's where no human annotated, and in ours, which
 * names the producer of each box.
 */
export const readGroundTruthManifest: Reader = (files, operation) => {
  const { name, text } = onlyFile(files, "A Ground Truth manifest");
  const draft = new Draft(operation);
  for (const [i, content] of text.split(/\r?\n/).entries()) if (content.trim() !== "") readLine(draft, `${name}, line ${i + 1}`, content);
  return draft.finish();
};

function readLine(draft: Draft, where: string, content: string): undefined {
  let value: unknown;
  try {
    value = JSON.parse(content);
  } catch (error) {
    return draft.reject(where, `it isn't JSON: ${(error as Error).message}.`);
  }
  const parsed = line.safeParse(value);
  if (!parsed.success) return reject(draft, where, parsed.error);
  // The attribute's name is the labelling job's; its metadata tell what it is.
  const attributes = Object.keys(parsed.data).filter((key) => metadata.safeParse(parsed.data[`${key}-metadata`]).success);
  const [attribute] = attributes;
  if (attribute === undefined || attributes.length > 1)
    return draft.reject(where, `${attributes.length} attributes are of type groundtruth/object-detection; exactly one must be.`);
  const boxes = labelled.safeParse(parsed.data[attribute]);
  if (!boxes.success) return reject(draft, `${where}, ${attribute}`, boxes.error);
  const about = metadata.parse(parsed.data[`${attribute}-metadata`]);
  const frame = parsed.data["frame-index"] ?? frameInName(parsed.data["source-ref"]);
  if (frame === undefined) return draft.reject(where, "neither frame-index nor a number at the end of source-ref tells its frame.");
  draft.lookedAt(where, frame);
  const [size] = boxes.data.image_size as [{ width: number; height: number }];
  for (const [i, { class_id, left, top, width, height }] of boxes.data.annotations.entries()) {
    const label = about["class-map"][String(class_id)];
    const place = `${where}, annotations.${i}`;
    const { confidence = null, producer } = about.objects?.[i] ?? {};
    const score = about["human-annotated"] === "yes" && producer === undefined ? null : confidence;
    if (label === undefined) draft.reject(place, `the class map has no class ${class_id}.`);
    else draft.box(place, { frame, label, x: left, y: top, width, height, score }, size);
  }
}

function reject(draft: Draft, where: string, error: z.ZodError): undefined {
  for (const complaint of complaints(error)) draft.reject(where, complaint);
}
