import { analyserPrefix, analysisRenditionPrefix, metadataPrefix, reviewRenditionKey, toUri } from "../../contracts/keys.ts";
import type { Analyser } from "../../contracts/model.ts";
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
  type StateGraph,
  type Value,
} from "./asl.ts";
import { located, type ProcessingArgs, processFrames, processingJob, type TranscodingArgs, transcode } from "./tasks.asl.ts";

/** What a branch reports (`contracts/analyser-result.ts`). Fields are values or expressions. */
export const envelope = (analyser: string, status: "SUCCEEDED" | "FAILED" | "SKIPPED", outputPrefix: string | null, error: Value = null): Value => ({
  analyser,
  status,
  outputPrefix,
  coverage: null,
  costUsd: null,
  error,
});

export interface ReviewBranchArgs {
  readonly functions: { readonly planReview: FunctionTarget; readonly indexRendition: FunctionTarget; readonly collectShots: FunctionTarget };
  readonly transcoding: TranscodingArgs;
  readonly processedBucket: string;
  readonly rekognition: {
    readonly enabled: boolean;
    /** Seconds between two looks at a running job. */
    readonly pollSeconds: number;
  };
}

/** No video of six hours, the longest that is admitted, takes Rekognition this long. */
const longestRekognitionSeconds = 8 * 3600;

/**
 * Makes the review rendition, then lets Rekognition find its shots: Rekognition sees only what people may see.
 * Yields two envelopes, `review-rendition` and `rekognition`, whatever happens.
 */
export function reviewBranch({ functions, transcoding, processedBucket, rekognition }: ReviewBranchArgs): StateGraph {
  const reviewUri = located((c, r) => toUri(processedBucket, reviewRenditionKey(c, r).replace(/[^/]+$/, "")));
  const skipped = envelope("rekognition", "SKIPPED", null);
  const noReview: Catcher = {
    ErrorEquals: ["States.ALL"],
    Output: [
      envelope("review-rendition", "FAILED", null, expression(errorMessage)),
      rekognition.enabled ? envelope("rekognition", "FAILED", null, "There is no review rendition for Rekognition to look at.") : skipped,
    ],
    Next: "ReviewDone",
  };
  const noShots: Catcher = {
    ErrorEquals: ["States.ALL"],
    Output: ["{% $review %}", envelope("rekognition", "FAILED", null, expression(errorMessage))],
    Next: "ReviewDone",
  };
  const throttled = retryBusy(
    "Rekognition.ThrottlingException",
    "Rekognition.ProvisionedThroughputExceededException",
    "Rekognition.InternalServerErrorException",
  );
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
        { Assign: { review: envelope("review-rendition", "SUCCEEDED", expression(reviewUri)) }, Catch: [noReview], Next: "IsRekognitionEnabled" },
      ),
      IsRekognitionEnabled: {
        Type: "Choice",
        Choices: [{ Condition: expression(String(!rekognition.enabled)), Output: ["{% $review %}", skipped], Next: "ReviewDone" }],
        Default: "StartSegmentDetection",
      },
      StartSegmentDetection: {
        Type: "Task",
        Resource: "arn:aws:states:::aws-sdk:rekognition:startSegmentDetection",
        Arguments: {
          Video: { S3Object: { Bucket: processedBucket, Name: expression(located(reviewRenditionKey)) } },
          SegmentTypes: ["SHOT", "TECHNICAL_CUE"],
          JobTag: expression(runId),
          // Asked twice in one redrive, Rekognition gives the same job.
          ClientRequestToken: expression(`${runId} & '-' & $string($states.context.Execution.RedriveCount)`),
        },
        TimeoutSeconds: 120,
        Retry: [retryWhenFull("Rekognition.LimitExceededException"), throttled],
        Catch: [noShots],
        Assign: { rekognitionJob: "{% $states.result.JobId %}", rekognitionSince: "{% $states.context.State.EnteredTime %}" },
        Next: "WaitForSegments",
      },
      WaitForSegments: { Type: "Wait", Seconds: rekognition.pollSeconds, Next: "GetSegmentDetection" },
      GetSegmentDetection: {
        Type: "Task",
        Resource: "arn:aws:states:::aws-sdk:rekognition:getSegmentDetection",
        Arguments: { JobId: "{% $rekognitionJob %}", MaxResults: 1 },
        TimeoutSeconds: 60,
        Retry: [throttled],
        Catch: [noShots],
        Output: {
          status: "{% $states.result.JobStatus %}",
          message: "{% $exists($states.result.StatusMessage) ? $states.result.StatusMessage : 'no reason given' %}",
        },
        Next: "AreSegmentsDone",
      },
      AreSegmentsDone: {
        Type: "Choice",
        Choices: [
          { Condition: "{% $states.input.status = 'SUCCEEDED' %}", Next: "CollectShots" },
          {
            Condition: "{% $states.input.status = 'FAILED' %}",
            Output: ["{% $review %}", envelope("rekognition", "FAILED", null, "{% 'Rekognition: ' & $substring($states.input.message, 0, 1900) %}")],
            Next: "ReviewDone",
          },
          {
            Condition: expression(`$toMillis($states.context.State.EnteredTime) - $toMillis($rekognitionSince) > ${1000 * longestRekognitionSeconds}`),
            Output: ["{% $review %}", envelope("rekognition", "FAILED", null, "Rekognition has not answered in 8 hours.")],
            Next: "ReviewDone",
          },
        ],
        Default: "WaitForSegments",
      },
      CollectShots: invoke(
        functions.collectShots,
        { caseId: expression(caseId), runId: expression(runId), jobId: "{% $rekognitionJob %}" },
        { Output: "{% [$review, $states.result.Payload] %}", Catch: [noShots], Next: "ReviewDone" },
      ),
      ReviewDone: { Type: "Succeed" },
    },
  };
}

/** Runs every analyser of the catalogue, each a processing job; yields one envelope each, whatever happens. */
export function analysersBranch(analysers: readonly Analyser[], processing: ProcessingArgs): StateGraph {
  const id = "$states.input.id";
  const outputUri = located((c, r, analyser) => toUri(processing.processedBucket, analyserPrefix(c, r, analyser)), id);
  return {
    StartAt: "AnalyseFrames",
    States: {
      AnalyseFrames: {
        Type: "Map",
        Items: analysers.map((analyser) => processingJob(analyser, processing)),
        MaxConcurrency: 8,
        ItemProcessor: {
          ProcessorConfig: { Mode: "INLINE" },
          StartAt: "RunAnalyser",
          States: {
            RunAnalyser: processFrames(
              processing,
              {
                id,
                environment: "{% $states.input.environment %}",
                cluster: "{% $states.input.cluster %}",
                timeoutSeconds: "$states.input.timeoutSeconds",
                outputUri,
              },
              processingInputs(processing.processedBucket),
              {
                Output: envelope(expression(id), "SUCCEEDED", expression(outputUri)),
                Catch: [
                  {
                    ErrorEquals: ["States.ALL"],
                    Output: envelope(expression(id), "FAILED", expression(outputUri), expression(errorMessage)),
                    Next: "AnalyserDone",
                  },
                ],
                Next: "AnalyserDone",
              },
            ),
            AnalyserDone: { Type: "Succeed" },
          },
        },
        End: true,
      },
    },
  };
}

/** What every processing job reads, as JSONata: the analysis rendition, and what is known of it. */
export const processingInputs = (bucket: string): { video: string; metadata: string } => ({
  video: located((c, r) => toUri(bucket, analysisRenditionPrefix(c, r))),
  metadata: located((c, r) => toUri(bucket, metadataPrefix(c, r))),
});
