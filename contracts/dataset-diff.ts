import { itemsOf, sumOfCounts } from "./dataset-statistics.ts";
import type { DatasetFrame, DatasetManifest } from "./dataset-version.ts";

/** Two versions of one dataset, compared frame by frame. */
export interface DatasetDiff {
  readonly name: string;
  readonly from: string;
  readonly to: string;
  /** Whether nothing that a network would learn from differs. */
  readonly isSame: boolean;
  readonly cases: { readonly added: string[]; readonly removed: string[]; readonly movedToOtherSplit: string[] };
  readonly frames: { readonly added: number; readonly removed: number; readonly kept: number; readonly otherPicture: number };
  /** Of the frames that both have: those whose labels differ, in what is said, or only in who says so (somebody confirmed it). */
  readonly labels: { readonly changed: FrameChange[]; readonly otherOrigin: number };
  readonly classes: readonly ClassShift[];
}

export interface FrameChange {
  readonly case: string;
  readonly frame: number;
  /** Labels, as often as they are said. */
  readonly before: string[];
  readonly after: string[];
  /** Whether people say something of it now that they did not say before. */
  readonly byPeople: boolean;
}

/** How much there is of a class; shares are of all that is labelled. Null of a class that a version does not have. */
export interface ClassShift {
  readonly label: string;
  readonly before: { readonly items: number; readonly share: number } | null;
  readonly after: { readonly items: number; readonly share: number } | null;
}

export interface DatasetContent {
  readonly manifest: DatasetManifest;
  readonly frames: readonly DatasetFrame[];
}

/** What changed from one version to another. Throws if they are versions of different datasets: their pseudonyms would not meet. */
export function datasetDiff(before: DatasetContent, after: DatasetContent): DatasetDiff {
  const [from, to] = [before.manifest, after.manifest];
  if (from.name !== to.name) throw new Error(`"${from.name}" and "${to.name}" are different datasets: a case is called otherwise in each.`);
  const [old, now] = [byFrame(before.frames), byFrame(after.frames)];
  const kept = [...now].flatMap(([key, frame]) => {
    const was = old.get(key);
    return was ? [{ was, frame }] : [];
  });
  const changed = kept.flatMap(({ was, frame }) => (saidIn(was) === saidIn(frame) ? [] : [changeOf(was, frame)]));
  const otherOrigin = kept.filter(({ was, frame }) => saidIn(was) === saidIn(frame) && originsIn(was) !== originsIn(frame)).length;
  const frames = {
    added: now.size - kept.length,
    removed: old.size - kept.length,
    kept: kept.length,
    otherPicture: kept.filter(({ was, frame }) => was.sha256 !== frame.sha256).length,
  };
  const cases = casesOf(from, to);
  const isSame = from.contentSha256 === to.contentSha256;
  return { name: from.name, from: from.version, to: to.version, isSame, cases, frames, labels: { changed, otherOrigin }, classes: shiftsOf(from, to) };
}

const byFrame = (frames: readonly DatasetFrame[]): Map<string, DatasetFrame> => new Map(frames.map((one) => [`${one.case} ${one.frame}`, one]));

/** What is said of a frame, whoever says it and in whatever order. */
const saidIn = (frame: DatasetFrame): string =>
  JSON.stringify(
    [...(frame.boxes ?? []), ...(frame.masks ?? []), ...(frame.phase ? [frame.phase] : [])].map(({ origin: _, ...said }) => JSON.stringify(said)).sort(),
  );

/** Who says it: scores and digests of networks aside. */
const originsIn = (frame: DatasetFrame): string =>
  JSON.stringify(
    itemsOf(frame)
      .map(({ label, origin }) => `${label} ${origin.by === "person" ? origin.person : origin.isConfirmed}`)
      .sort(),
  );

const personItems = (frame: DatasetFrame): number => itemsOf(frame).filter(({ origin }) => origin.by === "person").length;

const changeOf = (was: DatasetFrame, frame: DatasetFrame): FrameChange => ({
  ...{ case: frame.case, frame: frame.frame },
  before: itemsOf(was)
    .map(({ label }) => label)
    .sort(),
  after: itemsOf(frame)
    .map(({ label }) => label)
    .sort(),
  byPeople: personItems(frame) > personItems(was),
});

function casesOf(from: DatasetManifest, to: DatasetManifest): DatasetDiff["cases"] {
  const [old, now] = [from, to].map(({ cases }) => new Map(cases.map((one) => [one.case, one.split])));
  const [before, after] = [old as ReadonlyMap<string, string>, now as ReadonlyMap<string, string>];
  return {
    added: [...after.keys()].filter((one) => !before.has(one)),
    removed: [...before.keys()].filter((one) => !after.has(one)),
    movedToOtherSplit: [...after].filter(([one, split]) => before.has(one) && before.get(one) !== split).map(([one]) => one),
  };
}

function shiftsOf(from: DatasetManifest, to: DatasetManifest): ClassShift[] {
  const sharesOf = ({ statistics, classes }: DatasetManifest) => {
    const counts = sumOfCounts([statistics.train, statistics.validation, statistics.test], classes).classes;
    const all = counts.reduce((sum, { items }) => sum + items, 0);
    return new Map(counts.map(({ label, items }) => [label, { items, share: all === 0 ? 0 : items / all }]));
  };
  const [before, after] = [sharesOf(from), sharesOf(to)];
  return [...new Set([...from.classes, ...to.classes])].map((label) => ({ label, before: before.get(label) ?? null, after: after.get(label) ?? null }));
}
