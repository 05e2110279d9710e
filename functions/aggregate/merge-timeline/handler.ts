import type { z } from "zod";
import { type Producer, sprites as spritesSchema } from "../../../contracts/analyser-result.ts";
import { type Analysis, analysis } from "../../../contracts/analysis.ts";
import type { Procedure } from "../../../contracts/case.ts";
import { branchItems, type Cost, costOf, jobItem, type Usage } from "../../../contracts/cost.ts";
import { FrameIndex, frameTable } from "../../../contracts/frame-table.ts";
import { gate } from "../../../contracts/gate.ts";
import {
  analyserPrefix,
  analysisKey,
  analysisPlaylistKey,
  frameTableKey,
  gateKey,
  reviewRenditionKey,
  segmentManifestKey,
  sourceIndexKey,
  statisticsKey,
  timelineKey,
} from "../../../contracts/keys.ts";
import { type SourceIndex, segmentManifest, sourceIndex } from "../../../contracts/media.ts";
import type { RunStatistics } from "../../../contracts/run-statistics.ts";
import { mergeTimelineRequest, type mergeTimelineResponse } from "../../../contracts/steps.ts";
import { parseStartTimecode } from "../../../contracts/timecode.ts";
import { timelineVtt } from "../../../contracts/timeline-vtt.ts";
import { NothingAnalysed } from "../../runtime/errors.ts";
import type { Lake } from "../../runtime/lake.ts";
import { log } from "../../runtime/log.ts";
import { parseInput, parseStored } from "../../runtime/parse.ts";
import { contentSha256 } from "./digest.ts";
import { emitDrift } from "./drift.ts";
import { mergeFindings } from "./findings.ts";
import { type Branch, coverageOf, findingsOf, isAbout, readBranches, resultAt, reviewRendition, statusOf } from "./results.ts";
import { toSourceSpan } from "./spans.ts";
import type { Video } from "./video.ts";

export interface Deps {
  lake: Pick<Lake, "uri" | "json" | "lines" | "put" | "putJson">;
  pipelineVersion: string;
  /** What each analyser, the gate's included, runs on: for the cost estimate. */
  instanceTypes: Readonly<Record<string, string>>;
  /** Analysers without whose results an analysis is COMPLETE all the same. */
  optionalAnalysers: readonly string[];
  /** What the case table says the operation is; null if nobody said. */
  procedureOf(caseId: string): Promise<Procedure | null>;
  /** Records a finished analysis in the case table: once or many times, with the same effect. */
  record(analysis: Analysis, places: { analysis: string; timeline: string }): Promise<void>;
}

type Request = z.infer<typeof mergeTimelineRequest>;

/** State MergeTimeline: all branches' results as one analysis, in source frames. Throws NothingAnalysed if no analyser left anything. */
export const createHandler =
  (deps: Deps) =>
  async (event: unknown): Promise<z.infer<typeof mergeTimelineResponse>> => {
    const request = parseInput(mergeTimelineRequest, event);
    const { caseId, runId } = request.request;
    const { lake } = deps;
    const index = await lake.json(sourceIndexKey(caseId, runId), sourceIndex);
    const frames = new FrameIndex(await lake.json(frameTableKey(caseId, runId), frameTable));
    const branches = await readBranches(lake, request.envelopes);
    const { result: merged, statistics } = await merge(deps, request, index, frames, branches);
    const places = { analysis: analysisKey(caseId, runId), timeline: timelineKey(caseId, runId) };
    await lake.put(places.timeline, timelineVtt(merged, frames), "text/vtt");
    await lake.putJson(statisticsKey(caseId, runId), statistics);
    await lake.putJson(places.analysis, merged);
    await deps.record(merged, { analysis: lake.uri(places.analysis), timeline: lake.uri(places.timeline) });
    emitDrift(statistics, merged.coverage);
    const counts = { segmentCount: merged.segments.length, eventCount: merged.events.length };
    log("timeline merged", { caseId, runId, status: merged.status, ...counts });
    return { status: merged.status, analysisUri: lake.uri(places.analysis), ...counts };
  };

