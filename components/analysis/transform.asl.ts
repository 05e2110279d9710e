import type * as pulumi from "@pulumi/pulumi";
import { toUri, transformAnswersPrefix } from "../../contracts/keys.ts";
import { largestSegmentMebibytes, segmentsAtOnce } from "../../contracts/media.ts";
import {
  type Catcher,
  errorMessage,
  expression,
  type FunctionTarget,
  type MapState,
  retryBusy,
  retryJobOnce,
  retryWhenFull,
  runId,
  type Transition,
} from "./asl.ts";
import { failedSeconds, jobStartSeconds, located, type ProcessingArgs, redrives, retries, secondsOf } from "./tasks.asl.ts";

/** What batch transform jobs run. */
export interface TransformArgs {
  readonly planTransform: FunctionTarget;
  /** Model of SageMaker with every network. */
  readonly modelName: pulumi.Input<string>;
}

/** A segment takes seconds; one that takes ten minutes never ends. */
const longestSegmentSeconds = 600;

/**
 * A batch transform job for each network of an analyser, side by side, over the same segments. A job that fails leaves the answers of
 * the segments that went well (CreateTransformJob), so all go on to be collected.
 *
 * Instances are taken from the analyser, whose item is written out, and not from what PlanTransform says: so they can be judged before
 * anything runs (`policies/rules/sfn/inputs.ts`).
 */
export function transformSegments(
  { modelName }: TransformArgs,
  { keyArn, processedBucket }: ProcessingArgs,
  rest: { readonly Catch: readonly Catcher[] } & Transition,
): MapState {
  const answers = located((c, r, analyser, model) => toUri(processedBucket, transformAnswersPrefix(c, r, analyser, model)), {
    analyser: "$states.input.id",
    model: "$states.input.job.model",
  });
  return {
    Type: "Map",
    Items: "{% $transformJobs %}",
    ItemSelector: {
      id: "{% $states.input.id %}",
      resources: "{% $states.input.resources %}",
      timeoutSeconds: "{% $states.input.analyser.timeoutSeconds %}",
      job: "{% $states.context.Map.Item.Value %}",
    },
    MaxConcurrency: 4,
    ItemProcessor: {
      ProcessorConfig: { Mode: "INLINE" },
      StartAt: "RunTransform",
      States: {
        RunTransform: {
          Type: "Task",
          Resource: "arn:aws:states:::sagemaker:createTransformJob.sync",
          Arguments: {
            // Unique for each attempt, at most 63 characters: 4 + 14 + 1 + 31 + 1 + 2 + 1 + 2 + 1 + 4.
            TransformJobName: expression(
              `'svp-' & $substring(${runId}, 0, 14) & '-' & $states.input.id & '-' & $string($states.context.Map.Item.Index) & '-' & ${retries} & '-' & ${redrives}`,
            ),
            ModelName: modelName,
            MaxConcurrentTransforms: segmentsAtOnce,
            MaxPayloadInMB: largestSegmentMebibytes,
            BatchStrategy: "SingleRecord",
            ModelClientConfig: { InvocationsTimeoutInSeconds: longestSegmentSeconds, InvocationsMaxRetries: 1 },
            Environment: "{% $states.input.job.environment %}",
            TransformInput: {
              DataSource: { S3DataSource: { S3DataType: "ManifestFile", S3Uri: "{% $states.input.job.manifest %}" } },
              ContentType: "video/mp2t",
              CompressionType: "None",
              SplitType: "None",
            },
            TransformOutput: { S3OutputPath: expression(answers), Accept: "application/jsonlines", AssembleWith: "None", KmsKeyId: keyArn },
            TransformResources: "{% $states.input.resources %}",
          },
          // A transform job has no limit of its own: Step Functions stops it.
          TimeoutSeconds: expression(`$states.input.timeoutSeconds + ${jobStartSeconds}`),
          Retry: [retryWhenFull("SageMaker.ResourceLimitExceededException"), retryBusy("SageMaker.ThrottlingException"), retryJobOnce(60)],
          Output: { error: null, seconds: expression(secondsOf("Transform", "$states.result", "0")) },
          Catch: [
            {
              ErrorEquals: ["States.ALL"],
              Output: {
                error: expression(`$states.input.job.model & ': ' & ${errorMessage}`),
                seconds: expression(failedSeconds("Transform", "0")),
              },
              Next: "TransformEnded",
            },
          ],
          Next: "TransformEnded",
        },
        TransformEnded: { Type: "Succeed" },
      },
    },
    Assign: {
      segmentsError:
        "{% ($errors := $append([], $states.result[error != null].error); $count($errors) > 0 ? $substring($join($errors, ' '), 0, 2000) : null) %}",
      instanceSeconds: "{% $sum($append([], $states.result.seconds)) * $states.input.resources.InstanceCount %}",
    },
    Output: "{% $states.input %}",
    ...rest,
  };
}
