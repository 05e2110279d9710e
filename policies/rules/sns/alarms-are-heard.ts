import type { PolicyResource, StackValidationPolicy } from "@pulumi/policy";
import { ofType } from "../../accounts.ts";
import { hipaa } from "../../controls.ts";
import { judgeEach } from "../../given.ts";
import { onlyWhereRequired, requiredSchema } from "../../required.ts";
import { topicPolicy, topics } from "./topics.ts";

const [topicType] = topics.types;

/** An alarm that goes to a topic to which nobody listens is an alarm that nobody hears. */
export const alarmsAreHeard: StackValidationPolicy = {
  name: "sns-alarms-are-heard",
  description: "Topics that alarms go to must have a subscription.",
  enforcementLevel: "mandatory",
  severity: "high",
  framework: hipaa("164.308(a)(6)(ii)", "164.308(a)(1)(ii)(D)", "164.308(a)(5)(ii)(C)"),
  tags: ["sns", "incidents", "presence"],
  configSchema: requiredSchema,
  remediationSteps: "List somebody in svp:alerts.emails, or add a TopicSubscription to the topic.",
  validateStack: (args, report) => {
    onlyWhereRequired(args, "Nobody is to be woken by this stack.");
    const alarmed = new Map(
      ofType(args.resources, "aws:cloudwatch/metricAlarm:MetricAlarm")
        .flatMap((alarm) => topicsOf(alarm, "alarmActions"))
        .map((topic) => [topic.urn, topic]),
    );
    if (alarmed.size === 0) args.notApplicable("No alarm of the stack goes to one of its topics.");
    const heard = new Set(
      ofType(args.resources, "aws:sns/topicSubscription:TopicSubscription")
        .flatMap((one) => topicsOf(one, "topic"))
        .map(({ urn }) => urn),
    );
    judgeEach([...alarmed.values()], ({ urn, name }) => {
      if (!heard.has(urn)) report(`Alarms go to topic "${name}", to which nobody listens; it must have a subscription.`, urn);
    });
  },
};

/** The topics that a property comes from: by the policy that closes one, too, since whoever is told the ARN by it finds the topic closed already. */
const topicsOf = ({ propertyDependencies }: PolicyResource, property: string): PolicyResource[] =>
  (propertyDependencies[property] ?? []).flatMap((source) =>
    source.type === topicPolicy.type ? topicsOf(source, topicPolicy.property) : source.type === topicType ? [source] : [],
  );
