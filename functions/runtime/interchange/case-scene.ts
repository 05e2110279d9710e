import { type Analysis, analysis as analysisSchema, detectionChunk, maskChunk, trackList } from "../../../contracts/analysis.ts";
import { corrected, standing, uncorrected } from "../../../contracts/corrected-view.ts";
import type { CorrectionSet } from "../../../contracts/corrections.ts";
import { FrameIndex, frameTable } from "../../../contracts/frame-table.ts";
import { analysisKey, measuresKey, parseUri } from "../../../contracts/keys.ts";
import { type Measures, measures as measuresSchema } from "../../../contracts/measures.ts";
import type { FrameSpan } from "../../../contracts/primitives.ts";
import { BrokenContract, InvalidInput, NotFound } from "../errors.ts";
import { type Lake, readZipped } from "../lake.ts";
import { withDrawings } from "./corrected-scene.ts";
import { merged } from "./merged.ts";
import { type Box, type Event, type Mask, overlaps, type Scene, type Sighting } from "./scene.ts";

type Chunks = Analysis["detections"][number]["chunks"];

/**
 * An analysed case as a scene, for a span of its source frames; corrected, if there are sets of corrections. Throws NotFound if it
 * was not analysed, InvalidInput for a span outside the operation.
 */
export async function caseScene(
  lake: Pick<Lake, "json" | "bytes">,
  { caseId, runId }: { caseId: string; runId: string },
  span: FrameSpan,
  sets: readonly CorrectionSet[] | null = null,
): Promise<Scene> {
  const analysis = await lake.json(analysisKey(caseId, runId), analysisSchema);
  const { frameCount } = analysis.media.source;
  if (span.startFrame >= frameCount || span.endFrame > frameCount)
    throw new InvalidInput(`Frames ${span.startFrame} to ${span.endFrame} aren't all of the operation, which has ${frameCount}.`);
  const frames = new FrameIndex(await lake.json(parseUri(analysis.media.frameTable).key, frameTable));
  const measures = await measuresOf(lake, caseId, runId);
  return sets === null ? sceneOf(lake, analysis, frames, measures, span) : await correctedScene(lake, analysis, frames, measures, span, sets);
}

/** The scene of an analysis with what people corrected. Measures stay those of the analysis: they were not taken anew. */
async function correctedScene(
  lake: Pick<Lake, "json" | "bytes">,
  analysis: Analysis,
  frames: FrameIndex,
  measures: Measures | null,
  span: FrameSpan,
  sets: readonly CorrectionSet[],
): Promise<Scene> {
  const corrections = sets.flatMap((set) => set.corrections);
  const view = corrected(uncorrected(analysis), corrections);
  const findings = { ...analysis, segments: standing(view.segments), events: standing(view.events) };
  const scene = withDrawings(sceneOf(lake, findings, frames, measures, span), view, await trackLabels(lake, analysis));
  return { ...scene, corrections: sets.at(-1)?.version ?? 0, correctedBy: [...new Set(sets.map(({ createdBy }) => createdBy))] };
}

/** What each track of an analysis is called, by its number. */
export async function trackLabels(lake: Pick<Lake, "bytes">, { tracks, detections }: Pick<Analysis, "tracks" | "detections">): Promise<string[]> {
  if (tracks === null) return [];
  const list = await readZipped(lake, tracks.uri, trackList);
  return list.label.map((label, track) => {
    const found = detections[list.detections[track] as number]?.labels[label];
    if (found === undefined) throw new BrokenContract(`${tracks.uri} names label ${label} for track ${track}, which its producer does not have.`);
    return found;
  });
}

/** From when to when each track of an analysis is in sight, by its number. */
export async function trackSpans(lake: Pick<Lake, "bytes">, { tracks }: Pick<Analysis, "tracks">): Promise<FrameSpan[]> {
  if (tracks === null) return [];
  const { startFrame, endFrame } = await readZipped(lake, tracks.uri, trackList);
  return startFrame.map((start, track) => ({ startFrame: start, endFrame: endFrame[track] as number }));
}

/** Null where the analysis is of a time before measures were made. */
async function measuresOf(lake: Pick<Lake, "json" | "bytes">, caseId: string, runId: string): Promise<Measures | null> {
  try {
    return await lake.json(measuresKey(caseId, runId), measuresSchema);
  } catch (error) {
    if (error instanceof NotFound) return null;
    throw error;
  }
}

