import { createHash } from "node:crypto";
import { sumOfCounts } from "../../../contracts/dataset-statistics.ts";
import type { DatasetManifest, DatasetPlan, LabelledCase } from "../../../contracts/dataset-version.ts";
import { splitName } from "../../../contracts/dataset-version.ts";

/** What a version is, from its plan and its cases, by pseudonym. `skipped`: cases of which no frame could be taken. */
export function manifestOf(
  { version, parent, request, notes, recipeSha256 }: DatasetPlan,
  labelled: readonly LabelledCase[],
  skipped: number,
  createdAt: string,
): DatasetManifest {
  const { name, task, classes, framesPerSecond, shares } = request;
  const cases = labelled.map((one) => one.case).sort((a, b) => (a.case < b.case ? -1 : 1));
  const splits = splitName.options;
  const statistics = Object.fromEntries(
    splits.map((split) => [
      split,
      sumOfCounts(
        cases.filter((one) => one.split === split).map(({ counts }) => counts),
        classes,
      ),
    ]),
  ) as DatasetManifest["statistics"];
  const models = [...new Map(labelled.flatMap((one) => one.models).map((model) => [`${model.id} ${model.version} ${model.digest}`, model])).values()].sort(
    (a, b) => (a.id + a.version < b.id + b.version ? -1 : 1),
  );
  const untaught = classes.filter((_, i) => splits.every((split) => statistics[split].classes[i]?.items === 0));
  return {
    ...{ schema: "dataset-version/1.0", name, version, parent, createdAt, task, classes },
    ...{ extraction: { rendition: "review", framesPerSecond }, shares, cases, models, statistics },
    notes: [
      ...notes,
      ...(skipped > 0
        ? [`${skipped === 1 ? "A case was" : `${skipped} cases were`} left out: no frame of ${skipped === 1 ? "it" : "them"} can be learned from.`]
        : []),
      ...splits.filter((split) => shares[split] > 0 && statistics[split].cases === 0).map((split) => `No case is in the split ${split}: there are too few.`),
      ...untaught.map((label) => `Nothing shows "${label}".`),
      ...(models.some(({ syntheticOnly }) => syntheticOnly) ? ["Some labels are suggestions of networks that were trained on synthetic operations."] : []),
    ],
    recipeSha256,
    contentSha256: contentOf({ task, classes, cases }),
  };
}

/** Over what training sees: equal for equal content, whatever the version is called. */
export function contentOf({ task, classes, cases }: Pick<DatasetManifest, "task" | "classes" | "cases">): string {
  const content = { task, classes, cases: cases.map(({ case: pseudonym, split, annotations }) => [pseudonym, split, annotations.sha256]) };
  return createHash("sha256").update(JSON.stringify(content)).digest("hex");
}
