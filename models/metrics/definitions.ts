/** What a metric is counted in, which way is better, and how it is computed. */
export interface MetricDefinition {
  readonly unit: "share" | "per cent" | "ratio" | "seconds" | "seconds per hour" | "count";
  readonly better: "higher" | "lower" | "near 1";
  readonly definition: string;
}

const inTheBody = "Frames outside the patient are left out.";

/** Every metric by its id; an id that ends with `/` stands for one metric of each label or type. */
export const metricDefinitions: Readonly<Record<string, MetricDefinition>> = {
  "phase/accuracy": {
    unit: "share",
    better: "higher",
    definition: `Share of frames with the right phase; a frame without one is wrong. Strict: no boundary is forgiven. ${inTheBody}`,
  },
  "phase/accuracy-relaxed-10s": {
    unit: "share",
    better: "higher",
    definition: "The same where, within 10 s of a boundary, the neighbouring phase counts as right. RELAXED: never to be compared with strict figures.",
  },
  "phase/precision": {
    unit: "share",
    better: "higher",
    definition: "Of the frames said to be of a phase, the share that is; mean over the phases that occur in the operation.",
  },
  "phase/recall": {
    unit: "share",
    better: "higher",
    definition: "Of the frames of a phase, the share that is said to be; mean over the phases that occur in the operation.",
  },
  "phase/jaccard": {
    unit: "share",
    better: "higher",
    definition: "Frames of a phase both true and found, of those true or found; mean over the phases that occur in the operation.",
  },
  "phase/edit": {
    unit: "per cent",
    better: "higher",
    definition: "100 x (1 - edit distance of the sequences of segments / length of the longer). Lea et al., ECCV 2016.",
  },
  "phase/f1-10": {
    unit: "per cent",
    better: "higher",
    definition: "F1 over segments that overlap a true one by at least 0.10 (intersection over union). Lea et al., CVPR 2017.",
  },
  "phase/f1-25": { unit: "per cent", better: "higher", definition: "The same at 0.25." },
  "phase/f1-50": { unit: "per cent", better: "higher", definition: "The same at 0.50." },
  "phase/event-ratio": { unit: "ratio", better: "near 1", definition: "True segments divided by found ones: below 1 is over-segmented." },
  "phase/calibration-error": {
    unit: "share",
    better: "lower",
    definition: "Expected calibration error of the winning phase of each frame, before decoding; 15 bins of equal width. Guo et al., ICML 2017.",
  },
  "phase/brier": {
    unit: "share",
    better: "lower",
    definition: "Mean squared difference between the winning phase's probability and whether it is right, before decoding.",
  },
  "phase/area-under-risk": {
    unit: "share",
    better: "lower",
    definition: "Mean share of wrong frames among the surest 1, 2, ... all. Geifman and El-Yaniv, NeurIPS 2017.",
  },
  "detection/map": {
    unit: "share",
    better: "higher",
    definition: `COCO's mAP: mean over labels and over overlaps of 0.50 to 0.95, 101 recalls. Frames that were looked at. ${inTheBody}`,
  },
  "detection/map50": { unit: "share", better: "higher", definition: "The same at an overlap of 0.50." },
  "detection/map75": { unit: "share", better: "higher", definition: "The same at an overlap of 0.75." },
  "detection/ap50/": { unit: "share", better: "higher", definition: "Average precision of one label at an overlap of 0.50." },
  "presence/ap/": {
    unit: "share",
    better: "higher",
    definition: "Average precision of saying that a label is in a frame, by its surest box; steps, no interpolation.",
  },
  "mask/dice/": { unit: "share", better: "higher", definition: "2 x shared cells / cells of both, over all compared frames of an operation together." },
  "mask/iou/": { unit: "share", better: "higher", definition: "Shared cells / cells of either, over all compared frames of an operation together." },
  "mask/nsd/": {
    unit: "share",
    better: "higher",
    definition:
      "Normalised surface Dice with a tolerance of one cell; mean over the frames in which the label is true or found. Nikolov et al., arXiv 1809.04430.",
  },
  "tracking/hota": {
    unit: "share",
    better: "higher",
    definition: "Higher order tracking accuracy over all labels' boxes, mean over overlaps 0.05 to 0.95. Luiten et al., IJCV 2021. Perspective: visibility.",
  },
  "tracking/mota": { unit: "share", better: "higher", definition: "CLEAR MOT accuracy at an overlap of 0.5. Bernardin and Stiefelhagen, 2008." },
  "tracking/idf1": { unit: "share", better: "higher", definition: "Identity F1 at an overlap of 0.5. Ristani et al., 2016." },
  "tracking/identity-switches": { unit: "count", better: "lower", definition: "Times that a followed object's track changes." },
  "event/precision/": { unit: "share", better: "higher", definition: "Share of found events that begin within 5 s of a true one of their type." },
  "event/recall/": { unit: "share", better: "higher", definition: "Share of true events that a found one of their type begins within 5 s of." },
  "event/onset-error/": { unit: "seconds", better: "lower", definition: "Mean distance between the onsets of events that were found." },
  "gate/recall": { unit: "share", better: "higher", definition: "Share of the frames outside the patient that the privacy gate covers, with its margins." },
  "gate/missed": { unit: "seconds per hour", better: "lower", definition: "Time outside the patient that the gate leaves uncovered, for every hour of video." },
  "gate/needless": { unit: "seconds per hour", better: "lower", definition: "Time inside the patient that the gate covers, for every hour of video." },
};

/** The definition of a metric; throws if none has that id. */
export function definitionOf(id: string): MetricDefinition {
  const found =
    metricDefinitions[id] ?? Object.entries(metricDefinitions).find(([key]) => key.endsWith("/") && id.startsWith(key) && id.length > key.length)?.[1];
  if (!found) throw new Error(`"${id}" is not a metric.`);
  return found;
}
