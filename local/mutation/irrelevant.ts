import type { Mutant } from "./mutants.ts";
import type { MutationKind } from "./mutation.ts";

/** Mutants that are no harm to what the Security Rule protects, and why. */
export interface Irrelevance {
  /** Type tokens; `*` stands for any characters. */
  readonly types: readonly string[];
  /** Type tokens that are meant otherwise. */
  readonly except?: readonly string[];
  /** Logical names of the resources, `*` for any characters; all, if left out. */
  readonly names?: readonly string[];
  /**
   * Paths without indices, and everything below them: `*` stands for one step, `**.` for any number, `$` ends the path there.
   * An empty path is everything of the resource, `$` the resource as a whole.
   */
  readonly paths: readonly string[];
  /** Only such mutations; all, if left out. */
  readonly kinds?: readonly MutationKind[];
  /** A sentence. */
  readonly reason: string;
}

/** Day on which the list was last gone through. */
export const irrelevantAsOf = "2026-11-27";

const lessIsDone = "Without it the platform does less than it should, and nothing that it protects is open.";
const course = "The course of an analysis is proven by tests of the state machine and end to end; a wrong turn opens no data to anybody.";
const refused = "AWS refuses it: the deployment fails, and nothing is changed.";
const anchor = "It is what others are attached to: without it they have no subject, or are refused.";

/** A part of a state machine's definition, wherever it stands. */
const ofState = (name: string): string => `definition.**.${name}`;
/** A part of a pipeline's definition, wherever it stands. */
const within = (name: string): string => `pipelineDefinition.**.${name}`;

