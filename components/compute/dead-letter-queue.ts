import * as aws from "@pulumi/aws";
import type * as pulumi from "@pulumi/pulumi";
import { PlatformComponent } from "../component.ts";
import type { Place } from "../place.ts";
import type { EncryptionKey } from "../security/encryption-key.ts";
import type { ResourceStatement } from "../security/policy.ts";
import { alertAbove } from "./alert-above.ts";
import { EncryptedQueue } from "./encrypted-queue.ts";

export interface DeadLetterQueueArgs {
  place: Place;
  key: EncryptionKey;
  /** Told of the first message that arrives. */
  alertTopicArn: pulumi.Input<string>;
  /** Logical names of the queues whose dead letters it takes. Not needed for what functions or rules give up. */
  takesDeadLettersOf?: readonly string[];
  /** AWS services that send as themselves. */
  senders?: (queueArn: string) => readonly ResourceStatement[];
}

/** Keeps what could not be handled for two weeks, the longest that SQS keeps a message, and raises an alarm. HIPAA 164.312(b): nothing is lost without a word. */
export class DeadLetterQueue extends PlatformComponent {
  readonly queue: EncryptedQueue;

  constructor(name: string, { alertTopicArn, ...args }: DeadLetterQueueArgs, opts?: pulumi.ComponentResourceOptions) {
    super("svp:compute:DeadLetterQueue", name, opts);

    this.queue = new EncryptedQueue(name, { ...args, retentionDays: 14 }, { parent: this });
    new aws.cloudwatch.MetricAlarm(
      this.childName("alarm"),
      {
        name: `${this.queue.queueName}-not-empty`,
        alarmDescription: "Something could not be handled and waits in a dead-letter queue.",
        namespace: "AWS/SQS",
        metricName: "ApproximateNumberOfMessagesVisible",
        dimensions: { QueueName: this.queue.queueName },
        statistic: "Maximum",
        ...alertAbove(0, alertTopicArn),
      },
      this.child(),
    );
    this.registerOutputs();
  }
}
