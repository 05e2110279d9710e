import type { PolicyResource, StackValidationPolicy } from "@pulumi/policy";
import { hipaa } from "../../controls.ts";
import { knownText } from "../../given.ts";
import { refersTo } from "../../relations.ts";
import { judgeAll } from "../../subjects.ts";
import { queues } from "./queues.ts";

/**
 * Dead letters are messages of another queue, with all that is in them. Whoever may read them must not get those of a queue that
 * somebody else points there: left out, SQS takes those of any queue of the account (SQS API reference, `RedriveAllowPolicy`).
 */
export const deadLetterQueueNamesItsSources: StackValidationPolicy = {
  name: "sqs-dead-letter-queue-names-its-sources",
  description: "SQS queues that take the dead letters of others must name those others.",
  enforcementLevel: "mandatory",
  severity: "medium",
  framework: hipaa("164.312(a)(1)", "164.308(a)(4)(ii)(C)"),
  tags: ["sqs", "access"],
  remediationSteps: 'Use DeadLetterQueue with takesDeadLettersOf, or set redriveAllowPolicy with redrivePermission "byQueue" and sourceQueueArns.',
  validateStack: (args, report) => {
    const where = (queue: PolicyResource): boolean => args.resources.some((other) => handsOnTo(other, queue));
    judgeAll(args, report, { ...queues, noun: "Dead-letter queue", where }, (queue, say) => {
      const given = args.resources.find(
        (resource) => resource.type === "aws:sqs/redriveAllowPolicy:RedriveAllowPolicy" && refersTo(resource, "queueUrl", queue, ["url", "id"]),
      );
      const policy = (given ?? queue).props["redriveAllowPolicy"] as string | undefined;
      const { redrivePermission = "allowAll", sourceQueueArns = [] } = JSON.parse(policy || "{}") as { redrivePermission?: string; sourceQueueArns?: string[] };
      if (redrivePermission !== "byQueue") say(`lets in queues by "${redrivePermission}"; redriveAllowPolicy must let them in "byQueue".`);
      else if (sourceQueueArns.length === 0) say("names no queue; redriveAllowPolicy must hold sourceQueueArns.");
    });
  },
};

const redriving = ["aws:sqs/queue:Queue", "aws:sqs/redrivePolicy:RedrivePolicy"];

/** The ARN stands within a text of JSON: the engine's record tells whose it is, and otherwise the text. */
function handsOnTo(other: PolicyResource, queue: PolicyResource): boolean {
  if (!redriving.includes(other.type) || other.urn === queue.urn) return false;
  if (other.propertyDependencies["redrivePolicy"]?.some(({ urn }) => urn === queue.urn)) return true;
  const [policy, arn] = [knownText(other.props, "redrivePolicy"), knownText(queue.props, "arn")];
  return policy !== undefined && arn !== undefined && policy.includes(`"${arn}"`);
}
