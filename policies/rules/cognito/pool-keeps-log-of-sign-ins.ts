import type { StackValidationPolicy } from "@pulumi/policy";
import { hipaa } from "../../controls.ts";
import { isGiven } from "../../given.ts";
import { refersTo } from "../../relations.ts";
import { judgeAll } from "../../subjects.ts";
import { pools } from "./pools.ts";

/** Who signed in, from where, and who tried to, is kept beyond the console's own list. */
export const poolKeepsLogOfSignIns: StackValidationPolicy = {
  name: "cognito-pool-keeps-log-of-sign-ins",
  description: "Cognito user pools must deliver the log of sign-ins.",
  enforcementLevel: "mandatory",
  severity: "high",
  framework: hipaa("164.308(a)(5)(ii)(C)", "164.308(a)(1)(ii)(D)", "164.312(b)"),
  tags: ["cognito", "audit"],
  remediationSteps: "Use SignIn, or add a LogDeliveryConfiguration of userAuthEvents at INFO.",
  validateStack: (args, report) =>
    judgeAll(args, report, pools, (pool, say) => {
      const deliveries = args.resources
        .filter(
          (resource) => resource.type === "aws:cognito/logDeliveryConfiguration:LogDeliveryConfiguration" && refersTo(resource, "userPoolId", pool, ["id"]),
        )
        .flatMap(({ props }) => (props["logConfigurations"] ?? []) as Delivery[]);
      if (!deliveries.some(keepsSignIns)) say("keeps no log of sign-ins; it must deliver userAuthEvents at INFO.");
    }),
};

interface Delivery {
  readonly eventSource?: string;
  readonly logLevel?: string;
  readonly cloudWatchLogsConfiguration?: object;
  readonly s3Configuration?: object;
  readonly firehoseConfiguration?: object;
}

const keepsSignIns = (delivery: Delivery): boolean =>
  delivery.eventSource === "userAuthEvents" &&
  delivery.logLevel === "INFO" &&
  (isGiven(delivery.cloudWatchLogsConfiguration, "logGroupArn") ||
    isGiven(delivery.s3Configuration, "bucketArn") ||
    isGiven(delivery.firehoseConfiguration, "streamArn"));
