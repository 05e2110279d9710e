import type { Cloud } from "../../cloud.ts";
import { arn, hexOf, physicalName, type ResourceType, uuidOf } from "../resource-type.ts";

/** SNS, alarms, dashboards, autoscaling, code signing and ECS. */
export const operationsTypes: Record<string, ResourceType<Cloud>> = {
  "aws:sns/topic:Topic": {
    computed: (inputs, place) => {
      const name = physicalName(inputs["name"], place);
      const topicArn = arn("sns", place, name);
      return { id: topicArn, name, arn: topicArn, owner: place.accountId };
    },
  },
  "aws:sns/topicPolicy:TopicPolicy": { computed: (inputs, place) => ({ id: String(inputs["arn"]), owner: place.accountId }) },
  "aws:sns/topicSubscription:TopicSubscription": {
    computed: (inputs, place) => {
      const subscriptionArn = `${inputs["topic"]}:${uuidOf(place.urn)}`;
      return { id: subscriptionArn, arn: subscriptionArn, ownerId: place.accountId, pendingConfirmation: inputs["protocol"] === "email" };
    },
  },
  "aws:cloudwatch/dashboard:Dashboard": {
    computed: (inputs, place) => {
      const name = physicalName(inputs["dashboardName"], place);
      return { id: name, dashboardArn: `arn:aws:cloudwatch::${place.accountId}:dashboard/${name}` };
    },
  },
  "aws:appautoscaling/target:Target": {
    computed: (inputs, place) => ({
      id: String(inputs["resourceId"]),
      arn: arn("application-autoscaling", place, `scalable-target/${hexOf(place.urn, 34)}`),
      roleArn: `arn:aws:iam::${place.accountId}:role/aws-service-role/sagemaker.application-autoscaling.amazonaws.com/AWSServiceRoleForApplicationAutoScaling_SageMakerEndpoint`,
    }),
  },
  "aws:appautoscaling/policy:Policy": {
    computed: (inputs, place) => {
      const name = physicalName(inputs["name"], place);
      const resource = `scalingPolicy:${uuidOf(place.urn)}:resource/${inputs["serviceNamespace"]}/${inputs["resourceId"]}:policyName/${name}`;
      return { id: name, name, arn: arn("autoscaling", place, resource), alarmArns: [] };
    },
  },
  "aws:cloudwatch/metricAlarm:MetricAlarm": {
    computed: (inputs, place) => {
      const name = physicalName(inputs["name"], place);
      return { id: name, name, arn: arn("cloudwatch", place, `alarm:${name}`) };
    },
    live: (cloud, state) => cloud.cloudwatch.putAlarm(state["name"]),
  },
};
