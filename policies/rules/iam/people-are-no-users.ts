import type { ResourceValidationPolicy } from "@pulumi/policy";
import { hipaa } from "../../controls.ts";

/** What a user of IAM is and has: password, keys, groups, policies. */
const userTypes = new Set(
  [
    "AccessKey",
    "Group",
    "GroupMembership",
    "GroupPolicy",
    "GroupPolicyAttachment",
    "ServiceSpecificCredential",
    "SigningCertificate",
    "SshKey",
    "User",
    "UserGroupMembership",
    "UserLoginProfile",
    "UserPolicy",
    "UserPolicyAttachment",
    "VirtualMfaDevice",
  ].map((name) => `aws:iam/${name[0]!.toLowerCase()}${name.slice(1)}:${name}`),
);

/** People come from the identity provider, and take roles for an hour: a user of IAM would be a second name of a person, with keys that do not end. */
export const peopleAreNoUsers: ResourceValidationPolicy = {
  name: "iam-people-are-no-users",
  description: "People and programs must be no users of IAM and have no access keys.",
  enforcementLevel: "mandatory",
  severity: "critical",
  framework: hipaa("164.308(a)(3)(i)", "164.308(a)(5)(ii)(D)", "164.312(a)(2)(i)", "164.312(a)(2)(iii)", "164.312(d)"),
  tags: ["iam", "authentication"],
  remediationSteps: "Let people take roles of WorkforceRoles, services a ServiceRole, and workflows a role of GitHubDeployRoles.",
  validateResource: ({ type, name, notApplicable }, report) => {
    if (!userTypes.has(type)) notApplicable("The resource is no user of IAM, and nothing that users have.");
    report(`"${name}" is ${type.split(":").at(-1)} of IAM users; there must be none.`);
  },
};
