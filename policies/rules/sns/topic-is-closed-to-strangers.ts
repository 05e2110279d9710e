import type { ResourceValidationPolicy } from "@pulumi/policy";
import { accountIdOf } from "../../accounts.ts";
import { hipaa } from "../../controls.ts";
import { statementsOf } from "../../documents.ts";
import { isGiven } from "../../given.ts";
import { strangersIn, wideGrantsIn } from "../../openings.ts";

const types = ["aws:sns/topic:Topic", "aws:sns/topicPolicy:TopicPolicy"];

/** Nobody of another account publishes to a topic or listens to it, nor a service on another account's behalf. A topic without a policy lets in its own account only. */
export const topicIsClosedToStrangers: ResourceValidationPolicy = {
  name: "sns-topic-is-closed-to-strangers",
  description: "Policies of SNS topics must let in nobody but their own account, and services on its behalf.",
  enforcementLevel: "mandatory",
  severity: "critical",
  framework: hipaa("164.312(a)(1)", "164.308(a)(4)(ii)(B)", "164.308(b)(1)"),
  tags: ["sns", "access"],
  remediationSteps: "Name the principals, and give statements for services a condition by aws:SourceAccount or aws:SourceArn, as EncryptedTopic does.",
  validateResource: ({ type, name, props, provider, notApplicable }, report) => {
    if (!types.includes(type) || !isGiven(props, "policy")) notApplicable("The resource holds no policy of a topic.");
    const statements = statementsOf(props["policy"]);
    for (const wrong of [...strangersIn(statements, accountIdOf(provider)), ...wideGrantsIn(statements)]) report(`The policy of topic "${name}" ${wrong}.`);
  },
};