async function merge(
  deps: Deps,
  request: Request,
  index: SourceIndex,
  frames: FrameIndex,
  branches: Branch[],
): Promise<{ result: Analysis; statistics: RunStatistics }> {
  const { caseId, runId } = request.request;
  const { lake } = deps;
  const findings = findingsOf(branches);
  if (findings.length === 0) throw new NothingAnalysed("No analyser left a result: there is nothing to merge.");

  const { width, height, frameRate } = await lake.json(segmentManifestKey(caseId, runId), segmentManifest);
  const verdict = await lake.json(gateKey(caseId, runId), gate);
  const frameCount = frames.rendition("analysis").pts.length;
  const video: Video = { caseId, runId, frames, frameCount, rate: frameRate, raster: { width, height }, gate: verdict.outOfBody };
  const procedure = await deps.procedureOf(caseId);
  const leftOut = findings.filter((finding) => !isAbout(finding, procedure));
  const { busiestFrame, statistics, ...found } = await mergeFindings(
    lake,
    findings.filter((finding) => isAbout(finding, procedure)),
    video,
  );
  const reviewed = branches.some(({ envelope }) => envelope.analyser === reviewRendition && envelope.status === "SUCCEEDED");
  const cost = costOf(
    index.video,
    await usageOf(deps, request, branches, {
      scannedBytes: request.scannedBytes ?? undefined,
      conversionSeconds: index.converted?.wallSeconds,
      reviewed,
      picturesSearched: verdict.pictures?.searched ?? 0,
    }),
  );
  const coverage = branches.map((branch) => ({ ...coverageOf(branch, deps.optionalAnalysers), costUsd: branchUsd(branch, cost, deps.instanceTypes) }));
  const sprites = findings.find(({ kind }) => kind === "sprites");

  const content = {
    media: {
      source: sourceFacts(index),
      startTimecode: request.startTimecode === null ? null : parseStartTimecode(request.startTimecode, index.video.nominalFrameRate),
      raster: video.raster,
      frameTable: lake.uri(frameTableKey(caseId, runId)),
      renditions: { analysis: lake.uri(analysisPlaylistKey(caseId, runId)), review: reviewed ? lake.uri(reviewRenditionKey(caseId, runId)) : null },
      sprites: sprites ? lake.uri(sprites.key) : null,
      poster: sprites ? await posterOf(lake, sprites.key, frames) : null,
    },
    producers: distinct([verdict.producer, ...findings.map(({ producer }) => producer)]),
    gate: {
      producer: verdict.producer.id,
      outOfBody: verdict.outOfBody.map((span) => ({ ...toSourceSpan(span, frames), action: "excluded" as const })),
      text: verdict.text.map((region) => ({ ...toSourceSpan(region, frames), action: "covered" as const })),
      pictures: verdict.pictures,
      missedEstimate: verdict.missedEstimate,
    },
    ...found,
    coverage,
    ...(leftOut.length > 0 && { leftOut: leftOut.map(({ producer, procedures = [] }) => ({ producer: producer.id, procedures: [...procedures] })) }),
  };
  const result: Analysis = {
    schema: "surgical-analysis/1.2",
    caseId,
    runId,
    createdAt: request.startedAt,
    status: statusOf(coverage),
    ...content,
    busiestFrame,
    cost: { ...cost, forecastUsd: request.forecastUsd },
    provenance: { pipelineVersion: deps.pipelineVersion, contentSha256: contentSha256(content) },
  };
  return {
    result: parseStored(analysis, result, "The analysis"),
    statistics: { schema: "run-statistics/1.2", caseId, runId, ...statistics },
  };
}

/** The picture beside thumbnails that stands for the operation, if they have one. */
async function posterOf(lake: Deps["lake"], spritesKey: string, frames: FrameIndex): Promise<NonNullable<Analysis["media"]["poster"]> | null> {
  const { poster } = await lake.json(spritesKey, spritesSchema);
  if (!poster) return null;
  return { uri: lake.uri(spritesKey.replace(/[^/]+$/, poster.file)), frame: frames.toSource("analysis", poster.frame) };
}

function sourceFacts({ video, container, bytes, sha256, converted }: SourceIndex): Analysis["media"]["source"] {
  return {
    sha256: sha256 ?? null,
    bytes,
    container: converted?.container ?? container,
    codec: converted?.codec ?? video.codec,
    width: video.width,
    height: video.height,
    rotation: video.rotation,
    frameRate: video.nominalFrameRate,
    timebase: video.timebase,
    frameCount: video.frameCount,
    durationTicks: video.durationTicks,
    variableFrameRate: video.variableFrameRate,
    ...(converted && { conversion: { container, codec: video.codec, timing: converted.timing } }),
  };
}

const distinct = (producers: readonly Producer[]): Producer[] => [...new Map(producers.map((producer) => [producer.id, producer])).values()];

/** What ran: the branches' jobs, and the gate's, which ran before them. */
async function usageOf(
  { lake, instanceTypes }: Deps,
  { request, verdict }: Request,
  branches: Branch[],
  known: Pick<Usage, "scannedBytes" | "conversionSeconds" | "reviewed" | "picturesSearched">,
): Promise<Usage> {
  const jobs: Usage["jobs"][number][] = [];
  for (const [analyser, instanceType] of Object.entries(instanceTypes)) {
    const branch = branches.find(({ envelope }) => envelope.analyser === analyser);
    const result = branch ? branch.result : await resultAt(lake, analyserPrefix(request.caseId, request.runId, analyser));
    const usd = branch?.envelope.costUsd ?? null;
    // A job that was killed couldn't say how long it ran; the service may.
    const said = result && result.outputs.length > 0 ? result.usage.wallSeconds : undefined;
    const wallSeconds = branch?.envelope.jobSeconds ?? said;
    if (wallSeconds !== undefined) jobs.push({ analyser, instanceType, wallSeconds, ...(usd !== null && { usd }) });
  }
  const succeeded = (analyser: string) => branches.some(({ envelope }) => envelope.analyser === analyser && envelope.status === "SUCCEEDED");
  return { ...known, normalised: verdict === "NORMALISE", rekognition: succeeded("rekognition"), labels: succeeded("rekognition-labels"), jobs };
}

/**
 * What a branch cost, by the run's breakdown; null where nobody knows how long its job ran. Services that no job of ours is bill what they delivered
 * (from memory): a branch of one that failed cost nothing.
 */
function branchUsd({ envelope: { analyser, status } }: Branch, { breakdown }: Pick<Cost, "breakdown">, instanceTypes: Deps["instanceTypes"]): number | null {
  const service = (branchItems as Readonly<Record<string, string>>)[analyser];
  const instanceType = instanceTypes[analyser];
  const wanted = service ?? (instanceType && jobItem(analyser, instanceType));
  const line = breakdown.find(({ item }) => item === wanted);
  return line?.usd ?? (service !== undefined || status === "SKIPPED" ? 0 : null);
}
