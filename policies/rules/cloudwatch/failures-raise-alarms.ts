import type { PolicyResource, StackValidationPolicy } from "@pulumi/policy";
import { ofType } from "../../accounts.ts";
import { hipaa } from "../../controls.ts";
import { isGiven, judgeEach } from "../../given.ts";
import { alarmsOn } from "./alarms.ts";

/** What fails: its metrics, and the dimension by which they tell it from others. */
interface Failing {
  readonly kind: string;
  readonly namespace: string;
  readonly metrics: readonly string[];
  readonly dimension: string;
  /** Whether a dimension's value means a resource. */
  readonly means: (value: string, resource: PolicyResource) => boolean;
  readonly only?: (resource: PolicyResource) => boolean;
}

const byName = (value: string, { props }: PolicyResource): boolean => value === props["name"];

/** User guides of the services: "CloudWatch metrics". */
const failing: Readonly<Record<string, Failing>> = {
  "aws:lambda/function:Function": { kind: "Function", namespace: "AWS/Lambda", metrics: ["Errors", "Throttles"], dimension: "FunctionName", means: byName },
  "aws:sagemaker/endpoint:Endpoint": {
    kind: "Endpoint",
    namespace: "AWS/SageMaker",
    metrics: ["Invocation5XXErrors"],
    dimension: "EndpointName",
    means: byName,
  },
  "aws:sfn/stateMachine:StateMachine": {
    kind: "State machine",
    namespace: "AWS/States",
    metrics: ["ExecutionsFailed", "ExecutionsTimedOut"],
    dimension: "StateMachineArn",
    means: (value, { props }) => value.endsWith(`:stateMachine:${props["name"]}`),
  },
  "aws:sqs/queue:Queue": {
    kind: "Dead-letter queue",
    namespace: "AWS/SQS",
    metrics: ["ApproximateNumberOfMessagesVisible"],
    dimension: "QueueName",
    means: byName,
    // A queue that hands on what it can't deliver is watched where that ends.
    only: ({ props }) => !isGiven(props, "redrivePolicy"),
  },
};

/** The first failure of whatever works on a case is told: an analysis that nobody hears of is evidence that nobody sees. */
export const failuresRaiseAlarms: StackValidationPolicy = {
  name: "cloudwatch-failures-raise-alarms",
  description: "The first failure of a function, state machine or endpoint, and the first message in a dead-letter queue, must raise an alarm.",
  enforcementLevel: "mandatory",
  severity: "medium",
  framework: hipaa("164.308(a)(1)(ii)(D)", "164.308(a)(6)(ii)", "164.308(a)(7)(ii)(C)"),
  tags: ["cloudwatch", "incidents"],
  remediationSteps:
    "Use `PlatformFunction`, `CaseAnalysis`, `DeadLetterQueue` or an endpoint of ours, or add a MetricAlarm that goes off at 1 and tells the topic of alerts.",
  validateStack: ({ resources, notApplicable }, report) => {
    const judged = ofType(resources, ...Object.keys(failing)).filter((resource) => failing[resource.type]!.only?.(resource) ?? true);
    if (judged.length === 0) notApplicable("Nothing in the stack can fail so.");
    judgeEach(judged, (resource) => {
      const { kind, namespace, metrics, dimension, means } = failing[resource.type]!;
      const silent = metrics.filter((metric) => {
        const values = alarmsOn(resources, namespace, metric).map(({ props }) => (props["dimensions"] as Record<string, string> | undefined)?.[dimension]);
        return !values.some((value) => value !== undefined && means(value, resource));
      });
      if (silent.length > 0) report(`${kind} "${resource.name}" has no alarm that goes off when ${silent.join(" or ")} is 1.`, resource.urn);
    });
  },
};
