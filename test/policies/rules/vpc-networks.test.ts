import * as aws from "@pulumi/aws";
import type { Policies } from "@pulumi/policy";
import * as pulumi from "@pulumi/pulumi";
import { expect } from "chai";
import type { PolicyConfig } from "../../../local/deploy/policy/config.ts";
import { computeHasNoWayToInternet } from "../../../policies/rules/vpc/compute-has-no-way-to-internet.ts";
import { defaultFencesAreClosed } from "../../../policies/rules/vpc/default-fences-are-closed.ts";
import { endpointLetsOwnOrganizationPassOnly } from "../../../policies/rules/vpc/endpoint-lets-own-organization-pass-only.ts";
import { interfaceEndpointAnswersByPrivateName } from "../../../policies/rules/vpc/interface-endpoint-answers-by-private-name.ts";
import { internetReachesPublicSubnetsOnly } from "../../../policies/rules/vpc/internet-reaches-public-subnets-only.ts";
import { networkHasEndpointsOfServices } from "../../../policies/rules/vpc/network-has-endpoints-of-services.ts";
import { networkKeepsFlowLog } from "../../../policies/rules/vpc/network-keeps-flow-log.ts";
import { networkSpansZones } from "../../../policies/rules/vpc/network-spans-zones.ts";
import { subnetHasFencesOfItsOwn } from "../../../policies/rules/vpc/subnet-has-fences-of-its-own.ts";
import { applications, violations } from "../../support/policies.ts";

type Opts = { provider: aws.Provider };
type Program = (opts: Opts) => unknown;

const anywhere = "0.0.0.0/0";
const org = "o-a1b2c3d4e5";
const policyOf = (...statements: object[]): string => JSON.stringify({ Version: "2012-10-17", Statement: statements });
const both = { StringEquals: { "aws:PrincipalOrgID": org, "aws:ResourceOrgID": org } };
const pass = (more: object = {}): object => ({ Sid: "S", Effect: "Allow", Principal: "*", Action: "s3:*", Resource: "*", ...more });

interface Changes {
  vpc: Partial<aws.ec2.VpcArgs>;
  /** Whether the default group and ACL are closed. */
  closed: boolean;
  log: Partial<aws.ec2.FlowLogArgs> | null;
  gateway: Partial<aws.ec2.VpcEndpointArgs>;
  interface: Partial<aws.ec2.VpcEndpointArgs>;
  /** Zones of the isolated subnets. */
  zones: string[];
  /** Zones with a NAT gateway. */
  nat: string[];
  publicTags: Record<string, string>;
  fenced: boolean;
  /** Which subnets the function lies in. */
  in: "isolated" | "private" | "public" | "elsewhere";
}

