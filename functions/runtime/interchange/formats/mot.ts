import { type ExportFile, type Format, textFile } from "../format.ts";
import { type Box, provenanceOf, type Scene } from "../scene.ts";

/**
 * MOTChallenge (motchallenge.net, "Instructions"; Milan et al., "MOT16", section 4), a sequence as its own lie in their folders.
 * Frames, tracks, classes and pixels count from 1 there, and its kinds of files say different things in the same columns:
 *
 * - `gt/gt.txt`, 9 columns: frame, track, left, top, width, height, flag, class, visibility. A flag of 0 would take the box out of
 *   every score, so that no confidence may stand there. Only boxes of tracks: identities are unique within a frame.
 * - `det/det.txt`, 10 columns: what was detected, whatever its track: the identity is -1, column 7 the confidence (-1: a person drew
 *   it), column 8 the class. Boxes of tracks come first in each frame, in the order of `gt.txt`.
 * - `tracker.txt`, 10 columns: the tracks as a tracker hands them in. TrackEval refuses a class above 1 there: none is told.
 * - `classes/N/`: the same of class N alone, for TrackEval, which scores one class of a sequence.
 */
export const mot: Format = {
  title: "MOTChallenge",
  use: "Tracking benchmarks (TrackEval)",
  keeps: ["boxes", "scores", "tracks", "provenance"],
  loses:
    "Masks, segments, events, measures and the frames in which nothing was found are left out. Boxes of no track are in `det/det.txt` alone, scores there and in `tracker.txt`: only `gt/gt.txt`, `det/det.txt` and `labels.txt` together say everything.",
  files: (scene) => [
    truth(scene, "", "every"),
    textFile("det/det.txt", "text/plain", () => detections(scene)),
    textFile("labels.txt", "text/plain", () => [scene.labels.map((label) => `${label}\n`).join("")]),
    sequence(scene, "", scene.caseId),
    tracker(scene, "", "every"),
    ...scene.boxLabels.flatMap((label) => {
      const folder = `classes/${label + 1}/`;
      return [truth(scene, folder, label), sequence(scene, folder, `${scene.caseId}-${label + 1}`), tracker(scene, folder, label)];
    }),
  ],
};

/** Which boxes a file has: of one label, or all. */
type Which = number | "every";

/** Of one class alone, it is class 1: the only one that TrackEval scores. */
const truth = (scene: Scene, folder: string, which: Which): ExportFile =>
  textFile(`${folder}gt/gt.txt`, "text/plain", () =>
    lines(scene, (items) => tracked(items, which).map((box) => `${box.track + 1},${place(box)},1,${which === "every" ? box.label + 1 : 1},1`)),
  );

const tracker = (scene: Scene, folder: string, which: Which): ExportFile =>
  textFile(`${folder}tracker.txt`, "text/plain", () =>
    lines(scene, (items) => tracked(items, which).map((box) => `${box.track + 1},${place(box)},${box.score ?? -1},-1,-1,-1`)),
  );

const detections = (scene: Scene): AsyncGenerator<string> =>
  lines(scene, (items) =>
    [...tracked(items, "every"), ...items.filter(({ track }) => track < 0)].map((box) => `-1,${place(box)},${box.score ?? -1},${box.label + 1},-1,-1`),
  );

const tracked = (items: readonly Box[], which: Which): Box[] => items.filter(({ track, label }) => track >= 0 && (which === "every" || label === which));

const place = ({ x, y, width, height }: Box): string => `${x + 1},${y + 1},${width},${height}`;

async function* lines(scene: Scene, linesOf: (items: readonly Box[]) => readonly string[]): AsyncGenerator<string> {
  for await (const { frame, items } of scene.boxes()) for (const line of linesOf(items)) yield `${frame + 1},${line}\n`;
}

const sequence = (scene: Scene, folder: string, name: string): ExportFile =>
  textFile(`${folder}seqinfo.ini`, "text/plain", () => {
    const { frameRate, frameCount } = scene.media;
    const lines = [
      "[Sequence]",
      `name=${name}`,
      "imDir=img1",
      `frameRate=${Number((frameRate.num / frameRate.den).toFixed(6))}`,
      `seqLength=${frameCount}`,
      `imWidth=${scene.raster.width}`,
      `imHeight=${scene.raster.height}`,
      "imExt=.png",
      `; provenance=${JSON.stringify(provenanceOf(scene))}`,
    ];
    return [`${lines.join("\n")}\n`];
  });
