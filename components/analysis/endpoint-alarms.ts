import * as aws from "@pulumi/aws";
import type * as pulumi from "@pulumi/pulumi";
import { variantName } from "./serving-model.ts";

export interface EndpointAlarmsArgs {
  endpointName: string;
  alertTopicArn: pulumi.Input<string>;
  /** Milliseconds that 99 of 100 answers take at most. */
  slowestMilliseconds: number;
}

const microseconds = 1000;

/** Alarms on what an endpoint's callers notice: errors, and answers that take too long. A deployment that raises one is rolled back. */
export function endpointAlarms(
  childName: (suffix: string) => string,
  { endpointName, alertTopicArn, slowestMilliseconds }: EndpointAlarmsArgs,
  opts: pulumi.CustomResourceOptions,
): { names: pulumi.Output<string>[]; plainNames: readonly string[] } {
  const common = {
    namespace: "AWS/SageMaker",
    dimensions: { EndpointName: endpointName, VariantName: variantName },
    period: 60,
    evaluationPeriods: 3,
    datapointsToAlarm: 2,
    comparisonOperator: "GreaterThanThreshold",
    treatMissingData: "notBreaching",
    alarmActions: [alertTopicArn],
  };
  const errors = new aws.cloudwatch.MetricAlarm(
    childName("errors"),
    { ...common, name: `${endpointName}-errors`, alarmDescription: "The endpoint fails.", metricName: "Invocation5XXErrors", statistic: "Sum", threshold: 0 },
    opts,
  );
  const latency = new aws.cloudwatch.MetricAlarm(
    childName("latency"),
    {
      ...common,
      name: `${endpointName}-latency`,
      alarmDescription: `One answer in a hundred takes longer than ${slowestMilliseconds} ms.`,
      metricName: "ModelLatency",
      extendedStatistic: "p99",
      threshold: slowestMilliseconds * microseconds,
    },
    opts,
  );
  return { names: [errors.name, latency.name], plainNames: [`${endpointName}-errors`, `${endpointName}-latency`] };
}
