import type { PolicyResource, StackValidationPolicy } from "@pulumi/policy";
import { hipaa } from "../../controls.ts";
import { isGiven } from "../../given.ts";
import { refersTo } from "../../relations.ts";
import { judgeAll } from "../../subjects.ts";
import { distributions } from "./distributions.ts";

/** Without these nobody can tell who asked for what, when, and whether they got it. */
const needed = ["date", "time", "c-ip", "cs-method", "cs-uri-stem", "sc-status"];
/** A query may hold a signature, a cookie lets whoever has it see videos, and a referrer tells what page somebody came from. */
const forbidden = ["cs-uri-query", "cs(Cookie)", "cs(Referer)"];

/**
 * Who asked for which page or video is logged, and no more. Logs of the older kind, `loggingConfig`, always hold queries (CloudFront Developer
 * Guide, "Standard logging reference"), so that only a delivery that names its fields counts.
 */
export const distributionLogsAccess: StackValidationPolicy = {
  name: "cloudfront-distribution-logs-access",
  description: "CloudFront distributions must deliver logs of access, without queries and cookies.",
  enforcementLevel: "mandatory",
  severity: "high",
  framework: hipaa("164.312(b)", "164.308(a)(1)(ii)(D)", "164.502(b)"),
  tags: ["cloudfront", "audit", "phi"],
  remediationSteps: "Use DistributionLog, or add a LogDeliverySource of ACCESS_LOGS with a LogDelivery whose recordFields hold no query, cookie or referrer.",
  validateStack: (args, report) =>
    judgeAll(args, report, distributions, (distribution, say) => {
      if (isGiven(distribution.props["loggingConfig"] as object | undefined, "bucket")) say("logs queries; it must not set loggingConfig.");
      const deliveries = deliveriesOf(distribution, args.resources);
      if (deliveries.length === 0) return say("delivers no log of access; it must have a LogDelivery.");
      for (const { name, props } of deliveries) {
        const fields = props["recordFields"] as string[] | undefined;
        if (fields === undefined) say(`logs every field by "${name}"; recordFields must name them.`);
        const [missing, revealing] =
          fields === undefined ? [[], []] : [needed.filter((field) => !fields.includes(field)), forbidden.filter((field) => fields.includes(field))];
        if (missing.length > 0) say(`does not log ${missing.join(", ")} by "${name}"; recordFields must hold them.`);
        if (revealing.length > 0) say(`logs ${revealing.join(", ")} by "${name}"; recordFields must not hold them.`);
      }
    }),
};

function deliveriesOf(distribution: PolicyResource, resources: readonly PolicyResource[]): PolicyResource[] {
  const sources = resources.filter(
    (resource) =>
      resource.type === "aws:cloudwatch/logDeliverySource:LogDeliverySource" &&
      resource.props["logType"] === "ACCESS_LOGS" &&
      refersTo(resource, "resourceArn", distribution, ["arn"]),
  );
  return resources.filter(
    (resource) =>
      resource.type === "aws:cloudwatch/logDelivery:LogDelivery" && sources.some((source) => refersTo(resource, "deliverySourceName", source, ["name"])),
  );
}
