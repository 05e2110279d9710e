import { type AnalyserResult, type Envelope, modelProducer } from "../../../contracts/analyser-result.ts";
import { FrameIndex, frameTable } from "../../../contracts/frame-table.ts";
import { gate } from "../../../contracts/gate.ts";
import { analyserPrefix, frameTableKey, gateKey, parseUri, segmentManifestKey, segmentRequestsKey, transformAnswerKey } from "../../../contracts/keys.ts";
import { samplingStep, segmentManifest } from "../../../contracts/media.ts";
import type { Model } from "../../../contracts/model.ts";
import { instanceHour, roundedUsd } from "../../../contracts/prices.ts";
import { type SegmentRequest, segmentRequests } from "../../../contracts/segment-requests.ts";
import { collectSegmentsRequest } from "../../../contracts/steps.ts";
import { BrokenContract, NotFound } from "../../runtime/errors.ts";
import type { Lake } from "../../runtime/lake.ts";
import { log } from "../../runtime/log.ts";
import { parseInput } from "../../runtime/parse.ts";
import { type SegmentLook, segmentLooks } from "../segments.ts";
import { kindOf, readAnswer } from "./answer.ts";

export interface Deps {
  lake: Pick<Lake, "json" | "text" | "putStream" | "putJson" | "uri">;
  /** The description of a network, as the lake has it. */
  model(id: string): Promise<Model>;
  now(): number;
}

type Output = AnalyserResult["outputs"][number];

/** What a network left about a segment: the text of its answer, or why there is none. */
type Found = { readonly text: string } | { readonly fault: string };

/**
 * State CollectSegments: turns what networks answered about segments into the folder that a processing job would have left. What is
 * missing is counted against the frame table and told; what is there is used.
 */
export const createHandler =
  (deps: Deps) =>
  async (event: unknown): Promise<Envelope> => {
    const { caseId, runId, analyser, mode, since, instanceSeconds, error } = parseInput(collectSegmentsRequest, event);
    const { lake } = deps;
    const { pts } = new FrameIndex(await lake.json(frameTableKey(caseId, runId), frameTable)).rendition("analysis");
    const manifest = await lake.json(segmentManifestKey(caseId, runId), segmentManifest);
    if (manifest.frameCount !== pts.length)
      throw new BrokenContract(`The segments have ${manifest.frameCount} frames; the frame table has ${pts.length} of the rendition.`);
    const looks = segmentLooks(manifest, await lake.json(gateKey(caseId, runId), gate), analyser.sampleRate);
    const found =
      mode === "endpoint"
        ? await answersOfEndpoint(lake, segmentRequestsKey(caseId, runId, analyser.id))
        : answersOfTransform(lake, (model, uri) => transformAnswerKey(caseId, runId, analyser.id, model, uri));
    const prefix = analyserPrefix(caseId, runId, analyser.id);

    const outputs: Output[] = [];
    const frameStep = samplingStep(manifest.frameRate, analyser.sampleRate);
    for (const id of analyser.models) {
      outputs.push({ ...(await writeOutput(lake, prefix, await deps.model(id), looks, pts, (look) => found(look, id))), frameStep });
    }
    // Where a job can't tell any more: one instance since it began.
    const wallSeconds = instanceSeconds ?? Math.max(0, (deps.now() - Date.parse(since)) / 1000);
    const price = instanceHour[analyser.instanceType];
    const result: AnalyserResult = {
      schema: "analyser-result/1.0",
      analyser: analyser.id,
      outputs,
      usage: { wallSeconds, cpuSeconds: 0, peakMemoryBytes: 0 },
    };
    await lake.putJson(`${prefix}result.json`, result);
    const sum = (field: "framesDone" | "framesWanted") => outputs.reduce((total, output) => total + output[field], 0);
    const [done, wanted] = [sum("framesDone"), sum("framesWanted")];
    log("segments collected", { caseId, runId, analyserId: analyser.id, framesDoneCount: done, framesWantedCount: wanted });
    // What failed altogether, its output tells.
    const partly = outputs.filter((output) => output.status === "SUCCEEDED" && output.error !== null);
    const faults = [...(error === null ? [] : [error]), ...partly.map((output) => `${output.producer.id}: ${output.error}`)];
    return {
      analyser: analyser.id,
      status: wanted > 0 && done === 0 ? "FAILED" : "SUCCEEDED",
      outputPrefix: lake.uri(prefix),
      coverage: wanted === 0 ? 1 : done / wanted,
      costUsd: price === undefined ? null : roundedUsd((wallSeconds / 3600) * price),
      error: faults.join(" ").slice(0, 2000) || null,
    };
  };

