import type { PolicyResource, StackValidationPolicy } from "@pulumi/policy";
import { hipaa } from "../../controls.ts";
import { at } from "../../expressions.ts";
import { attachedStatements, referrers, refersTo } from "../../relations.ts";
import { coversAction, mayMeet } from "../../requests.ts";
import { judgeAll } from "../../subjects.ts";
import { queuePolicy } from "../sqs/queues.ts";

/**
 * EventBridge writes dead letters as itself, on behalf of the rule: a queue whose policy does not name the rule refuses them, and the event is
 * lost (EventBridge User Guide, "Using dead-letter queues to process undelivered events", "Granting permissions to the dead-letter queue").
 */
export const deadLetterQueueLetsRuleIn: StackValidationPolicy = {
  name: "events-dead-letter-queue-lets-rule-in",
  description: "The dead-letter queue of an EventBridge target must let the target's rule write to it.",
  enforcementLevel: "mandatory",
  severity: "medium",
  framework: hipaa("164.312(b)", "164.312(c)(1)", "164.308(a)(7)(i)"),
  tags: ["events", "integrity"],
  remediationSteps: "Allow events.amazonaws.com sqs:SendMessage in the queue's policy, where aws:SourceArn is the ARN of the rule.",
  validateStack: (args, report) => {
    const queues = args.resources.filter(({ type }) => type === "aws:sqs/queue:Queue");
    const rules = args.resources.filter(({ type }) => type === "aws:cloudwatch/eventRule:EventRule");
    const queueOf = referrers(queues, []);
    const named = (target: PolicyResource): PolicyResource | undefined =>
      queueOf(target, "deadLetterConfig") ?? queues.find(({ props }) => props["arn"] === at(target.props["deadLetterConfig"], "arn"));
    const where = ({ props }: PolicyResource): boolean => at(props["deadLetterConfig"], "arn") !== undefined;
    judgeAll(args, report, { types: ["aws:cloudwatch/eventTarget:EventTarget"], noun: "Target", where }, (target, say) => {
      const queue = named(target);
      if (queue === undefined) return say("hands what can't be delivered to a queue that is not of this stack, whose policy nothing here judges.");
      const rule = rules.find((candidate) => refersTo(target, "rule", candidate, ["name"]));
      const context = rule === undefined ? {} : { "aws:sourcearn": rule.props["arn"] as string };
      const letsIn = attachedStatements(queue, args.resources, queuePolicy).some(
        (statement) =>
          statement.effect === "Allow" &&
          coversAction(statement, "sqs:SendMessage") &&
          statement.principals.includes("events.amazonaws.com") &&
          mayMeet(statement, context),
      );
      if (!letsIn) say(`can't hand what is not delivered to queue "${queue.name}", whose policy does not let its rule in.`);
    });
  },
};
