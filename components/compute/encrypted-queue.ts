import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import { PlatformComponent } from "../component.ts";
import { type Place, physicalName, regionalArn } from "../place.ts";
import type { EncryptionKey } from "../security/encryption-key.ts";
import { allow, denyPlainHttp, policyDocument, type ResourceStatement, type Statement } from "../security/policy.ts";

export interface EncryptedQueueArgs {
  place: Place;
  /** Encrypts messages. */
  key: EncryptionKey;
  /** Days that an unread message is kept: 1 to 14. */
  retentionDays: number;
  /** Seconds that a message stays hidden from others while one consumer works on it. @default 30 */
  visibilityTimeoutSeconds?: number;
  /** Where a message goes that could not be handled so many times. */
  deadLetters?: { arn: pulumi.Input<string>; deliveries: number };
  /** Logical names of the queues whose dead letters this one takes. */
  takesDeadLettersOf?: readonly string[];
  /** AWS services that send as themselves. The queue's ARN comes as argument. */
  senders?: (queueArn: string) => readonly ResourceStatement[];
}

const daySeconds = 24 * 3600;

/** A queue whose messages are encrypted with a customer key and travel over TLS only. HIPAA 164.312(a)(2)(iv), (e)(1). */
export class EncryptedQueue extends PlatformComponent {
  readonly url: pulumi.Output<string>;
  readonly arn: pulumi.Output<string>;
  /** As metrics name it. */
  readonly queueName: string;
  readonly #key: EncryptionKey;

  constructor(name: string, args: EncryptedQueueArgs, opts?: pulumi.ComponentResourceOptions) {
    super("svp:compute:EncryptedQueue", name, opts);
    const { place, key, retentionDays, visibilityTimeoutSeconds = 30, deadLetters, takesDeadLettersOf = [], senders = () => [] } = args;
    if (!(Number.isInteger(retentionDays) && retentionDays >= 1 && retentionDays <= 14)) this.reject("retentionDays", `must be 1 to 14, not ${retentionDays}.`);
    this.queueName = physicalName(place, name);
    this.#key = key;
    const arn = regionalArn(place, "sqs", this.queueName);

    const queue = new aws.sqs.Queue(
      name,
      {
        name: this.queueName,
        kmsMasterKeyId: key.arn,
        kmsDataKeyReusePeriodSeconds: 300,
        messageRetentionSeconds: retentionDays * daySeconds,
        visibilityTimeoutSeconds,
        ...(deadLetters && { redrivePolicy: pulumi.jsonStringify({ deadLetterTargetArn: deadLetters.arn, maxReceiveCount: deadLetters.deliveries }) }),
        ...(takesDeadLettersOf.length > 0 && {
          redriveAllowPolicy: JSON.stringify({
            redrivePermission: "byQueue",
            sourceQueueArns: takesDeadLettersOf.map((source) => regionalArn(place, "sqs", physicalName(place, source))),
          }),
        }),
      },
      this.child(),
    );
    const policy = new aws.sqs.QueuePolicy(
      this.childName("policy"),
      { queueUrl: queue.url, policy: policyDocument([denyPlainHttp("sqs", [arn]), ...senders(arn)]) },
      this.child(),
    );

    this.url = queue.url;
    this.arn = pulumi.all([queue.arn, policy.id]).apply(([queueArn]) => queueArn);
    this.registerOutputs({ url: this.url, arn: this.arn });
  }

  /** Statements that allow putting messages in: encrypting one needs a data key, and Decrypt to check it (SQS Developer Guide, "KMS permissions"). */
  allowSend(sid: string): Statement[] {
    return [allow(sid, ["sqs:SendMessage"], [this.arn]), this.#key.allowVia(`${sid}Key`, "sqs", ["kms:Decrypt", "kms:GenerateDataKey"])];
  }

  /** Statements that allow taking messages out, as Lambda does for a function that it feeds. */
  allowTake(sid: string): Statement[] {
    return [
      allow(sid, ["sqs:DeleteMessage", "sqs:GetQueueAttributes", "sqs:ReceiveMessage"], [this.arn]),
      this.#key.allowVia(`${sid}Key`, "sqs", ["kms:Decrypt"]),
    ];
  }
}
