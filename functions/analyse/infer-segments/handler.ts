import type { z } from "zod";
import { gate } from "../../../contracts/gate.ts";
import { gateKey, parseUri, segmentManifestKey, segmentRequestsKey } from "../../../contracts/keys.ts";
import { segmentManifest } from "../../../contracts/media.ts";
import { type SegmentRequest, type SegmentRequests, segmentRequests } from "../../../contracts/segment-requests.ts";
import { inferSegmentsRequest, type inferSegmentsResponse } from "../../../contracts/steps.ts";
import { NotFound } from "../../runtime/errors.ts";
import type { Lake } from "../../runtime/lake.ts";
import { log } from "../../runtime/log.ts";
import { parseInput } from "../../runtime/parse.ts";
import { type SegmentLook, segmentLooks } from "../segments.ts";
import { type AskDeps, askers, manyAtOnce, type Wanted } from "./ask.ts";

export interface Deps extends AskDeps {
  lake: AskDeps["lake"] & Pick<Lake, "json" | "text" | "putJson">;
  now(): number;
  isThere(uri: string): Promise<boolean>;
}

/** Requests that wait in an endpoint's queue at most: enough to keep every instance busy between two looks, few enough to ask again if what was asked is forgotten. */
const mostWaiting = 1000;
/** Requests after which they are written down: a call that is cut off forgets no more. */
const savedEvery = 50;
/** A segment that failed is asked for once more, at the next call: its container may have died of another's, or been too busy. */
const mostAttempts = 2;
/** Seconds after which a call makes no more requests: the function has 15 minutes, and a request may last one. */
const longestCallSeconds = 720;

/**
 * State InferSegments: asks the endpoint for what has not been asked, looks for answers to what has, and tells how much is to
 * come. Called again and again until nothing is; what it was asked for lies in the lake, so a redrive asks for no segment twice.
 */
export const createHandler =
  (deps: Deps) =>
  async (event: unknown): Promise<z.infer<typeof inferSegmentsResponse>> => {
    const request = parseInput(inferSegmentsRequest, event);
    const { caseId, runId, analyser, endpoint } = request;
    const { lake } = deps;
    const called = deps.now();
    const looks = segmentLooks(
      await lake.json(segmentManifestKey(caseId, runId), segmentManifest),
      await lake.json(gateKey(caseId, runId), gate),
      analyser.sampleRate,
    );
    const key = segmentRequestsKey(caseId, runId, analyser.id);
    const made = await requestsAt(lake, key);
    const save = () => lake.putJson(key, { schema: "segment-requests/1.1", endpoint: endpoint.name, requests: [...made.values()] } satisfies SegmentRequests);
    const inState = (state: SegmentRequest["state"]) => [...made.values()].filter((one) => one.state === state);
    const end = Date.parse(request.since) + 1000 * analyser.timeoutSeconds;
    const isOver = () => deps.now() >= end;
    const isTimeLeft = () => !isOver() && deps.now() < called + 1000 * longestCallSeconds;
    const asker = askers[endpoint.kind];

    await each(inState("ASKED"), manyAtOnce, (asked) => look(deps, asked));
    const free = Math.max(0, mostWaiting - inState("ASKED").length);
    for (const some of chunks(wanted(looks, analyser.models, made).slice(0, free), savedEvery)) {
      if (!isTimeLeft()) break;
      await each(some, asker.atOnce(endpoint.instances), async (one) => {
        if (!isTimeLeft()) return;
        const outcome = await asker.ask(deps, request, one, Math.floor((end - deps.now()) / 1000));
        made.set(one.id, { segment: one.look.segment, model: one.model, attempt: one.attempt, ...outcome });
      }).finally(save);
    }
    const late = isOver();
    if (late)
      for (const unanswered of inState("ASKED"))
        Object.assign(unanswered, { state: "FAILED", error: `No answer came in ${analyser.timeoutSeconds} s.` } satisfies Partial<SegmentRequest>);
    await save();
    const todo = late ? [] : wanted(looks, analyser.models, made);
    // What is to be asked again has failed so far.
    const failed = inState("FAILED").length - todo.filter(({ attempt }) => attempt > 1).length;
    const counts = { pending: todo.length + inState("ASKED").length, answered: inState("ANSWERED").length, failed };
    log("segments asked", { caseId, runId, analyserId: analyser.id, pendingCount: counts.pending, answeredCount: counts.answered, failedCount: counts.failed });
    return counts;
  };

async function requestsAt(lake: Deps["lake"], key: string): Promise<Map<string, SegmentRequest>> {
  try {
    const { requests } = await lake.json(key, segmentRequests);
    return new Map(requests.map((request) => [requestId(request.segment, request.model), request]));
  } catch (error) {
    if (error instanceof NotFound) return new Map();
    throw error;
  }
}

const requestId = (segment: number, model: string): string => `${segment} ${model}`;

/** What is to be asked: what never was, and once more what failed. */
function wanted(looks: readonly SegmentLook[], models: readonly string[], made: ReadonlyMap<string, SegmentRequest>): Wanted[] {
  return looks.flatMap((look) =>
    models.flatMap((model): Wanted[] => {
      const id = requestId(look.segment, model);
      const before = made.get(id);
      if (before === undefined) return [{ id, look, model, attempt: 1 }];
      return before.state === "FAILED" && before.attempt < mostAttempts ? [{ id, look, model, attempt: before.attempt + 1 }] : [];
    }),
  );
}

/** Looks whether a request was answered, or failed. */
async function look({ lake, isThere }: Deps, request: SegmentRequest): Promise<void> {
  if (await isThere(request.output)) request.state = "ANSWERED";
  else if (request.failure !== null && (await isThere(request.failure))) {
    request.state = "FAILED";
    request.error = (await lake.text(parseUri(request.failure).key)).slice(0, 300);
  }
}

function* chunks<T>(values: readonly T[], size: number): Generator<T[]> {
  for (let at = 0; at < values.length; at += size) yield values.slice(at, at + size);
}

/** Does the work for each value, so many at once. Once one fails no other is begun; those under way are waited for. */
async function each<T>(values: readonly T[], atOnce: number, work: (value: T) => Promise<void>): Promise<void> {
  const left = values[Symbol.iterator]();
  const failures: unknown[] = [];
  const worker = async (): Promise<void> => {
    for (const value of left) {
      if (failures.length > 0) return;
      await work(value).catch((error: unknown) => failures.push(error));
    }
  };
  await Promise.all(Array.from({ length: atOnce }, worker));
  if (failures.length > 0) throw failures[0];
}
