import type { ResourceValidationPolicy } from "@pulumi/policy";
import { hipaa } from "../../controls.ts";
import { isGiven, knownText } from "../../given.ts";
import { roleType } from "./grants.ts";

interface Config {
  readonly approved: readonly string[];
}

const attachments = new Set(["PolicyAttachment", "RolePolicyAttachment"].map((name) => `aws:iam/${name[0]!.toLowerCase()}${name.slice(1)}:${name}`));
const lists: Readonly<Record<string, string>> = {
  [roleType]: "managedPolicyArns",
  "aws:iam/rolePolicyAttachmentsExclusive:RolePolicyAttachmentsExclusive": "policyArns",
};

/** AWS's managed policies are written for everybody, grant on every resource, and change without notice (IAM User Guide, "AWS managed policies"). */
export const roleHasPoliciesOfItsOwn: ResourceValidationPolicy = {
  name: "iam-role-has-policies-of-its-own",
  description: "IAM roles must have policies of this program, which can be judged, and not AWS's.",
  enforcementLevel: "mandatory",
  severity: "high",
  framework: hipaa("164.308(a)(3)(i)", "164.308(a)(4)(ii)(B)", "164.308(a)(4)(ii)(C)", "164.308(a)(8)", "164.312(a)(1)"),
  tags: ["iam", "least-privilege"],
  remediationSteps: "Write what the holder needs into the statements of its ServiceRole, or approve the ARN in the setting approved.",
  configSchema: { properties: { approved: { type: "array", items: { type: "string" }, default: [] } } },
  validateResource: ({ type, name, props, getConfig, notApplicable }, report) => {
    const list = lists[type];
    if (!attachments.has(type) && list === undefined) notApplicable("The resource attaches no policy to a role.");
    const { approved = [] } = getConfig<Partial<Config>>();
    // A policy that is yet to be made is one of the program.
    const arns =
      list === undefined
        ? [knownText(props, "policyArn") ?? ""]
        : isGiven(props, list)
          ? Object.keys(props[list] as object).map((i) => knownText(props[list] as object, i) ?? "")
          : [];
    const foreign = arns.filter((arn) => /^arn:[\w-]+:iam::aws:/.test(arn) && !approved.includes(arn));
    if (foreign.length > 0) report(`"${name}" attaches ${foreign.join(", ")}; it must have policies of its own.`);
  },
};
