import type { PolicyResource, StackValidationPolicy } from "@pulumi/policy";
import { ofType } from "../../accounts.ts";
import { hipaa } from "../../controls.ts";
import { isGiven, judgeEach } from "../../given.ts";
import { refersTo } from "../../relations.ts";
import { alarmsOn, hasDimensions, namesMachine } from "./alarms.ts";

/** Whether the value of a metric's dimension means a resource. */
type Means = (value: string, resource: PolicyResource, resources: readonly PolicyResource[]) => boolean;

/** What fails: its metrics, and the dimensions by which they tell it from others. */
interface Failing {
  readonly kind: string;
  readonly namespace: string;
  readonly metrics: readonly string[];
  /** CloudWatch has a metric under all of its dimensions together, and under no others. */
  readonly dimensions: Readonly<Record<string, Means>>;
  readonly only?: (resource: PolicyResource) => boolean;
}

const byName: Means = (value, { props }) => value === props["name"];

const byVariant: Means = (value, endpoint, resources) =>
  ofType(resources, "aws:sagemaker/endpointConfiguration:EndpointConfiguration")
    .filter((configuration) => refersTo(endpoint, "endpointConfigName", configuration, ["name", "id"]))
    .some(({ props }) => (props["productionVariants"] as readonly { variantName?: string }[]).some(({ variantName }) => variantName === value));

/** User guides of the services: "CloudWatch metrics". */
const failing: Readonly<Record<string, Failing>> = {
  "aws:lambda/function:Function": { kind: "Function", namespace: "AWS/Lambda", metrics: ["Errors", "Throttles"], dimensions: { FunctionName: byName } },
  "aws:sagemaker/endpoint:Endpoint": {
    kind: "Endpoint",
    namespace: "AWS/SageMaker",
    metrics: ["Invocation5XXErrors"],
    dimensions: { EndpointName: byName, VariantName: byVariant },
  },
  "aws:sfn/stateMachine:StateMachine": {
    kind: "State machine",
    namespace: "AWS/States",
    metrics: ["ExecutionsFailed", "ExecutionsTimedOut"],
    dimensions: { StateMachineArn: namesMachine },
  },
  "aws:sqs/queue:Queue": {
    kind: "Dead-letter queue",
    namespace: "AWS/SQS",
    metrics: ["ApproximateNumberOfMessagesVisible"],
    dimensions: { QueueName: byName },
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
      const { kind, namespace, metrics, dimensions } = failing[resource.type]!;
      const meant = Object.fromEntries(Object.entries(dimensions).map(([key, means]) => [key, (value: string) => means(value, resource, resources)]));
      const silent = metrics.filter((metric) => !alarmsOn(resources, namespace, metric).some((alarm) => hasDimensions(alarm, meant)));
      if (silent.length > 0) report(`${kind} "${resource.name}" has no alarm that goes off when ${silent.join(" or ")} is 1.`, resource.urn);
    });
  },
};
