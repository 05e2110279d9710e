import * as aws from "@pulumi/aws";
import type { Policies } from "@pulumi/policy";
import { expect } from "chai";
import { accountAsksForMetadataTokens } from "../../../policies/rules/vpc/account-asks-for-metadata-tokens.ts";
import { instanceMetadataAsksForToken } from "../../../policies/rules/vpc/instance-metadata-asks-for-token.ts";
import { networkAclLetsAnswersInOnly } from "../../../policies/rules/vpc/network-acl-lets-answers-in-only.ts";
import { networkIsJoinedToNoOther } from "../../../policies/rules/vpc/network-is-joined-to-no-other.ts";
import { isPrivate } from "../../../policies/rules/vpc/ranges.ts";
import { securityGroupLetsInNobodyFromInternet } from "../../../policies/rules/vpc/security-group-lets-in-nobody-from-internet.ts";
import { securityGroupReachesServicesOverTlsOnly } from "../../../policies/rules/vpc/security-group-reaches-services-over-tls-only.ts";
import { securityGroupTakesTlsOnly } from "../../../policies/rules/vpc/security-group-takes-tls-only.ts";
import { subnetAssignsNoPublicAddress } from "../../../policies/rules/vpc/subnet-assigns-no-public-address.ts";
import { applications, violations } from "../../support/policies.ts";

type Opts = { provider: aws.Provider };
type Program = (opts: Opts) => unknown;
type Case = [rule: Policies[number], what: string, program: Program, ...messages: string[]];

const https = { ipProtocol: "tcp", fromPort: 443, toPort: 443 };
const group = (args: aws.ec2.SecurityGroupArgs) => (opts: Opts) => new aws.ec2.SecurityGroup("g", args, opts);
const ingress = (args: Partial<aws.vpc.SecurityGroupIngressRuleArgs>) => (opts: Opts) =>
  new aws.vpc.SecurityGroupIngressRule("g", { securityGroupId: "sg-1", ...https, ...args }, opts);
const egress = (args: Partial<aws.vpc.SecurityGroupEgressRuleArgs>) => (opts: Opts) =>
  new aws.vpc.SecurityGroupEgressRule("g", { securityGroupId: "sg-1", ...https, ...args }, opts);
const rule = (type: string, args: Partial<aws.ec2.SecurityGroupRuleArgs>) => (opts: Opts) =>
  new aws.ec2.SecurityGroupRule("g", { type, securityGroupId: "sg-1", protocol: "tcp", fromPort: 443, toPort: 443, ...args }, opts);
const inline = { protocol: "tcp", fromPort: 443, toPort: 443 };
const acl = (args: Partial<aws.ec2.NetworkAclArgs>) => (opts: Opts) => new aws.ec2.NetworkAcl("a", { vpcId: "vpc-1", ...args }, opts);
const entry = (cidrBlock: string, fromPort: number, toPort: number, more: object = {}) => ({
  ruleNo: 100,
  action: "allow",
  protocol: "tcp",
  cidrBlock,
  fromPort,
  toPort,
  ...more,
});
const anywhere = "0.0.0.0/0";
const inFrom = (message: string) => `"a" lets ${message}`;
const subnet = (args: Partial<aws.ec2.SubnetArgs>) => (opts: Opts) => new aws.ec2.Subnet("s", { vpcId: "vpc-1", ...args }, opts);
const metadata = (args: aws.ec2.InstanceMetadataDefaultsArgs) => (opts: Opts) => new aws.ec2.InstanceMetadataDefaults("m", args, opts);
const machine = (args: Partial<aws.ec2.InstanceArgs>) => (opts: Opts) => new aws.ec2.Instance("i", { ami: "ami-1", instanceType: "t3.micro", ...args }, opts);
const endpoint = (serviceName: string) => (opts: Opts) => new aws.ec2.VpcEndpoint("e", { vpcId: "vpc-1", serviceName }, opts);

