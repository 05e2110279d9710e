import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import { PlatformComponent } from "../component.ts";
import { type Place, physicalName, regionalArn } from "../place.ts";

export interface PermissionsBoundaryArgs {
  /** The environment whose roles are bounded; without a boundary of its own, as this is it. */
  place: Place;
  /** Other Regions that roles act in: those that copies are kept in. */
  copyRegions: readonly string[];
}

/** A statement of the boundary. Only a Deny may say what it is not about. */
interface BoundaryStatement {
  readonly Sid: string;
  readonly Effect: "Allow" | "Deny";
  readonly Action?: readonly string[];
  readonly NotAction?: readonly string[];
  readonly Resource: readonly string[];
  readonly Condition?: Readonly<Record<string, Readonly<Record<string, string | readonly string[]>>>>;
}

/**
 * The most that any role of an environment may do, whatever its own policies say: what the platform's roles do, on what belongs to the
 * environment. A new kind of grant needs a line here, so that it is looked at twice. HIPAA 164.308(a)(3)(ii)(B), 164.308(a)(4)(ii)(B).
 *
 * It holds against mistakes and against whoever may write policies but not change the boundary; it grants nothing itself.
 */
export class PermissionsBoundary extends PlatformComponent {
  readonly arn: pulumi.Output<string>;

  constructor(name: string, { place, copyRegions }: PermissionsBoundaryArgs, opts?: pulumi.ComponentResourceOptions) {
    super("svp:identity:PermissionsBoundary", name, opts);
    const policy = new aws.iam.Policy(
      name,
      {
        name: physicalName(place, name),
        description: "The most that a role of this environment may do",
        policy: pulumi.jsonStringify({ Version: "2012-10-17", Statement: [...allowances(place, copyRegions), ...limits(place, copyRegions)] }),
      },
      this.child(),
    );
    this.arn = policy.arn;
    this.registerOutputs({ arn: this.arn });
  }
}

/** What roles do, service by service, each on the environment's own resources where IAM knows any. */
function allowances(place: Place, copyRegions: readonly string[]): BoundaryStatement[] {
  const own = (service: string, kind: string) => regionalArn(place, service, `${kind}${physicalName(place, "*")}`);
  const any = (service: string, resource: string) => regionalArn(place, service, resource);
  const everywhere = (service: string, resource: string) =>
    [place.region, ...copyRegions].map((region) => regionalArn({ ...place, region }, service, resource));
  return [
    allow(
      "Objects",
      "s3",
      [
        "AbortMultipartUpload",
        "GetBucket*",
        "GetEncryptionConfiguration",
        "GetObject*",
        "GetReplicationConfiguration",
        "ListBucket",
        "PutObject",
        "PutObjectVersionTagging",
        "ReplicateObject",
        "ReplicateTags",
      ],
      [`arn:aws:s3:::${physicalName(place, "*")}`],
    ),
    allow("Items", "dynamodb", ["GetItem", "PutItem", "Query", "UpdateItem"], [own("dynamodb", "table/")]),
    allow(
      "Keys",
      "kms",
      ["CreateGrant", "Decrypt", "DescribeKey", "Encrypt", "GenerateDataKey", "GetKeyPolicy", "GetKeyRotationStatus"],
      everywhere("kms", "key/*"),
    ),
    allow("Queues", "sqs", ["DeleteMessage", "GetQueueAttributes", "ReceiveMessage", "SendMessage"], [own("sqs", "")]),
    allow("Topics", "sns", ["Publish"], [own("sns", "")]),
    allow("Functions", "lambda", ["InvokeFunction"], [own("lambda", "function:")]),
    allow("Machines", "states", ["StartExecution"], [own("states", "stateMachine:")]),
    allow("Events", "events", ["PutEvents"], [any("events", "event-bus/default")]),
    allow("Rules", "events", ["DescribeRule", "PutRule", "PutTargets"], [any("events", "rule/StepFunctionsGetEventsFor*")]),
    allow("Transcoding", "mediaconvert", ["CancelJob", "CreateJob", "GetJob"], [any("mediaconvert", "*")]),
    allow("Tasks", "ecs", ["DescribeTasks", "RunTask", "StopTask"], [any("ecs", `task*/${physicalName(place, "*")}`)]),
    // The shared account's repositories; `OutsideOrganization` keeps the account within the organisation.
    allow("Images", "ecr", ["BatchCheckLayerAvailability", "BatchGetImage", "GetDownloadUrlForLayer"], [`arn:aws:ecr:${place.region}:*:repository/svp/*`]),
    allow(
      "Learning",
      "sagemaker",
      [
        "AddTags",
        "CreateApp",
        "CreateModelPackage",
        "CreatePresignedDomainUrl",
        "CreateProcessingJob",
        "CreateSpace",
        "CreateTrainingJob",
        "CreateTransformJob",
        "DeleteApp",
        "DeleteSpace",
        "InvokeEndpoint*",
        "StartPipelineExecution",
        "Stop*",
        "UpdateSpace",
      ],
      [any("sagemaker", "*")],
    ),
    allow("Logs", "logs", ["CreateLogStream", "DescribeLogStreams", "FilterLogEvents", "GetLogEvents", "PutLogEvents"], [any("logs", "log-group:*")]),
    allow("Roles", "iam", ["PassRole"], [`arn:aws:iam::${place.accountId}:role/${physicalName(place, "*")}`]),
    // These know no resources: networks, tokens, measures and traces, delivery of logs, what is analysed, what auditors look up.
    {
      Sid: "Unnamed",
      Effect: "Allow",
      Action: [
        ...actions("access-analyzer", ["List*"]),
        ...actions("cloudtrail", ["Describe*", "Get*", "LookupEvents"]),
        ...actions("cloudwatch", ["PutMetricData"]),
        ...actions("config", ["Describe*", "Get*", "List*"]),
        ...actions("ec2", ["AssignPrivateIpAddresses", "CreateNetworkInterface*", "DeleteNetworkInterface*", "Describe*", "UnassignPrivateIpAddresses"]),
        ...actions("ecr", ["GetAuthorizationToken"]),
        ...actions("guardduty", ["Get*", "List*"]),
        ...actions("iam", ["GenerateCredentialReport", "GetAccount*", "GetCredentialReport"]),
        ...actions(
          "logs",
          ["Create", "Delete", "Get", "Update"].map((verb) => `${verb}LogDelivery`),
        ),
        ...actions("logs", ["DescribeLogGroups", "DescribeResourcePolicies", "ListLogDeliveries", "PutResourcePolicy"]),
        ...actions("mediaconvert", ["Probe"]),
        ...actions("rekognition", ["Detect*", "Get*", "Start*"]),
        ...actions("sagemaker", ["List*", "Describe*"]),
        ...actions("securityhub", ["GetFindings"]),
        ...actions("xray", ["GetSampling*", "Put*"]),
      ],
      Resource: ["*"],
    },
  ];
}

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
      ...actions("s3", ["DeleteBucket*", "PutAccessPoint*", "PutAccount*", "PutBucket*", "PutObjectAcl", "PutObjectVersionAcl"]),
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

const actions = (service: string, names: readonly string[]): string[] => names.map((name) => `${service}:${name}`);

const allow = (Sid: string, service: string, names: readonly string[], Resource: readonly string[]): BoundaryStatement => ({
  Sid,
  Effect: "Allow",
  Action: actions(service, names),
  Resource,
});
