import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { gunzipSync } from "node:zlib";
import { type Analysis, analysis as analysisContract, detectionChunk } from "../../contracts/analysis.ts";
import { FrameIndex, frameTable } from "../../contracts/frame-table.ts";
import { analysisKey, measuresKey, parseUri, reportKey, reportPageKey, timelineKey } from "../../contracts/keys.ts";
import { type Measures, measures as measuresContract } from "../../contracts/measures.ts";
import { type Report, report as reportContract, reportLanguage } from "../../contracts/report.ts";
import type { CaseItem, PlatformClient } from "./client.ts";
import { type Box, still } from "./still.ts";

export interface Result {
  readonly analysis: Analysis;
  readonly frames: FrameIndex;
  /** Undefined where the operation could not be measured; the analysis stands all the same. */
  readonly measures: Measures | undefined;
  /** One a language; none where they were not written in time. */
  readonly reports: readonly Report[];
  /** Content by file name. */
  readonly files: ReadonlyMap<string, Buffer>;
}

/** Fetches all that an analysed case has, and draws the still of its busiest moment. */
export async function fetchResult(client: PlatformClient, { caseId, runId }: CaseItem): Promise<Result> {
  if (!runId) throw new Error(`Case ${caseId} has no run.`);
  const bucket = client.processedBucket;
  const json = await client.object({ bucket, key: analysisKey(caseId, runId) });
  const analysis = analysisContract.parse(JSON.parse(json.toString()));
  const table = await client.object(parseUri(analysis.media.frameTable));
  const frames = new FrameIndex(frameTable.parse(JSON.parse(table.toString())));
  const files = new Map([
    ["analysis.json", json],
    ["frame-table.json", table],
    ["timeline.vtt", await client.object({ bucket, key: timelineKey(caseId, runId) })],
  ]);
  const measured = await client.objectIfThere({ bucket, key: measuresKey(caseId, runId) });
  if (measured) files.set("measures.json", measured);
  const measures = measured && measuresContract.parse(JSON.parse(measured.toString()));
  if (analysis.media.renditions.review) files.set("still.png", await busiestMoment(client, analysis, frames, analysis.media.renditions.review));
  const reports: Report[] = [];
  if (await client.reported(caseId, runId)) {
    for (const language of reportLanguage.options) {
      const written = await client.object({ bucket, key: reportKey(caseId, runId, language) });
      reports.push(reportContract.parse(JSON.parse(written.toString())));
      files.set(`report.${language}.json`, written);
      files.set(`report.${language}.html`, await client.object({ bucket, key: reportPageKey(caseId, runId, language) }));
    }
  } else process.stderr.write("No report was written within a minute: see the executions of case-report.\n");
  return { analysis, frames, measures, reports, files };
}

/** The busiest frame with its boxes; where nothing was detected, the middle of the operation without any. */
async function busiestMoment(client: PlatformClient, analysis: Analysis, frames: FrameIndex, review: string): Promise<Buffer> {
  const frame = analysis.busiestFrame ?? Math.floor(analysis.media.source.frameCount / 2);
  const { pts, timebase } = frames.rendition("review");
  const at = frames.toRendition("review", frame);
  const half = ((pts[at] as number) - (pts[at - 1] ?? (pts[at] as number) - 1)) / 2;
  const folder = await mkdtemp(join(tmpdir(), "svp-still-"));
  try {
    const video = join(folder, "review.mp4");
    await client.download(parseUri(review), video);
    return await still({
      video,
      seconds: (((pts[at] as number) - half - (pts[0] as number)) * timebase.num) / timebase.den,
      raster: analysis.media.raster,
      labels: analysis.detections.flatMap(({ labels }) => labels),
      boxes: analysis.busiestFrame === null ? [] : await boxesOn(client, analysis, frame),
      caption: `${frames.secondsOf(frame).toFixed(2)} s · frame ${frame}`,
    });
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

async function boxesOn(client: PlatformClient, analysis: Analysis, frame: number): Promise<Box[]> {
  const found: Box[] = [];
  for (const { chunks, labels } of analysis.detections) {
    const chunk = chunks.find(({ startFrame, endFrame }) => frame >= startFrame && frame < endFrame);
    if (!chunk) continue;
    const { frames, offsets, label, score, box } = detectionChunk.parse(JSON.parse(gunzipSync(await client.object(parseUri(chunk.uri))).toString()));
    const i = frames.indexOf(frame);
    if (i < 0) continue;
    for (let b = offsets[i] as number; b < (offsets[i + 1] as number); b++) {
      const [x, y, width, height] = box.slice(4 * b, 4 * b + 4) as [number, number, number, number];
      found.push({ label: labels[label[b] as number] ?? "", score: score[b] as number, x, y, width, height });
    }
  }
  return found;
}
