import * as aws from "@pulumi/aws";
import { expect } from "chai";
import {
  calledByFunctions,
  dynamoDbPolicy,
  type InterfaceService,
  interfacePolicy,
  interfaceServices,
  reachedByTasks,
  s3Policy,
} from "../../../components/network/endpoint-policies.ts";
import { Network, type NetworkArgs } from "../../../components/network/network.ts";
import { EncryptionKey } from "../../../components/security/encryption-key.ts";
import type { ResourceStatement } from "../../../components/security/policy.ts";
import { evaluatePolicies } from "../../../local/deploy/policy/in-process.ts";
import { failure } from "../../support/failure.ts";
import { rulesOfParts } from "../../support/pack.ts";
import type { Deployed } from "../../support/pulumi.ts";
import { inAccount, place, statements } from "../place.ts";

const everyService = Object.keys(interfaceServices) as InterfaceService[];
const zones = ["us-east-1a", "us-east-1b", "us-east-1c"];
const make = (more: Partial<NetworkArgs> = {}) =>
  inAccount((opts) => {
    const logKey = new EncryptionKey("key", { place, removal: "retain", description: "Logs" }, opts);
    const args = { place, cidr: "10.20.0.0/16", zones, nat: "per-zone", interfaceServices: everyService, logKey, logRetentionDays: 2192, ...more } as const;
    const { vpcId, s3EndpointId, functions, jobs } = new Network("network", args, opts);
    return { vpcId, s3EndpointId, functions, jobs };
  });
const idOf = (stack: Deployed, cls: unknown, name: string) => stack.one(cls, name).id;

