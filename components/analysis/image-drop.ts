import * as aws from "@pulumi/aws";
import type * as pulumi from "@pulumi/pulumi";
import type { Model } from "../../contracts/model.ts";
import { PlatformComponent } from "../component.ts";
import { eventRetries } from "../compute/event-retries.ts";
import { type FunctionSettings, PlatformFunction } from "../compute/platform-function.ts";
import { WorkQueue } from "../compute/work-queue.ts";
import type { DataLake } from "../data/data-lake.ts";
import { lakePrefixes } from "../data/lake-prefixes.ts";
import { type Place, physicalName, regionalArn } from "../place.ts";
import type { MalwareProtection } from "../security/malware-protection.ts";
import { ruleSends } from "../security/policy.ts";
import { scannedUnder, uploadedUnder } from "./arrival-events.ts";
import type { RealTimeEndpoint } from "./real-time-endpoint.ts";

export interface ImageDropArgs {
  settings: FunctionSettings;
  /** Its processed bucket takes the images and the answers. That bucket's key encrypts the events, too. */
  lake: DataLake;
  endpoint: RealTimeEndpoint;
  /** The network that answers for single images. */
  imageModel: Model;
  /** What scans dropped images for malware: each is then read after the scan that found it clean. After its arrival, if absent. */
  scannedBy?: MalwareProtection;
}

/** Name of the rule; the key's policy lets this one rule write to the queue. */
export const imageRuleName = (place: Place): string => physicalName(place, "image-drop");

/** A message that fails this often goes to the dead-letter queue. */
const deliveries = 5;
/** More at once would only crowd the endpoint, which people wait for. */
const concurrentBatches = 2;
const imagesPerBatch = 5;
/** A batch's images one after the other: each a few seconds to decode at worst, and 5 s at which the endpoint counts as slow. */
const batchSeconds = 120;
/** An image takes seconds; one that waits this long is stuck. */
const longestWaitMinutes = 15;

/**
 * From an image that somebody puts into the lake to its answer: EventBridge rule -> queue -> `infer-dropped-image`. Every hop
 * may deliver twice; the second answer is the same under the same key. Answers lie outside the rule's prefix, so none starts another.
 */
export class ImageDrop extends PlatformComponent {
  constructor(name: string, args: ImageDropArgs, opts?: pulumi.ComponentResourceOptions) {
    super("svp:analysis:ImageDrop", name, opts);
    const { settings, lake, endpoint, imageModel } = args;
    const { place } = settings;
    const { processed } = lake;

    const { queue, deadLetters } = new WorkQueue(
      this.childName("queue"),
      {
        place,
        key: processed.key,
        alertTopicArn: settings.alertTopicArn,
        consumerTimeoutSeconds: batchSeconds,
        deliveries,
        longestWaitMinutes,
        senders: (arn) => [ruleSends(arn, [regionalArn(place, "events", `rule/${imageRuleName(place)}`)])],
      },
      { parent: this },
    );
    this.#rule(name, args, queue.arn, deadLetters.arn);
    const infer = new PlatformFunction(
      {
        settings,
        handler: "analyse/infer-dropped-image",
        description: "Predicts what an image in the lake shows",
        timeoutSeconds: batchSeconds,
        memoryMb: 1024,
        environment: {
          START_AFTER: args.scannedBy ? "scan" : "upload",
          PROCESSED_BUCKET: processed.bucket,
          INFERENCE_ENDPOINT: endpoint.endpointName,
          INFERENCE_MODEL: JSON.stringify(imageModel),
        },
        statements: [
          ...queue.allowTake("TakeMessages"),
          ...processed.allow("ReadImages", ["s3:GetObjectVersion"], lakePrefixes.droppedImages),
          ...processed.allow("WriteAnswers", ["s3:PutObject"], lakePrefixes.imageAnswers),
          endpoint.allowInvoke("Predict"),
        ],
      },
      { parent: this },
    );
    new aws.lambda.EventSourceMapping(
      this.childName("messages"),
      {
        eventSourceArn: queue.arn,
        functionName: infer.arn,
        batchSize: imagesPerBatch,
        functionResponseTypes: ["ReportBatchItemFailures"],
        scalingConfig: { maximumConcurrency: concurrentBatches },
      },
      this.child(),
    );
    this.registerOutputs();
  }

  #rule(name: string, { settings: { place }, lake, scannedBy }: ImageDropArgs, queueArn: pulumi.Input<string>, deadLetterArn: pulumi.Input<string>): void {
    const rule = new aws.cloudwatch.EventRule(
      this.childName("rule"),
      {
        name: imageRuleName(place),
        description: scannedBy ? "An image in the lake was scanned" : "An image was put into the lake for a prediction",
        eventPattern: JSON.stringify((scannedBy ? scannedUnder : uploadedUnder)(lake.processed, lakePrefixes.droppedImages)),
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
        retryPolicy: eventRetries,
      },
      this.child(),
    );
  }
}
