import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import { PlatformComponent } from "../component.ts";
import type { SubnetPlan, Tier } from "./subnet-plan.ts";

export interface SubnetTierArgs {
  tier: Tier;
  vpcId: pulumi.Input<string>;
  /** Address range of the VPC. */
  vpcCidr: string;
  /** The subnets of this tier, one for each zone. */
  plan: readonly SubnetPlan[];
}

/** A rule of a network ACL: who with whom, on which TCP ports. */
interface Rule {
  readonly cidrBlock: string;
  readonly ports: readonly [from: number, to: number];
}

const anywhere = "0.0.0.0/0";
const https = [443, 443] as const;
/**
 * Ports that the caller's side of a connection uses: Lambda and NAT gateways take any from 1024 (VPC User Guide, "Ephemeral
 * ports"). A network ACL keeps no state, so answers need a rule of their own.
 */
const ephemeral = [1024, 65535] as const;
/**
 * The same without 3389, remote desktop, which no rule may open to the internet (Security Hub EC2.21, CIS AWS Foundations 3.0
 * 5.1). A connection that gets this very port, one in 64,512, is not answered, and is tried again from another.
 */
const ephemeralFromAnywhere = [
  [1024, 3388],
  [3390, 65535],
] as const;
const everything = [0, 65535] as const;

/**
 * The subnets of one tier, with a route table each and one network ACL for all.
 *
 * Network ACLs are the coarse second fence behind the security groups. They can't name the address ranges of S3 and
 * DynamoDB, which answer from public addresses, so answers may come from anywhere; there is no route for anything else.
 * They are about TCP only: nothing here speaks anything else, and they do not see questions to the VPC's own name server
 * and clock (VPC User Guide, "Network ACL basics").
 */
export class SubnetTier extends PlatformComponent {
  /** By zone, in the plan's order. */
  readonly subnetIds: readonly pulumi.Output<string>[];
  readonly routeTableIds: readonly pulumi.Output<string>[];

  constructor(name: string, { tier, vpcId, vpcCidr, plan }: SubnetTierArgs, opts?: pulumi.ComponentResourceOptions) {
    super("svp:network:SubnetTier", name, opts);

    const parts = plan.map(({ zone, cidr }) => {
      const letter = zone.slice(-1);
      const tags = { Name: `${name}-${letter}`, tier };
      const subnet = new aws.ec2.Subnet(
        this.childName(letter),
        { vpcId, cidrBlock: cidr, availabilityZone: zone, mapPublicIpOnLaunch: false, tags },
        this.child(),
      );
      const table = new aws.ec2.RouteTable(this.childName(`${letter}-routes`), { vpcId, tags }, this.child());
      new aws.ec2.RouteTableAssociation(this.childName(`${letter}-association`), { subnetId: subnet.id, routeTableId: table.id }, this.child());
      return { subnetId: subnet.id, routeTableId: table.id };
    });
    this.subnetIds = parts.map(({ subnetId }) => subnetId);
    this.routeTableIds = parts.map(({ routeTableId }) => routeTableId);
    const { ingress, egress } = rulesOf(tier, vpcCidr);
    new aws.ec2.NetworkAcl(
      this.childName("acl"),
      { vpcId, subnetIds: [...this.subnetIds], ingress: entries(ingress), egress: entries(egress), tags: { Name: name, tier } },
      this.child(),
    );
    this.registerOutputs({ subnetIds: pulumi.all([...this.subnetIds]) });
  }

  /** Leads everything that has no closer route through a gateway, zone by zone. */
  routeOut(gateways: readonly Pick<aws.ec2.RouteArgs, "gatewayId" | "natGatewayId">[]): void {
    for (const [index, routeTableId] of this.routeTableIds.entries()) {
      new aws.ec2.Route(
        this.childName(`way-out-${index}`),
        { routeTableId, destinationCidrBlock: anywhere, ...gateways[index % gateways.length]! },
        this.child(),
      );
    }
  }
}

function rulesOf(tier: Tier, vpcCidr: string): { ingress: Rule[]; egress: Rule[] } {
  const inside = (ports: Rule["ports"]): Rule => ({ cidrBlock: vpcCidr, ports });
  const outside = (ports: Rule["ports"]): Rule => ({ cidrBlock: anywhere, ports });
  const answers = ephemeralFromAnywhere.map(outside);
  // The public tier holds NAT gateways only: calls come from inside, answers from the internet.
  if (tier === "public") return { ingress: [inside(https), ...answers], egress: [outside(https), inside(ephemeral)] };
  return { ingress: [inside(everything), ...answers], egress: [inside(everything), outside(https)] };
}

const entries = (rules: readonly Rule[]) =>
  rules.map(({ cidrBlock, ports: [fromPort, toPort] }, index) => ({ ruleNo: 100 + 10 * index, action: "allow", protocol: "tcp", cidrBlock, fromPort, toPort }));
