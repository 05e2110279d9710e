import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import { expect } from "chai";
import { computeHasNoWayToInternet } from "../../../policies/rules/vpc/compute-has-no-way-to-internet.ts";
import { securityGroupReachesServicesOverTlsOnly } from "../../../policies/rules/vpc/security-group-reaches-services-over-tls-only.ts";
import { violations } from "../../support/policies.ts";

type Opts = { provider: aws.Provider };

const own = ["logs:CreateLogStream", "logs:PutLogEvents", "ec2:CreateNetworkInterface", "sqs:SendMessage", "secretsmanager:GetSecretValue", "kms:Decrypt"];

interface Changes {
  actions: string[];
  /** What its environment says of the agreement. */
  variables: Record<string, string>;
  way: "nat" | "internet";
  also(made: { group: aws.ec2.SecurityGroup; role: aws.iam.Role; subnet: aws.ec2.Subnet }, opts: Opts): unknown;
}

/** A function with a way out by a NAT gateway, in a group that lets TLS out. */
const caller =
  ({ actions = own, variables = { AGREEMENT_SIGNED_ON: "2026-01-31" }, way = "nat", also = () => undefined }: Partial<Changes> = {}) =>
  (opts: Opts) => {
    const subnet = new aws.ec2.Subnet("out", { vpcId: "vpc-1" }, opts);
    const table = new aws.ec2.RouteTable("routes", { vpcId: "vpc-1" }, opts);
    new aws.ec2.RouteTableAssociation("association", { subnetId: subnet.id, routeTableId: table.id }, opts);
    const to = way === "nat" ? { natGatewayId: "nat-1" } : { gatewayId: "igw-1" };
    new aws.ec2.Route("way", { routeTableId: table.id, destinationCidrBlock: "0.0.0.0/0", ...to }, opts);
    const group = new aws.ec2.SecurityGroup("group", { vpcId: "vpc-1" }, opts);
    const tls = { ipProtocol: "tcp", fromPort: 443, toPort: 443, cidrIpv4: "0.0.0.0/0" };
    new aws.vpc.SecurityGroupEgressRule("open", { securityGroupId: group.id, ...tls }, opts);
    const role = new aws.iam.Role("role", { name: "r", assumeRolePolicy: "{}" }, opts);
    const document = JSON.stringify({ Version: "2012-10-17", Statement: [{ Effect: "Allow", Action: actions, Resource: "*" }] });
    new aws.iam.RolePolicy("policy", { role: role.name, policy: document }, opts);
    functionIn(subnet, group, role.arn, variables, "caller", opts);
    also({ group, role, subnet }, opts);
  };

const functionIn = (
  subnet: aws.ec2.Subnet,
  group: aws.ec2.SecurityGroup,
  role: pulumi.Input<string>,
  variables: Record<string, string>,
  name: string,
  opts: Opts,
) =>
  new aws.lambda.Function(
    name,
    {
      ...{ role, handler: "index.handler", code: new pulumi.asset.FileArchive("contracts"), environment: { variables } },
      vpcConfig: { subnetIds: [subnet.id], securityGroupIds: [group.id] },
    },
    opts,
  );

const way = (name: string, to = "a NAT gateway") => `Resource "${name}" lies in "out", from which a route leads to ${to}.`;
const open = '"open" lets out to 0.0.0.0/0; it must name security groups, prefix lists or private addresses.';

describe("a function that calls somebody outside", () => {
  const said = async (program: (opts: Opts) => unknown) => [
    await violations(computeHasNoWayToInternet, program),
    await violations(securityGroupReachesServicesOverTlsOnly, program),
  ];

  it("may, if it reads no data and has an agreement with whom it calls", async () => {
    expect(await said(caller())).to.deep.equal([[], []]);
  });

  it("may not if it reads data, by whatever grant", async () => {
    for (const action of ["s3:GetObject", "dynamodb:GetItem", "lambda:InvokeFunction", "s3:*", "*"])
      expect(await said(caller({ actions: [...own, action] })), action).to.deep.equal([[way("caller")], [open]]);
    const attached = caller({
      also: ({ role }, opts) => new aws.iam.RolePolicyAttachment("more", { role: role.name, policyArn: "arn:aws:iam::aws:policy/ReadOnlyAccess" }, opts),
    });
    expect(await said(attached)).to.deep.equal([[way("caller")], [open]]);
  });

  it("may not without an agreement, or before it is signed", async () => {
    for (const variables of [{}, { AGREEMENT_SIGNED_ON: "2099-01-01" }] as Record<string, string>[])
      expect(await said(caller({ variables })), JSON.stringify(variables)).to.deep.equal([[way("caller")], [open]]);
  });

  it("may not by a gateway that the internet can call in by", async () => {
    expect(await said(caller({ way: "internet" }))).to.deep.equal([[way("caller", "an internet gateway")], []]);
  });

  it("shares its way and its group with nothing else", async () => {
    const shared = caller({ also: ({ group, subnet }, opts) => functionIn(subnet, group, "arn:aws:iam::111111111111:role/other", {}, "other", opts) });
    expect(await said(shared)).to.deep.equal([[way("other")], [open]]);
  });
});
