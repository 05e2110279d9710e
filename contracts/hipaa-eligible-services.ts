/**
 * AWS services by their IAM prefix, as far as patients' data are concerned. Data, not advice: AWS adds services to its page
 * (`source`) and retires some, so compare and renew before patients' data come, and every year. The prefixes are among those
 * that AWS's Landing Zone Accelerator for Healthcare allowed on the day in `asOf`; what AWS has retired since is left out.
 */
export const hipaaEligible = {
  asOf: "2025-05-17",
  source: "https://aws.amazon.com/compliance/hipaa-eligible-services-reference/",
  /** Services that AWS's Business Associate Addendum covers. */
  prefixes: [
    "access-analyzer acm acm-pca amplify apigateway appfabric appflow appmesh appstream appsync aps athena auditmanager autoscaling",
    "b2bi backup backup-storage batch bedrock cassandra chime cleanrooms cloud9 cloudformation cloudfront cloudhsm cloudshell cloudtrail",
    "cloudwatch codebuild codecommit codedeploy codepipeline cognito-identity cognito-idp cognito-sync comprehend comprehendmedical config",
    "connect controltower databrew dataexchange datasync datazone detective devops-guru directconnect dms docdb-elastic drs ds dynamodb",
    "ebs ec2 ec2messages ecr ecs eks elasticache elasticbeanstalk elasticfilesystem elasticloadbalancing elasticmapreduce entityresolution",
    "es events execute-api firehose fis fms forecast freertos fsx geo glacier globalaccelerator glue greengrass guardduty healthlake",
    "inspector inspector2 iot iotevents iotsitewise kafka kendra kinesis kinesisanalytics kinesisvideo kms lakeformation lambda lex logs",
    "macie2 mediaconnect mediaconvert medialive medical-imaging memorydb mgn mobiletargeting mq neptune-db network-firewall omics outposts",
    "personalize polly qbusiness quicksight ram rds rds-data rds-db redshift redshift-data redshift-serverless rekognition resiliencehub",
    "route53 route53domains route53resolver s3 s3express sagemaker secretsmanager securityhub servicediscovery ses shield snowball sns sqs",
    "ssm ssm-contacts ssm-incidents ssmmessages states storagegateway swf textract timestream transcribe transfer translate",
    "verified-access verifiedpermissions waf waf-regional wafv2 wickr workspaces workspaces-web xray",
  ].flatMap((line) => line.split(" ")),
  /** Services without which no account works, and which are never given patients' data: identities, bills, limits, tags, signatures of code, the way to where code is kept. */
  plumbing: [
    "account application-autoscaling artifact aws-portal billing budgets ce codeconnections codestar-connections cur health iam",
    "identitystore invoicing license-manager notifications organizations payments pricing resource-explorer-2 resource-groups servicecatalog servicequotas signer sso sso-directory",
    "sts support supportplans tag tax trustedadvisor",
  ].flatMap((line) => line.split(" ")),
} as const;

/** Whether anything may use a service at all: patients' data go to eligible ones only, the rest never sees any. */
export const isAllowedService = (prefix: string): boolean => hipaaEligible.prefixes.includes(prefix) || hipaaEligible.plumbing.includes(prefix);