export const irrelevant: readonly Irrelevance[] = [
  // What things are called.
  {
    types: ["*"],
    except: ["aws:guardduty/*", "aws:cfg/recorderStatus:RecorderStatus"],
    paths: ["name"],
    reason: "What a thing is called opens nothing; a rule of its own keeps names free of what tells of patients.",
  },
  {
    types: ["*"],
    paths: [
      "description",
      "comment",
      "alarmDescription",
      "policyName",
      "analyzerName",
      "statementId",
      "targetId",
      "namePrefix",
      "tags.Name",
      "modelPackageGroupName",
      "modelPackageGroupDescription",
      "pipelineName",
    ],
    reason: "Words for people.",
  },
  {
    types: ["aws:s3/bucketLifecycleConfiguration:BucketLifecycleConfiguration", "aws:s3/bucketReplicationConfig:BucketReplicationConfig"],
    paths: ["rules[].id", "rules[].priority"],
    reason: "Tells rules apart, of which there is one.",
  },
  { types: ["aws:backup/plan:Plan"], paths: ["rules[].ruleName"], reason: "Words for people." },
  { types: ["aws:wafv2/webAcl:WebAcl"], paths: ["rules[].name", "**.metricName"], reason: "Words for people." },
  { types: ["aws:cloudtrail/trail:Trail"], paths: ["advancedEventSelectors[].name"], reason: "Words for people." },
  {
    types: ["aws:cloudwatch/logAccountPolicy:LogAccountPolicy"],
    paths: ["policyDocument.Name", "policyDocument.Statement[].Sid"],
    reason: "Words for people.",
  },
  {
    types: ["aws:cloudtrail/trail:Trail", "aws:cfg/deliveryChannel:DeliveryChannel", "aws:s3/bucketLogging:BucketLogging"],
    paths: ["s3KeyPrefix", "targetPrefix"],
    reason: "Under what prefix records lie opens nothing; the bucket takes them under the one that it expects only.",
  },
  {
    types: [
      "aws:iam/*",
      "aws:s3/bucketPolicy:BucketPolicy",
      "aws:kms/key:Key",
      "aws:s*/*Policy",
      "aws:sqs/*",
      "aws:ec2/vpcEndpoint:VpcEndpoint",
      "aws:ec*/*Policy",
      "aws:backup/vaultPolicy:VaultPolicy",
      "aws:organizations/policy:Policy",
      "aws:cloudwatch/logAccountPolicy:LogAccountPolicy",
    ],
    paths: ["**.Version"],
    reason: "The older version of the language only lacks variables, which no policy here has.",
  },
  {
    types: ["*"],
    except: ["pulumi:*"],
    paths: ["region"],
    kinds: ["removed", "ignored"],
    reason: "What says no Region lies in its provider's, which is the same and is judged; AWS moves nothing to another.",
  },

  {
    types: [
      "aws:s3/bucketPolicy:BucketPolicy",
      "aws:sns/topicPolicy:TopicPolicy",
      "aws:sqs/queuePolicy:QueuePolicy",
      "aws:sagemaker/modelPackageGroupPolicy:ModelPackageGroupPolicy",
    ],
    paths: ["policy.Statement[].Resource", "resourcePolicy.Statement[].Resource"],
    kinds: ["widened"],
    reason: "The policy of a resource is about that resource, whatever it names.",
  },
  {
    types: ["aws:sagemaker/modelPackageGroupPolicy:ModelPackageGroupPolicy"],
    paths: ["resourcePolicy.Statement[].Condition", "resourcePolicy.Statement[].Principal"],
    kinds: ["removed", "widened"],
    reason: "The accounts that it names and the organisation each keep strangers out, and the other is left; without both is judged.",
  },
  {
    types: ["aws:sagemaker/modelPackageGroupPolicy:ModelPackageGroupPolicy"],
    paths: ["$"],
    kinds: ["gone"],
    reason: "Without it no other account sees a version.",
  },
  { types: ["aws:iam/role:Role"], paths: ["maxSessionDuration"], kinds: ["removed"], reason: "Left out, AWS takes the same hour." },
  {
    types: ["aws:cognito/userPoolClient:UserPoolClient"],
    paths: ["accessTokenValidity", "idTokenValidity", "authSessionValidity"],
    kinds: ["removed"],
    reason: "Left out, AWS takes an hour for tokens and three minutes for signing in, which is no more.",
  },

  // How much, how fast, when.
  {
    types: ["aws:cloudwatch/metricAlarm:MetricAlarm"],
    names: ["*-throttled", "*-queue-waiting", "inference-latency"],
    paths: [""],
    reason: "Tells that work is slow, and of no failure.",
  },
  { types: ["aws:kms/key:Key"], paths: ["deletionWindowInDays"], kinds: ["removed"], reason: "Left out, AWS waits the same 30 days." },
  { types: ["aws:ec2/vpc:Vpc"], paths: ["enableDnsSupport"], kinds: ["removed"], reason: "Left out, a network has its DNS just so." },
  {
    types: ["aws:ec2/vpcEndpoint:VpcEndpoint"],
    names: ["network-endpoints-s3", "network-endpoints-dynamodb"],
    paths: ["vpcEndpointType"],
    kinds: ["removed"],
    reason: "Left out, an endpoint is a gateway just so.",
  },
  {
    types: ["aws:ec2/defaultSecurityGroup:DefaultSecurityGroup"],
    paths: ["ingress", "egress"],
    kinds: ["removed"],
    reason: "Left out, the provider takes every entry away just so.",
  },
  {
    types: ["aws:ec2/subnet:Subnet"],
    names: ["a", "b", "c"].flatMap((zone) => [`network-isolated-${zone}`, `network-private-${zone}`]),
    paths: ["tags"],
    kinds: ["removed", "replaced"],
    reason: "Only what the internet reaches need say so.",
  },
  {
    types: ["aws:cognito/userPool:UserPool"],
    paths: ["accountRecoverySetting.recoveryMechanisms[].priority"],
    reason: "Orders mechanisms, of which there is one.",
  },
  { types: ["aws:sfn/stateMachine:StateMachine"], paths: ["type"], kinds: ["removed"], reason: "Left out, a machine is of type STANDARD just so." },
  { types: ["aws:cfg/recorder:Recorder"], paths: ["recordingMode"], kinds: ["removed"], reason: "Left out, Config records changes all the time just so." },
  { types: ["aws:cfg/recorder:Recorder"], paths: ["recordingGroup.allSupported"], kinds: ["removed"], reason: "Left out, Config records every type just so." },
  {
    types: ["aws:cfg/recorder:Recorder"],
    names: ["management", "log-archive", "audit", "services"].map((account) => `${account}-recorder-us-west-2`).concat("recorder-us-west-2"),
    paths: ["recordingGroup$", "recordingGroup.includeGlobalResourceTypes"],
    kinds: ["removed", "negated"],
    reason: "Away from home, what belongs to no Region is recorded once more, or not again.",
  },
  { types: ["aws:accessanalyzer/analyzer:Analyzer"], paths: ["configuration"], kinds: ["removed"], reason: "Left out, an analyzer takes the same 90 days." },
  {
    types: ["aws:cloudtrail/trail:Trail"],
    paths: ["enableLogging", "includeGlobalServiceEvents"],
    kinds: ["removed"],
    reason: "Left out, a trail is on, and records global services, just so.",
  },
  { types: ["aws:guardduty/detector:Detector"], paths: ["enable"], kinds: ["removed"], reason: "Left out, a detector is on just so." },
  { types: ["aws:macie2/account:Account"], paths: ["status"], kinds: ["removed"], reason: "Left out, Macie is on just so." },
  {
    types: ["aws:macie2/classificationJob:ClassificationJob"],
    paths: ["samplingPercentage"],
    kinds: ["removed"],
    reason: "Left out, every object is looked into.",
  },
  {
    types: ["aws:macie2/classificationJob:ClassificationJob"],
    paths: ["scheduleFrequency.monthlySchedule"],
    kinds: ["changed"],
    reason: "Is about the day of the month.",
  },
  { types: ["aws:organizations/policy:Policy"], paths: ["type"], kinds: ["removed"], reason: "Left out, a policy is a service-control policy just so." },
  {
    types: ["aws:securityhub/account:Account"],
    paths: ["controlFindingGenerator", "enableDefaultStandards"],
    kinds: ["removed", "replaced", "negated"],
    reason: "A finding for each standard, and more standards, hide nothing.",
  },
  { types: ["aws:securityhub/account:Account"], paths: ["autoEnableControls"], kinds: ["removed"], reason: "Left out, new controls are on just so." },
  {
    types: ["aws:securityhub/configurationPolicy:ConfigurationPolicy"],
    paths: ["configurationPolicy.securityControlsConfiguration"],
    kinds: ["removed"],
    reason: "Left out, no control is switched off.",
  },
  {
    types: ["pulumi:providers:aws"],
    paths: ["assumeRoles"],
    kinds: ["removed"],
    reason: "Without a role the provider takes the credentials of whoever runs it, and still makes sure of the account.",
  },
  {
    types: ["aws:backup/restoreTestingPlan:RestoreTestingPlan"],
    paths: ["recoveryPointSelection.algorithm", "recoveryPointSelection.selectionWindowDays"],
    reason: "Is about which of the last backups is tried.",
  },
  {
    types: ["aws:cloudwatch/logAccountPolicy:LogAccountPolicy"],
    paths: ["policyDocument.Statement[].Operation.Audit.FindingsDestination"],
    kinds: ["removed"],
    reason: refused,
  },
  {
    types: ["aws:guardduty/malwareProtectionPlan:MalwareProtectionPlan"],
    paths: ["protectedResource.s3Bucket.objectPrefixes$"],
    kinds: ["removed"],
    reason: "Left out, the whole bucket is scanned.",
  },
  {
    types: ["aws:backup/plan:Plan"],
    paths: ["rules[].lifecycle", "rules[].copyActions[].lifecycle"],
    kinds: ["removed"],
    reason: "A backup whose end nobody names is kept for good, which costs more and loses nothing; how early it may end is judged.",
  },
  {
    types: ["aws:backup/vaultLockConfiguration:VaultLockConfiguration"],
    paths: ["maxRetentionDays"],
    reason: "How long a backup may be kept at most is a matter of cost; how long at least is judged.",
  },
  {
    types: [
      "aws:appautoscaling/*",
      "aws:costexplorer/*",
      "aws:cloudwatch/dashboard:Dashboard",
      "aws:ecr/lifecyclePolicy:LifecyclePolicy",
      "aws:mediaconvert/queue:Queue",
    ],
    paths: [""],
    reason: "Is about speed, cost and looks.",
  },
  {
    types: ["aws:budgets/budget:Budget"],
    paths: ["budgetType", "limitAmount", "limitUnit", "notifications", "timeUnit"],
    reason: "How much may be spent is no concern of the Security Rule.",
  },
  {
    types: ["aws:lambda/function:Function"],
    paths: ["memorySize", "timeout", "architectures", "handler"],
    reason: "Is about speed, or the function fails.",
  },
  {
    types: ["aws:lambda/functionRecursionConfig:FunctionRecursionConfig"],
    paths: ["recursiveLoop"],
    reason: "Is about loops, which cost, and tell nobody anything.",
  },
  { types: ["aws:lambda/eventSourceMapping:EventSourceMapping"], paths: ["batchSize", "scalingConfig"], reason: "Is about speed." },
  {
    types: ["aws:sagemaker/endpoint:Endpoint", "aws:sagemaker/endpointConfiguration:EndpointConfiguration"],
    paths: ["deploymentConfig", "productionVariants[].initialVariantWeight", "productionVariants[].variantName"],
    reason: "Is about speed, and about how a new model takes over.",
  },
  {
    types: ["aws:sqs/queue:Queue", "aws:sfn/stateMachine:StateMachine"],
    paths: ["visibilityTimeoutSeconds", "kmsDataKeyReusePeriodSeconds", "encryptionConfiguration.kmsDataKeyReusePeriodSeconds"],
    reason: "Is about speed and cost; AWS bounds how long a data key is used again.",
  },
  {
    types: ["aws:sagemaker/pipeline:Pipeline"],
    paths: [
      ...["pipelineDescription", "pipelineDisplayName", "pipelineDefinition.Version", "pipelineDefinition.Metadata", "pipelineDefinition.Parameters"],
      ...["DependsOn", "ContainerArguments", "ContainerEntrypoint", "ProcessingInputs", "Outputs", "PropertyFiles", "StoppingCondition"].map(within),
      ...["HyperParameters", "InputDataConfig", "CheckpointConfig", "MetricDefinitions", "TrainingInputMode", "S3OutputPath", "CompressionType"].map(within),
      ...["EnableManagedSpotTraining", "InstanceCount", "VolumeSizeInGB", "ErrorMessage", "Conditions", "RoleArn", "Name"].map(within),
      ...["ModelPackageGroupName", "ModelPackageDescription", "InferenceSpecification", "ModelMetrics", "CustomerMetadataProperties"].map(within),
    ],
    reason:
      "The course of a training is proven by tests of its definition and end to end; a wrong turn ends in no version, or in one that a person and the deployment look at.",
  },
  {
    types: ["aws:sagemaker/pipeline:Pipeline"],
    paths: ["pipelineDefinition.Steps$", "pipelineDefinition.Steps[]$", within("IfSteps$"), within("IfSteps[]$"), within("ElseSteps$"), within("ElseSteps[]")],
    kinds: ["removed"],
    reason:
      "With a step less a training ends in no version, or in one that a person and the deployment look at; that what registers stands behind a condition is judged.",
  },
  { types: ["aws:sagemaker/pipeline:Pipeline"], paths: ["$"], kinds: ["gone"], reason: lessIsDone },
  { types: ["aws:sagemaker/pipeline:Pipeline"], paths: ["roleArn"], kinds: ["removed"], reason: refused },
  {
    types: ["aws:backup/plan:Plan", "aws:backup/restoreTesting*"],
    paths: ["rules[].startWindow", "rules[].completionWindow", "startWindowHours", "validationWindowHours"],
    reason: "Is about the hour of the night; a backup that does not end in time raises an alarm.",
  },
  {
    types: ["aws:cloudwatch/metricAlarm:MetricAlarm"],
    paths: ["period", "evaluationPeriods", "datapointsToAlarm", "extendedStatistic", "treatMissingData"],
    reason: "How long something must last before it counts, and what silence counts for, is a matter of tuning; that it raises an alarm is judged.",
  },
  {
    types: ["aws:cloudwatch/logMetricFilter:LogMetricFilter"],
    paths: ["metricTransformation.defaultValue"],
    reason: "Is about how a chart looks between events.",
  },
  { types: ["aws:ec2/flowLog:FlowLog"], paths: ["maxAggregationInterval"], reason: "Is about how soon a record is written, not whether." },
  {
    types: ["aws:cfg/deliveryChannel:DeliveryChannel", "aws:guardduty/detector:Detector", "aws:macie2/account:Account"],
    paths: ["snapshotDeliveryProperties", "findingPublishingFrequency"],
    reason: "Is about how often what is known already is told once more.",
  },
  {
    types: ["aws:s3/bucketLifecycleConfiguration:BucketLifecycleConfiguration"],
    paths: ["rules[].transitions"],
    reason: "In what class of storage an object lies is a matter of cost.",
  },
  {
    types: ["aws:s3/bucketLifecycleConfiguration:BucketLifecycleConfiguration", "aws:s3/bucketReplicationConfig:BucketReplicationConfig"],
    paths: ["rules[].filter$", "rules[].filter.prefix"],
    kinds: ["removed"],
    reason: "The prefix is empty: a rule without it is about every object just so.",
  },
  { types: ["aws:kms/key:Key"], paths: ["rotationPeriodInDays"], kinds: ["removed"], reason: "Left out, AWS takes the same 365 days." },
  {
    types: ["aws:cloudfront/distribution:Distribution"],
    paths: [
      "aliases",
      "httpVersion",
      "isIpv6Enabled",
      "priceClass",
      "enabled",
      "defaultRootObject",
      "**.compress",
      "**.cachedMethods",
      "**.originKeepaliveTimeout",
      "**.originReadTimeout",
      "**.originPath",
      "**.originId",
      "**.targetOriginId",
      "**.httpPort",
      "**.httpsPort",
      "**.allowedMethods",
    ],
    reason: "Is about speed, or about what address shows what; whoever asks must be let in just the same.",
  },
  {
    types: ["aws:cloudfront/function:Function", "aws:cloudfront/distribution:Distribution"],
    paths: ["code", "publish", "runtime", "orderedCacheBehaviors[].functionAssociations"],
    reason: "The function takes the first part off a path, after the cookie was checked; without it nothing is found.",
  },
  {
    types: ["aws:cloudfront/publicKey:PublicKey"],
    paths: ["encodedKey"],
    reason: "With another key no cookie is valid; whose key it is, no program can tell.",
  },
  {
    types: ["aws:cfg/conformancePack:ConformancePack"],
    paths: ["templateBody"],
    reason: "What a pack asks for is compared with the lists of AWS by tests of `docs/parity.md`.",
  },

  // What belongs to what.
  {
    types: ["aws:kms/key:Key", "aws:iam/role:Role", "aws:s3/bucketPolicy:BucketPolicy"],
    paths: ["**.Condition.ArnLike.aws:SourceArn", "**.Condition.ArnEquals.aws:SourceArn", "**.Condition.StringEquals.aws:SourceAccount"],
    kinds: ["removed"],
    reason: "The account and the resource that a service acts for each keep it to us, and the other is left; without both is judged.",
  },
  {
    types: [
      "aws:lambda/function:Function",
      "aws:sagemaker/model:Model",
      "aws:sagemaker/pipeline:Pipeline",
      "aws:ec2/vpcEndpoint:VpcEndpoint",
      "aws:sfn/stateMachine:StateMachine",
    ],
    paths: [
      ...["vpcConfig.subnetIds[]", "vpcConfig.subnets[]", "subnetIds[]", "definition.**.VpcConfig.Subnets[]", within("VpcConfig.Subnets[]")],
      "definition.**.AwsvpcConfiguration.Subnets[]",
    ],
    kinds: ["removed"],
    reason: "One zone of three less; that there are several is judged.",
  },
  {
    types: [
      "aws:lambda/function:Function",
      "aws:sagemaker/model:Model",
      "aws:sagemaker/pipeline:Pipeline",
      "aws:ec2/vpcEndpoint:VpcEndpoint",
      "aws:sfn/stateMachine:StateMachine",
    ],
    paths: [
      within("VpcConfig.Subnets[]"),
      within("VpcConfig.SecurityGroupIds[]"),
      "definition.**.AwsvpcConfiguration.Subnets[]",
      "definition.**.AwsvpcConfiguration.SecurityGroups[]",
      "vpcConfig.subnetIds[]",
      "vpcConfig.subnets[]",
      "vpcConfig.securityGroupIds[]",
      "subnetIds[]",
      "securityGroupIds[]",
      "definition.**.VpcConfig.Subnets[]",
      "definition.**.VpcConfig.SecurityGroupIds[]",
      "codeSigningConfigArn",
    ],
    kinds: ["replaced"],
    reason: "AWS refuses what does not exist, or lies in another network or account.",
  },
  {
    types: ["aws:vpc/securityGroup*Rule", "aws:ec2/securityGroup:SecurityGroup", "aws:ec2/route:Route"],
    paths: ["referencedSecurityGroupId", "prefixListId", "vpcId", "gatewayId", "natGatewayId", "routeTableId", "destinationCidrBlock"],
    kinds: ["removed", "replaced"],
    reason: "AWS refuses a rule or route without an end, or to what does not exist in the network.",
  },
  { types: ["aws:ec2/securityGroup:SecurityGroup"], paths: ["revokeRulesOnDelete"], reason: "Is about the order in which a group goes." },
  {
    types: ["aws:ec2/networkAcl:NetworkAcl", "aws:ec2/defaultNetworkAcl:DefaultNetworkAcl"],
    paths: ["ingress$", "egress$", "ingress[]$", "egress[]$", "ingress[].action", "egress[].action", "ingress[].ruleNo", "egress[].ruleNo"],
    kinds: ["removed", "replaced", "changed"],
    reason: "Every entry lets something through: without it, or denying, it lets less, and in which order they come decides nothing.",
  },
  {
    types: ["aws:ec2/vpcEndpoint:VpcEndpoint", "aws:ec2/securityGroup:SecurityGroup", "aws:ec2/networkAcl:NetworkAcl", "aws:ec2/routeTable:RouteTable"],
    paths: ["tags"],
    kinds: ["removed", "replaced"],
    reason: "Words for people: rules go by the tags of subnets, and default tags say whose a resource is.",
  },
  {
    types: ["pulumi:providers:aws"],
    paths: ["defaultTags.tags.cost-center", "defaultTags.tags.owner", "defaultTags.tags.project"],
    kinds: ["replaced"],
    reason: "Who pays and who answers is for the organisation to say; that it is said is judged.",
  },
  {
    types: ["aws:wafv2/webAcl:WebAcl"],
    paths: ["**.ruleActionOverrides", "**.notStatement"],
    kinds: ["removed"],
    reason: "Without the exception a request is blocked that was let through.",
  },
  { types: ["aws:lambda/permission:Permission"], paths: ["action"], kinds: ["replaced"], reason: "Another action than calling lets nobody call." },
  { types: ["aws:cloudfront/distribution:Distribution"], paths: ["viewerCertificate.sslSupportMethod"], kinds: ["removed", "replaced"], reason: refused },
  {
    types: ["aws:cloudfront/distribution:Distribution"],
    paths: ["orderedCacheBehaviors[].originRequestPolicyId", "origins[]$"],
    kinds: ["removed", "replaced"],
    reason: "Less of a request is passed on, or nothing is behind a path: an error is answered.",
  },
  { types: ["aws:cloudwatch/eventRule:EventRule"], names: ["upload-events-rule"], paths: [""], reason: lessIsDone },
  {
    types: ["aws:cloudwatch/eventRule:EventRule"],
    names: [
      "admission-rule",
      "case-report-rule",
      "image-drop-rule",
      "model-deployment-rule",
      "retraining-*-rule",
      "stale-sweep-rule",
      "drift-watch-schedule",
      "model-promotion-schedule",
    ],
    paths: ["$", "eventPattern", "scheduleExpression"],
    kinds: ["gone", "removed", "replaced"],
    reason: "Tells what starts which machine: with less nothing starts, and with more one starts that looks at what it was told before it does anything.",
  },
  {
    types: ["aws:cloudwatch/eventRule:EventRule"],
    names: ["workforce-emergency-used"],
    paths: [
      ...["eventPattern.source$", "eventPattern.detail-type$", "eventPattern.detail$"],
      ...["eventPattern.detail.eventName$", "eventPattern.detail.eventSource$", "eventPattern.detail.requestParameters"],
    ],
    kinds: ["removed"],
    reason: "A wider pattern tells of more.",
  },
  {
    types: ["aws:cloudwatch/eventRule:EventRule"],
    names: ["case-analysis-follow-rule"],
    paths: [
      ...["eventPattern.source$", "eventPattern.detail-type$", "eventPattern.detail$", "eventPattern.detail.*$"],
      ...["eventPattern.detail.*[].redriveCount$", "eventPattern.detail.*[].status$"],
    ],
    kinds: ["removed"],
    reason: "A wider pattern tells of more, and the function refuses what is no analysis that did not succeed or goes on.",
  },
  {
    types: ["aws:cloudwatch/eventTarget:EventTarget"],
    names: [
      "admission-target",
      "case-report-target",
      "image-drop-target",
      "model-deployment-target",
      "retraining-alert",
      "retraining-start",
      "stale-sweep-target",
      "upload-events-target",
      "*-schedule-target",
    ],
    paths: ["$", "rule", "roleArn"],
    kinds: ["gone", "replaced", "removed"],
    reason: "Without what it starts, the platform does less than it should; a rule that does not exist, and a machine without a role, AWS refuses.",
  },
  {
    types: ["aws:cognito/userPoolClient:UserPoolClient"],
    paths: [
      "allowedOauthFlows",
      "allowedOauthScopes",
      "callbackUrls",
      "logoutUrls",
      "explicitAuthFlows",
      "supportedIdentityProviders",
      "allowedOauthFlowsUserPoolClient",
    ],
    kinds: ["removed", "negated"],
    reason: "Without it a way to sign in or out is closed.",
  },
  {
    types: ["aws:apigatewayv2/integration:Integration"],
    paths: [""],
    reason: "Who may call is the route's matter, and whom the function answers its own; a wrong integration answers with an error.",
  },
  { types: ["aws:apigatewayv2/api:Api"], paths: ["protocolType"], reason: refused },
  { types: ["aws:apigatewayv2/route:Route"], paths: ["authorizerId"], kinds: ["replaced"], reason: refused },
  {
    types: ["aws:apigatewayv2/route:Route"],
    paths: ["authorizationScopes[]"],
    kinds: ["replaced"],
    reason: "A scope that nobody is given closes the route; which one opens it is proven with the contract of the API.",
  },
  {
    types: ["aws:apigatewayv2/*"],
    paths: ["apiId", "routeKey", "target", "autoDeploy"],
    reason: "Is about what address answers what; a route that nobody reaches is closed.",
  },
  {
    types: ["aws:lambda/eventSourceMapping:EventSourceMapping", "aws:lambda/permission:Permission"],
    paths: ["eventSourceArn", "functionName", "function"],
    reason: lessIsDone,
  },
  {
    types: ["aws:lambda/function:Function"],
    paths: ["environment"],
    kinds: ["removed", "replaced", "changed", "negated"],
    reason: "Tells a function where its data lie; what it may touch there is its role's matter.",
  },
  {
    types: ["aws:lambda/function:Function", "aws:sfn/stateMachine:StateMachine", "aws:sagemaker/model:Model", "aws:sagemaker/pipeline:Pipeline"],
    paths: ["role", "roleArn", "executionRoleArn"],
    kinds: ["replaced"],
    reason: refused,
  },
  {
    types: ["aws:lambda/function:Function"],
    paths: ["s3Bucket", "s3Key"],
    reason: "Code from elsewhere is not signed, and a function takes signed code only.",
  },
  {
    types: [
      "aws:signer/signingJob:SigningJob",
      "aws:s3/bucketNotification:BucketNotification",
      "aws:s3/bucketAccelerateConfiguration:BucketAccelerateConfiguration",
    ],
    paths: [""],
    reason: lessIsDone,
  },
  { types: ["aws:s3/bucketObjectv2:BucketObjectv2"], paths: ["cacheControl", "contentType", "key", "source", "bucket", "$"], reason: lessIsDone },
  {
    types: ["aws:s3/bucketObjectv2:BucketObjectv2"],
    paths: ["kmsKeyId"],
    reason: "Without a key of its own an object takes the bucket's, and the bucket refuses one with another: both are judged.",
  },
  {
    types: ["aws:cloudwatch/eventRule:EventRule"],
    paths: ["eventPattern.detail.s3ObjectDetails"],
    reason: "Tells which uploads start an analysis: one that is not meant is rejected by its first steps.",
  },
  {
    types: ["aws:cloudwatch/eventRule:EventRule"],
    names: ["admission-rule"],
    paths: ["eventPattern.detail.stateMachineArn", "eventPattern.detail.status"],
    reason: "Tells which ends of executions give leases back: one that nobody gives back runs out.",
  },
  {
    types: ["aws:cloudwatch/eventTarget:EventTarget"],
    paths: ["inputTransformer.inputPaths", "inputTransformer.inputTemplate"],
    kinds: ["removed", "replaced"],
    reason: "Of which words a message is made is for its readers; that it is made of chosen ones is judged.",
  },
  {
    types: ["aws:s3/bucketCorsConfiguration:BucketCorsConfiguration"],
    paths: ["$", "corsRules", "bucket"],
    kinds: ["removed", "gone", "replaced"],
    reason: "Without it, or with another bucket's, no page reads anything; other origins are judged.",
  },
  {
    types: ["aws:cognito/*"],
    paths: [
      "userPoolId",
      "clientId",
      "usernameAttributes",
      "usernameConfiguration",
      "scopes",
      "identifier",
      "domain",
      "managedLoginVersion",
      "useCognitoProvidedValues",
      "autoVerifiedAttributes",
    ],
    except: ["aws:cognito/riskConfiguration:RiskConfiguration", "aws:cognito/logDeliveryConfiguration:LogDeliveryConfiguration"],
    reason: "Is about how people find the page to sign in, and are named there; who gets in is judged.",
  },
  {
    types: ["aws:dynamodb/table:Table"],
    paths: ["attributes", "globalSecondaryIndexes", "hashKey", "rangeKey"],
    reason: "How items are found is the functions' business, and proven with them; by what words they may be is judged.",
  },
  {
    types: ["aws:ec2/eip:Eip", "aws:ec2/natGateway:NatGateway", "aws:ec2/internetGateway:InternetGateway"],
    paths: [""],
    reason: "Without it less is reached; what may be reached is the routes' matter.",
  },
  { types: ["aws:ec2/vpc:Vpc", "aws:ec2/subnet:Subnet"], paths: ["cidrBlock"], reason: refused },
  {
    types: ["aws:ec2/*", "aws:vpc/*"],
    paths: ["vpcId", "securityGroupId"],
    kinds: ["replaced"],
    reason: refused,
    except: ["aws:ec2/flowLog:FlowLog", "aws:ec2/defaultSecurityGroup:DefaultSecurityGroup"],
  },
  { types: ["aws:vpc/securityGroup*Rule", "aws:ec2/route:Route"], paths: ["$"], kinds: ["gone"], reason: "A rule or route that is gone lets nobody through." },
  { types: ["aws:kms/alias:Alias"], paths: [""], reason: "Is a name for people; what uses a key names its ARN." },
  {
    types: ["aws:iam/rolePolicy:RolePolicy"],
    paths: ["policy.Statement[].Condition.StringLike.s3:prefix"],
    kinds: ["widened"],
    reason:
      "Tells what lies where, by keys that hold identifiers only: functions that must notice what is not there may list whole buckets. What may be read is judged.",
  },
  {
    types: ["aws:iam/rolePolicy:RolePolicy"],
    paths: ["role", "$"],
    reason: "A role without its policy may do nothing, and a role of another name does not exist.",
  },
  {
    types: ["aws:iam/serviceLinkedRole:ServiceLinkedRole", "aws:signer/signingProfile:SigningProfile"],
    paths: ["awsServiceName", "platformId", "$"],
    reason: lessIsDone,
  },
  { types: ["aws:sagemaker/*"], paths: ["endpointConfigName", "**.modelName", "**.compressionType", "**.s3DataType"], reason: refused },
  { types: ["aws:wafv2/webAcl:WebAcl"], paths: ["scope", "defaultAction.allow"], kinds: ["replaced", "removed"], reason: refused },
  { types: ["aws:ec2/vpcEndpoint:VpcEndpoint"], paths: ["vpcEndpointType"], kinds: ["replaced"], reason: refused },
  {
    types: ["pulumi:providers:aws"],
    paths: ["assumeRoles[].sessionName", "skipCredentialsValidation", "skipRegionValidation"],
    reason: "Is about how soon a wrong credential is noticed, and how its session is called.",
  },

  // What is protected, not what protects.
  {
    types: [
      "aws:apigatewayv2/*",
      "aws:cloudfront/distribution:Distribution",
      "aws:cloudfront/originAccessControl:OriginAccessControl",
      "aws:cloudfront/keyGroup:KeyGroup",
      "aws:cloudfront/publicKey:PublicKey",
      "aws:cloudfront/responseHeadersPolicy:ResponseHeadersPolicy",
      "aws:cloudfront/function:Function",
      "aws:cognito/managedLoginBranding:ManagedLoginBranding",
      "aws:cognito/resourceServer:ResourceServer",
      "aws:cognito/userGroup:UserGroup",
      "aws:cognito/userPool:UserPool",
      "aws:cognito/userPoolClient:UserPoolClient",
      "aws:cognito/userPoolDomain:UserPoolDomain",
      "aws:dynamodb/table:Table",
      "aws:ec2/routeTable:RouteTable",
      "aws:ec2/securityGroup:SecurityGroup",
      "aws:ec2/subnet:Subnet",
      "aws:ec2/vpc:Vpc",
      "aws:wafv2/webAcl:WebAcl",
      "aws:backup/vault:Vault",
      "aws:backup/plan:Plan",
      "aws:ecr/repository:Repository",
      "aws:iam/role:Role",
      "aws:iam/openIdConnectProvider:OpenIdConnectProvider",
      "aws:kms/key:Key",
      "aws:lambda/eventSourceMapping:EventSourceMapping",
      "aws:lambda/function:Function",
      "aws:lambda/permission:Permission",
      "aws:s3/bucket:Bucket",
      "aws:sagemaker/endpoint:Endpoint",
      "aws:sagemaker/endpointConfiguration:EndpointConfiguration",
      "aws:sagemaker/model:Model",
      "aws:sagemaker/modelPackageGroup:ModelPackageGroup",
      "aws:secretsmanager/secret:Secret",
      "aws:sfn/stateMachine:StateMachine",
      "aws:sqs/queue:Queue",
    ],
    paths: ["$"],
    kinds: ["gone"],
    reason: anchor,
  },

  // What an analysis does.
  {
    types: ["aws:sfn/stateMachine:StateMachine"],
    paths: [
      "definition.Comment",
      "definition.QueryLanguage",
      "definition.**.StartAt",
      "definition.**.Next",
      "definition.**.End",
      "definition.**.Type",
      "definition.**.Default",
      "definition.**.Choices",
      "definition.**.Assign",
      "definition.**.Output",
      "definition.**.Payload",
      "definition.**.Error",
      "definition.**.Cause",
      "definition.**.Seconds",
      "definition.**.Mode",
      "definition.**.MaxConcurrency",
      "definition.**.Items",
    ],
    reason: course,
  },
  {
    types: ["aws:sfn/stateMachine:StateMachine"],
    paths: [
      "definition.**.States$",
      "definition.**.States.*$",
      "definition.**.Branches$",
      "definition.**.Branches[]$",
      "definition.**.ItemProcessor$",
      "definition.**.ProcessorConfig$",
      "definition.**.Arguments$",
      "definition.**.Resource",
    ],
    kinds: ["removed"],
    reason: course,
  },
  {
    types: ["aws:sfn/stateMachine:StateMachine"],
    paths: [
      "definition.**.UpdateExpression",
      "definition.**.ConditionExpression",
      "definition.**.ExpressionAttributeNames",
      "definition.**.ExpressionAttributeValues",
      "definition.**.Arguments.Key",
      "definition.**.TableName",
      "definition.**.FunctionName",
      "definition.**.Queue",
      "definition.**.Settings",
      "definition.**.ClientRequestToken",
      "definition.**.JobId",
      "definition.**.MaxResults",
      "definition.**.SegmentTypes",
      "definition.**.Entries",
      "definition.**.Tagging",
      "definition.**.VersionId",
      "definition.**.Arguments.Bucket",
      "definition.**.InputFiles",
      "definition.**.S3Object.Bucket",
      "definition.**.Arguments.Item",
      "definition.**.PipelineParameters",
      "definition.**.PipelineExecutionArn",
      "definition.**.ModelPackageArn",
      "definition.**.ModelPackageName",
      "definition.**.ModelApprovalStatus",
      "definition.**.ApprovalDescription",
    ],
    kinds: ["removed", "replaced", "changed"],
    reason: "What a state asks of a service is within what the machine's role may, and is proven with the functions that read it.",
  },
  {
    types: ["aws:sfn/stateMachine:StateMachine"],
    paths: [
      "definition.**.AppSpecification.ContainerEntrypoint",
      "definition.**.Arguments.Environment",
      "definition.**.ProcessingInputs",
      "definition.**.Outputs",
      "definition.**.ProcessingJobName",
      "definition.**.InstanceCount",
      "definition.**.VolumeSizeInGB",
      "definition.**.StoppingCondition",
      "definition.**.Arguments.RoleArn",
      "definition.**.ContainerOverrides",
      ...["TrainingJobName", "TrainingInputMode", "HyperParameters", "InputDataConfig", "CheckpointConfig$", "CheckpointConfig.LocalPath"].map(ofState),
      ...["EnableManagedSpotTraining", "OutputDataConfig.CompressionType", "PrimaryContainer.Environment", "TransformJobName"].map(ofState),
      ...["MaxConcurrentTransforms", "MaxPayloadInMB", "BatchStrategy", "TransformInput", "TransformOutput.Accept", "TransformOutput.AssembleWith"].map(
        ofState,
      ),
    ],
    kinds: ["removed", "replaced", "changed", "negated"],
    reason: "What a job reads and writes is within what its role and its network let it, and is proven with the container.",
  },
  {
    types: ["aws:sfn/stateMachine:StateMachine"],
    paths: [
      "definition.**.Arguments.EndpointName",
      "definition.**.EndpointConfigName",
      "definition.**.ModelName",
      "definition.**.VariantName",
      "definition.**.InitialInstanceCount",
      "definition.**.InitialVariantWeight",
      "definition.**.BlueGreenUpdatePolicy",
      "definition.**.RetainAllVariantProperties",
      "definition.**.PrimaryContainer.ModelDataSource",
      "definition.**.ExecutionRoleArn",
    ],
    kinds: ["removed", "replaced", "changed", "negated"],
    reason:
      "How a new fleet takes over is proven by tests of the machine and end to end; what it runs as and where, and that alarms bring the old one back, is judged.",
  },
  {
    types: ["aws:sfn/stateMachine:StateMachine"],
    paths: ["definition.**.Branches[].**.Catch"],
    reason: "A branch that fails is caught by the state that it is a branch of, which is judged.",
  },
  {
    types: ["aws:sfn/stateMachine:StateMachine"],
    paths: ["definition.**.TimeoutSeconds"],
    kinds: ["changed", "replaced"],
    reason: "After how long a step has failed is a matter of tuning; that it has an end is judged.",
  },
  {
    types: ["aws:sfn/stateMachine:StateMachine"],
    paths: [
      "definition.**.Retry[]$",
      "definition.**.Catch[]$",
      "definition.**.BackoffRate",
      "definition.**.IntervalSeconds",
      "definition.**.MaxAttempts",
      "definition.**.MaxDelaySeconds",
      "definition.**.JitterStrategy",
      "definition.**.ErrorEquals",
    ],
    reason: "How often and how soon a failed step is tried again is a matter of tuning; that it is, is judged.",
  },
];

