import * as aws from "@pulumi/aws";
import { type ResourceValidationPolicy, validateResourceOfType } from "@pulumi/policy";
import { hipaa } from "../../controls.ts";

/** Headers that let whoever has them act as somebody else. */
const credentials = ["authorization", "cookie"];

/** A firewall's log holds neither tokens nor cookies, with which whoever reads it could ask for videos, nor queries, which may be signed. */
export const logRedactsCredentials: ResourceValidationPolicy = {
  name: "wafv2-log-redacts-credentials",
  description: "Logs of web ACLs must leave out tokens, cookies and queries.",
  enforcementLevel: "mandatory",
  severity: "high",
  framework: hipaa("164.502(b)", "164.312(a)(1)", "164.312(d)"),
  tags: ["wafv2", "phi", "secrets"],
  remediationSteps: "Use WebFirewall, or give redactedFields queryString and a singleHeader each for authorization and cookie.",
  validateResource: validateResourceOfType(aws.wafv2.WebAclLoggingConfiguration, (logging, args, report) => {
    const fields = logging.redactedFields ?? [];
    const headers = fields.map(({ singleHeader }) => singleHeader?.name.toLowerCase());
    const shown = [
      ...credentials.filter((name) => !headers.includes(name)),
      ...(fields.some(({ queryString }) => queryString !== undefined) ? [] : ["queryString"]),
    ];
    if (shown.length > 0) report(`Log "${args.name}" shows ${shown.join(", ")}; redactedFields must name them.`);
  }),
};
