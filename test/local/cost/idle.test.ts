import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import * as aws from "@pulumi/aws";
import { expect } from "chai";
import { CommandError } from "../../../local/cli/command.ts";
import { idleCost, idleRules } from "../../../local/cost/idle.ts";
import { openSchemas } from "../../../local/deploy/schema/schemas.ts";
import { deploymentOf } from "../../support/programs.ts";

type Opts = { provider: aws.Provider };
type Row = [what: string, quantity: number, usd: number];

const cost = async (program: (opts: Opts) => unknown) => idleCost((await deploymentOf(program)).resources);
const rows = async (program: (opts: Opts) => unknown): Promise<Row[]> =>
  (await cost(program)).lines.map(({ what, quantity, usd }) => [what, quantity, Math.round(usd * 1e4) / 1e4]);
const refusal = async (program: (opts: Opts) => unknown): Promise<string> => {
  try {
    await cost(program);
  } catch (error) {
    if (error instanceof CommandError) return error.message;
    throw error;
  }
  throw new Error("Nothing was refused.");
};

/** Type tokens of the resource classes that the components make: `new aws.kms.Key(` is aws:kms/key:Key. */
function typesOfComponents(): string[] {
  const folder = join(import.meta.dirname, "../../../components");
  const files = readdirSync(folder, { recursive: true, encoding: "utf8" }).filter((file) => file.endsWith(".ts"));
  const classes = files.flatMap((file) => [...readFileSync(join(folder, file), "utf8").matchAll(/new aws\.([\w.]+)\(/g)].map((match) => match[1]!));
  const tokenOf = (path: string): string => {
    // biome-ignore lint/suspicious/noExplicitAny: a path into the package, of any depth.
    const found = path.split(".").reduce<any>((at, step) => at?.[step], aws);
    return found?.__pulumiType ?? path;
  };
  return [...new Set(classes.map(tokenOf))].filter((type) => !type.startsWith("pulumi:")).sort();
}

describe("idle rules", () => {
  it("know every type that a component makes", () => {
    expect(typesOfComponents().filter((type) => idleRules[type] === undefined)).to.deep.equal([]);
  });

  it("name types that the AWS package has", () => {
    const schemas = openSchemas();
    const unknown = Object.keys(idleRules).filter((type) => schemas.resource(type) === undefined && type !== "awsx:ecr:Image");
    expect(unknown).to.deep.equal([]);
  });
});

describe("idleCost", () => {
  it("adds charges of the same thing, dearest first, and names what they are for", async () => {
    const found = await cost((opts) => {
      new aws.kms.Key("one", {}, opts);
      new aws.kms.Key("two", {}, opts);
      new aws.kms.Alias("alias", { targetKeyId: "one" }, opts);
      new aws.ec2.NatGateway("nat", { subnetId: "subnet-1" }, opts);
      new aws.sqs.Queue("queue", {}, opts);
    });
    expect(found.lines.map(({ what, quantity, usd, resources }) => ({ what, quantity, usd, resources }))).to.deep.equal([
      { what: "NAT gateway", quantity: 730, usd: 32.85, resources: ["nat"] },
      { what: "customer key", quantity: 2, usd: 2, resources: ["one", "two"] },
    ]);
    expect(found.usd).to.equal(34.85);
    expect(found.byUse.map(({ type, count }) => [type, count])).to.deep.equal([
      ["aws:ec2/natGateway:NatGateway", 1],
      ["aws:kms/key:Key", 2],
      ["aws:sqs/queue:Queue", 1],
    ]);
    expect(found.freeCount).to.equal(1);
  });

  it("names every type without a rule, and every resource that a rule can't price, at once", async () => {
    const message = await refusal((opts) => {
      new aws.redshift.Cluster("warehouse", { clusterIdentifier: "warehouse", nodeType: "ra3.large" }, opts);
      new aws.ec2.VpcEndpoint("balancer", { vpcId: "vpc-1", serviceName: "s", vpcEndpointType: "GatewayLoadBalancer" }, opts);
      new aws.sagemaker.NotebookInstance("notebook", { instanceType: "ml.x9.huge", roleArn: "arn:aws:iam::111111111111:role/r" }, opts);
      new aws.securityhub.FindingAggregator("everywhere", { linkingMode: "ALL_REGIONS" }, opts);
      for (const [name, targetId] of Object.entries({ everyone: "r-abcd", one: "111111111111" }))
        new aws.securityhub.ConfigurationPolicyAssociation(name, { targetId, policyId: "policy" }, opts);
    });
    expect(message.split("\n")).to.deep.equal([
      "The cost can't be told:",
      '- aws:ec2/vpcEndpoint:VpcEndpoint "balancer" is an endpoint of type GatewayLoadBalancer in 0 subnets; only interface endpoints that name their subnets have a price here.',
      "- aws:redshift/cluster:Cluster (1): nobody has said what it costs. Add it to local/cost/types.",
      '- aws:sagemaker/notebookInstance:NotebookInstance "notebook" runs on ml.x9.huge, which has no price in contracts/prices.ts.',
      '- aws:securityhub/configurationPolicyAssociation:ConfigurationPolicyAssociation "everyone" is with r-abcd, whose accounts can\'t be counted.',
      '- aws:securityhub/configurationPolicyAssociation:ConfigurationPolicyAssociation "one" holds in ALL_REGIONS of a finding aggregator, which can\'t be counted.',
    ]);
  });

  const cases: Record<string, [program: (opts: Opts) => unknown, expected: Row[]]> = {
    "counts the zones of interface endpoints; gateway endpoints are free": [
      (opts) => {
        new aws.ec2.VpcEndpoint(
          "kms",
          { vpcId: "vpc-1", serviceName: "kms", vpcEndpointType: "Interface", subnetIds: ["subnet-1", "subnet-2", "subnet-3"] },
          opts,
        );
        new aws.ec2.VpcEndpoint("s3", { vpcId: "vpc-1", serviceName: "s3" }, opts);
      },
      [["interface endpoint, each zone", 2190, 21.9]],
    ],
    "counts the rules of a web ACL, and the groups that cost more": [
      (opts) => {
        const rule = (name: string, group: string, priority: number) => ({
          name,
          priority,
          overrideAction: { none: {} },
          statement: { managedRuleGroupStatement: { vendorName: "AWS", name: group } },
          visibilityConfig: { cloudwatchMetricsEnabled: true, metricName: name, sampledRequestsEnabled: false },
        });
        new aws.wafv2.WebAcl(
          "acl",
          {
            scope: "REGIONAL",
            defaultAction: { allow: {} },
            rules: [rule("common", "AWSManagedRulesCommonRuleSet", 1), rule("bots", "AWSManagedRulesBotControlRuleSet", 2)],
            visibilityConfig: { cloudwatchMetricsEnabled: true, metricName: "acl", sampledRequestsEnabled: false },
          },
          opts,
        );
      },
      [
        ["managed rule group with a price of its own", 1, 10],
        ["web ACL", 1, 5],
        ["web ACL rule", 2, 2],
      ],
    ],
    "counts each metric of an alarm, and looks at its period": [
      (opts) => {
        const alarm = { comparisonOperator: "GreaterThanThreshold", evaluationPeriods: 1, threshold: 1 };
        new aws.cloudwatch.MetricAlarm("slow", { ...alarm, metricName: "Errors", namespace: "AWS/Lambda", period: 300, statistic: "Sum" }, opts);
        new aws.cloudwatch.MetricAlarm("fast", { ...alarm, metricName: "Errors", namespace: "AWS/Lambda", period: 10, statistic: "Sum" }, opts);
        const metric = (id: string) => ({ id, metric: { metricName: id, namespace: "AWS/Lambda", period: 60, stat: "Sum" } });
        new aws.cloudwatch.MetricAlarm(
          "share",
          { ...alarm, metricQueries: [metric("errors"), metric("calls"), { id: "share", expression: "errors / calls" }] },
          opts,
        );
      },
      [
        ["alarm, each metric", 3, 0.3],
        ["alarm, each metric", 1, 0.3],
      ],
    ],
    "counts the rules of a conformance pack": [
      (opts) => {
        const templateBody = "Resources:\n  A: { Type: AWS::Config::ConfigRule }\n  B: { Type: AWS::Config::ConfigRule }\n";
        new aws.cfg.ConformancePack("hipaa", { templateBody }, opts);
        new aws.cfg.Rule("alone", { source: { owner: "AWS", sourceIdentifier: "S3_BUCKET_VERSIONING_ENABLED" } }, opts);
      },
      [["Config: rule evaluations", 150, 0.15]],
    ],
    "counts buckets for Macie, and roles for unused access": [
      (opts) => {
        new aws.macie2.Account("macie", {}, opts);
        new aws.s3.Bucket("raw", {}, opts);
        new aws.s3.Bucket("processed", {}, opts);
        new aws.accessanalyzer.Analyzer("unused", { analyzerName: "unused", type: "ACCOUNT_UNUSED_ACCESS" }, opts);
        new aws.accessanalyzer.Analyzer("outside", { analyzerName: "outside", type: "ACCOUNT" }, opts);
        new aws.iam.Role("role", { assumeRolePolicy: "{}" }, opts);
      },
      [
        ["Access Analyzer: roles watched for unused access", 1, 0.2],
        ["Macie: buckets watched", 2, 0.2],
      ],
    ],
    "counts Security Hub's checks where an account has standards of its own": [
      (opts) => {
        const own = new aws.securityhub.Account("hub", { enableDefaultStandards: false }, opts);
        new aws.securityhub.StandardsSubscription(
          "nist",
          { standardsArn: "arn:aws:securityhub:us-east-1::standards/nist-800-53/v/5.0.0" },
          { ...opts, dependsOn: [own] },
        );
      },
      [["Security Hub: checks", 6000, 6]],
    ],
    "counts Security Hub's checks of each account that a policy holds for, in each Region, and none of an account without standards": [
      (opts) => {
        new aws.securityhub.Account("hub", { enableDefaultStandards: false }, opts);
        new aws.securityhub.FindingAggregator("regions", { linkingMode: "SPECIFIED_REGIONS", specifiedRegions: ["us-west-2"] }, opts);
        for (const targetId of ["111111111111", "222222222222"])
          new aws.securityhub.ConfigurationPolicyAssociation(`for-${targetId}`, { targetId, policyId: "policy" }, opts);
      },
      [["Security Hub: checks", 24_000, 24]],
    ],
    "counts Security Hub's checks at home where no Region is linked": [
      (opts) => {
        new aws.securityhub.FindingAggregator("regions", { linkingMode: "NO_REGIONS" }, opts);
        new aws.securityhub.ConfigurationPolicyAssociation("one", { targetId: "111111111111", policyId: "policy" }, opts);
      },
      [["Security Hub: checks", 6000, 6]],
    ],
    "has a table cost by use, or by its capacity": [
      (opts) => {
        const attributes = { hashKey: "id", attributes: [{ name: "id", type: "S" }] };
        new aws.dynamodb.Table("used", { ...attributes, billingMode: "PAY_PER_REQUEST" }, opts);
        new aws.dynamodb.Table("provisioned", { ...attributes, readCapacity: 10, writeCapacity: 2 }, opts);
      },
      [
        ["table: read capacity", 7300, 0.949],
        ["table: write capacity", 1460, 0.949],
      ],
    ],
    "counts the tasks of a service by their size": [
      (opts) => {
        const task = new aws.ecs.TaskDefinition(
          "task",
          { family: "task", containerDefinitions: "[]", cpu: "512", memory: "1024", runtimePlatform: { cpuArchitecture: "ARM64" } },
          opts,
        );
        new aws.ecs.Service("service", { taskDefinition: task.arn, desiredCount: 2 }, opts);
      },
      [
        ["Fargate: processors", 730, 23.6374],
        ["Fargate: memory", 1460, 5.1976],
      ],
    ],
    "counts polls of a function that waits for a queue, none of one that follows a table": [
      (opts) => {
        new aws.lambda.EventSourceMapping("queue", { functionName: "f", eventSourceArn: "arn:aws:sqs:us-east-1:111111111111:q" }, opts);
        new aws.lambda.EventSourceMapping("stream", { functionName: "f", eventSourceArn: "arn:aws:dynamodb:us-east-1:111111111111:table/t/stream/s" }, opts);
      },
      [["queue: polls of an idle function", 0.657, 0.2628]],
    ],
    "counts the reserved slots of a transcoding queue": [
      (opts) => {
        new aws.mediaconvert.Queue("onDemand", {}, opts);
        new aws.mediaconvert.Queue(
          "reserved",
          { pricingPlan: "RESERVED", reservationPlanSettings: { commitment: "ONE_YEAR", renewalType: "EXPIRE", reservedSlots: 3 } },
          opts,
        );
      },
      [["MediaConvert: reserved slots", 3, 1200]],
    ],
  };
  for (const [title, [program, expected]] of Object.entries(cases)) it(title, async () => expect(await rows(program)).to.deep.equal(expected));

  describe("of an endpoint", () => {
    const endpoint = (opts: Opts, minCapacity?: number) => {
      const configuration = new aws.sagemaker.EndpointConfiguration(
        "configuration",
        { name: "configuration", productionVariants: [{ variantName: "current", modelName: "model", instanceType: "ml.m5.large", initialInstanceCount: 3 }] },
        opts,
      );
      new aws.sagemaker.Endpoint("endpoint", { name: "infer", endpointConfigName: configuration.name }, opts);
      if (minCapacity === undefined) return;
      const scaled = {
        resourceId: "endpoint/infer/variant/current",
        scalableDimension: "sagemaker:variant:DesiredInstanceCount",
        serviceNamespace: "sagemaker",
      };
      new aws.appautoscaling.Target("target", { ...scaled, minCapacity, maxCapacity: 4 }, opts);
      new aws.appautoscaling.Policy("policy", { ...scaled, policyType: "TargetTrackingScaling" }, opts);
    };

    it("is its instances'", async () => expect(await rows((opts) => endpoint(opts))).to.deep.equal([["SageMaker endpoint on ml.m5.large", 2190, 251.85]]));
    it("is its least capacity's where it scales, and that of the alarms that scale it", async () =>
      expect(await rows((opts) => endpoint(opts, 1))).to.deep.equal([
        ["SageMaker endpoint on ml.m5.large", 730, 83.95],
        ["alarms of scaling policies", 2, 0.2],
      ]));
    it("is nothing where it scales to nothing", async () =>
      expect(await rows((opts) => endpoint(opts, 0))).to.deep.equal([["alarms of scaling policies", 2, 0.2]]));
    it("is unknown if its configuration is elsewhere", async () =>
      expect(await refusal((opts) => new aws.sagemaker.Endpoint("endpoint", { endpointConfigName: "elsewhere" }, opts))).to.match(
        /"endpoint" has a configuration that is not in this stack/,
      ));
  });
});
