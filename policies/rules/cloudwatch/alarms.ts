import type { PolicyResource } from "@pulumi/policy";

/** The types of alarms, and what the actions of each are called. */
export const alarmTypes: Readonly<Record<string, string>> = {
  "aws:cloudwatch/compositeAlarm:CompositeAlarm": "Composite alarm",
  "aws:cloudwatch/metricAlarm:MetricAlarm": "Alarm",
};

/** Whether an alarm does something: it has actions, whose ARNs a preview need not know yet, and they are not switched off. */
export function acts(props: object): boolean {
  const raw = (key: string): unknown => Object.getOwnPropertyDescriptor(props, key)?.value;
  const actions = raw("alarmActions");
  return Array.isArray(actions) && actions.length > 0 && raw("actionsEnabled") !== false;
}

/** Whether an alarm goes off when its metric is 1 in one period. */
export function goesOffAtOne({ props }: PolicyResource): boolean {
  const { comparisonOperator, threshold, statistic } = props;
  // An average of many is less than one of them.
  if (statistic !== "Sum" && statistic !== "Maximum") return false;
  return comparisonOperator === "GreaterThanThreshold" ? threshold < 1 : comparisonOperator === "GreaterThanOrEqualToThreshold" && threshold <= 1;
}

/** The alarms on a metric that do something when it is 1. */
export const alarmsOn = (resources: readonly PolicyResource[], namespace: unknown, metricName: unknown): PolicyResource[] =>
  resources.filter(
    (alarm) =>
      alarm.type === "aws:cloudwatch/metricAlarm:MetricAlarm" &&
      alarm.props["namespace"] === namespace &&
      alarm.props["metricName"] === metricName &&
      acts(alarm.props) &&
      goesOffAtOne(alarm),
  );

/** Whether an alarm's metric has these dimensions and no others, each with a value that is meant. */
export function hasDimensions({ props }: PolicyResource, meant: Readonly<Record<string, (value: string) => boolean>>): boolean {
  const given = Object.entries((props["dimensions"] ?? {}) as Record<string, string>);
  return given.length === Object.keys(meant).length && given.every(([key, value]) => meant[key]?.(value) ?? false);
}

/** Whether the value of the dimension `StateMachineArn`, which a program writes out, means a state machine. */
export const namesMachine = (value: string, { props }: PolicyResource): boolean => value.endsWith(`:stateMachine:${props["name"]}`);
