import { type Format, textFile } from "../format.ts";
import { merged } from "../merged.ts";
import { preciseSecondsAt, provenanceOf, type Scene, ticksAt } from "../scene.ts";
import { type Thing, tagged } from "../things.ts";

/**
 * The analysis row by row, as JSON Lines (jsonlines.org): the twin of the stored chunks, whose rows lie in columns, made when it is asked
 * for. Each line is an object with a `kind`: a `head`, the `segment`s, `event`s and `measure`s, and then by frame a `frame` line that
 * names who looked, with a line for each `box` and `mask` under it. Ticks are of the source's timebase and seconds of the same moment,
 * both from the first frame; boxes are pixels of the raster, runs of a mask go down the columns of its grid.
 */
export const json: Format = {
  title: "JSON Lines, a row an object",
  use: "Scripts, jq, DuckDB, pandas",
  keeps: ["boxes", "scores", "tracks", "masks", "segments", "events", "lookedAt", "measures", "provenance"],
  loses: "Probabilities of classes frame by frame are left out.",
  files: (scene) => [textFile("rows.jsonl", "application/jsonl", () => rows(scene))],
};

async function* rows(scene: Scene): AsyncGenerator<string> {
  const { raster, frames, media, segments, events, measures, sources } = scene;
  const { frameCount, frameRate } = media;
  yield line("head", { schema: "analysis-rows/1.0", timebase: frames.source.timebase, frameCount, frameRate, raster, provenance: provenanceOf(scene) });
  for (const one of segments) yield line("segment", { ...one, ...spanOf(scene, one) });
  for (const one of events) yield line("event", { ...one, ...spanOf(scene, one) });
  for (const one of measures?.measures ?? []) yield line("measure", one);
  for await (const { frame, by, items } of merged<Thing>([tagged(scene.boxes(), "box"), tagged(scene.masks(), "mask")])) {
    const at = { frame, ...momentOf(scene, frame) };
    yield line("frame", { ...at, lookedAtBy: by.map((source) => sources[source]) });
    for (const { kind, item } of items) {
      const { label, producer, ...told } = item;
      const track = kind === "box" ? { track: item.track < 0 ? null : item.track } : {};
      yield line(kind, { ...at, producer: sources[producer], label: scene.labels[label], ...told, ...track });
    }
  }
}

const line = (kind: string, told: object): string => `${JSON.stringify({ kind, ...told })}\n`;

const momentOf = (scene: Scene, frame: number) => ({ ticks: ticksAt(scene, frame), seconds: preciseSecondsAt(scene, frame) });

function spanOf(scene: Scene, { startFrame, endFrame }: { startFrame: number; endFrame: number }) {
  const [start, end] = [momentOf(scene, startFrame), momentOf(scene, endFrame)];
  return { startTicks: start.ticks, endTicks: end.ticks, startSeconds: start.seconds, endSeconds: end.seconds };
}
