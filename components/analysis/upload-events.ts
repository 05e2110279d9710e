import * as aws from "@pulumi/aws";
import type * as pulumi from "@pulumi/pulumi";
import { rawVideosPrefix } from "../../contracts/keys.ts";
import { PlatformComponent } from "../component.ts";
import { type FunctionSettings, PlatformFunction } from "../compute/platform-function.ts";
import { WorkQueue } from "../compute/work-queue.ts";
import type { EncryptedBucket } from "../data/encrypted-bucket.ts";
import { type Place, physicalName, regionalArn } from "../place.ts";
import { ruleSends } from "../security/policy.ts";
import type { CaseAnalysis } from "./case-analysis.ts";

export interface UploadEventsArgs {
  settings: FunctionSettings;
  /** Where uploads arrive. Its key encrypts the events, too: they name its objects. */
  raw: EncryptedBucket;
  analysis: CaseAnalysis;
  pipelineVersion: string;
}

/** Name of the rule; the raw key's policy lets this one rule write to the queue. */
export const uploadRuleName = (place: Place): string => physicalName(place, "upload-events");

/** A message that fails this often goes to the dead-letter queue. */
const deliveries = 5;
/** Starting is quick; more at once would only crowd the account's quota of starts. */
const concurrentStarts = 5;
const startSeconds = 30;
/** A start takes seconds; an upload that waits this long is stuck. */
const longestWaitMinutes = 15;
const daySeconds = 24 * 3600;

/**
 * From a finished upload to a started analysis: S3 -> EventBridge rule -> queue -> `start-analysis`.
 * Every hop may deliver twice; the execution's name makes the second a no-op.
 */
export class UploadEvents extends PlatformComponent {
  readonly queueUrl: pulumi.Output<string>;
  readonly deadLetterQueueUrl: pulumi.Output<string>;

  constructor(name: string, args: UploadEventsArgs, opts?: pulumi.ComponentResourceOptions) {
    super("svp:analysis:UploadEvents", name, opts);

    const { settings, raw, analysis } = args;
    const { place } = settings;

    const { queue, deadLetters } = new WorkQueue(
      this.childName("queue"),
      {
        place,
        key: raw.key,
        alertTopicArn: settings.alertTopicArn,
        consumerTimeoutSeconds: startSeconds,
        deliveries,
        longestWaitMinutes,
        senders: (arn) => [ruleSends(arn, [regionalArn(place, "events", `rule/${uploadRuleName(place)}`)])],
      },
      { parent: this },
    );
    this.#rule(name, args, queue.arn, deadLetters.arn);
    const start = new PlatformFunction(
      {
        settings,
        handler: "ingest/start-analysis",
        description: "Starts the analysis of an uploaded video",
        timeoutSeconds: startSeconds,
        memoryMb: 256,
        environment: { STATE_MACHINE_ARN: analysis.stateMachineArn, PIPELINE_VERSION: args.pipelineVersion },
        statements: [analysis.allowStart("StartAnalysis"), ...queue.allowTake("TakeMessages")],
      },
      { parent: this },
    );
    new aws.lambda.EventSourceMapping(
      this.childName("messages"),
      {
        eventSourceArn: queue.arn,
        functionName: start.arn,
        batchSize: 10,
        functionResponseTypes: ["ReportBatchItemFailures"],
        scalingConfig: { maximumConcurrency: concurrentStarts },
      },
      this.child(),
    );

    this.queueUrl = queue.url;
    this.deadLetterQueueUrl = deadLetters.url;
    this.registerOutputs({ queueUrl: this.queueUrl, deadLetterQueueUrl: this.deadLetterQueueUrl });
  }

  #rule(name: string, { settings: { place }, raw }: UploadEventsArgs, queueArn: pulumi.Input<string>, deadLetterArn: pulumi.Input<string>): void {
    const rule = new aws.cloudwatch.EventRule(
      this.childName("rule"),
      {
        name: uploadRuleName(place),
        description: "A video was uploaded",
        eventPattern: JSON.stringify({
          source: ["aws.s3"],
          "detail-type": ["Object Created"],
          // Copies are left out: nothing that the platform itself writes may start an analysis.
          detail: { bucket: { name: [raw.bucketName] }, object: { key: [{ prefix: rawVideosPrefix }] }, reason: ["PutObject", "CompleteMultipartUpload"] },
        }),
      },
      this.child(),
    );
    new aws.cloudwatch.EventTarget(
      this.childName("target"),
      {
        rule: rule.name,
        targetId: name,
        arn: queueArn,
        deadLetterConfig: { arn: deadLetterArn },
        retryPolicy: { maximumEventAgeInSeconds: daySeconds, maximumRetryAttempts: 185 },
      },
      this.child(),
    );
  }
}
