import type * as pulumi from "@pulumi/pulumi";
import { analyserPrefix, analysisRenditionPrefix, metadataPrefix, reviewRenditionKey, toUri } from "../../contracts/keys.ts";
import type { Analyser, AnalyserMode } from "../../contracts/model.ts";
import {
  type Catcher,
  caseId,
  errorMessage,
  expression,
  type FunctionTarget,
  invoke,
  request,
  retryBusy,
  retryWhenFull,
  runId,
  type State,
  type StateGraph,
  type Value,
  type Values,
} from "./asl.ts";
import { transformResources } from "./instance-types.ts";
import {
  capacity,
  failedSeconds,
  isCapacityShort,
  located,
  type ProcessingArgs,
  processFrames,
  processingJob,
  type TranscodingArgs,
  transcode,
} from "./tasks.asl.ts";
import { type TransformArgs, transformSegments } from "./transform.asl.ts";

/** What a branch reports (`contracts/analyser-result.ts`). Fields are values or expressions. */
export const envelope = (analyser: string, status: "SUCCEEDED" | "FAILED" | "SKIPPED", outputPrefix: string | null, error: Value = null): Values => ({
  analyser,
  status,
  outputPrefix,
  coverage: null,
  costUsd: null,
  error,
});

export interface ReviewBranchArgs {
  readonly functions: Readonly<Record<"planReview" | "indexRendition" | "collectShots" | "collectLabels", FunctionTarget>>;
  readonly transcoding: TranscodingArgs;
  readonly processedBucket: string;
  readonly rekognition: {
    readonly enabled: boolean;
    /** Whether it also says what it sees, in words of its own. */
    readonly labels: boolean;
    /** Seconds between two looks at a running job. */
    readonly pollSeconds: number;
  };
}

/** No video of six hours, the longest that is admitted, takes Rekognition this long. */
const longestRekognitionSeconds = 8 * 3600;

/** Rekognition's labels that describe people. Whoever is seen is nobody's business here. (Rekognition Developer Guide, "Detecting labels": categories) */
const categoriesOfPeople = ["Expressions and Emotions", "Person Description"];

/**
 * Makes the review rendition, then lets Rekognition find its shots and, where that is switched on, labels: Rekognition sees only
 * what people may see. One job after the other, so that an analysis never holds two of the account's.
 * Yields the envelopes `review-rendition`, `rekognition` and, if wanted, `rekognition-labels`, whatever happens.
 */
export function reviewBranch({ functions, transcoding, processedBucket, rekognition }: ReviewBranchArgs): StateGraph {
  const reviewUri = located((c, r) => toUri(processedBucket, reviewRenditionKey(c, r).replace(/[^/]+$/, "")));
  const nothingToSee = "There is no review rendition for Rekognition to look at.";
  const skipped = envelope("rekognition", "SKIPPED", null);
  const noReview: Catcher = {
    ErrorEquals: ["States.ALL"],
    Output: [
      envelope("review-rendition", "FAILED", null, expression(errorMessage)),
      rekognition.enabled ? envelope("rekognition", "FAILED", null, nothingToSee) : skipped,
      ...(rekognition.labels ? [envelope("rekognition-labels", "FAILED", null, nothingToSee)] : []),
    ],
    Next: "NothingToReview",
  };
  const found = ["$review", rekognition.enabled ? "$shots" : JSON.stringify(skipped), ...(rekognition.labels ? ["$labels"] : [])];
  return {
    StartAt: "PlanReview",
    States: {
      PlanReview: invoke(
        functions.planReview,
        { caseId: expression(caseId), runId: expression(runId), request: expression(request) },
        { Assign: { reviewSettings: "{% $states.result.Payload.settings %}" }, Catch: [noReview], Next: "RenderReview" },
      ),
      RenderReview: transcode(
        transcoding,
        { purpose: "review", settings: "$reviewSettings", durationSeconds: "$plan.durationSeconds" },
        { Catch: [noReview], Next: "IndexReview" },
      ),
      IndexReview: invoke(
        functions.indexRendition,
        { caseId: expression(caseId), runId: expression(runId), rendition: "review" },
        {
          Assign: { review: envelope("review-rendition", "SUCCEEDED", expression(reviewUri)) },
          Catch: [noReview],
          Next: rekognition.enabled ? "StartSegmentDetection" : "ReviewDone",
        },
      ),
      ...(rekognition.enabled
        ? rekognitionJob({
            analyser: "rekognition",
            what: "Segment",
            ask: { SegmentTypes: ["SHOT", "TECHNICAL_CUE"] },
            collect: ["CollectShots", functions.collectShots],
            found: "shots",
            next: rekognition.labels ? "StartLabelDetection" : "ReviewDone",
            ...{ processedBucket, rekognition },
          })
        : {}),
      ...(rekognition.labels
        ? rekognitionJob({
            analyser: "rekognition-labels",
            what: "Label",
            ask: { Features: ["GENERAL_LABELS"], Settings: { GeneralLabels: { LabelCategoryExclusionFilters: categoriesOfPeople } } },
            collect: ["CollectLabels", functions.collectLabels],
            found: "labels",
            next: "ReviewDone",
            ...{ processedBucket, rekognition },
          })
        : {}),
      ReviewDone: { Type: "Succeed", Output: expression(`[${found.join(", ")}]`) },
      NothingToReview: { Type: "Succeed" },
    },
  };
}