describe("Network", () => {
  let stack: Deployed;
  before(async () => {
    stack = await make();
  });

  it("parents and names its children after itself", () => {
    for (const { name, type, parent } of stack.resources.filter(({ type }) => type.startsWith("aws:ec2") || type.startsWith("aws:vpc"))) {
      expect(name, type).to.match(/^network(-|$)/);
      expect(parent, name).to.contain("svp:network:");
    }
  });

  it("gives nobody a public address", () => {
    const subnets = stack.ofType(aws.ec2.Subnet);
    expect(subnets).to.have.length(9);
    for (const { inputs } of subnets) expect(inputs["mapPublicIpOnLaunch"]).to.equal(false);
    expect(stack.one(aws.ec2.Subnet, "network-isolated-b").inputs).to.deep.equal({
      vpcId: stack.outputs["vpcId"],
      cidrBlock: "10.20.64.0/19",
      availabilityZone: "us-east-1b",
      mapPublicIpOnLaunch: false,
      tags: { Name: "network-isolated-b", tier: "isolated" },
    });
  });

  it("closes what every VPC comes with", () => {
    expect(stack.one(aws.ec2.DefaultSecurityGroup, "network-default-group").inputs).to.deep.equal({ vpcId: stack.outputs["vpcId"], ingress: [], egress: [] });
    expect(stack.one(aws.ec2.DefaultNetworkAcl, "network-default-acl").inputs).to.deep.equal({
      defaultNetworkAclId: stack.one(aws.ec2.Vpc, "network").outputs["defaultNetworkAclId"],
      ingress: [],
      egress: [],
    });
  });

  it("leads only the public tier to the internet, the private one to the NAT gateway of its zone, and the isolated one nowhere", () => {
    const tables = Object.fromEntries(stack.ofType(aws.ec2.RouteTable).map(({ id, name }) => [id, name]));
    const ways = stack.ofType(aws.ec2.Route).map(({ inputs }) => [tables[inputs["routeTableId"] as string], inputs["gatewayId"] ?? inputs["natGatewayId"]]);
    const internet = idOf(stack, aws.ec2.InternetGateway, "network-internet");
    expect(Object.fromEntries(ways)).to.deep.equal({
      "network-public-a-routes": internet,
      "network-public-b-routes": internet,
      "network-public-c-routes": internet,
      "network-private-a-routes": idOf(stack, aws.ec2.NatGateway, "network-nat-a"),
      "network-private-b-routes": idOf(stack, aws.ec2.NatGateway, "network-nat-b"),
      "network-private-c-routes": idOf(stack, aws.ec2.NatGateway, "network-nat-c"),
    });
    expect(stack.one(aws.ec2.NatGateway, "network-nat-b").inputs["subnetId"]).to.equal(idOf(stack, aws.ec2.Subnet, "network-public-b"));
  });

  it("associates every subnet with the table of its own name and the ACL of its tier", () => {
    expect(stack.ofType(aws.ec2.RouteTableAssociation).map(({ inputs }) => [inputs["subnetId"], inputs["routeTableId"]])).to.have.deep.members(
      ["isolated", "private", "public"].flatMap((tier) =>
        ["a", "b", "c"].map((zone) => [
          idOf(stack, aws.ec2.Subnet, `network-${tier}-${zone}`),
          idOf(stack, aws.ec2.RouteTable, `network-${tier}-${zone}-routes`),
        ]),
      ),
    );
    const rule = (ruleNo: number, cidrBlock: string, fromPort: number, toPort: number) => ({
      ruleNo,
      action: "allow",
      protocol: "tcp",
      cidrBlock,
      fromPort,
      toPort,
    });
    const inside = [rule(100, "10.20.0.0/16", 0, 65535)];
    // Answers, but for remote desktop's port.
    const answers = [rule(110, "0.0.0.0/0", 1024, 3388), rule(120, "0.0.0.0/0", 3390, 65535)];
    const expected = { ingress: [...inside, ...answers], egress: [...inside, rule(110, "0.0.0.0/0", 443, 443)] };
    for (const tier of ["isolated", "private"]) {
      expect(stack.one(aws.ec2.NetworkAcl, `network-${tier}-acl`).inputs).to.deep.include({
        ...expected,
        subnetIds: ["a", "b", "c"].map((zone) => idOf(stack, aws.ec2.Subnet, `network-${tier}-${zone}`)),
      });
    }
    expect(stack.one(aws.ec2.NetworkAcl, "network-public-acl").inputs).to.deep.include({
      ingress: [rule(100, "10.20.0.0/16", 443, 443), ...answers],
      egress: [rule(100, "0.0.0.0/0", 443, 443), rule(110, "10.20.0.0/16", 1024, 65535)],
    });
  });

  it("reaches S3 and DynamoDB by the tables of both inner tiers, and every other service inside the isolated one", () => {
    const inner = ["isolated", "private"].flatMap((tier) => ["a", "b", "c"].map((zone) => idOf(stack, aws.ec2.RouteTable, `network-${tier}-${zone}-routes`)));
    for (const service of ["s3", "dynamodb"]) {
      const { policy, ...inputs } = stack.one(aws.ec2.VpcEndpoint, `network-endpoints-${service}`).inputs;
      expect(inputs).to.deep.equal({
        vpcId: stack.outputs["vpcId"],
        serviceName: `com.amazonaws.us-east-1.${service}`,
        vpcEndpointType: "Gateway",
        routeTableIds: inner,
        tags: { Name: `network-endpoints-${service}` },
      });
      expect(policy).to.be.a("string");
    }
    const { policy, ...inputs } = stack.one(aws.ec2.VpcEndpoint, "network-endpoints-sagemaker-runtime").inputs;
    expect(inputs).to.deep.equal({
      vpcId: stack.outputs["vpcId"],
      serviceName: "com.amazonaws.us-east-1.sagemaker.runtime",
      vpcEndpointType: "Interface",
      privateDnsEnabled: true,
      subnetIds: ["a", "b", "c"].map((zone) => idOf(stack, aws.ec2.Subnet, `network-isolated-${zone}`)),
      securityGroupIds: [idOf(stack, aws.ec2.SecurityGroup, "network-endpoints-group")],
      tags: { Name: "network-endpoints-sagemaker-runtime" },
    });
    expect(stack.ofType(aws.ec2.VpcEndpoint)).to.have.length(2 + everyService.length);
  });

  it("gives each endpoint the policy of its service", () => {
    const policy = (service: string) => stack.one(aws.ec2.VpcEndpoint, `network-endpoints-${service.replace(".", "-")}`).inputs["policy"];
    const document = (list: readonly ResourceStatement[]) => JSON.stringify({ Version: "2012-10-17", Statement: list });
    expect(policy("s3")).to.equal(document(s3Policy(place)));
    expect(policy("dynamodb")).to.equal(document(dynamoDbPolicy(place)));
    for (const service of everyService) expect(policy(service), service).to.equal(document(interfacePolicy(place, service)));
    expect(stack.outputs["s3EndpointId"]).to.equal(idOf(stack, aws.ec2.VpcEndpoint, "network-endpoints-s3"));
  });

  it("passes every policy", async () => {
    const { findings } = await evaluatePolicies(rulesOfParts, { project: "svp", stack: "unit", findings: [], ...stack });
    expect(findings).to.deep.equal([]);
  });

  it("lets compute call services over TLS, and be called by nobody", () => {
    const endpoints = idOf(stack, aws.ec2.SecurityGroup, "network-endpoints-group");
    const https = { ipProtocol: "tcp", fromPort: 443, toPort: 443 };
    for (const use of ["functions", "jobs"]) {
      const group = idOf(stack, aws.ec2.SecurityGroup, `network-${use}`);
      expect(stack.one(aws.ec2.SecurityGroup, `network-${use}`).inputs).not.to.have.any.keys("ingress", "egress");
      const egress = stack.ofType(aws.vpc.SecurityGroupEgressRule).filter(({ inputs }) => inputs["securityGroupId"] === group);
      expect(egress.map(({ inputs: { securityGroupId: _, description: __, ...inputs } }) => inputs)).to.have.deep.members([
        { ...https, referencedSecurityGroupId: endpoints },
        { ...https, prefixListId: stack.one(aws.ec2.VpcEndpoint, "network-endpoints-s3").outputs["prefixListId"] },
        { ...https, prefixListId: stack.one(aws.ec2.VpcEndpoint, "network-endpoints-dynamodb").outputs["prefixListId"] },
      ]);
      expect(stack.one(aws.vpc.SecurityGroupIngressRule, `network-${use}-into-endpoints`).inputs).to.deep.include({
        ...https,
        securityGroupId: endpoints,
        referencedSecurityGroupId: group,
      });
      expect(stack.outputs[use]).to.deep.equal({
        subnetIds: ["a", "b", "c"].map((zone) => idOf(stack, aws.ec2.Subnet, `network-isolated-${zone}`)),
        securityGroupId: group,
      });
    }
    expect(stack.ofType(aws.vpc.SecurityGroupIngressRule).map(({ inputs }) => inputs["securityGroupId"])).to.deep.equal([endpoints, endpoints]);
  });

  it("logs who talked to whom, refused or not, encrypted", () => {
    const log = stack.one(aws.cloudwatch.LogGroup, "network-flow-log");
    expect(log.inputs).to.deep.equal({
      name: "/aws/vpc/svp-unit-network-flow",
      kmsKeyId: stack.one(aws.kms.Key, "key").outputs["arn"],
      retentionInDays: 2192,
    });
    expect(stack.one(aws.ec2.FlowLog, "network-flow").inputs).to.deep.equal({
      vpcId: stack.outputs["vpcId"],
      trafficType: "ALL",
      logDestinationType: "cloud-watch-logs",
      logDestination: log.outputs["arn"],
      iamRoleArn: "arn:aws:iam::111111111111:role/svp-unit-network-flow-role",
      maxAggregationInterval: 60,
    });
    expect(statements(stack.one(aws.iam.RolePolicy, "network-flow-role-policy").inputs["policy"])).to.deep.equal({
      FindLog: { Effect: "Allow", Action: ["logs:DescribeLogGroups"], Resource: ["arn:aws:logs:us-east-1:111111111111:log-group:*"] },
      WriteLog: {
        Effect: "Allow",
        Action: ["logs:CreateLogStream", "logs:DescribeLogStreams", "logs:PutLogEvents"],
        Resource: ["arn:aws:logs:us-east-1:111111111111:log-group:/aws/vpc/svp-unit-network-flow:*"],
      },
    });
  });

  it("has nothing public at all where there is no NAT gateway", async () => {
    const closed = await make({ nat: "none", zones: zones.slice(0, 2), interfaceServices: [...reachedByTasks, ...calledByFunctions] });
    for (const cls of [aws.ec2.InternetGateway, aws.ec2.NatGateway, aws.ec2.Eip, aws.ec2.Route]) expect(closed.ofType(cls)).to.deep.equal([]);
    expect(closed.ofType(aws.ec2.Subnet).map(({ inputs }) => (inputs["tags"] as { tier: string }).tier)).to.have.members([
      "isolated",
      "isolated",
      "private",
      "private",
    ]);
    expect(closed.ofType(aws.ec2.VpcEndpoint)).to.have.length(11);
  });

  it("can share one NAT gateway", async () => {
    const shared = await make({ nat: "single" });
    const [gateway, ...others] = shared.ofType(aws.ec2.NatGateway);
    expect(others).to.deep.equal([]);
    const ways = shared.ofType(aws.ec2.Route).filter(({ inputs }) => inputs["natGatewayId"] === gateway?.id);
    expect(ways).to.have.length(3);
  });

  it("refuses services that it does not know or was given twice, and to do without those that functions call", async () => {
    expect((await failure(make({ interfaceServices: [...everyService, "ssm" as InterfaceService] }))).message).to.contain(
      'svp:network:Network "network": interfaceServices must be among bedrock-runtime, ecr.api,',
    );
    expect((await failure(make({ interfaceServices: ["states"] }))).message).to.contain(
      "interfaceServices must hold rekognition, sagemaker.api, sagemaker.runtime, secretsmanager, sqs: functions call them, and have no other way.",
    );
    expect((await failure(make({ interfaceServices: [...calledByFunctions, "logs"] }))).message).to.contain(
      "interfaceServices must hold ecr.api, ecr.dkr: Fargate fetches images and writes logs through them.",
    );
    expect((await failure(make({ interfaceServices: [...everyService, "states"] }))).message).to.contain(
      "interfaceServices must hold each service once, not states again.",
    );
  });

  it("refuses zones of another Region", async () => {
    expect((await failure(make({ zones: ["us-east-1a", "us-west-2b", "us-east-1"] }))).message).to.contain(
      'svp:network:Network "network": zones must be Availability Zones of us-east-1, such as us-east-1a, not us-west-2b, us-east-1.',
    );
  });

  it("refuses an address range that can't be planned, with every reason", async () => {
    expect((await failure(make({ cidr: "8.8.8.0/24", zones: ["us-east-1a"] }))).message).to.contain(
      'svp:network:Network "network": cidr and zones can\'t be planned: cidr must have a prefix from /16 to /22, not /24. cidr must lie within',
    );
  });
});