/** A network as Network makes it, with a function in it. */
const network =
  (
    change: Partial<Changes> = {},
    also: (made: { vpc: aws.ec2.Vpc; group: aws.ec2.DefaultSecurityGroup | undefined }, opts: Opts) => unknown = () => undefined,
  ): Program =>
  (opts) => {
    const { zones = ["us-east-1a", "us-east-1b"], closed = true, fenced = true } = change;
    const { nat = zones } = change;
    const vpc = new aws.ec2.Vpc("net", { cidrBlock: "10.0.0.0/16", enableDnsSupport: true, enableDnsHostnames: true, ...change.vpc }, opts);
    const vpcId = vpc.id;
    const defaults = closed ? new aws.ec2.DefaultSecurityGroup("group", { vpcId, ingress: [], egress: [] }, opts) : undefined;
    if (closed) new aws.ec2.DefaultNetworkAcl("acl", { defaultNetworkAclId: vpc.id, ingress: [], egress: [] }, opts);
    if (change.log !== null) {
      const log = { trafficType: "ALL", logDestination: "arn:g", iamRoleArn: "arn:r", maxAggregationInterval: 60, ...change.log };
      new aws.ec2.FlowLog("log", { vpcId, ...log }, opts);
    }
    const tier = (name: string, tags: Record<string, string>) =>
      zones.map((availabilityZone) => {
        const suffix = `${name}-${availabilityZone.slice(-1)}`;
        const subnet = new aws.ec2.Subnet(suffix, { vpcId, availabilityZone, tags }, opts);
        const table = new aws.ec2.RouteTable(`${suffix}-routes`, { vpcId }, opts);
        if (fenced) new aws.ec2.RouteTableAssociation(`${suffix}-association`, { subnetId: subnet.id, routeTableId: table.id }, opts);
        return { subnet, table };
      });
    const tiers = { isolated: tier("isolated", {}), private: tier("private", {}), public: tier("public", change.publicTags ?? { tier: "public" }) };
    const all = Object.values(tiers).flat();
    if (fenced) new aws.ec2.NetworkAcl("acl-of-all", { vpcId, subnetIds: all.map(({ subnet }) => subnet.id) }, opts);
    const internet = new aws.ec2.InternetGateway("internet", { vpcId }, opts).id;
    for (const [i, { table }] of tiers.public.entries())
      new aws.ec2.Route(`in-${i}`, { routeTableId: table.id, destinationCidrBlock: anywhere, gatewayId: internet }, opts);
    const gateways = tiers.public
      .filter((_, i) => nat.includes(zones[i]!))
      .map(({ subnet }, i) => new aws.ec2.NatGateway(`nat-${i}`, { subnetId: subnet.id, connectivityType: "private" }, opts).id);
    for (const [i, { table }] of gateways.length === 0 ? [] : tiers.private.entries())
      new aws.ec2.Route(`out-${i}`, { routeTableId: table.id, destinationCidrBlock: anywhere, natGatewayId: gateways[i % gateways.length]! }, opts);
    new aws.ec2.VpcEndpoint(
      "s3",
      {
        vpcId,
        serviceName: "com.amazonaws.us-east-1.s3",
        vpcEndpointType: "Gateway",
        routeTableIds: [...tiers.isolated, ...tiers.private].map(({ table }) => table.id),
        policy: policyOf(pass({ Condition: both })),
        ...change.gateway,
      },
      opts,
    );
    const isolated = tiers.isolated.map(({ subnet }) => subnet.id);
    new aws.ec2.VpcEndpoint(
      "sts",
      {
        vpcId,
        serviceName: "com.amazonaws.us-east-1.sts",
        vpcEndpointType: "Interface",
        privateDnsEnabled: true,
        securityGroupIds: ["sg-1"],
        subnetIds: isolated,
        policy: policyOf(pass({ Condition: both })),
        ...change.interface,
      },
      opts,
    );
    const place = change.in ?? "isolated";
    new aws.lambda.Function(
      "f",
      {
        role: "arn:aws:iam::111111111111:role/f",
        handler: "index.handler",
        code: new pulumi.asset.FileArchive("contracts"),
        vpcConfig: { subnetIds: place === "elsewhere" ? ["subnet-else"] : tiers[place].map(({ subnet }) => subnet.id), securityGroupIds: ["sg-1"] },
      },
      opts,
    );
    also({ vpc, group: defaults }, opts);
  };

const services = { services: ["s3", "sts"] };
const config: PolicyConfig = { "vpc-network-has-endpoints-of-services": services };
const everyRule = [
  computeHasNoWayToInternet,
  defaultFencesAreClosed,
  endpointLetsOwnOrganizationPassOnly,
  interfaceEndpointAnswersByPrivateName,
  internetReachesPublicSubnetsOnly,
  networkHasEndpointsOfServices,
  networkKeepsFlowLog,
  networkSpansZones,
  subnetHasFencesOfItsOwn,
];
const only = (rule: Policies[number]): PolicyConfig => (rule === networkHasEndpointsOfServices ? config : {});