interface RekognitionJob extends Pick<ReviewBranchArgs, "processedBucket" | "rekognition"> {
  readonly analyser: string;
  /** `StartSegmentDetection` is of "Segment". */
  readonly what: "Segment" | "Label";
  /** What is asked of it, beside the video. */
  readonly ask: Values;
  /** State and function that write what was found. */
  readonly collect: readonly [state: string, target: FunctionTarget];
  /** Variable that gets the envelope. */
  readonly found: string;
  readonly next: string;
}

/** A job of Rekognition over the review rendition: start, look until it is done, collect. Leads to `next` with an envelope, whatever happens. */
function rekognitionJob({ analyser, what, ask, collect, found, next, processedBucket, rekognition }: RekognitionJob): StateGraph["States"] {
  const [job, since] = [`${found}Job`, `${found}Since`];
  const states = { start: `Start${what}Detection`, wait: `WaitFor${what}s`, get: `Get${what}Detection`, done: `Are${what}sDone` };
  const failed = (error: Value): Values => ({ [found]: envelope(analyser, "FAILED", null, error) });
  const nothing: Catcher = { ErrorEquals: ["States.ALL"], Assign: failed(expression(errorMessage)), Next: next };
  const throttled = retryBusy(
    "Rekognition.ThrottlingException",
    "Rekognition.ProvisionedThroughputExceededException",
    "Rekognition.InternalServerErrorException",
  );
  return {
    [states.start]: {
      Type: "Task",
      Resource: `arn:aws:states:::aws-sdk:rekognition:start${what}Detection`,
      Arguments: {
        Video: { S3Object: { Bucket: processedBucket, Name: expression(located(reviewRenditionKey)) } },
        ...ask,
        JobTag: expression(runId),
        // Asked twice in one redrive, Rekognition gives the same job.
        ClientRequestToken: expression(`${runId} & '-' & $string($states.context.Execution.RedriveCount)`),
      },
      TimeoutSeconds: 120,
      Retry: [retryWhenFull("Rekognition.LimitExceededException"), throttled],
      Catch: [nothing],
      Assign: { [job]: "{% $states.result.JobId %}", [since]: "{% $states.context.State.EnteredTime %}" },
      Next: states.wait,
    },
    [states.wait]: { Type: "Wait", Seconds: rekognition.pollSeconds, Next: states.get },
    [states.get]: {
      Type: "Task",
      Resource: `arn:aws:states:::aws-sdk:rekognition:get${what}Detection`,
      Arguments: { JobId: `{% $${job} %}`, MaxResults: 1 },
      TimeoutSeconds: 60,
      Retry: [throttled],
      Catch: [nothing],
      Output: {
        status: "{% $states.result.JobStatus %}",
        message: "{% $exists($states.result.StatusMessage) ? $states.result.StatusMessage : 'no reason given' %}",
      },
      Next: states.done,
    },
    [states.done]: {
      Type: "Choice",
      Choices: [
        { Condition: "{% $states.input.status = 'SUCCEEDED' %}", Next: collect[0] },
        {
          Condition: "{% $states.input.status = 'FAILED' %}",
          Assign: failed("{% 'Rekognition: ' & $substring($states.input.message, 0, 1900) %}"),
          Next: next,
        },
        {
          Condition: expression(`$toMillis($states.context.State.EnteredTime) - $toMillis($${since}) > ${1000 * longestRekognitionSeconds}`),
          Assign: failed("Rekognition has not answered in 8 hours."),
          Next: next,
        },
      ],
      Default: states.wait,
    },
    [collect[0]]: invoke(
      collect[1],
      { caseId: expression(caseId), runId: expression(runId), jobId: `{% $${job} %}` },
      { Assign: { [found]: "{% $states.result.Payload %}" }, Catch: [nothing], Next: next },
    ),
  };
}

/** What shows networks a video segment by segment. A mode is there if an analyser has it. */
export interface SegmentArgs {
  readonly collectSegments: FunctionTarget;
  readonly endpoint: EndpointArgs | undefined;
  readonly transform: TransformArgs | undefined;
}