describe("rules for parts of networks", () => {
  const openTo = (range: string) => `"g" lets in ${range}; it must let in security groups, or private addresses.`;
  const outTo = (range: string) => `"g" lets out to ${range}; it must name security groups, prefix lists or private addresses.`;
  const cases: Case[] = [
    [securityGroupLetsInNobodyFromInternet, "accepts a group", ingress({ referencedSecurityGroupId: "sg-2" })],
    [securityGroupLetsInNobodyFromInternet, "accepts private addresses", ingress({ cidrIpv4: "10.0.0.0/16" })],
    [securityGroupLetsInNobodyFromInternet, "accepts nobody", group({})],
    [securityGroupLetsInNobodyFromInternet, "refuses everybody", ingress({ cidrIpv4: anywhere }), openTo(anywhere)],
    [securityGroupLetsInNobodyFromInternet, "refuses everybody by IPv6", ingress({ cidrIpv6: "::/0" }), openTo("::/0")],
    [securityGroupLetsInNobodyFromInternet, "refuses half of everybody", ingress({ cidrIpv4: "0.0.0.0/1" }), openTo("0.0.0.0/1")],
    [
      securityGroupLetsInNobodyFromInternet,
      "refuses everybody in a group's own list",
      group({ ingress: [{ ...inline, cidrBlocks: ["10.0.0.0/8", anywhere] }] }),
      openTo(anywhere),
    ],
    [
      securityGroupLetsInNobodyFromInternet,
      "refuses everybody in the default group",
      (opts) => new aws.ec2.DefaultSecurityGroup("g", { ingress: [{ ...inline, ipv6CidrBlocks: ["::/0"] }] }, opts),
      openTo("::/0"),
    ],
    [securityGroupLetsInNobodyFromInternet, "refuses everybody in a rule of the older kind", rule("ingress", { cidrBlocks: [anywhere] }), openTo(anywhere)],

    [securityGroupTakesTlsOnly, "accepts TLS", ingress({ referencedSecurityGroupId: "sg-2" })],
    [
      securityGroupTakesTlsOnly,
      "refuses everything",
      group({ ingress: [{ protocol: "-1", fromPort: 0, toPort: 0, self: true }] }),
      '"g" lets in -1 ports 0 to 0; it must be tcp 443.',
    ],
    [
      securityGroupTakesTlsOnly,
      "refuses many ports",
      ingress({ referencedSecurityGroupId: "sg-2", toPort: 444 }),
      '"g" lets in tcp ports 443 to 444; it must be tcp 443.',
    ],
    [
      securityGroupTakesTlsOnly,
      "refuses ports that nobody names",
      (opts) => new aws.vpc.SecurityGroupIngressRule("g", { securityGroupId: "sg-1", ipProtocol: "tcp", referencedSecurityGroupId: "sg-2" }, opts),
      '"g" lets in tcp ports all to all; it must be tcp 443.',
    ],

    [accountAsksForMetadataTokens, "accepts an account that says so", metadata({})],
    [
      accountAsksForMetadataTokens,
      "refuses one that says nothing",
      subnet({}),
      'Account "account" leaves the metadata of machines as AWS does; it must have InstanceMetadataDefaults.',
    ],

    [securityGroupReachesServicesOverTlsOnly, "accepts a prefix list", egress({ prefixListId: "pl-1" })],
    [securityGroupReachesServicesOverTlsOnly, "accepts a group's own list", group({ egress: [{ ...inline, securityGroups: ["sg-2"] }] })],
    [securityGroupReachesServicesOverTlsOnly, "refuses everywhere", egress({ cidrIpv4: anywhere }), outTo(anywhere)],
    [
      securityGroupReachesServicesOverTlsOnly,
      "refuses everything",
      egress({ ipProtocol: "-1", cidrIpv4: "10.0.0.0/8", fromPort: undefined, toPort: undefined } as object),
      '"g" lets out -1 ports all to all; it must be tcp 443.',
    ],
    [
      securityGroupReachesServicesOverTlsOnly,
      "refuses other ports",
      egress({ referencedSecurityGroupId: "sg-2", fromPort: 80 }),
      '"g" lets out tcp ports 80 to 443; it must be tcp 443.',
    ],
    [
      securityGroupReachesServicesOverTlsOnly,
      "refuses another protocol",
      rule("egress", { sourceSecurityGroupId: "sg-2", protocol: "udp" }),
      '"g" lets out udp ports 443 to 443; it must be tcp 443.',
    ],
    [
      securityGroupReachesServicesOverTlsOnly,
      "refuses everywhere in a group's own list",
      group({ egress: [{ ...inline, cidrBlocks: [anywhere] }] }),
      outTo(anywhere),
    ],

    [
      networkAclLetsAnswersInOnly,
      "accepts answers, and calls over TLS",
      acl({
        ingress: [entry("10.0.0.0/16", 0, 65_535), entry(anywhere, 1024, 3388), entry(anywhere, 3390, 65_535)],
        egress: [entry("10.0.0.0/16", 0, 65_535, { protocol: "-1" }), entry(anywhere, 443, 443)],
      }),
    ],
    [networkAclLetsAnswersInOnly, "accepts what denies", acl({ ingress: [entry(anywhere, 0, 65_535, { action: "deny" })] })],
    [
      networkAclLetsAnswersInOnly,
      "refuses calls",
      acl({ ingress: [entry(anywhere, 22, 22)] }),
      inFrom("tcp 22 to 22 in from 0.0.0.0/0; it must be tcp 1024 or above."),
    ],
    [
      networkAclLetsAnswersInOnly,
      "refuses remote desktop",
      acl({ ingress: [entry(anywhere, 1024, 65_535)] }),
      inFrom("tcp 1024 to 65535 in from 0.0.0.0/0; 3389 must not be among them."),
    ],
    [
      networkAclLetsAnswersInOnly,
      "refuses other protocols",
      acl({ ingress: [{ ruleNo: 1, action: "allow", protocol: "17", ipv6CidrBlock: "::/0", fromPort: 4000, toPort: 5000 }] }),
      inFrom("17 4000 to 5000 in from ::/0; it must be tcp 1024 or above."),
    ],
    [
      networkAclLetsAnswersInOnly,
      "refuses calls without TLS",
      acl({ egress: [entry(anywhere, 80, 80)] }),
      inFrom("tcp 80 to 80 out to 0.0.0.0/0; it must be tcp 443."),
    ],
    [
      networkAclLetsAnswersInOnly,
      "refuses calls to many ports",
      acl({ egress: [entry(anywhere, 443, 444)] }),
      inFrom("tcp 443 to 444 out to 0.0.0.0/0; it must be tcp 443."),
    ],
    [
      networkAclLetsAnswersInOnly,
      "judges the default ACL",
      (opts) => new aws.ec2.DefaultNetworkAcl("a", { defaultNetworkAclId: "acl-1", ingress: [entry(anywhere, 22, 22)] }, opts),
      inFrom("tcp 22 to 22 in from 0.0.0.0/0; it must be tcp 1024 or above."),
    ],
    [
      networkAclLetsAnswersInOnly,
      "judges rules of their own",
      (opts) => {
        const own = { networkAclId: "acl-1", ruleNumber: 1, ruleAction: "allow", protocol: "tcp", cidrBlock: anywhere, fromPort: 22, toPort: 22 };
        new aws.ec2.NetworkAclRule("a", own, opts);
        new aws.ec2.NetworkAclRule("b", { ...own, egress: true }, opts);
      },
      inFrom("tcp 22 to 22 in from 0.0.0.0/0; it must be tcp 1024 or above."),
      '"b" lets tcp 22 to 22 out to 0.0.0.0/0; it must be tcp 443.',
    ],
    [
      networkAclLetsAnswersInOnly,
      "refuses a rule of all protocols, which names no ports",
      (opts) => new aws.ec2.NetworkAclRule("a", { networkAclId: "acl-1", ruleNumber: 1, ruleAction: "allow", protocol: "-1", cidrBlock: anywhere }, opts),
      inFrom("-1 0 to 65535 in from 0.0.0.0/0; 3389 must not be among them."),
      inFrom("-1 0 to 65535 in from 0.0.0.0/0; it must be tcp 1024 or above."),
    ],

    [subnetAssignsNoPublicAddress, "accepts a subnet that gives none", subnet({})],
    [
      subnetAssignsNoPublicAddress,
      "refuses one that does",
      subnet({ mapPublicIpOnLaunch: true }),
      '"s" gives public addresses; mapPublicIpOnLaunch must be false.',
    ],
    [
      subnetAssignsNoPublicAddress,
      "refuses one that does by IPv6",
      subnet({ assignIpv6AddressOnCreation: true }),
      '"s" gives public addresses; assignIpv6AddressOnCreation must be false.',
    ],
    [
      subnetAssignsNoPublicAddress,
      "refuses AWS's own, which does unless it is told not to",
      (opts) => new aws.ec2.DefaultSubnet("s", { availabilityZone: "us-east-1a" }, opts),
      '"s" gives public addresses; mapPublicIpOnLaunch must be false.',
    ],
    [
      subnetAssignsNoPublicAddress,
      "refuses machines that have one",
      machine({ associatePublicIpAddress: true }),
      '"i" gives public addresses; associatePublicIpAddress must be false.',
    ],

    [instanceMetadataAsksForToken, "accepts tokens that stay", metadata({ httpTokens: "required", httpPutResponseHopLimit: 1 })],
    [instanceMetadataAsksForToken, "accepts a machine that says nothing", machine({})],
    [
      instanceMetadataAsksForToken,
      "refuses nothing said of all",
      metadata({}),
      'Metadata of "m" have httpPutResponseHopLimit unset; it must be 1.',
      'Metadata of "m" have httpTokens unset; it must be required.',
    ],
    [
      instanceMetadataAsksForToken,
      "refuses a machine without tokens",
      machine({ metadataOptions: { httpTokens: "optional", httpPutResponseHopLimit: 2 } }),
      'Metadata of "i" have httpPutResponseHopLimit 2; it must be 1.',
      'Metadata of "i" have httpTokens optional; it must be required.',
    ],

    [networkIsJoinedToNoOther, "accepts endpoints of AWS", endpoint("com.amazonaws.us-east-1.s3")],
    [
      networkIsJoinedToNoOther,
      "refuses an endpoint of somebody else",
      endpoint("com.amazonaws.vpce.us-east-1.vpce-svc-1"),
      '"e" leads to com.amazonaws.vpce.us-east-1.vpce-svc-1; it must lead to a service of AWS.',
    ],
    [
      networkIsJoinedToNoOther,
      "refuses peering",
      (opts) => new aws.ec2.VpcPeeringConnection("p", { vpcId: "vpc-1", peerVpcId: "vpc-2" }, opts),
      '"p" peers with another network.',
    ],
    [
      networkIsJoinedToNoOther,
      "refuses a transit gateway",
      (opts) => new aws.ec2transitgateway.VpcAttachment("t", { vpcId: "vpc-1", transitGatewayId: "tgw-1", subnetIds: ["subnet-1"] }, opts),
      '"t" joins a transit gateway.',
    ],
    [
      networkIsJoinedToNoOther,
      "refuses to offer a service",
      (opts) => new aws.ec2.VpcEndpointService("o", { acceptanceRequired: true }, opts),
      '"o" offers a service to other networks.',
    ],
  ];
  for (const [rule, what, program, ...messages] of cases)
    it(`${rule.name} ${what}`, async () => expect(await violations(rule, program)).to.deep.equal(messages));

  it("take other ports", async () => {
    expect(
      await violations(securityGroupTakesTlsOnly, ingress({ referencedSecurityGroupId: "sg-2" }), { [securityGroupTakesTlsOnly.name]: { ports: [2049] } }),
    ).to.have.length(1);
    const other = { [securityGroupReachesServicesOverTlsOnly.name]: { ports: [443, 2049] } };
    expect(
      await violations(securityGroupReachesServicesOverTlsOnly, egress({ referencedSecurityGroupId: "sg-2", fromPort: 2049, toPort: 2049 }), other),
    ).to.deep.equal([]);
    expect(
      await violations(networkAclLetsAnswersInOnly, acl({ egress: [entry(anywhere, 853, 853)] }), { [networkAclLetsAnswersInOnly.name]: { ports: [853] } }),
    ).to.deep.equal([]);
  });

  it("do not apply where there is nothing to judge", async () => {
    const all = [
      securityGroupLetsInNobodyFromInternet,
      securityGroupReachesServicesOverTlsOnly,
      networkAclLetsAnswersInOnly,
      instanceMetadataAsksForToken,
      networkIsJoinedToNoOther,
    ];
    for (const one of [...all, subnetAssignsNoPublicAddress]) expect(await applications(one, (opts) => new aws.ec2.Vpc("v", {}, opts))).to.equal(0);
    expect(await applications(securityGroupLetsInNobodyFromInternet, rule("egress", {}))).to.equal(0);
    expect(await applications(securityGroupReachesServicesOverTlsOnly, rule("ingress", {}))).to.equal(0);
  });
});

describe("isPrivate", () => {
  it("knows the ranges of private networks", () => {
    const inside = ["10.0.0.0/8", "10.20.0.0/16", "172.16.0.0/12", "172.31.255.255/32", "192.168.1.0/24", "100.64.0.0/10", "fd00::/8"];
    expect(inside.filter(isPrivate)).to.deep.equal(inside);
  });

  it("takes for public what reaches out of them, and what is no range", () => {
    const outside = ["0.0.0.0/0", "::/0", "10.0.0.0/7", "172.0.0.0/8", "8.8.8.8/32", "2001:db8::/32", "10.0.0.0", "pl-1", "10.0.0.0/x"];
    expect(outside.filter(isPrivate)).to.deep.equal([]);
  });
});
