import { gunzipSync } from "node:zlib";
import type { z } from "zod";
import { type Analysis, scoreSeries, type TrackList, trackList } from "../../../contracts/analysis.ts";
import { type CorrectedView, standing } from "../../../contracts/corrected-view.ts";
import { FrameIndex, frameTable } from "../../../contracts/frame-table.ts";
import { frameTableKey, parseUri } from "../../../contracts/keys.ts";
import type { Lake } from "../../runtime/lake.ts";
import { parseStoredJson } from "../../runtime/parse.ts";
import { type Operation, operationOf } from "./operation.ts";

/**
 * The operation of a run, read from the lake: as it was analysed or, with a view, as people corrected it. Then rejected findings and
 * tracks are not in it, words and times are people's. What people drew says where something is in some frames, not when it is in
 * sight: it changes no measure.
 */
export async function readOperation(lake: Pick<Lake, "json" | "bytes">, analysis: Analysis, view: CorrectedView | null = null): Promise<Operation> {
  const frames = new FrameIndex(await lake.json(frameTableKey(analysis.caseId, analysis.runId), frameTable));
  const criticalView = analysis.scores.find(({ subject }) => subject === "critical-view");
  const tracks = analysis.tracks ? await zipped(lake, analysis.tracks.uri, trackList) : undefined;
  return operationOf(
    view ? { ...analysis, segments: standing(view.segments), events: standing(view.events) } : analysis,
    frames.source.pts,
    view && tracks ? correctedTracks(tracks, view, analysis) : tracks,
    criticalView && (await zipped(lake, criticalView.uri, scoreSeries)),
  );
}

async function zipped<T>(lake: Pick<Lake, "bytes">, uri: string, schema: z.ZodType<T>): Promise<T> {
  return parseStoredJson(schema, gunzipSync(await lake.bytes(parseUri(uri).key)).toString(), uri);
}

/** The tracks that nobody rejected, with the words that people gave them. A word that its own producer doesn't know is taken from one that does. */
function correctedTracks(list: TrackList, { tracks }: CorrectedView, { detections }: Pick<Analysis, "detections">): TrackList {
  const left = list.label.flatMap((_, track) => (tracks.get(track)?.verdict === "rejected" ? [] : [track]));
  const named = left.map((track) => {
    const was = { detections: list.detections[track] as number, label: list.label[track] as number };
    const word = tracks.get(track)?.label ?? null;
    if (word === null) return was;
    const order = [was.detections, ...detections.keys()];
    const producer = order.find((at) => detections[at]?.labels.includes(word)) ?? was.detections;
    const label = detections[producer]?.labels.indexOf(word) ?? -1;
    return label >= 0 ? { detections: producer, label } : was;
  });
  const of = <T>(column: readonly T[]): T[] => left.map((track) => column[track] as T);
  return {
    schema: list.schema,
    ...{ detections: named.map((one) => one.detections), label: named.map((one) => one.label) },
    ...{ startFrame: of(list.startFrame), endFrame: of(list.endFrame), boxCount: of(list.boxCount), confidence: of(list.confidence) },
    ...{ pathLength: of(list.pathLength), speedChange: of(list.speedChange), stable: of(list.stable) },
  };
}
