import { parseUri, segmentAnswerKey, segmentAnswersPath } from "../../../contracts/keys.ts";
import { largestSegmentMebibytes, segmentsAtOnce } from "../../../contracts/media.ts";
import type { EndpointKind } from "../../../contracts/model.ts";
import type { SegmentRequest } from "../../../contracts/segment-requests.ts";
import type { InferSegmentsRequest } from "../../../contracts/steps.ts";
import { InvalidInput } from "../../runtime/errors.ts";
import type { Lake } from "../../runtime/lake.ts";
import { attributesOf, type SegmentLook } from "../segments.ts";

/** What any endpoint is told with a segment. */
interface Told {
  readonly endpoint: string;
  readonly attributes: string;
}

/** What an asynchronous endpoint is asked about one segment. */
export interface Asking extends Told {
  /** `s3://` location of the segment. */
  readonly input: string;
  /** Where the answer is to lie, below the endpoint's own path. */
  readonly answersPath: string;
  /** Seconds after which the endpoint is to drop the request. */
  readonly ttlSeconds: number;
}

export interface Endpoints {
  /** Puts a request into an asynchronous endpoint's queue. */
  enqueue(asking: Asking): Promise<{ output: string; failure: string }>;
  /** A real-time endpoint's answer about a segment. Throws where none comes in time. */
  invoke(told: Told, segment: Uint8Array): Promise<string>;
}

export interface AskDeps extends Endpoints {
  lake: Pick<Lake, "bytes" | "put" | "uri">;
}

/** One network and one segment that it is to look at, for the first time or again. */
export interface Wanted {
  readonly id: string;
  readonly look: SegmentLook;
  readonly model: string;
  readonly attempt: number;
}

/** What a request has become once it was made. */
type Outcome = Pick<SegmentRequest, "output" | "failure" | "state" | "error">;

interface Asker {
  /** Requests under way at once, of an endpoint of which so many instances surely run. */
  atOnce(instances: number): number;
  ask(deps: AskDeps, request: InferSegmentsRequest, wanted: Wanted, secondsLeft: number): Promise<Outcome>;
}

/** Shortest and longest time that a request may wait (InvokeEndpointAsync). */
const ttlLimits = { least: 60, most: 21_600 };

/** Calls under way at once at most, in memory that holds a segment for each. */
export const manyAtOnce = 16;

/** Each kind of endpoint, as it is asked about a segment. */
export const askers: Readonly<Record<EndpointKind, Asker>> = {
  asynchronous: {
    atOnce: () => manyAtOnce,
    async ask({ enqueue }, { caseId, runId, analyser, endpoint }, { look, model }, secondsLeft) {
      const where = await enqueue({
        endpoint: endpoint.name,
        input: look.uri,
        attributes: attributesOf(look, model),
        answersPath: segmentAnswersPath(caseId, runId, analyser.id),
        ttlSeconds: Math.min(ttlLimits.most, Math.max(ttlLimits.least, secondsLeft)),
      });
      return { ...where, state: "ASKED", error: null };
    },
  },
  "real-time": {
    // More would wait in the container, and be over time sooner: an answer must come in 60 s (API reference: InvokeEndpoint).
    atOnce: (instances) => Math.min(manyAtOnce, segmentsAtOnce * instances),
    async ask({ invoke, lake }, { caseId, runId, analyser, endpoint }, { look, model }) {
      const key = segmentAnswerKey(caseId, runId, analyser.id, model, look.segment);
      const where = { output: lake.uri(key), failure: null };
      let answer: string;
      try {
        answer = await invoke({ endpoint: endpoint.name, attributes: attributesOf(look, model) }, checked(await lake.bytes(parseUri(look.uri).key)));
      } catch (error) {
        // Whatever it is, throttling and a container that died included: it is this segment's, and no other's work is lost for it.
        return { ...where, state: "FAILED", error: (error as Error).message.slice(0, 300) };
      }
      await lake.put(key, answer, "application/jsonl");
      return { ...where, state: "ANSWERED", error: null };
    },
  },
};

/** What the container takes is below what SageMaker does: 25 MB (Developer Guide, "Real-time inference"). */
function checked(segment: Uint8Array): Uint8Array {
  const most = largestSegmentMebibytes * 2 ** 20;
  if (segment.length > most) throw new InvalidInput(`The segment has ${segment.length} bytes; an endpoint is shown at most ${most}.`);
  return segment;
}
