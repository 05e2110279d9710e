/**
 * The IAM prefix of the service that a type of the AWS provider belongs to. Modules of the provider are called as the service mostly
 * is; those that are not are here. What is not known stands for itself, and so is no eligible service.
 */
export function servicePrefixOf(type: string): string {
  const [, module = "", name = ""] = /^aws:([^/:]+)\/?([^:]*):/.exec(type) ?? [];
  const [first] = Object.entries(within[module] ?? {}).find(([, start]) => start.test(name)) ?? [];
  return first ?? renamed[module] ?? module;
}

/** Modules that hold more than one service: prefix -> beginnings of the names of its types. */
const within: Readonly<Record<string, Readonly<Record<string, RegExp>>>> = {
  cloudwatch: { events: /^event/, logs: /^(log|queryDefinition)/ },
  cognito: { "cognito-identity": /^identityPool/ },
  kinesis: { firehose: /^firehose/, kinesisanalytics: /^analytics/ },
};

/** Modules whose service has another prefix. */
const renamed: Readonly<Record<string, string>> = {
  accessanalyzer: "access-analyzer",
  acmpca: "acm-pca",
  alb: "elasticloadbalancing",
  apigatewayv2: "apigateway",
  appautoscaling: "application-autoscaling",
  bedrockfoundation: "bedrock",
  bedrockmodel: "bedrock",
  cfg: "config",
  cognito: "cognito-idp",
  costexplorer: "ce",
  ebs: "ec2",
  ec2clientvpn: "ec2",
  ec2transitgateway: "ec2",
  efs: "elasticfilesystem",
  elb: "elasticloadbalancing",
  emr: "elasticmapreduce",
  lb: "elasticloadbalancing",
  msk: "kafka",
  neptune: "neptune-db",
  opensearch: "es",
  resourcegroups: "resource-groups",
  s3control: "s3",
  sesv2: "ses",
  sfn: "states",
  ssoadmin: "sso",
  vpc: "ec2",
  vpclattice: "vpc-lattice",
  wafregional: "waf-regional",
};
