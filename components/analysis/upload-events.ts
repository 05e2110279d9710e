import * as aws from "@pulumi/aws";
import type * as pulumi from "@pulumi/pulumi";
import { rawVideosPrefix } from "../../contracts/keys.ts";
import { type MetricName, metricsNamespace } from "../../contracts/metrics.ts";
import { PlatformComponent } from "../component.ts";
import { alertAbove } from "../compute/alert-above.ts";
import type { EncryptedQueue } from "../compute/encrypted-queue.ts";
import { eventRetries } from "../compute/event-retries.ts";
import { type FunctionSettings, PlatformFunction } from "../compute/platform-function.ts";
import { WorkQueue } from "../compute/work-queue.ts";
import type { CaseTable } from "../data/case-table.ts";
import type { EncryptedBucket } from "../data/encrypted-bucket.ts";
import { type Place, physicalName, regionalArn } from "../place.ts";
import type { MalwareProtection } from "../security/malware-protection.ts";
import { ruleSends, type Statement } from "../security/policy.ts";
import type { Admission } from "./admission.ts";
import { scannedUnder, uploadedUnder } from "./arrival-events.ts";
import type { CaseAnalysis } from "./case-analysis.ts";

export interface UploadEventsArgs {
  settings: FunctionSettings;
  /** Where uploads arrive. Its key encrypts the events, too: they name its objects. */
  raw: EncryptedBucket;
  analysis: CaseAnalysis;
  table: CaseTable;
  admission: Admission;
  /** Seconds that an upload waits, at most, before it asks again for a lease: 1 to 900. */
  retrySeconds: number;
  /** What scans uploads for malware: analyses then start after the scan of a clean video, never after its arrival. After its arrival, if absent. */
  scannedBy?: MalwareProtection;
  pipelineVersion: string;
}

/** Name of the rule; the raw key's policy lets this one rule write to the queue. */
export const uploadRuleName = (place: Place): string => physicalName(place, "upload-events");

/** A message that fails this often goes to the dead-letter queue. */
const deliveries = 5;
/** Starting is quick; more at once would only crowd the account's quota of starts. */
const concurrentStarts = 5;
const startSeconds = 30;
/** Every analysis that holds an upload back ends within hours: one that waits for longer tells of too few leases, or of leases that nobody gives back. */
const longestHoldHours = 6;
/** A start takes seconds; an upload that waits this long is stuck. */
const longestWaitMinutes = 15;

/**
 * From a finished upload, or from its scan for malware, to a started analysis: EventBridge rule -> queue -> `start-analysis`.
 * Every hop may deliver twice; the execution's name makes the second a no-op. While the class `interactive` has no lease
 * left, uploads wait in the queue.
 */
export class UploadEvents extends PlatformComponent {
  /** Takes messages about videos that are to be analysed again, too. */
  readonly queue: EncryptedQueue;
  readonly deadLetters: EncryptedQueue;
  readonly pipelineVersion: string;

  constructor(name: string, args: UploadEventsArgs, opts?: pulumi.ComponentResourceOptions) {
    super("svp:analysis:UploadEvents", name, opts);

    const { settings, raw, analysis, admission } = args;
    if (!(Number.isInteger(args.retrySeconds) && args.retrySeconds >= 1 && args.retrySeconds <= 900))
      this.reject("retrySeconds", `must be 1 to 900, not ${args.retrySeconds}.`);
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
        environment: {
          STATE_MACHINE_ARN: analysis.stateMachineArn,
          PIPELINE_VERSION: args.pipelineVersion,
          START_AFTER: args.scannedBy ? "scan" : "upload",
          CASE_TABLE: args.table.tableName,
          LEASE_TABLE: admission.tableName,
          INTERACTIVE_LEASES: String(admission.leases.interactive),
          QUEUE_URL: queue.url,
          RETRY_SECONDS: String(args.retrySeconds),
        },
        statements: [
          analysis.allowStart("StartAnalysis"),
          ...queue.allowTake("TakeMessages"),
          ...queue.allowSend("DeferMessages"),
          ...admission.allowLeases("TakeLeases"),
          ...args.table.allow("SeeDeletion", ["dynamodb:GetItem"]),
          ...(args.scannedBy ? judgeScans(args) : []),
        ],
      },
      { parent: this },
    );
    // An upload that waits passes the function again and again, by intent; Lambda would take that for a runaway loop and stop it
    // after 16 times (Lambda Developer Guide, "Use Lambda recursive loop detection to prevent infinite loops").
    new aws.lambda.FunctionRecursionConfig(this.childName("waiting"), { functionName: start.functionName, recursiveLoop: "Allow" }, this.child());
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

    this.#alarm(settings);

    this.queue = queue;
    this.deadLetters = deadLetters;
    this.pipelineVersion = args.pipelineVersion;
    this.registerOutputs({ queueUrl: queue.url, deadLetterQueueUrl: deadLetters.url });
  }

  /** Waiting is no failure, and the queue's own age stays low: whoever waits is sent again as a new message. */
  #alarm({ place, alertTopicArn }: FunctionSettings): void {
    new aws.cloudwatch.MetricAlarm(
      this.childName("held-back"),
      {
        name: physicalName(place, this.childName("held-back")),
        alarmDescription: `An upload has waited for its analysis for more than ${longestHoldHours} hours.`,
        namespace: metricsNamespace,
        metricName: "HeldBackSeconds" satisfies MetricName,
        statistic: "Maximum",
        ...alertAbove(longestHoldHours * 3600, alertTopicArn),
      },
      this.child(),
    );
  }

  #rule(name: string, { settings: { place }, raw, scannedBy }: UploadEventsArgs, queueArn: pulumi.Input<string>, deadLetterArn: pulumi.Input<string>): void {
    const rule = new aws.cloudwatch.EventRule(
      this.childName("rule"),
      {
        name: uploadRuleName(place),
        description: scannedBy ? "An uploaded video was scanned" : "A video was uploaded",
        eventPattern: JSON.stringify((scannedBy ? scannedUnder : uploadedUnder)(raw, rawVideosPrefix)),
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

/** A scan's result tells no size, and may end a case. */
const judgeScans = ({ raw, table }: UploadEventsArgs): Statement[] => [
  raw.allowListVersions("SeeVideo", rawVideosPrefix),
  ...table.allow("RefuseVideo", ["dynamodb:UpdateItem"]),
];
