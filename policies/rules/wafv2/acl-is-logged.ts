import type { StackValidationPolicy } from "@pulumi/policy";
import { hipaa } from "../../controls.ts";
import { lengthOf } from "../../given.ts";
import { refersTo } from "../../relations.ts";
import { judgeAll } from "../../subjects.ts";
import { acls } from "./acls.ts";

/** Every request that a firewall saw is logged: who tried what, let through or not. */
export const aclIsLogged: StackValidationPolicy = {
  name: "wafv2-acl-is-logged",
  description: "Web ACLs must log every request.",
  enforcementLevel: "mandatory",
  severity: "high",
  framework: hipaa("164.312(b)", "164.308(a)(1)(ii)(D)", "164.308(a)(6)(ii)"),
  tags: ["wafv2", "audit"],
  remediationSteps: "Use WebFirewall, or add a WebAclLoggingConfiguration whose loggingFilter drops nothing.",
  validateStack: (args, report) =>
    judgeAll(args, report, acls, (acl, say) => {
      const logging = args.resources.find(
        (resource) => resource.type === "aws:wafv2/webAclLoggingConfiguration:WebAclLoggingConfiguration" && refersTo(resource, "resourceArn", acl, ["arn"]),
      );
      if (logging === undefined || lengthOf(logging.props, "logDestinationConfigs") === 0)
        return say("logs nothing; it must have a WebAclLoggingConfiguration.");
      const { defaultBehavior, filters = [] } = (logging.props["loggingFilter"] ?? {}) as { defaultBehavior?: string; filters?: { behavior: string }[] };
      if (defaultBehavior === "DROP" || filters.some(({ behavior }) => behavior === "DROP"))
        say("leaves requests out of its log; loggingFilter must keep all.");
    }),
};
