import type { Model } from "../../../contracts/model.ts";

/** What a network must reach to be worth a person's look, by its headline metric (`models/training/measure.py`), on the test split of its dataset. */
export interface QualityBar {
  readonly metric: string;
  /** From 0 to 1, more being better. */
  readonly least: number;
}

/**
 * Bars are low: they keep out what learned nothing. That a version is better than the one in use is asked apart, and whether it is good enough is
 * what a person decides.
 */
const bars: Readonly<Record<Model["task"], QualityBar>> = {
  "frame-classification": { metric: "accuracy", least: 0.5 },
  "object-detection": { metric: "map50", least: 0.3 },
  segmentation: { metric: "mean-dice", least: 0.4 },
};

export const qualityBar = ({ task }: Pick<Model, "task">): QualityBar => bars[task];

/**
 * Whether a dataset version can hold what a network learns: phases, boxes and masks. Frames outside the patient are never in one, and what spoils
 * the view is not corrected yet (docs/datasets.md): those two networks are trained on drawn operations, by hand.
 */
export const isTrainable = ({ task, subject }: Pick<Model, "task" | "subject">): boolean => task !== "frame-classification" || subject === "phase";