/** Finds the answer of a network about a segment. */
type Find = (look: SegmentLook, model: string) => Promise<Found>;

/** A transform job leaves an object for each segment that went well, whether others did or not. */
const answersOfTransform =
  (lake: Deps["lake"], keyOf: (model: string, uri: string) => string): Find =>
  async ({ uri }, model) => {
    try {
      return { text: await lake.text(keyOf(model, uri)) };
    } catch (error) {
      if (error instanceof NotFound) return { fault: "The job left no answer." };
      throw error;
    }
  };

/** An endpoint told where it would answer when it was asked. */
async function answersOfEndpoint(lake: Deps["lake"], key: string): Promise<Find> {
  const requests = new Map<string, SegmentRequest>();
  try {
    for (const request of (await lake.json(key, segmentRequests)).requests) requests.set(`${request.segment} ${request.model}`, request);
  } catch (error) {
    // Nothing was asked.
    if (!(error instanceof NotFound)) throw error;
  }
  return async ({ segment }, model) => {
    const request = requests.get(`${segment} ${model}`);
    if (request?.state === "ANSWERED") return { text: await lake.text(parseUri(request.output).key) };
    return { fault: request === undefined ? "It was not asked for." : (request.error ?? "No answer came.") };
  };
}

/** Writes a network's file, segment by segment: one answer is held at a time. */
async function writeOutput(
  lake: Deps["lake"],
  prefix: string,
  model: Model,
  looks: readonly SegmentLook[],
  pts: ArrayLike<number>,
  find: (look: SegmentLook) => Promise<Found>,
): Promise<Output> {
  const kind = kindOf[model.task];
  const file = `${model.id}.${kind}.jsonl`;
  const faults: string[] = [];
  let framesDone = 0;
  async function* lines(): AsyncGenerator<string> {
    for (const look of looks) {
      const found = await find(look);
      if ("fault" in found) {
        faults.push(found.fault);
        continue;
      }
      try {
        const answer = readAnswer(found.text, look, model, pts);
        if (answer.missing > 0) faults.push(`${answer.missing} of ${look.frames.length} frames are missing.`);
        framesDone += answer.lines.length;
        if (answer.lines.length > 0) yield answer.lines.join("");
      } catch (error) {
        if (!(error instanceof BrokenContract)) throw error;
        faults.push(error.message);
      }
    }
  }
  await lake.putStream(prefix + file, lines(), "application/jsonl");
  const framesWanted = looks.reduce((sum, { frames }) => sum + frames.length, 0);
  return {
    producer: modelProducer(model),
    status: framesWanted > 0 && framesDone === 0 ? "FAILED" : "SUCCEEDED",
    error: faults.length === 0 ? null : `${faults.length} of ${looks.length} segments are not whole; the first: ${faults[0]}`,
    kind,
    subject: model.subject,
    labels: model.labels,
    ...(model.meanPhaseSeconds !== undefined && { meanPhaseSeconds: model.meanPhaseSeconds }),
    ...(model.procedures !== undefined && { procedures: model.procedures }),
    file,
    framesDone,
    framesWanted,
  };
}
