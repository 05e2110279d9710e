import type * as pulumi from "@pulumi/pulumi";

/**
 * What alarms have in common that tell people as soon as a metric is above a threshold for once, looked at every five minutes. What nobody
 * reported is no trouble: functions that don't run have no errors.
 */
export const alertAbove = (threshold: number, alertTopicArn: pulumi.Input<string>) => ({
  period: 300,
  evaluationPeriods: 1,
  threshold,
  comparisonOperator: "GreaterThanThreshold",
  treatMissingData: "notBreaching",
  alarmActions: [alertTopicArn],
});