/** A span of an analysis as a scene; its chunks lie in the lake. */
export function sceneOf(lake: Pick<Lake, "bytes">, analysis: Analysis, frames: FrameIndex, measures: Measures | null, span: FrameSpan): Scene {
  const { detections, masks } = analysis;
  const labels = [...new Set([...detections, ...masks].flatMap((one) => one.labels))];
  const sources = [...detections, ...masks].map(({ producer }) => producer);
  const { source, raster } = analysis.media;
  return {
    caseId: analysis.caseId,
    runId: analysis.runId,
    createdAt: analysis.createdAt,
    span,
    frames,
    media: { frameCount: source.frameCount, frameRate: source.frameRate, durationTicks: source.durationTicks, sha256: source.sha256 },
    raster,
    labels,
    boxLabels: indexesOf(labels, new Set(detections.flatMap((one) => one.labels))),
    sources,
    producers: analysis.producers,
    segments: analysis.segments.filter((one) => overlaps(one, span)),
    events: eventsOf(analysis, measures).filter((one) => overlaps(one, span)),
    measures,
    provenance: analysis.provenance,
    corrections: null,
    correctedBy: [],
    reports: [],
    codes: {},
    boxes: () => merged(detections.map((one, i) => boxesOf(lake, one.chunks, span, labelIndex(one.labels, labels), i))),
    masks: () => merged(masks.map((one, i) => masksOf(lake, one.chunks, span, labelIndex(one.labels, labels), detections.length + i))),
  };
}

function eventsOf({ gate, events }: Analysis, measures: Measures | null): Event[] {
  const outside = gate.outOfBody.map(({ startFrame, endFrame, score }, i) => ({
    ...{ id: `out-of-body-${i + 1}`, type: "out-of-body", label: "Outside the patient", startFrame, endFrame },
    ...{ confidence: score, producer: gate.producer, review: "unreviewed" as const },
  }));
  const found = (measures?.findings ?? []).map(({ id, type, label, startFrame, endFrame, confidence, producers, review }) => ({
    ...{ id, type, label, startFrame, endFrame, confidence, producer: producers.join(" "), review },
  }));
  return [...outside, ...events, ...found].sort((a, b) => a.startFrame - b.startFrame || a.endFrame - b.endFrame || (a.id < b.id ? -1 : 1));
}

const indexesOf = (all: readonly string[], wanted: ReadonlySet<string>): number[] => all.flatMap((label, i) => (wanted.has(label) ? [i] : []));

const labelIndex = (own: readonly string[], all: readonly string[]): number[] => own.map((label) => all.indexOf(label));

async function* boxesOf(lake: Pick<Lake, "bytes">, chunks: Chunks, span: FrameSpan, labels: number[], producer: number): AsyncGenerator<Sighting<Box>> {
  for (const { uri } of chunks.filter((chunk) => overlaps(chunk, span))) {
    const chunk = await readZipped(lake, uri, detectionChunk);
    const { frames, offsets, label, score, box, track } = chunk;
    for (const [i, frame] of frames.entries()) {
      if (frame < span.startFrame || frame >= span.endFrame) continue;
      const items: Box[] = [];
      for (let b = offsets[i] as number; b < (offsets[i + 1] as number); b++) {
        const [x, y, width, height] = box.slice(4 * b, 4 * b + 4) as [number, number, number, number];
        items.push({ label: labelOf(labels, label[b], uri), score: score[b] as number, x, y, width, height, track: track[b] as number, producer });
      }
      yield { frame, by: [producer], items };
    }
  }
}

async function* masksOf(lake: Pick<Lake, "bytes">, chunks: Chunks, span: FrameSpan, labels: number[], producer: number): AsyncGenerator<Sighting<Mask>> {
  for (const { uri } of chunks.filter((chunk) => overlaps(chunk, span))) {
    const { gridWidth, gridHeight, frames, offsets, label, score, runs } = await readZipped(lake, uri, maskChunk);
    for (const [i, frame] of frames.entries()) {
      if (frame < span.startFrame || frame >= span.endFrame) continue;
      const items: Mask[] = [];
      for (let m = offsets[i] as number; m < (offsets[i + 1] as number); m++) {
        items.push({ label: labelOf(labels, label[m], uri), score: score[m] as number, gridWidth, gridHeight, runs: runs[m] as number[], producer });
      }
      yield { frame, by: [producer], items };
    }
  }
}

function labelOf(labels: number[], index: number | undefined, uri: string): number {
  const label = index === undefined ? undefined : labels[index];
  if (label === undefined) throw new BrokenContract(`${uri} names label ${index}, which its producer does not have.`);
  return label;
}
