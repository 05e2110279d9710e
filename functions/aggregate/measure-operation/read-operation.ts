import { type Analysis, scoreSeries, type TrackList, trackList } from "../../../contracts/analysis.ts";
import { type CorrectedView, personProducer, standing } from "../../../contracts/corrected-view.ts";
import { FrameIndex, frameTable } from "../../../contracts/frame-table.ts";
import { frameTableKey } from "../../../contracts/keys.ts";
import type { MeasureProducer } from "../../../contracts/measures.ts";
import { type Lake, readZipped } from "../../runtime/lake.ts";
import { adverseEventOf } from "./adverse-events.ts";
import { readBlood } from "./blood.ts";
import { type Operation, operationOf } from "./operation.ts";

/** An analysis as people corrected it, and the version of their corrections. */
export interface Corrected {
  readonly view: CorrectedView;
  readonly version: number;
}

/**
 * The operation of a run, read from the lake: as it was analysed or as people corrected it. Then rejected findings and
 * tracks are not in it, words and times are people's. What people drew says where something is in some frames, not when it is in
 * sight: it changes no measure.
 */
export async function readOperation(lake: Pick<Lake, "json" | "bytes">, analysis: Analysis, corrected: Corrected | null = null): Promise<Operation> {
  const frames = new FrameIndex(await lake.json(frameTableKey(analysis.caseId, analysis.runId), frameTable));
  const criticalView = analysis.scores.find(({ subject }) => subject === "critical-view");
  const tracks = analysis.tracks ? await readZipped(lake, analysis.tracks.uri, trackList) : undefined;
  const findings = corrected ? { ...analysis, segments: standing(corrected.view.segments), events: standing(corrected.view.events) } : analysis;
  return operationOf(findings, frames.source.pts, {
    tracks: corrected && tracks ? correctedTracks(tracks, corrected.view, analysis) : tracks,
    criticalView: criticalView && (await readZipped(lake, criticalView.uri, scoreSeries)),
    blood: await readBlood(
      lake,
      analysis,
      findings.events.filter(({ type, label }) => adverseEventOf(type)?.kind === "bleeding" || adverseEventOf(label)?.kind === "bleeding"),
    ),
    people: corrected ? people(corrected.version) : undefined,
  });
}

const people = (version: number): MeasureProducer => ({
  ...{ id: personProducer, kind: "person", name: "People who corrected the analysis", version: String(version), digest: null, calibration: null },
});

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
  const { jerkSquared, jerkSeconds } = list;
  return {
    schema: list.schema,
    ...{ detections: named.map((one) => one.detections), label: named.map((one) => one.label) },
    ...{ startFrame: of(list.startFrame), endFrame: of(list.endFrame), boxCount: of(list.boxCount), confidence: of(list.confidence) },
    ...{ pathLength: of(list.pathLength), stable: of(list.stable) },
    ...(jerkSquared && jerkSeconds && { jerkSquared: of(jerkSquared), jerkSeconds: of(jerkSeconds) }),
  };
}
