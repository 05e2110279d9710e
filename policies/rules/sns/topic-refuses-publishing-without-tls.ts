import type { StackValidationPolicy } from "@pulumi/policy";
import { hipaa } from "../../controls.ts";
import { attachedStatements, refusesPlainHttp } from "../../relations.ts";
import { judgeAll } from "../../subjects.ts";
import { topicPolicy, topics } from "./topics.ts";

/** SNS answers over plain HTTP, too; only a topic's policy refuses it (SNS Developer Guide, "Enforce encryption of data in transit"). */
export const topicRefusesPublishingWithoutTls: StackValidationPolicy = {
  name: "sns-topic-refuses-publishing-without-tls",
  description: "SNS topics must deny publishing that does not come over TLS.",
  enforcementLevel: "mandatory",
  severity: "high",
  framework: hipaa("164.312(e)(1)", "164.312(e)(2)(i)", "164.312(e)(2)(ii)"),
  tags: ["sns", "transit"],
  remediationSteps: "Use EncryptedTopic, or add a TopicPolicy that denies sns:Publish to everybody where aws:SecureTransport is false.",
  validateStack: (args, report) =>
    judgeAll(args, report, topics, (topic, say) => {
      const statements = attachedStatements(topic, args.resources, topicPolicy);
      if (!refusesPlainHttp(topic, statements, "sns:Publish")) say("accepts messages without TLS; its policy must deny them.");
    }),
};
