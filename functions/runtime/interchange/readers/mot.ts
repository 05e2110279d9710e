import { InvalidInput } from "../../errors.ts";
import { Draft, type Reader } from "../draft.ts";

const columns = ["frame", "track", "left", "top", "width", "height", "confidence", "class", "visibility"] as const;

/** MOTChallenge: the file of boxes, and `labels.txt` with the name of each class on a line of its own. */
export const readMot: Reader = (files, operation) => {
  const labelFile = files.find(({ name }) => name === "labels.txt");
  const others = files.filter(({ name }) => name !== "labels.txt" && name !== "seqinfo.ini");
  const [boxFile] = others;
  const reasons = [
    ...(labelFile ? [] : ["labels.txt must be given: the names of the classes, one a line, in order."]),
    ...(others.length === 1 ? [] : [`One file of boxes must be given, not ${others.length}.`]),
  ];
  if (!labelFile || !boxFile || reasons.length > 0) throw new InvalidInput(...reasons);
  const labels = labelFile.text
    .split(/\r?\n/)
    .map((line) => line.trim())
    .filter((line) => line !== "");
  const draft = new Draft(operation, labels);
  for (const [i, line] of boxFile.text.split(/\r?\n/).entries()) {
    if (line.trim() === "") continue;
    const where = `${boxFile.name}, line ${i + 1}`;
    const values = line.split(",").map((value) => (value.trim() === "" ? Number.NaN : Number(value)));
    if (values.length !== columns.length) {
      draft.reject(where, `it has ${values.length} values; ${columns.join(", ")} are ${columns.length}.`);
      continue;
    }
    const bad = columns.filter((_, column) => !Number.isFinite(values[column]));
    if (bad.length > 0) {
      draft.reject(where, `${bad.join(" and ")} must be a number.`);
      continue;
    }
    const [frame, track, left, top, width, height, score, label] = values as [number, number, number, number, number, number, number, number];
    const named = labels[label - 1];
    if (named === undefined) draft.reject(where, `there is no class ${label}; labels.txt names ${labels.length}.`);
    else if (!Number.isInteger(track)) draft.reject(where, `a track must be a whole number, not ${track}.`);
    else draft.box(where, { frame: frame - 1, label: named, x: left - 1, y: top - 1, width, height, score, track: track > 0 ? track - 1 : -1 });
  }
  return draft.finish();
};
