import type { PolicyResource, StackValidationPolicy } from "@pulumi/policy";
import { ofType } from "../../accounts.ts";
import { hipaa } from "../../controls.ts";
import { judgeEach } from "../../given.ts";
import { refersTo } from "../../relations.ts";

/** Whether a trail delivers to a log group. The trail names it by an ARN that ends in `:*`. */
export const deliversTo = (trail: PolicyResource, group: PolicyResource): boolean => {
  const named: unknown = Object.getOwnPropertyDescriptor(trail.props, "cloudWatchLogsGroupArn")?.value;
  return refersTo(trail, "cloudWatchLogsGroupArn", group, ["arn"]) || named === `${group.props["arn"]}:*`;
};

/** No deployment, and no slip of a deployment, deletes the group that a trail delivers to. */
export const trailLogGroupOutlivesItsStack: StackValidationPolicy = {
  name: "cloudwatch-trail-log-group-outlives-its-stack",
  description: "Log groups that a trail delivers to must be protected from deletion.",
  enforcementLevel: "mandatory",
  severity: "high",
  framework: hipaa("164.312(b)", "164.312(c)(1)", "164.316(b)(2)(i)"),
  tags: ["cloudwatch", "audit"],
  remediationSteps: "Use `OrganizationTrail` with removal retain, or set the option protect, deletionProtectionEnabled or skipDestroy.",
  validateStack: ({ resources, notApplicable }, report) => {
    const trails = ofType(resources, "aws:cloudtrail/trail:Trail");
    const groups = ofType(resources, "aws:cloudwatch/logGroup:LogGroup").filter((group) => trails.some((trail) => deliversTo(trail, group)));
    if (groups.length === 0) notApplicable("No trail delivers to a log group of the stack.");
    judgeEach(groups, ({ name, urn, opts, props }) => {
      if (!opts.protect && props["deletionProtectionEnabled"] !== true && props["skipDestroy"] !== true)
        report(`Log group "${name}" of a trail can be deleted; it must have protect, deletionProtectionEnabled or skipDestroy.`, urn);
    });
  },
};