export interface EndpointArgs {
  readonly inferSegments: FunctionTarget;
  /** Names of the endpoints, by the analyser that each is for. */
  readonly names: Readonly<Record<string, pulumi.Input<string>>>;
  /** Seconds between two looks at what is answered. */
  readonly pollSeconds: number;
}

/**
 * Runs every analyser of the catalogue; a branch for each mode that one of them has, each a Map whose items are written out. Yields one
 * envelope for each analyser, whatever happens.
 */
export function analyserBranches(analysers: readonly Analyser[], processing: ProcessingArgs, segments?: SegmentArgs): StateGraph[] {
  const inMode = (wanted: AnalyserMode) => analysers.filter(({ mode }) => mode === wanted);
  const [decoded, asked, transformed] = [inMode("processing"), inMode("endpoint"), inMode("transform")];
  for (const { id } of asked) if (segments?.endpoint?.names[id] === undefined) throw new Error(`Analyser "${id}" has no endpoint.`);
  for (const { id } of transformed) if (segments?.transform === undefined) throw new Error(`Analyser "${id}" has no model to transform with.`);
  return [
    ...(decoded.length > 0 ? [processingBranch(decoded, processing)] : []),
    ...(segments?.endpoint && asked.length > 0 ? [endpointBranch(asked, segments.endpoint, segments.collectSegments, processing)] : []),
    ...(segments?.transform && transformed.length > 0 ? [transformBranch(transformed, segments.transform, segments.collectSegments, processing)] : []),
  ];
}

/** `$states.input.id` is an analyser's in each state of its branch. */
const id = "$states.input.id";
const outputOf = (bucket: string): string => located((c, r, analyser) => toUri(bucket, analyserPrefix(c, r, analyser)), { analyser: id });

const eachOf = (name: string, items: readonly Values[], graph: StateGraph): StateGraph => ({
  StartAt: name,
  States: { [name]: { Type: "Map", Items: items, MaxConcurrency: 8, ItemProcessor: { ProcessorConfig: { Mode: "INLINE" }, ...graph }, End: true } },
});

/** A processing job for each analyser. While AWS has no instance for one, it waits and tries again. */
function processingBranch(analysers: readonly Analyser[], processing: ProcessingArgs): StateGraph {
  const outputUri = outputOf(processing.processedBucket);
  const waits = "$heldBack.RetryCount";
  const runAnalyser = processFrames(
    processing,
    {
      id,
      environment: "{% $states.input.environment %}",
      cluster: "{% $states.input.cluster %}",
      timeoutSeconds: "$states.input.timeoutSeconds",
      outputUri,
      visits: waits,
    },
    processingInputs(processing.processedBucket),
    {
      Output: envelope(expression(id), "SUCCEEDED", expression(outputUri)),
      Catch: [
        {
          ErrorEquals: ["States.ALL"],
          Assign: { analyserError: expression(errorMessage), analyserSeconds: expression(failedSeconds("Processing", "null")) },
          Output: "{% $states.input %}",
          Next: "IsAnalyserShortOfCapacity",
        },
      ],
      Next: "AnalyserDone",
    },
  );
  return eachOf(
    "AnalyseFrames",
    analysers.map((analyser) => processingJob(analyser, processing)),
    {
      StartAt: "BeginAnalyser",
      States: {
        BeginAnalyser: { Type: "Pass", Assign: { heldBack: { RetryCount: 0 } }, Next: "RunAnalyser" },
        RunAnalyser: runAnalyser,
        IsAnalyserShortOfCapacity: {
          Type: "Choice",
          Choices: [
            {
              Condition: isCapacityShort("$analyserError", waits),
              Assign: { heldBack: { RetryCount: expression(`${waits} + 1`) } },
              Next: "WaitForAnalyserCapacity",
            },
          ],
          Default: "AnalyserFailed",
        },
        WaitForAnalyserCapacity: { Type: "Wait", Seconds: capacity.waitSeconds, Next: "RunAnalyser" },
        AnalyserFailed: {
          Type: "Pass",
          Output: { ...envelope(expression(id), "FAILED", expression(outputUri), "{% $analyserError %}"), jobSeconds: "{% $analyserSeconds %}" },
          Next: "AnalyserDone",
        },
        AnalyserDone: { Type: "Succeed" },
      },
    },
  );
}

