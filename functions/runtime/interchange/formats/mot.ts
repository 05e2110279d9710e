import { type Format, textFile } from "../format.ts";
import { provenanceOf, type Scene } from "../scene.ts";

/**
 * MOTChallenge (motchallenge.net, "Instructions"; Milan et al., "MOT16"): lines of frame, track, left, top, width, height,
 * confidence, class and visibility. Frames, tracks, classes and pixels count from 1 there.
 */
export const mot: Format = {
  title: "MOTChallenge",
  use: "Tracking benchmarks (TrackEval)",
  keeps: ["boxes", "scores", "tracks", "provenance"],
  loses: "Masks, segments, events, measures and the frames in which nothing was found are left out. Boxes of no track have the identity -1.",
  files: (scene) => [
    textFile("gt.txt", "text/plain", () => lines(scene)),
    textFile("labels.txt", "text/plain", () => [scene.labels.map((label) => `${label}\n`).join("")]),
    textFile("seqinfo.ini", "text/plain", () => [sequence(scene)]),
  ],
};

async function* lines(scene: Scene): AsyncGenerator<string> {
  for await (const { frame, items } of scene.boxes()) {
    for (const { track, x, y, width, height, score, label } of items) {
      yield `${frame + 1},${track < 0 ? -1 : track + 1},${x + 1},${y + 1},${width},${height},${score ?? 1},${label + 1},1\n`;
    }
  }
}

function sequence(scene: Scene): string {
  const { frameRate, frameCount } = scene.media;
  const lines = [
    "[Sequence]",
    `name=${scene.caseId}`,
    "imDir=img1",
    `frameRate=${Number((frameRate.num / frameRate.den).toFixed(6))}`,
    `seqLength=${frameCount}`,
    `imWidth=${scene.raster.width}`,
    `imHeight=${scene.raster.height}`,
    "imExt=.png",
    `; provenance=${JSON.stringify(provenanceOf(scene))}`,
  ];
  return `${lines.join("\n")}\n`;
}
