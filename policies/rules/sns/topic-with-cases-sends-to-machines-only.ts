import type { PolicyResource, StackValidationPolicy } from "@pulumi/policy";
import { holdsCases } from "../../classification.ts";
import { hipaa } from "../../controls.ts";
import { isGiven } from "../../given.ts";
import { refersTo } from "../../relations.ts";
import { judgeAll } from "../../subjects.ts";

/** Protocols that end at a machine, over TLS. E-mail, text messages and plain HTTP leave AWS unencrypted. */
const machines = ["sqs", "lambda", "firehose", "https"];
/** Firehose keeps what it can't deliver by itself. */
const canFail = ["sqs", "lambda", "https"];

/**
 * What a topic sends about cases goes to machines, and is kept when it can't be delivered. A topic for people says by its tag
 * `data-classification` that it holds nothing of patients.
 */
export const topicWithCasesSendsToMachinesOnly: StackValidationPolicy = {
  name: "sns-topic-with-cases-sends-to-machines-only",
  description: "SNS topics that may hold data of cases must send to queues, functions and HTTPS addresses only, and keep what can't be delivered.",
  enforcementLevel: "mandatory",
  severity: "critical",
  framework: hipaa("164.312(e)(1)", "164.312(e)(2)(ii)", "164.502(b)"),
  tags: ["sns", "transit", "phi"],
  remediationSteps: 'Subscribe a queue with a redrivePolicy, or use EncryptedTopic, which is for operational messages and tagged data-classification "none".',
  validateStack: (args, report) => {
    const subjects = { types: ["aws:sns/topicSubscription:TopicSubscription"], noun: "Subscription" };
    judgeAll(args, report, subjects, (subscription, say) => {
      const protocol = String(subscription.props["protocol"]);
      if (protocol === "http" || protocol === "sms") return say(`sends by ${protocol}, which nothing encrypts; it must be one of ${machines.join(", ")}.`);
      if (!mayHoldCases(subscription, args.resources)) return;
      if (!machines.includes(protocol)) say(`sends what may hold data of cases by ${protocol}; it must be one of ${machines.join(", ")}.`);
      else if (canFail.includes(protocol) && !isGiven(subscription.props, "redrivePolicy")) say("loses what it can't deliver; it must set redrivePolicy.");
    });
  },
};

/** A topic of another stack may hold anything. */
function mayHoldCases(subscription: PolicyResource, resources: readonly PolicyResource[]): boolean {
  const topic = resources.find((resource) => resource.type === "aws:sns/topic:Topic" && refersTo(subscription, "topic", resource, ["arn", "id"]));
  return topic === undefined || holdsCases(topic);
}
