import { type Place, physicalName, regionalArn } from "../place.ts";
import { actions, allow, type BoundaryStatement } from "./boundary-statement.ts";

/** What only some environments reach: labels of Rekognition, models of Bedrock, roles of other accounts. */
export interface Reach {
  readonly labels: boolean;
  readonly models: readonly string[];
  readonly guardrail: boolean;
  readonly roles: readonly string[];
}

/** What roles of the platform itself do, service by service, each on the environment's own resources where IAM knows any. */
export function workloadAllowances(place: Place, copyRegions: readonly string[], { labels, models, guardrail, roles }: Reach): BoundaryStatement[] {
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
        "DeleteObject",
        "DeleteObjectVersion",
        "GetBucket*",
        "GetEncryptionConfiguration",
        "GetObject*",
        "GetReplicationConfiguration",
        "ListBucket*",
        "ListMultipartUploadParts",
        "PutObject",
        "PutObjectVersionTagging",
        "ReplicateObject",
        "ReplicateTags",
      ],
      [`arn:aws:s3:::${physicalName(place, "*")}`],
    ),
    allow("Items", "dynamodb", ["BatchGetItem", "BatchWriteItem", "DeleteItem", "GetItem", "PutItem", "Query", "UpdateItem"], [own("dynamodb", "table/")]),
    allow(
      "Keys",
      "kms",
      ["CreateGrant", "Decrypt", "DescribeKey", "Encrypt", "GenerateDataKey", "GetKeyPolicy", "GetKeyRotationStatus"],
      everywhere("kms", "key/*"),
    ),
    // One statement for all whose resources tell the services apart: a policy has 6144 characters.
    {
      Sid: "Own",
      Effect: "Allow",
      Action: [
        ...actions("lambda", ["InvokeFunction"]),
        ...actions("secretsmanager", ["GetSecretValue"]),
        ...actions("sns", ["Publish"]),
        ...actions("sqs", ["*MessageMoveTask*", "DeleteMessage", "GetQueueAttributes", "ReceiveMessage", "SendMessage"]),
      ],
      Resource: [own("lambda", "function:"), own("secretsmanager", "secret:"), own("sns", ""), own("sqs", "")],
    },
    allow("Machines", "states", ["ListExecutions", "StartExecution"], [own("states", "stateMachine:")]),
    allow(
      "Executions",
      "states",
      ["DescribeExecution", "DescribeMapRun", "GetExecutionHistory", "ListMapRuns", "RedriveExecution", "StopExecution"],
      [own("states", "execution:"), own("states", "mapRun:")],
    ),
    allow("Events", "events", ["PutEvents"], [any("events", "event-bus/default")]),
    allow("Rules", "events", ["DescribeRule", "PutRule", "PutTargets"], [any("events", "rule/StepFunctionsGetEventsFor*")]),
    ...(models.length === 0 ? [] : [allow("Models", "bedrock", ["InvokeModel"], models)]),
    ...(guardrail ? [allow("Guardrails", "bedrock", ["ApplyGuardrail"], [any("bedrock", "guardrail/*")])] : []),
    ...(roles.length === 0 ? [] : [allow("OtherAccounts", "sts", ["AssumeRole"], roles)]),
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
        "CreateEndpointConfig",
        // Models, and versions of them in the registry.
        "CreateModel*",
        "CreatePresignedDomainUrl",
        "CreateProcessingJob",
        "CreateSpace",
        // Training and transform: a policy has 6144 characters.
        "CreateTra*Job",
        "DeleteApp",
        "DeleteEndpointConfig",
        "DeleteModel",
        "DeleteSpace",
        "InvokeEndpoint*",
        "StartPipelineExecution",
        "Stop*",
        "UpdateEndpoint",
        // Approving is a person's word, which one function hands on; another role may reject, and no role else is granted it.
        "UpdateModelPackage",
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
        ...actions("cloudwatch", ["DescribeAlarms", "PutMetricData"]),
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
        ...actions("rekognition", ["DetectText", "GetSegmentDetection", "StartSegmentDetection"]),
        ...(labels ? actions("rekognition", ["GetLabelDetection", "StartLabelDetection"]) : []),
        ...actions("sagemaker", ["List*", "Describe*"]),
        ...actions("securityhub", ["GetFindings"]),
        ...actions("xray", ["GetSampling*", "Put*"]),
      ],
      Resource: ["*"],
    },
  ];
}
