import { gunzipSync } from "node:zlib";
import { type Analysis, detectionChunk, maskChunk, scoreSeries } from "../../contracts/analysis.ts";
import { parseUri } from "../../contracts/keys.ts";
import type { Mask } from "../../models/metrics/masks.ts";
import type { Observed, ObservedBox, PhaseScores } from "../../models/metrics/operation.ts";
import type { PlatformClient } from "./client.ts";
import { maskOf, united } from "./mask-cells.ts";
import { storedAnalysis } from "./stored-analysis.ts";

/** What the platform found in an operation. */
export interface Found {
  readonly analysis: Analysis;
  readonly secondsPerFrame: number;
  readonly found: Observed;
  /** Of the network for phases; null if none looked. */
  readonly phaseScores: PhaseScores | null;
}

/** Fetches all that a case's analysis says. Throws a CommandError if it has none. */
export async function fetchFound(client: PlatformClient, caseId: string): Promise<Found> {
  const { analysis } = await storedAnalysis(client, caseId);
  const { frameRate } = analysis.media.source;
  const phases = analysis.scores.find(({ subject }) => subject === "phase");
  return {
    analysis,
    secondsPerFrame: frameRate.den / frameRate.num,
    found: {
      outOfBody: analysis.gate.outOfBody,
      phases: phases ? analysis.segments.filter(({ level }) => level === "phase") : null,
      events: analysis.events.map(({ type, startFrame, endFrame }) => ({ label: type, startFrame, endFrame })),
      boxes: await boxesOf(client, analysis),
      masks: await masksOf(client, analysis),
    },
    phaseScores: phases ? scoreSeries.parse(await unpacked(client, phases.uri)) : null,
  };
}

const unpacked = async (client: PlatformClient, uri: string): Promise<unknown> => JSON.parse(gunzipSync(await client.object(parseUri(uri))).toString());

async function boxesOf(client: PlatformClient, { detections }: Analysis): Promise<Observed["boxes"]> {
  if (detections.length === 0) return null;
  const frames = new Map<number, ObservedBox[]>();
  for (const { chunks, labels } of detections)
    for (const { uri } of chunks) {
      const chunk = detectionChunk.parse(await unpacked(client, uri));
      chunk.frames.forEach((frame, i) => {
        const boxes = frames.get(frame) ?? [];
        frames.set(frame, boxes);
        for (let b = chunk.offsets[i] as number; b < (chunk.offsets[i + 1] as number); b++) {
          const [x, y, width, height] = chunk.box.slice(4 * b, 4 * b + 4) as [number, number, number, number];
          boxes.push({
            label: labels[chunk.label[b] as number] as string,
            score: chunk.score[b] as number,
            track: chunk.track[b] as number,
            x,
            y,
            width,
            height,
          });
        }
      });
    }
  return { labels: [...new Set(detections.flatMap(({ labels }) => labels))], frames };
}

async function masksOf(client: PlatformClient, { masks }: Analysis): Promise<Observed["masks"]> {
  if (masks.length === 0) return null;
  const frames = new Map<number, Map<string, Mask>>();
  for (const { chunks, labels } of masks)
    for (const { uri } of chunks) {
      const chunk = maskChunk.parse(await unpacked(client, uri));
      chunk.frames.forEach((frame, i) => {
        const found = frames.get(frame) ?? new Map<string, Mask>();
        frames.set(frame, found);
        for (let m = chunk.offsets[i] as number; m < (chunk.offsets[i + 1] as number); m++) {
          const label = labels[chunk.label[m] as number] as string;
          found.set(label, united(found.get(label), maskOf(chunk.runs[m] as number[], { width: chunk.gridWidth, height: chunk.gridHeight })));
        }
      });
    }
  return { labels: [...new Set(masks.flatMap(({ labels }) => labels))], frames };
}
