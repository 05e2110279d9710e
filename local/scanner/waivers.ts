/** A finding of the scanner that stands, and why. */
export interface Waiver {
  readonly check: string;
  /** What of the addresses of resources it is about; the others are findings. */
  readonly resources: RegExp;
  readonly because: string;
}

/** Everything that the scanner finds and that stays as it is. One that no longer finds anything is refused. */
export const waivers: readonly Waiver[] = [
  {
    check: "CKV_AWS_290",
    resources: /^aws_iam_role_policy\..*-role-policy$/,
    because:
      "Functions join the network, and AWS lets nobody name the interfaces beforehand (Lambda Developer Guide, Execution role permissions for VPC access). A second statement takes the right from the function's own code, by lambda:SourceFunctionArn. Traces have no resources either.",
  },
  {
    check: "CKV_AWS_290",
    resources: /^aws_iam_policy\.boundary$/,
    because: "A permissions boundary grants nothing: it bounds what roles may be granted.",
  },
  {
    check: "CKV_AWS_289",
    resources: /^aws_iam_policy\.boundary$/,
    because: "A permissions boundary grants nothing: it bounds what roles may be granted.",
  },
  {
    check: "CKV_AWS_355",
    resources: /^aws_iam_policy\.boundary$/,
    because: "A permissions boundary grants nothing: it bounds what roles may be granted.",
  },
  {
    check: "CKV_AWS_355",
    resources: /^aws_iam_role_policy\.workforce-auditor-policy$/,
    because: "An auditor lists and looks up what is in the account: these calls name no resource. The same policy denies every reading of data.",
  },
  {
    check: "CKV_AWS_61",
    resources: /^aws_iam_role\.workforce-(auditor|data-scientist|operator)$/,
    because: "No service may take these roles: the account is named as the principal, and a condition leaves one permission set of IAM Identity Center.",
  },
  {
    check: "CKV_AWS_259",
    resources: /^aws_cloudfront_response_headers_policy\./,
    because: "Two years, with subdomains. Putting a domain on browsers' preload lists can't be undone in less than months: that is its owner's to decide.",
  },
  {
    check: "CKV_AWS_86",
    resources: /^aws_cloudfront_distribution\.site$/,
    because:
      "Requests are logged by standard logging v2, which is a delivery of CloudWatch Logs and no setting of the distribution; the scanner knows the older one.",
  },
  {
    check: "CKV_AWS_310",
    resources: /^aws_cloudfront_distribution\.site$/,
    because: "The API and the videos are in one Region. A page that fails over to another would have nothing to show.",
  },
  {
    check: "CKV_AWS_285",
    resources: /^aws_sfn_state_machine\./,
    because:
      "Histories are logged without the data that states hand on: data about patients' videos stay out of logs. Step Functions itself keeps them, encrypted, for 90 days.",
  },
  {
    check: "CKV_AWS_223",
    resources: /^aws_ecs_cluster\.conversion-cluster$/,
    because:
      "No shell can be opened in its tasks: they are started without ECS Exec, and a rule holds them to it (sfn-container-tasks-run-private-and-closed).",
  },
  {
    check: "CKV2_AWS_62",
    resources: /^aws_s3_bucket\.((lake|copies|site-web|log-archive)-(access-logs|datasets|models|records|raw|processed|configuration|trail)|site-web)$/,
    because: "A notification is for a bucket whose objects start something. These start nothing; reads and writes of objects are in the trail.",
  },
  {
    check: "CKV2_AWS_57",
    resources: /^aws_secretsmanager_secret\.playback-private-key$/,
    because: "The public half is in the configuration, so a new pair is a deployment: two pairs overlap while old cookies end (README, step 5).",
  },
  {
    check: "CKV2_AWS_5",
    resources: /^aws_security_group\.network-jobs$/,
    because: "Jobs of SageMaker take it when they run; no resource of the program holds it.",
  },
  {
    check: "CKV2_AWS_47",
    resources: /^aws_cloudfront_distribution\.site$/,
    because:
      "Its firewall has both groups of rules. It is reached through the firewall's logging, so that it never stands without it, and the scanner does not follow that.",
  },
  {
    check: "CKV2_AWS_48",
    resources: /^aws_config_configuration_recorder\..*recorder-us-west-2$/,
    because: "Global types are recorded in the home Region, once (AWS Config Developer Guide, Recording global resource types).",
  },
  {
    check: "CKV_AWS_144",
    resources: /^aws_s3_bucket\.(copies-|.*access-logs$|site-web$|lake-models$|lake-records$|log-archive-)/,
    because:
      "Videos, results and datasets are copied to another Region. Copies are not copied again; the page and the networks are built again from their sources; logs, the trail and records of deletions are kept where they are by locks.",
  },
  {
    check: "CKV_AWS_145",
    resources: /^aws_s3_bucket\..*access-logs$/,
    because: "S3 delivers access logs to buckets with S3's own keys only (decision 7).",
  },
  {
    check: "CKV_AWS_252",
    resources: /^aws_cloudtrail\.trail$/,
    because: "Nobody reads a message for every file of a trail. Its log group raises alarms for what matters (rule cloudwatch-changes-raise-alarms).",
  },
];
