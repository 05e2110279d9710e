import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import { PlatformComponent } from "../component.ts";
import { type Place, physicalName } from "../place.ts";
import { actions, type BoundaryStatement } from "./boundary-statement.ts";
import { upkeepAllowances } from "./upkeep-allowances.ts";
import { workloadAllowances } from "./workload-allowances.ts";

/** Whose roles a boundary is for: those of the platform itself, or of the AWS services that back it up and scan it. */
export type Bounded = "workload" | "upkeep";

export interface PermissionsBoundaryArgs {
  bounds: Bounded;
  /** The environment whose roles are bounded; without a boundary of its own, as this is it. */
  place: Place;
  /** Other Regions that roles act in: those that copies are kept in. */
  copyRegions: readonly string[];
  /** Whether Rekognition may say what it sees, in labels. @default false */
  labels?: boolean;
  /** ARNs of the models of Bedrock that may be asked. @default none */
  models?: readonly string[];
  /** Whether a guardrail stands before a language model. @default false */
  guardrail?: boolean;
  /** ARNs of roles of other accounts that may be taken. @default none */
  roles?: readonly string[];
}

/**
 * The most that any role of an environment may do, whatever its own policies say: what such roles do, on what belongs to the
 * environment. A new kind of grant needs a line here, so that it is looked at twice. HIPAA 164.308(a)(3)(ii)(B), 164.308(a)(4)(ii)(B).
 *
 * It holds against mistakes and against whoever may write policies but not change the boundary; it grants nothing itself.
 */
export class PermissionsBoundary extends PlatformComponent {
  readonly arn: pulumi.Output<string>;

  constructor(
    name: string,
    { place, bounds, copyRegions, labels = false, models = [], guardrail = false, roles = [] }: PermissionsBoundaryArgs,
    opts?: pulumi.ComponentResourceOptions,
  ) {
    super("svp:identity:PermissionsBoundary", name, opts);
    const policy = new aws.iam.Policy(
      name,
      {
        name: physicalName(place, name),
        description: "The most that a role of this environment may do",
        policy: pulumi.jsonStringify({
          Version: "2012-10-17",
          Statement: [...allowances[bounds](place, copyRegions, { labels, models, guardrail, roles }), ...limits(place, copyRegions)].map(unnamed),
        }),
      },
      this.child(),
    );
    this.arn = policy.arn;
    this.registerOutputs({ arn: this.arn });
  }
}

/** Names of statements are for whoever reads this program: in the policy they would use up the characters that IAM allows. */
const unnamed = ({ Sid: _, ...statement }: BoundaryStatement): Omit<BoundaryStatement, "Sid"> => statement;

const allowances = { workload: workloadAllowances, upkeep: upkeepAllowances };

/**
 * What no role does even where another policy would let it. Conditions of the last two hold only for requests that carry the key: a Deny
 * whose key is missing would otherwise hold for all (IAM User Guide, "Condition operators: negated matching").
 */
function limits(place: Place, copyRegions: readonly string[]): BoundaryStatement[] {
  const deny = (Sid: string, Action: readonly string[], Condition?: BoundaryStatement["Condition"]): BoundaryStatement => ({
    Sid,
    Effect: "Deny",
    Action,
    Resource: ["*"],
    ...(Condition && { Condition }),
  });
  const unless = (key: string, values: readonly string[]) => ({ StringNotEquals: { [key]: values }, Null: { [key]: "false" } });
  return [
    deny("Identities", actions("iam", ["Add*", "Attach*", "Create*", "Delete*", "Detach*", "Put*", "Remove*", "Set*", "Update*", "Upload*"])),
    deny("Organization", ["account:*", "organizations:*"]),
    deny("AuditTrail", [
      ...actions("cloudtrail", ["Delete*", "Put*", "Stop*", "Update*"]),
      ...actions("config", ["Delete*", "Put*", "Stop*"]),
      ...actions("guardduty", ["Delete*", "Disassociate*", "Stop*", "Update*"]),
      ...actions("logs", ["DeleteLogGroup", "DeleteLogStream", "DeleteRetentionPolicy", "DisassociateKmsKey", "PutRetentionPolicy"]),
      ...actions("securityhub", ["Delete*", "Disable*", "Disassociate*"]),
    ]),
    deny("PublicSharing", [
      ...actions("s3", ["DeleteBucketPolicy", "PutAccessPoint*", "PutAccount*", "PutBucketAcl", "PutBucketP*", "PutObjectAcl", "PutObjectVersionAcl"]),
      ...actions("kms", ["Disable*", "PutKeyPolicy", "ScheduleKeyDeletion"]),
      ...["ec2:Modify*Attribute", "lambda:Add*Permission", "sns:AddPermission", "sqs:AddPermission"],
    ]),
    deny(
      "OutsideOrganization",
      ["dynamodb:*", "ecr:Batch*", "ecr:GetDownloadUrlForLayer", "kms:*", "lambda:Invoke*", "s3:*", "sns:*", "sqs:*", "states:*"],
      unless("aws:ResourceOrgID", [place.organizationId]),
    ),
    {
      Sid: "OtherRegions",
      Effect: "Deny",
      // Global: its only Region is us-east-1.
      NotAction: ["iam:*"],
      Resource: ["*"],
      Condition: unless("aws:RequestedRegion", [place.region, ...copyRegions]),
    },
  ];
}
