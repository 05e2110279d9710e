import type { PolicyResource, StackValidationPolicy } from "@pulumi/policy";
import { hipaa } from "../../controls.ts";
import { refersTo } from "../../relations.ts";
import { judgeAll } from "../../subjects.ts";
import { queues } from "./queues.ts";

interface Config {
  readonly minimumSeconds: number;
  readonly deadLetterSeconds: number;
  readonly mostDeliveries: number;
}

const daySeconds = 24 * 3600;
/** Four days, SQS's own default, outlast a weekend; fourteen are the most that SQS keeps (SQS Developer Guide, "Message quotas"). */
const defaults: Config = { minimumSeconds: 4 * daySeconds, deadLetterSeconds: 14 * daySeconds, mostDeliveries: 10 };

/** A queue hands what can't be handled to another, or is itself the last, and keeps messages as long as SQS can. */
export const queueLosesNoMessage: StackValidationPolicy = {
  name: "sqs-queue-loses-no-message",
  description: "SQS queues must hand messages that can't be handled to a dead-letter queue, or keep them as long as SQS can.",
  enforcementLevel: "mandatory",
  severity: "medium",
  framework: hipaa("164.312(b)", "164.312(c)(1)", "164.308(a)(7)(i)"),
  tags: ["sqs", "integrity"],
  remediationSteps: "Use WorkQueue, which comes with its dead letters, or set redrivePolicy and messageRetentionSeconds.",
  configSchema: {
    properties: {
      minimumSeconds: { type: "integer", minimum: 60, default: defaults.minimumSeconds },
      deadLetterSeconds: { type: "integer", minimum: 60, default: defaults.deadLetterSeconds },
      mostDeliveries: { type: "integer", minimum: 1, default: defaults.mostDeliveries },
    },
  },
  validateStack: (args, report) => {
    const { minimumSeconds, deadLetterSeconds, mostDeliveries } = { ...defaults, ...args.getConfig<Partial<Config>>() };
    judgeAll(args, report, queues, (queue, say) => {
      const kept = Number(queue.props["messageRetentionSeconds"] ?? 4 * daySeconds);
      const redrive = redriveOf(queue, args.resources);
      if (redrive === undefined) {
        if (kept < deadLetterSeconds) say(`has no redrivePolicy, and keeps messages ${kept} seconds; without one it must keep them ${deadLetterSeconds}.`);
        return;
      }
      if (redrive["deadLetterTargetArn"] === undefined) say("hands messages to nobody; redrivePolicy must name deadLetterTargetArn.");
      if (kept < minimumSeconds) say(`keeps messages ${kept} seconds; it must keep them ${minimumSeconds}.`);
      const deliveries = Number(redrive["maxReceiveCount"]);
      if (!(deliveries <= mostDeliveries))
        say(`tries a message ${redrive["maxReceiveCount"] ?? "ever"} times; maxReceiveCount must be ${mostDeliveries} at most.`);
    });
  },
};

/** What a queue's redrive policy says, whichever way it is given; undefined if it has none. */
function redriveOf(queue: PolicyResource, resources: readonly PolicyResource[]): Record<string, unknown> | undefined {
  const given = resources.find((resource) => resource.type === "aws:sqs/redrivePolicy:RedrivePolicy" && refersTo(resource, "queueUrl", queue, ["url", "id"]));
  const policy = (given ?? queue).props["redrivePolicy"] as string | undefined;
  return policy === undefined || policy === "" ? undefined : (JSON.parse(policy) as Record<string, unknown>);
}
