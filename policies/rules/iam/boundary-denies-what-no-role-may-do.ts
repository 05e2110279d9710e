import type { StackValidationPolicy } from "@pulumi/policy";
import { hipaa } from "../../controls.ts";
import { approvedRegions } from "../../data/regions.ts";
import { statementsOf } from "../../documents.ts";
import { deniedBy } from "../../openings.ts";
import { isDeniedToHolder, type Request } from "../../requests.ts";
import { stranger } from "../../strangers.ts";
import { judgeAll } from "../../subjects.ts";
import { identityChanges } from "./escalations.ts";
import { isBoundary } from "./grants.ts";

interface Config {
  readonly regions: readonly string[];
}

const defaultRegions: readonly string[] = approvedRegions.names;

/** A Region of another continent, which no configuration of ours approves. */
const elsewhere = "eu-central-1";

/** What no role of an environment may do, by kind. What only some requests may not do carries the context of these. */
const forbidden: Readonly<Record<string, { readonly actions: readonly string[]; readonly context?: Request["context"] }>> = {
  "changes identities": { actions: identityChanges },
  "leaves the organisation": { actions: ["account:CloseAccount", "account:EnableRegion", "organizations:LeaveOrganization"] },
  "stops what watches": {
    actions: [
      "cloudtrail:DeleteTrail",
      "cloudtrail:PutEventSelectors",
      "cloudtrail:StopLogging",
      "cloudtrail:UpdateTrail",
      "config:DeleteConfigurationRecorder",
      "config:PutConfigurationRecorder",
      "config:StopConfigurationRecorder",
      "guardduty:DeleteDetector",
      "guardduty:DisassociateFromAdministratorAccount",
      "guardduty:StopMonitoringMembers",
      "guardduty:UpdateDetector",
      "logs:DeleteLogGroup",
      "logs:DeleteLogStream",
      "logs:DeleteRetentionPolicy",
      "logs:DisassociateKmsKey",
      "logs:PutRetentionPolicy",
      "securityhub:DeleteMembers",
      "securityhub:DisableSecurityHub",
      "securityhub:DisassociateFromAdministratorAccount",
    ],
  },
  "opens data to others": {
    actions: [
      "ec2:ModifyImageAttribute",
      "ec2:ModifySnapshotAttribute",
      "kms:DisableKey",
      "kms:PutKeyPolicy",
      "kms:ScheduleKeyDeletion",
      "lambda:AddLayerVersionPermission",
      "lambda:AddPermission",
      "s3:DeleteBucketPolicy",
      "s3:PutAccessPointPolicy",
      "s3:PutAccountPublicAccessBlock",
      "s3:PutBucketAcl",
      "s3:PutBucketPolicy",
      "s3:PutBucketPublicAccessBlock",
      "s3:PutObjectAcl",
      "s3:PutObjectVersionAcl",
      "sns:AddPermission",
      "sqs:AddPermission",
    ],
  },
  "reaches data of other organisations": {
    actions: [
      "dynamodb:PutItem",
      "ecr:BatchGetImage",
      "ecr:GetDownloadUrlForLayer",
      "kms:Encrypt",
      "lambda:InvokeFunction",
      "s3:PutObject",
      "sns:Publish",
      "sqs:SendMessage",
      "states:StartExecution",
    ],
    context: { "aws:resourceorgid": stranger["aws:principalorgid"] },
  },
};

/**
 * A boundary's allowances grow with the platform, and one line too wide opens what nobody looked at: so what no role may ever do is
 * denied besides, which holds against every allowance (IAM User Guide, "Policy evaluation logic").
 */
export const boundaryDeniesWhatNoRoleMayDo: StackValidationPolicy = {
  name: "iam-boundary-denies-what-no-role-may-do",
  description: "Permissions boundaries must deny changes of identities and of what watches, openings of data, and acts outside organisation and Regions.",
  enforcementLevel: "mandatory",
  severity: "high",
  framework: hipaa("164.308(a)(3)(i)", "164.308(a)(3)(ii)(A)", "164.308(a)(4)(ii)(A)", "164.308(a)(4)(ii)(B)", "164.308(b)(1)", "164.312(a)(1)", "164.312(b)"),
  tags: ["iam", "least-privilege", "escalation", "perimeter"],
  remediationSteps: "Make the boundary a PermissionsBoundary.",
  configSchema: { properties: { regions: { type: "array", items: { type: "string" }, minItems: 1, default: [...defaultRegions] } } },
  validateStack: (args, report) => {
    const { resources } = args;
    const { regions = defaultRegions } = args.getConfig<Partial<Config>>();
    judgeAll(args, report, { types: ["aws:iam/policy:Policy"], noun: "Boundary", where: (policy) => isBoundary(policy, resources) }, (policy, say) => {
      const statements = statementsOf(policy.props["policy"]);
      const possible = (actions: readonly string[], context: Request["context"]): string[] =>
        actions.filter((action) => !isDeniedToHolder(statements, { action, context, resource: "arn:aws:any:us-east-1:999999999999:thing" }));
      for (const [what, { actions, context = {} }] of Object.entries(forbidden)) {
        const open = possible(actions, context);
        if (open.length > 0) say(`does not deny what ${what}: ${open.join(", ")}.`);
      }
      const named = deniedBy(statements, "aws:requestedregion").filter((region) => !regions.includes(region));
      for (const region of [elsewhere, ...named]) {
        const open = possible(["dynamodb:CreateTable", "rekognition:StartSegmentDetection", "s3:CreateBucket"], { "aws:requestedregion": region });
        if (open.length > 0) say(`does not deny what acts in ${region}: ${open.join(", ")}.`);
      }
      const strange = deniedBy(statements, "aws:resourceorgid").filter((id) => !/^o-[a-z0-9]{10,32}$/.test(id));
      if (strange.length > 0) say(`names the organisation ${strange.join(", ")}, which is none.`);
    });
  },
};