describe("rules for networks", () => {
  for (const rule of everyRule)
    it(`${rule.name} accepts a network that keeps all rules`, async () => expect(await violations(rule, network(), only(rule))).to.deep.equal([]));

  const lies = (where: string, to: string) => `Resource "f" lies in "${where}", from which a route leads to ${to}.`;
  const policies = (...statements: object[]): Partial<Changes> => ({ gateway: { policy: policyOf(...statements) } });
  const cases: [rule: Policies[number], what: string, program: Program, ...messages: string[]][] = [
    [
      computeHasNoWayToInternet,
      "refuses subnets with a NAT gateway",
      network({ in: "private" }),
      lies("private-a", "a NAT gateway"),
      lies("private-b", "a NAT gateway"),
    ],
    [
      computeHasNoWayToInternet,
      "refuses subnets with an internet gateway",
      network({ in: "public", zones: ["us-east-1a"] }),
      lies("public-a", "an internet gateway"),
    ],
    [
      computeHasNoWayToInternet,
      "refuses subnets that nobody knows",
      network({ in: "elsewhere" }),
      'Resource "f" names subnets in vpcConfig that the program does not make; their routes can\'t be judged.',
    ],
    [
      computeHasNoWayToInternet,
      "refuses subnets without routes of their own",
      network({ fenced: false, zones: ["us-east-1a"] }),
      'Resource "f" lies in "isolated-a", which has no route table of its own.',
      'Resource "sts" lies in "isolated-a", which has no route table of its own.',
    ],
    [
      computeHasNoWayToInternet,
      "looks at routes within a table, too",
      (opts) => {
        const subnet = new aws.ec2.Subnet("s", { vpcId: "vpc-1" }, opts);
        const table = new aws.ec2.RouteTable("t", { vpcId: "vpc-1", routes: [{ cidrBlock: anywhere, transitGatewayId: "tgw-1" }] }, opts);
        new aws.ec2.RouteTableAssociation("a", { subnetId: subnet.id, routeTableId: table.id }, opts);
        new aws.ec2.Instance("f", { ami: "ami-1", instanceType: "t3.micro", subnetId: subnet.id }, opts);
      },
      lies("s", "a transit gateway"),
    ],

    [
      defaultFencesAreClosed,
      "refuses what AWS made",
      network({ closed: false }),
      'Network "net" leaves its default network ACL as AWS made it; the program must close it.',
      'Network "net" leaves its default security group as AWS made it; the program must close it.',
    ],
    [
      defaultFencesAreClosed,
      "refuses a group that is open again",
      network(
        {},
        ({ group }, opts) => new aws.vpc.SecurityGroupEgressRule("again", { securityGroupId: group!.id, ipProtocol: "-1", cidrIpv4: anywhere }, opts),
      ),
      'Network "net" opens its default security group ("group"); it must have neither ingress nor egress.',
    ],
    [
      defaultFencesAreClosed,
      "refuses fences with rules",
      network({ closed: false }, ({ vpc }, opts) => {
        new aws.ec2.DefaultSecurityGroup("group", { vpcId: vpc.id, ingress: [{ protocol: "-1", fromPort: 0, toPort: 0, self: true }] }, opts);
        const all = { ruleNo: 100, action: "allow", protocol: "-1", cidrBlock: anywhere, fromPort: 0, toPort: 0 };
        new aws.ec2.DefaultNetworkAcl("acl", { defaultNetworkAclId: vpc.id, egress: [all] }, opts);
      }),
      'Network "net" opens its default network ACL ("acl"); it must have neither ingress nor egress.',
      'Network "net" opens its default security group ("group"); it must have neither ingress nor egress.',
    ],

    [
      endpointLetsOwnOrganizationPassOnly,
      "accepts layers of images, and models of AWS",
      network(
        policies(
          pass({ Condition: both }),
          pass({ Action: "s3:GetObject", Resource: "arn:aws:s3:::prod-us-east-1-starport-layer-bucket/*" }),
          pass({ Resource: ["arn:aws:bedrock:us-east-1::foundation-model/*"], Condition: { StringEquals: { "aws:PrincipalOrgID": org } } }),
        ),
      ),
    ],
    [endpointLetsOwnOrganizationPassOnly, "refuses no policy", network({ gateway: { policy: "" } }), 'Endpoint "s3" lets everything pass; it must set policy.'],
    [
      endpointLetsOwnOrganizationPassOnly,
      "refuses everything",
      network(policies(pass())),
      'Endpoint "s3" lets requests of strangers pass (S); it must be bound by aws:PrincipalOrgID.',
      'Endpoint "s3" lets requests to resources of strangers pass (S); it must be bound by aws:ResourceOrgID.',
    ],
    ...[{ Action: "*" }, { Action: undefined, NotAction: "s3:DeleteBucket" }].map((actions): [Policies[number], string, Program, string] => [
      endpointLetsOwnOrganizationPassOnly,
      `refuses every action, ${JSON.stringify(actions)}`,
      network(policies(pass({ ...actions, Condition: both }))),
      'Endpoint "s3" lets every action pass (S); it must name those of its service.',
    ]),
    [
      endpointLetsOwnOrganizationPassOnly,
      "refuses resources of strangers",
      network(policies(pass({ Condition: { StringEquals: { "aws:PrincipalOrgID": org } } }))),
      'Endpoint "s3" lets requests to resources of strangers pass (S); it must be bound by aws:ResourceOrgID.',
    ],
    [
      endpointLetsOwnOrganizationPassOnly,
      "refuses strangers",
      network(policies(pass({ Condition: { StringEquals: { "aws:ResourceOrgID": org } } }))),
      'Endpoint "s3" lets requests of strangers pass (S); it must be bound by aws:PrincipalOrgID.',
    ],
    [
      endpointLetsOwnOrganizationPassOnly,
      "refuses models of AWS for strangers",
      network(policies(pass({ Resource: "arn:aws:bedrock:us-east-1::foundation-model/*" }))),
      'Endpoint "s3" lets requests of strangers pass (S); it must be bound by aws:PrincipalOrgID.',
    ],
    [
      endpointLetsOwnOrganizationPassOnly,
      "reads a policy of its own resource",
      (opts) => {
        const endpoint = new aws.ec2.VpcEndpoint("s3", { vpcId: "vpc-1", serviceName: "com.amazonaws.us-east-1.s3" }, opts);
        new aws.ec2.VpcEndpointPolicy("p", { vpcEndpointId: endpoint.id, policy: policyOf(pass({ Condition: both })) }, opts);
      },
    ],

    [
      interfaceEndpointAnswersByPrivateName,
      "refuses another name, the default group, and one zone",
      network({ zones: ["us-east-1a"], interface: { privateDnsEnabled: false, securityGroupIds: [] } }),
      'Endpoint "sts" does not answer by its service\'s own name; privateDnsEnabled must be true.',
      'Endpoint "sts" has the network\'s default security group; it must set securityGroupIds.',
      'Endpoint "sts" lies in 1 subnets; subnetIds must name 2 or more.',
    ],
    [
      interfaceEndpointAnswersByPrivateName,
      "refuses a network without names",
      network({ vpc: { enableDnsSupport: false, enableDnsHostnames: false } }),
      'Endpoint "sts" lies in "net", which gives no names; enableDnsHostnames must be true.',
      'Endpoint "sts" lies in "net", which has no name server; enableDnsSupport must be true.',
    ],

    [
      internetReachesPublicSubnetsOnly,
      "refuses a subnet that does not say so",
      network({ zones: ["us-east-1a"], publicTags: { tier: "private" } }),
      'Subnet "public-a" has a route to an internet gateway and tag tier private; it must be public.',
    ],
    [
      internetReachesPublicSubnetsOnly,
      "refuses a subnet without tags",
      network({ zones: ["us-east-1a"], publicTags: {} }),
      'Subnet "public-a" has a route to an internet gateway and tag tier unset; it must be public.',
    ],

    [
      networkHasEndpointsOfServices,
      "refuses an endpoint of somebody else, and another Region's spelling",
      network({ interface: { serviceName: "com.amazonaws.vpce.us-east-1.sts" } }),
      'Network "net" has no endpoint of sts.',
    ],
    [
      networkHasEndpointsOfServices,
      "refuses tables that lead nowhere",
      network({ gateway: { routeTableIds: [] }, zones: ["us-east-1a"] }),
      'Network "net" does not lead "isolated-a-routes", "private-a-routes" to "s3"; its routeTableIds must hold them.',
    ],

    ...([null, { trafficType: "REJECT" }, { logDestination: "" }] as const).map((log): [Policies[number], string, Program, string] => [
      networkKeepsFlowLog,
      `refuses ${JSON.stringify(log)}`,
      network({ log }),
      'Network "net" keeps no flow log of all traffic; it must have a FlowLog with trafficType ALL and a logDestination.',
    ]),
    [
      networkKeepsFlowLog,
      "refuses a coarse one, and one that nobody can write",
      network({ log: { maxAggregationInterval: 600, iamRoleArn: "" } }),
      'Network "net" can\'t write its flow log; it must set iamRoleArn.',
      'Network "net" sums up its flow log over 600 seconds; maxAggregationInterval must be 60.',
    ],
    [networkKeepsFlowLog, "accepts a bucket, which needs no role", network({ log: { logDestinationType: "s3", iamRoleArn: "" } })],

    [networkSpansZones, "accepts a network without NAT gateways", network({ nat: [] })],
    [networkSpansZones, "refuses one zone", network({ zones: ["us-east-1a"] }), 'Network "net" lies in 1 zones; it must lie in 2 or more.'],
    [
      networkSpansZones,
      "refuses one NAT gateway for all",
      network({ nat: ["us-east-1a"] }),
      'Network "net" sends "private-b" out through "nat-0" in another zone; each zone must have a NAT gateway.',
    ],

    [
      subnetHasFencesOfItsOwn,
      "refuses the network's defaults",
      (opts) => new aws.ec2.Subnet("s", { vpcId: "vpc-1" }, opts),
      'Subnet "s" has no network ACL of its own; a NetworkAcl must name it.',
      'Subnet "s" has no route table of its own; it must have a RouteTableAssociation.',
    ],
    [
      subnetHasFencesOfItsOwn,
      "accepts an association of an ACL",
      (opts) => {
        const subnet = new aws.ec2.Subnet("s", { vpcId: "vpc-1" }, opts);
        const table = new aws.ec2.RouteTable("t", { vpcId: "vpc-1" }, opts);
        new aws.ec2.RouteTableAssociation("a", { subnetId: subnet.id, routeTableId: table.id }, opts);
        new aws.ec2.NetworkAclAssociation("b", { subnetId: subnet.id, networkAclId: new aws.ec2.NetworkAcl("n", { vpcId: "vpc-1" }, opts).id }, opts);
      },
    ],
  ];
  for (const [rule, what, program, ...messages] of cases)
    it(`${rule.name} ${what}`, async () => expect((await violations(rule, program, only(rule))).sort()).to.deep.equal(messages));

  it("take other settings", async () => {
    const judged = (rule: Policies[number], change: Partial<Changes>, settings: PolicyConfig[string]) =>
      violations(rule, network(change), { [rule.name]: settings! });
    expect(await judged(networkSpansZones, { nat: ["us-east-1a"] }, { natInEachZone: false })).to.deep.equal([]);
    expect(await judged(networkSpansZones, { zones: ["us-east-1a"] }, { minimumZones: 1 })).to.deep.equal([]);
    expect(await judged(networkKeepsFlowLog, { log: { maxAggregationInterval: 600 } }, { longestInterval: 600 })).to.deep.equal([]);
    expect(await judged(internetReachesPublicSubnetsOnly, { publicTags: { net: "open" } }, { tag: "net", value: "open" })).to.deep.equal([]);
    expect(await judged(interfaceEndpointAnswersByPrivateName, { zones: ["us-east-1a"] }, { minimumSubnets: 1 })).to.deep.equal([]);
    expect(await violations(networkHasEndpointsOfServices, network())).to.have.length(1);
    const open = policyOf(pass({ Resource: "arn:aws:s3:::shared/*" }));
    expect(await judged(endpointLetsOwnOrganizationPassOnly, { gateway: { policy: open } }, { openResources: ["arn:aws:s3:::shared/*"] })).to.deep.equal([]);
    const shared = policyOf(pass({ Resource: "arn:aws:s3:::shared/*", Condition: { StringEquals: { "aws:PrincipalOrgID": org } } }));
    expect(await judged(endpointLetsOwnOrganizationPassOnly, { gateway: { policy: shared } }, { sharedResources: ["arn:aws:s3:::shared/*"] })).to.deep.equal(
      [],
    );
  });

  it("do not apply where there is nothing to judge", async () => {
    for (const rule of everyRule) expect(await applications(rule, () => undefined)).to.equal(0);
    expect(await applications(networkHasEndpointsOfServices, (opts) => new aws.ec2.Vpc("v", { tags: { "data-classification": "none" } }, opts))).to.equal(0);
  });
});
