import type { z } from "zod";
import { gate } from "../../../contracts/gate.ts";
import { gateKey, parseUri, segmentAnswersPath, segmentManifestKey, segmentRequestsKey } from "../../../contracts/keys.ts";
import { segmentManifest } from "../../../contracts/media.ts";
import { type SegmentRequest, segmentRequests } from "../../../contracts/segment-requests.ts";
import { inferSegmentsRequest, type inferSegmentsResponse } from "../../../contracts/steps.ts";
import { NotFound } from "../../runtime/errors.ts";
import type { Lake } from "../../runtime/lake.ts";
import { log } from "../../runtime/log.ts";
import { parseInput } from "../../runtime/parse.ts";
import { attributesOf, type SegmentLook, segmentLooks } from "../segments.ts";

/** What an endpoint is asked about one segment. */
export interface Asking {
  readonly endpoint: string;
  /** `s3://` location of the segment. */
  readonly input: string;
  readonly attributes: string;
  /** Where the answer is to lie, below the endpoint's own path. */
  readonly answersPath: string;
  /** Seconds after which the endpoint is to drop the request. */
  readonly ttlSeconds: number;
}

export interface Deps {
  lake: Pick<Lake, "json" | "text" | "putJson">;
  now(): number;
  /** Puts a request into the endpoint's queue. */
  ask(asking: Asking): Promise<{ output: string; failure: string }>;
  isThere(uri: string): Promise<boolean>;
}

type Request = z.infer<typeof inferSegmentsRequest>;

/** Requests that wait in the endpoint's queue at most: enough to keep every instance busy between two looks, few enough to ask again if what was asked is forgotten. */
const mostWaiting = 1000;
/** Calls under way at once. */
const concurrency = 16;
/** A segment that failed is asked for once more: its container may have died of another's. */
const mostAttempts = 2;
/** Shortest and longest time that a request may wait (InvokeEndpointAsync). */
const ttlLimits = { least: 60, most: 21_600 };

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
    const looks = segmentLooks(
      await lake.json(segmentManifestKey(caseId, runId), segmentManifest),
      await lake.json(gateKey(caseId, runId), gate),
      analyser.sampleRate,
    );
    const key = segmentRequestsKey(caseId, runId, analyser.id);
    const made = await requestsAt(lake, key);
    const save = () => lake.putJson(key, { schema: "segment-requests/1.0", endpoint, requests: [...made.values()] });
    const inState = (state: SegmentRequest["state"]) => [...made.values()].filter((one) => one.state === state);
    const secondsLeft = Math.floor((Date.parse(request.since) - deps.now()) / 1000) + analyser.timeoutSeconds;

    await each(inState("ASKED"), (asked) => look(deps, asked));
    const todo = wanted(looks, analyser.models, made);
    if (secondsLeft > 0) {
      const free = mostWaiting - inState("ASKED").length;
      // What was asked is written down now and then: a call that is cut off forgets little.
      for (const some of chunks(todo.slice(0, Math.max(0, free)), 100)) {
        await each(some, async (one) => void made.set(one.id, await ask(deps, request, one, secondsLeft))).finally(save);
        todo.splice(0, some.length);
      }
    } else {
      for (const late of inState("ASKED")) {
        Object.assign(late, { state: "FAILED", error: `No answer came in ${analyser.timeoutSeconds} s.` } satisfies Partial<SegmentRequest>);
      }
      todo.length = 0;
    }
    await save();
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

/** One network and one segment that it is to look at, for the first time or again. */
interface Wanted {
  readonly id: string;
  readonly look: SegmentLook;
  readonly model: string;
  readonly attempt: number;
}

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

async function ask(deps: Deps, { caseId, runId, analyser, endpoint }: Request, { look, model, attempt }: Wanted, secondsLeft: number): Promise<SegmentRequest> {
  const where = await deps.ask({
    endpoint,
    input: look.uri,
    attributes: attributesOf(look, model),
    answersPath: segmentAnswersPath(caseId, runId, analyser.id),
    ttlSeconds: Math.min(ttlLimits.most, Math.max(ttlLimits.least, secondsLeft)),
  });
  return { segment: look.segment, model, attempt, ...where, state: "ASKED", error: null };
}

/** Looks whether a request was answered, or failed. */
async function look({ lake, isThere }: Deps, request: SegmentRequest): Promise<void> {
  if (await isThere(request.output)) request.state = "ANSWERED";
  else if (await isThere(request.failure)) {
    request.state = "FAILED";
    request.error = (await lake.text(parseUri(request.failure).key)).slice(0, 300);
  }
}

function* chunks<T>(values: readonly T[], size: number): Generator<T[]> {
  for (let at = 0; at < values.length; at += size) yield values.slice(at, at + size);
}

/** Does the work for each value, a few at a time. Once one fails no other is begun; those under way are waited for. */
async function each<T>(values: readonly T[], work: (value: T) => Promise<void>): Promise<void> {
  for (const some of chunks(values, concurrency)) {
    const outcomes = await Promise.allSettled(some.map(work));
    const failure = outcomes.find((outcome) => outcome.status === "rejected");
    if (failure) throw failure.reason;
  }
}
