import type { ResourceValidationPolicy } from "@pulumi/policy";
import { accountIdOf } from "../../accounts.ts";
import { hipaa } from "../../controls.ts";
import { statementsOf } from "../../documents.ts";
import { isGiven } from "../../given.ts";
import { strangersIn, wideGrantsIn } from "../../openings.ts";

const types = ["aws:sqs/queue:Queue", "aws:sqs/queuePolicy:QueuePolicy"];

/** Nobody of another account sends to a queue or takes from it, nor a service on another account's behalf. A queue without a policy lets in its own account only. */
export const queueIsClosedToStrangers: ResourceValidationPolicy = {
  name: "sqs-queue-is-closed-to-strangers",
  description: "Policies of SQS queues must let in nobody but their own account, and services on its behalf.",
  enforcementLevel: "mandatory",
  severity: "critical",
  framework: hipaa("164.312(a)(1)", "164.308(a)(4)(ii)(B)", "164.308(b)(1)"),
  tags: ["sqs", "access"],
  remediationSteps: "Name the principals, and give statements for services a condition by aws:SourceArn or aws:SourceAccount, as EncryptedQueue's senders do.",
  validateResource: ({ type, name, props, provider, notApplicable }, report) => {
    if (!types.includes(type) || !isGiven(props, "policy")) notApplicable("The resource holds no policy of a queue.");
    const statements = statementsOf(props["policy"]);
    for (const wrong of [...strangersIn(statements, accountIdOf(provider)), ...wideGrantsIn(statements)]) report(`The policy of queue "${name}" ${wrong}.`);
  },
};
