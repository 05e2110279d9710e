import type { StackValidationPolicy } from "@pulumi/policy";
import { hipaa } from "../../controls.ts";
import { requiredSchema } from "../../required.ts";
import { attempt, type Forbidden, judgeGuardrails } from "./guardrails.ts";

const root = { "aws:principalarn": "arn:aws:iam::111122223333:root" };
const plain = (action: string): Forbidden => ({ what: action, request: attempt(action) });

const forbidden: readonly Forbidden[] = [
  ...["s3:GetObject", "iam:CreateRole", "kms:Decrypt"].map((action) => ({ what: `${action} as root`, request: attempt(action, root) })),
  ...["iam:CreateAccessKey", "iam:CreateLoginProfile", "iam:CreateUser", "iam:DeleteRolePermissionsBoundary"].map(plain),
  { what: "a function's URL without sign-in", request: attempt("lambda:CreateFunctionUrlConfig", { "lambda:functionurlauthtype": "NONE" }) },
  { what: "taking the sign-in off a function's URL", request: attempt("lambda:UpdateFunctionUrlConfig", { "lambda:functionurlauthtype": "NONE" }) },
  ...["ec2:DisableEbsEncryptionByDefault", "ec2:DisableImageBlockPublicAccess", "ec2:DisableSnapshotBlockPublicAccess"].map(plain),
  ...["ec2:ModifyImageAttribute", "ec2:ModifySnapshotAttribute", "ram:CreateResourceShare"].map(plain),
];

/** Everybody who acts is somebody: nobody works as root, as a user with a password of AWS's, or past a role's boundary, and nothing opens to the public. */
export const guardrailsKnowEveryIdentity: StackValidationPolicy = {
  name: "organizations-guardrails-know-every-identity",
  description: "Service-control policies must deny working as root, making IAM users, unbinding roles and opening anything to the public.",
  enforcementLevel: "mandatory",
  severity: "critical",
  framework: hipaa("164.308(a)(3)(i)", "164.308(a)(4)(ii)(B)", "164.312(a)(1)", "164.312(a)(2)(i)", "164.312(d)"),
  tags: ["organizations", "guardrails", "access", "presence"],
  remediationSteps: "Add `Guardrails` for every account.",
  configSchema: requiredSchema,
  validateStack: (args, report) => {
    judgeGuardrails(args, report, () => forbidden);
  },
};
