import { z } from "zod";
import type { DatasetContent } from "../../contracts/dataset-diff.ts";
import { pseudonym } from "../../contracts/dataset-version.ts";
import { datasetVersionPrefix, toUri } from "../../contracts/keys.ts";

/**
 * A version of boxes as an augmented manifest, which labelling jobs of SageMaker Ground Truth adjust and training jobs in pipe mode read (SageMaker
 * Developer Guide, "Bounding box job output"): a JSON line a frame. `split` takes the frames of one split only. `creation-date` is the version's. Throws
 * if the version has no boxes.
 */
export function augmentedManifest({ manifest, frames }: DatasetContent, bucket: string, split?: string): string {
  const { name, version, task, classes, createdAt, cases } = manifest;
  if (task !== "object-detection") throw new Error(`${name}@${version} has no boxes: it is of ${task}.`);
  const wanted = new Set(cases.filter((one) => split === undefined || one.split === split).map((one) => one.case));
  const common = {
    "class-map": Object.fromEntries(classes.map((label, i) => [String(i), label])),
    type: "groundtruth/object-detection",
    "creation-date": createdAt.replace(/Z$/, "000").slice(0, 26),
    "job-name": `${name}-${version.replaceAll(".", "-")}`,
  };
  return frames
    .filter((frame) => wanted.has(frame.case))
    .map(({ file, frame, pts, case: of, width, height, boxes }) => {
      const said = boxes ?? [];
      const line = {
        "source-ref": toUri(bucket, datasetVersionPrefix(name, version) + file),
        ...{ case: of, "frame-index": frame, pts },
        boxes: {
          image_size: [{ width, height, depth: 3 }],
          annotations: said.map(({ label, box: [left, top, boxWidth, boxHeight] }) => ({
            class_id: classes.indexOf(label),
            ...{ left, top, width: boxWidth, height: boxHeight },
          })),
        },
        "boxes-metadata": {
          objects: said.map(({ origin }) => ({ confidence: origin.by === "model" && !origin.isConfirmed ? (origin.score ?? 0) : 1 })),
          "human-annotated": said.length > 0 && said.every(({ origin }) => origin.by === "person" || origin.isConfirmed) ? "yes" : "no",
          ...common,
        },
      };
      return `${JSON.stringify(line)}\n`;
    })
    .join("");
}

/** A line of {@link augmentedManifest}, with what a labelling job added. */
const answer = z.looseObject({ "source-ref": z.string(), case: pseudonym });

/**
 * What people answered in a labelling job over {@link augmentedManifest}: a manifest for each case, by its pseudonym, without the boxes that the job began
 * with. Throws with every line that is none of them, and every one that nobody answered.
 */
export function answersByCase(text: string): Map<string, string> {
  const cases = new Map<string, string>();
  const faults: string[] = [];
  for (const [i, content] of text.split(/\r?\n/).entries()) {
    if (content.trim() === "") continue;
    const parsed = answer.safeParse(parsedJson(content));
    if (!parsed.success) {
      faults.push(`Line ${i + 1} is none of a dataset's: it needs source-ref and case.`);
      continue;
    }
    const { boxes: _, "boxes-metadata": __, ...line } = parsed.data;
    if (!Object.keys(line).some((key) => key.endsWith("-metadata"))) faults.push(`Line ${i + 1} was answered by nobody.`);
    cases.set(line.case, `${cases.get(line.case) ?? ""}${JSON.stringify(line)}\n`);
  }
  if (cases.size === 0 && faults.length === 0) faults.push("There is no line.");
  if (faults.length > 0) throw new Error(faults.join("\n"));
  return cases;
}

function parsedJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
