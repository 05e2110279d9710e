import type { Cloud } from "../../cloud.ts";
import { arn, physicalName, type ResourceType } from "../resource-type.ts";

/** SQS, EventBridge and CloudWatch Logs. */
export const messagingTypes: Record<string, ResourceType<Cloud>> = {
  "aws:sqs/queue:Queue": {
    computed: (inputs, place) => {
      const name = physicalName(inputs["name"], place);
      const url = `https://sqs.${place.region}.amazonaws.com/${place.accountId}/${name}`;
      return { id: url, url, name, arn: arn("sqs", place, name) };
    },
    live: (cloud, state) => cloud.sqs.putQueue(state as never),
  },
  "aws:sqs/queuePolicy:QueuePolicy": {
    computed: (inputs) => ({ id: String(inputs["queueUrl"]) }),
    live: (cloud, state) => cloud.iam.putResourcePolicy(cloud.sqs.arnOf(state["queueUrl"]), JSON.parse(state["policy"])),
  },
  "aws:cloudwatch/eventRule:EventRule": {
    computed: (inputs, place) => {
      const name = physicalName(inputs["name"], place);
      return { id: name, name, arn: arn("events", place, `rule/${name}`) };
    },
    live: (cloud, state) => cloud.events.putRule(state as never),
  },
  "aws:cloudwatch/eventTarget:EventTarget": {
    computed: (inputs, place) => {
      const targetId = physicalName(inputs["targetId"], place);
      return { id: `${inputs["rule"]}-${targetId}`, targetId };
    },
    // Topics are recorded only: nobody is told anything by e-mail here.
    live: (cloud, state) => {
      if (!String(state["arn"]).startsWith("arn:aws:sns:")) cloud.events.putTarget(state as never);
    },
  },
  // Functions and machines write their logs to files of the data folder; retention is AWS's matter.
  "aws:cloudwatch/logGroup:LogGroup": {
    computed: (inputs, place) => {
      const name = physicalName(inputs["name"], place);
      return { id: name, name, arn: arn("logs", place, `log-group:${name}`) };
    },
  },
};
