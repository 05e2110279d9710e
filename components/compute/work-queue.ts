import * as aws from "@pulumi/aws";
import type * as pulumi from "@pulumi/pulumi";
import { PlatformComponent } from "../component.ts";
import type { Place } from "../place.ts";
import type { EncryptionKey } from "../security/encryption-key.ts";
import type { ResourceStatement } from "../security/policy.ts";
import { alertAbove } from "./alert-above.ts";
import { DeadLetterQueue } from "./dead-letter-queue.ts";
import { EncryptedQueue } from "./encrypted-queue.ts";

export interface WorkQueueArgs {
  place: Place;
  key: EncryptionKey;
  alertTopicArn: pulumi.Input<string>;
  /** Seconds that the function which takes the messages may run. */
  consumerTimeoutSeconds: number;
  /** Times that a message is tried before it goes to the dead letters. */
  deliveries: number;
  /** Minutes that a message may wait before somebody is told. */
  longestWaitMinutes: number;
  /** AWS services that send as themselves, to the queue and, what they can't deliver, to the dead letters. */
  senders: (queueArn: string) => readonly ResourceStatement[];
}

/** A queue that feeds a function, and what happens to messages that can't be handled. */
export class WorkQueue extends PlatformComponent {
  readonly queue: EncryptedQueue;
  readonly deadLetters: EncryptedQueue;

  constructor(name: string, args: WorkQueueArgs, opts?: pulumi.ComponentResourceOptions) {
    super("svp:compute:WorkQueue", name, opts);
    const { place, key, alertTopicArn, senders } = args;

    this.deadLetters = new DeadLetterQueue(
      this.childName("dead-letters"),
      { place, key, alertTopicArn, senders, takesDeadLettersOf: [name] },
      { parent: this },
    ).queue;
    this.queue = new EncryptedQueue(
      name,
      {
        place,
        key,
        senders,
        retentionDays: 4,
        // AWS asks for six times the function's time, so that a throttled batch is not delivered twice (Lambda, "Using Lambda with Amazon SQS").
        visibilityTimeoutSeconds: 6 * args.consumerTimeoutSeconds,
        deadLetters: { arn: this.deadLetters.arn, deliveries: args.deliveries },
      },
      { parent: this },
    );
    new aws.cloudwatch.MetricAlarm(
      this.childName("waiting"),
      {
        name: `${this.queue.queueName}-waits`,
        alarmDescription: `A message has waited for more than ${args.longestWaitMinutes} minutes.`,
        namespace: "AWS/SQS",
        metricName: "ApproximateAgeOfOldestMessage",
        dimensions: { QueueName: this.queue.queueName },
        statistic: "Maximum",
        ...alertAbove(args.longestWaitMinutes * 60, alertTopicArn),
      },
      this.child(),
    );
    this.registerOutputs();
  }
}
