import { InvalidInput } from "../../errors.ts";
import { Draft, type GivenFile, type Reader } from "../draft.ts";

const columns = {
  /** Of ground truth. */
  9: ["frame", "track", "left", "top", "width", "height", "flag", "class", "visibility"],
  /** Of detections, and of what a tracker hands in. */
  10: ["frame", "track", "left", "top", "width", "height", "confidence", "class", "y", "z"],
} as const;

interface Row {
  readonly where: string;
  readonly isTruth: boolean;
  readonly frame: number;
  /** From 1; not positive if it belongs to none. */
  readonly track: number;
  readonly left: number;
  readonly top: number;
  readonly width: number;
  readonly height: number;
  /** Flag of ground truth, else confidence. */
  readonly value: number;
  readonly label: string;
  /** Of detections; null where -1 tells that there is none, and in ground truth. */
  readonly score: number | null;
}

/**
 * MOTChallenge: ground truth (9 columns), detections or a tracker's file (10 columns), or one of each, and `labels.txt` with the name
 * of each class on a line of its own. Ground truth tells no scores; where detections are given too, those of the same place and class
 * do, and what is left of them are boxes of no track.
 */
export const readMot: Reader = (files, operation) => {
  const labelFile = files.find(({ name }) => name === "labels.txt");
  const boxFiles = files.filter(({ name }) => name !== "labels.txt" && name !== "seqinfo.ini");
  const reasons = [
    ...(labelFile ? [] : ["labels.txt must be given: the names of the classes, one a line, in order."]),
    ...(boxFiles.length === 1 || boxFiles.length === 2 ? [] : [`One file of boxes must be given, or ground truth and detections, not ${boxFiles.length}.`]),
  ];
  if (!labelFile || reasons.length > 0) throw new InvalidInput(...reasons);
  const labels = labelFile.text
    .split(/\r?\n/)
    .map((line) => line.trim())
    .filter((line) => line !== "");
  const draft = new Draft(operation, labels);
  const [first = [], second] = boxFiles.map((file) => rowsOf(draft, file, labels));
  if (second === undefined) for (const row of first) add(draft, row);
  else {
    const isTurned = first.some(({ isTruth }) => !isTruth) || second.some(({ isTruth }) => isTruth);
    const [truth, detections] = isTurned ? [second, first] : [first, second];
    for (const { where, isTruth } of truth) if (!isTruth) draft.reject(where, "of two files of boxes, one must be ground truth, of 9 columns.");
    for (const { where, isTruth } of detections) if (isTruth) draft.reject(where, "of two files of boxes, one must be detections, of 10 columns.");
    if (draft.isSound) addBoth(draft, truth, detections);
  }
  const ignored = [...first, ...(second ?? [])].filter(({ isTruth, value }) => isTruth && value === 0).length;
  if (ignored > 0) draft.note(`${ignored} boxes that ground truth flags with 0, to be ignored, were left out.`);
  return draft.finish();
};

function addBoth(draft: Draft, truth: readonly Row[], detections: readonly Row[]): void {
  const key = ({ frame, left, top, width, height, label }: Row): string => [frame, left, top, width, height, label].join(",");
  const found = Map.groupBy(detections, key);
  for (const row of truth) add(draft, { ...row, score: found.get(key(row))?.shift()?.score ?? null });
  const left = new Set([...found.values()].flat());
  for (const row of detections) if (left.has(row)) add(draft, row);
}

function add(draft: Draft, { where, isTruth, frame, track, left, top, width, height, value, label, score }: Row): void {
  if (isTruth && value === 0) return;
  draft.box(where, { frame: frame - 1, label, x: left - 1, y: top - 1, width, height, score, track: track > 0 ? track - 1 : -1 });
}

function rowsOf(draft: Draft, { name, text }: GivenFile, labels: readonly string[]): Row[] {
  const lines = text.split(/\r?\n/).map((line, i) => ({ line, where: `${name}, line ${i + 1}` }));
  return lines.flatMap(({ line, where }) => {
    if (line.trim() === "") return [];
    const values = line.split(",").map((value) => (value.trim() === "" ? Number.NaN : Number(value)));
    const names = columns[values.length as keyof typeof columns];
    const refuse = (what: string): [] => {
      draft.reject(where, what);
      return [];
    };
    if (names === undefined) return refuse(`it has ${values.length} values; ground truth has 9, detections and trackers' files have 10.`);
    const bad = names.filter((_, column) => !Number.isFinite(values[column]));
    if (bad.length > 0) return refuse(`${bad.join(" and ")} must be a number.`);
    const [frame, track, left, top, width, height, value, type] = values as [number, number, number, number, number, number, number, number];
    const isTruth = values.length === 9;
    // Trackers name no class: it is known where there is but one.
    const label = !isTruth && type === -1 && labels.length === 1 ? labels[0] : labels[type - 1];
    if (label === undefined) return refuse(`there is no class ${type}; labels.txt names ${labels.length}.`);
    if (!Number.isInteger(track)) return refuse(`a track must be a whole number, not ${track}.`);
    if (isTruth && value !== 0 && value !== 1) return refuse(`the flag of ground truth must be 0 or 1, not ${value}; scores are of detections.`);
    const score = isTruth || value === -1 ? null : value;
    return [{ where, isTruth, frame, track, left, top, width, height, value, label, score }];
  });
}