/** What the functions around segments are told first. */
const segmentRun = { caseId: expression(caseId), runId: expression(runId), analyser: "{% $states.input.analyser %}" };
const segmentItem = ({ id, models, sampleRate, instanceType, timeoutSeconds }: Analyser): Values => ({
  id,
  analyser: { id, models, sampleRate, instanceType, timeoutSeconds },
});
const begun = { segmentsSince: "{% $states.context.State.EnteredTime %}", segmentsError: null, instanceSeconds: null };
/** What fails on the way to answers never loses those that came: leads to the state that collects them. */
const collects = (next: string): Catcher => ({
  ErrorEquals: ["States.ALL"],
  Assign: { segmentsError: expression(errorMessage) },
  Output: "{% $states.input %}",
  Next: next,
});

/** Makes the folder of an analyser of what was answered, by instances that ran for so many seconds. A failure leaves what was answered before. */
const collect = (collectSegments: FunctionTarget, mode: AnalyserMode, bucket: string, instanceSeconds: string, done: string): State =>
  invoke(
    collectSegments,
    {
      ...segmentRun,
      mode,
      since: "{% $segmentsSince %}",
      instanceSeconds,
      error: "{% $segmentsError %}",
    },
    {
      Output: "{% $states.result.Payload %}",
      Catch: [{ ErrorEquals: ["States.ALL"], Output: envelope(expression(id), "FAILED", expression(outputOf(bucket)), expression(errorMessage)), Next: done }],
      Next: done,
    },
  );

/** An analyser's endpoint, and how many of its instances surely run while it is asked. */
const asked = ({ endpoint, minimumInstances = 1 }: Analyser, name: pulumi.Input<string>): Values => ({
  ...{ kind: endpoint!, name, instances: minimumInstances },
});
/** Seconds that those ran from the first request to the last answer, whoever else they worked for. */
const askedSeconds = "{% ($toMillis($states.context.State.EnteredTime) - $toMillis($segmentsSince)) / 1000 * $states.input.endpoint.instances %}";

/** Asks each analyser's endpoint, and looks until every segment is answered or nobody waits any more. */
function endpointBranch(
  analysers: readonly Analyser[],
  { inferSegments, names, pollSeconds }: EndpointArgs,
  collectSegments: FunctionTarget,
  { processedBucket }: ProcessingArgs,
): StateGraph {
  return eachOf(
    "AskEndpoints",
    analysers.map((analyser) => ({ ...segmentItem(analyser), endpoint: asked(analyser, names[analyser.id]!) })),
    {
      StartAt: "BeginAsking",
      States: {
        BeginAsking: { Type: "Pass", Assign: begun, Next: "InferSegments" },
        InferSegments: invoke(
          inferSegments,
          { ...segmentRun, since: "{% $segmentsSince %}", endpoint: "{% $states.input.endpoint %}" },
          {
            Assign: { segmentsPending: "{% $states.result.Payload.pending %}" },
            Output: "{% $states.input %}",
            Catch: [collects("CollectSegments")],
            Next: "AreSegmentsAnswered",
          },
        ),
        AreSegmentsAnswered: { Type: "Choice", Choices: [{ Condition: "{% $segmentsPending = 0 %}", Next: "CollectSegments" }], Default: "WaitForAnswers" },
        WaitForAnswers: { Type: "Wait", Seconds: pollSeconds, Next: "InferSegments" },
        CollectSegments: collect(collectSegments, "endpoint", processedBucket, askedSeconds, "SegmentsCollected"),
        SegmentsCollected: { Type: "Succeed" },
      },
    },
  );
}

/** Plans each analyser's batch transform jobs, and runs one for each of its networks. */
function transformBranch(analysers: readonly Analyser[], transform: TransformArgs, collectSegments: FunctionTarget, processing: ProcessingArgs): StateGraph {
  const failed = collects("CollectTransformed");
  return eachOf(
    "TransformVideos",
    analysers.map((analyser) => ({ ...segmentItem(analyser), resources: transformResources(analyser, processing.keyArn) })),
    {
      StartAt: "BeginTransform",
      States: {
        BeginTransform: { Type: "Pass", Assign: begun, Next: "PlanTransform" },
        PlanTransform: invoke(transform.planTransform, segmentRun, {
          Assign: { transformJobs: "{% $append([], $states.result.Payload.jobs) %}" },
          Output: "{% $states.input %}",
          Catch: [failed],
          Next: "TransformSegments",
        }),
        TransformSegments: transformSegments(transform, processing, { Catch: [failed], Next: "CollectTransformed" }),
        CollectTransformed: collect(collectSegments, "transform", processing.processedBucket, "{% $instanceSeconds %}", "Transformed"),
        Transformed: { Type: "Succeed" },
      },
    },
  );
}

/** What every processing job reads, as JSONata: the analysis rendition, and what is known of it. */
export const processingInputs = (bucket: string): { video: string; metadata: string } => ({
  video: located((c, r) => toUri(bucket, analysisRenditionPrefix(c, r))),
  metadata: located((c, r) => toUri(bucket, metadataPrefix(c, r))),
});
