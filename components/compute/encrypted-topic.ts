import * as aws from "@pulumi/aws";
import type * as pulumi from "@pulumi/pulumi";
import { PlatformComponent } from "../component.ts";
import { type Place, physicalName, regionalArn } from "../place.ts";
import type { EncryptionKey } from "../security/encryption-key.ts";
import { denyPlainHttp, policyDocument, type ResourceStatement } from "../security/policy.ts";

export interface EncryptedTopicArgs {
  place: Place;
  /** Encrypts messages. Its policy must let the publishers use it: `servicesUseKey`. */
  key: EncryptionKey;
  /** AWS services that publish as themselves: `cloudwatch.amazonaws.com`. Each only on behalf of this account. */
  publishers: readonly `${string}.amazonaws.com`[];
  /** E-mail addresses that get every message; each must confirm once. What is sent here must name no patient. */
  emails: readonly string[];
}

/**
 * A topic that AWS services publish operational messages to. HIPAA 164.312(a)(2)(iv), (e)(1).
 *
 * Messages leave AWS by e-mail, so only what holds no health information is sent here: alarms, budgets, findings. The topic
 * says so by a tag of its own, whatever the account around it holds.
 */
export class EncryptedTopic extends PlatformComponent {
  /** Resolves once the topic lets its publishers in. */
  readonly arn: pulumi.Output<string>;

  constructor(name: string, { place, key, publishers, emails }: EncryptedTopicArgs, opts?: pulumi.ComponentResourceOptions) {
    super("svp:compute:EncryptedTopic", name, opts);
    const wrong = emails.filter((email) => !/^[^@\s]+@[^@\s]+$/.test(email));
    if (wrong.length > 0) this.reject("emails", `must be e-mail addresses, not ${wrong.join(", ")}.`);
    const topicName = physicalName(place, name);
    const arn = regionalArn(place, "sns", topicName);

    const topic = new aws.sns.Topic(name, { name: topicName, kmsMasterKeyId: key.arn, tags: { "data-classification": "none" } }, this.child());
    const policy = new aws.sns.TopicPolicy(
      this.childName("policy"),
      { arn: topic.arn, policy: policyDocument([denyPlainPublishing(arn), ...publishers.map((service) => publish(place, service, arn))]) },
      this.child(),
    );
    for (const email of emails) {
      new aws.sns.TopicSubscription(
        this.childName(`to-${email.replace(/[^A-Za-z0-9]+/g, "-")}`),
        { topic: topic.arn, protocol: "email", endpoint: email },
        this.child(),
      );
    }

    this.arn = policy.arn;
    this.registerOutputs({ arn: this.arn });
  }
}

/** A topic's policy knows no `sns:*`: only actions on topics may stand in it. */
const denyPlainPublishing = (arn: string): ResourceStatement => ({ ...denyPlainHttp("sns", [arn]), Action: ["sns:Publish"] });

const publish = (place: Place, service: string, arn: string): ResourceStatement => ({
  Sid: `${service.split(".")[0]}Publishes`.replace(/^./, (first) => first.toUpperCase()),
  Effect: "Allow",
  Principal: { Service: service },
  Action: ["sns:Publish"],
  Resource: [arn],
  Condition: { StringEquals: { "aws:SourceAccount": place.accountId } },
});