/** Whether a list holds a mutant for irrelevant: the entry that it falls under first. */
export function irrelevanceOf(list: readonly Irrelevance[]): (mutant: Place) => Irrelevance | undefined {
  const compiled = list.map((entry) => ({ entry, covers: coverOf(entry) }));
  return (mutant) => compiled.find(({ covers }) => covers(mutant))?.entry;
}

type Place = Pick<Mutant, "type" | "name" | "path" | "kind">;

function coverOf({ types, except = [], names, paths, kinds }: Irrelevance): (place: Place) => boolean {
  const [wanted, unwanted, within] = [types.map(typePattern), except.map(typePattern), paths.map(pathPattern)];
  const called = names?.map(typePattern);
  const any = (patterns: readonly RegExp[], text: string): boolean => patterns.some((pattern) => pattern.test(text));
  return ({ type, name, path, kind }) =>
    (kinds?.includes(kind) ?? true) && (called === undefined || any(called, name)) && any(wanted, type) && !any(unwanted, type) && any(within, path);
}

/** Types and paths of a list that no mutant falls under: they are about nothing that there is. */
export function unusedParts(list: readonly Irrelevance[], mutants: readonly Place[]): string[] {
  return list.flatMap((entry) => {
    const own = mutants.filter(coverOf(entry));
    const places = [...entry.types, ...(entry.names ?? [])].join(" ");
    const [types, names, paths] = [new Set(own.map(({ type }) => type)), new Set(own.map(({ name }) => name)), new Set(own.map(({ path }) => path))];
    const fits = (pattern: RegExp, values: ReadonlySet<string>): boolean => [...values].some((value) => pattern.test(value));
    return [
      ...entry.types.filter((type) => !fits(typePattern(type), types)).map((type) => `${type} ${entry.paths.join(" ")}`),
      ...(entry.names ?? []).filter((name) => !fits(typePattern(name), names)).map((name) => `${name} ${entry.paths.join(" ")}`),
      ...entry.paths.filter((path) => !fits(pathPattern(path), paths)).map((path) => `${places} ${path}`),
    ];
  });
}

const escaped = (text: string): string => text.replace(/[.+?^${}()|[\]\\]/g, "\\$&");

const typePattern = (pattern: string): RegExp => new RegExp(`^${escaped(pattern).replaceAll("*", ".*")}$`);

function pathPattern(pattern: string): RegExp {
  if (pattern === "") return /^/;
  const exact = pattern.endsWith("$");
  const steps = escaped(exact ? pattern.slice(0, -1) : pattern)
    .split("**\\.")
    .map((part) => part.replaceAll("*", "[^.[\\]]*"))
    .join("(?:.*\\.)?");
  return new RegExp(`^${steps}${exact ? "$" : "(?=$|[.[])"}`);
}
