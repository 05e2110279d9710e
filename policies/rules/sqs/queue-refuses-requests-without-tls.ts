import type { StackValidationPolicy } from "@pulumi/policy";
import { hipaa } from "../../controls.ts";
import { attachedStatements, refusesPlainHttp } from "../../relations.ts";
import { judgeAll } from "../../subjects.ts";
import { queuePolicy, queues } from "./queues.ts";

const actions = ["sqs:SendMessage", "sqs:ReceiveMessage", "sqs:DeleteMessage", "sqs:PurgeQueue"];

/** SQS answers over plain HTTP, too; only a queue's policy refuses it (SQS Developer Guide, "Amazon SQS security best practices"). */
export const queueRefusesRequestsWithoutTls: StackValidationPolicy = {
  name: "sqs-queue-refuses-requests-without-tls",
  description: "SQS queues must deny every request that is not made over TLS.",
  enforcementLevel: "mandatory",
  severity: "high",
  framework: hipaa("164.312(e)(1)", "164.312(e)(2)(i)", "164.312(e)(2)(ii)"),
  tags: ["sqs", "transit"],
  remediationSteps: "Use EncryptedQueue, or add a QueuePolicy that denies sqs:* to everybody where aws:SecureTransport is false.",
  validateStack: (args, report) =>
    judgeAll(args, report, queues, (queue, say) => {
      const statements = attachedStatements(queue, args.resources, queuePolicy);
      const accepted = actions.filter((action) => !refusesPlainHttp(queue, statements, action));
      if (accepted.length > 0) say(`accepts ${accepted.join(", ")} without TLS; its policy must deny it.`);
    }),
};
