import * as aws from "@pulumi/aws";
import type * as pulumi from "@pulumi/pulumi";
import { PlatformComponent } from "../component.ts";
import type { Place } from "../place.ts";
import type { EncryptionKey } from "../security/encryption-key.ts";
import { ComputeGroup } from "./compute-group.ts";
import type { ComputeNetwork } from "./compute-network.ts";
import { calledByFunctions, type InterfaceService, interfaceServices, reachedByTasks } from "./endpoint-policies.ts";
import { FlowLog } from "./flow-log.ts";
import { ServiceEndpoints } from "./service-endpoints.ts";
import { planSubnets, type SubnetPlan, type Tier } from "./subnet-plan.ts";
import { SubnetTier } from "./subnet-tier.ts";

export interface NetworkArgs {
  place: Place;
  /** Private address range, /16 to /22: `10.20.0.0/16`. */
  cidr: string;
  /** Two or three Availability Zones of the place's Region: `us-east-1a`. A third may be added later, at the end. */
  zones: readonly string[];
  /**
   * NAT gateways, the private tier's way to the internet: none, one for all zones, or one in each. Nothing that works on
   * patients' data has that way, whatever is chosen here.
   */
  nat: "none" | "single" | "per-zone";
  /** AWS services that are reached without the internet. Those that functions call must be among them. */
  interfaceServices: readonly InterfaceService[];
  /** Whether a function that reads nobody's data must call somebody outside, by a NAT gateway. @default false */
  outsideCaller?: boolean;
  /** Encrypts the flow log. */
  logKey: EncryptionKey;
  logRetentionDays: number;
}

/**
 * The network of an environment: patients' data are worked on in subnets that have no way to the internet, and reach AWS
 * services through endpoints that let nothing of another organisation pass.
 *
 * HIPAA 164.312(a)(1), 164.312(b) flow log, 164.312(e)(1).
 *
 * **Cost** (us-east-1): an interface endpoint about $7.30 a month and zone, a NAT gateway with its address about $36.50 a
 * month, both beside the data that pass; gateway endpoints nothing. Three endpoints in two zones are $44, fourteen in three
 * zones $307; a NAT gateway in each of three zones $110.
 */
export class Network extends PlatformComponent {
  readonly vpcId: pulumi.Output<string>;
  /** The way to S3, for policies that ask by which way a request came. */
  readonly s3EndpointId: pulumi.Output<string>;
  /** Where Lambda functions run. */
  readonly functions: ComputeNetwork;
  /** Where SageMaker's and Fargate's containers run. */
  readonly jobs: ComputeNetwork;
  /** Where a function runs that calls somebody outside; undefined where none does. */
  readonly outside: ComputeNetwork | undefined;

  constructor(name: string, args: NetworkArgs, opts?: pulumi.ComponentResourceOptions) {
    super("svp:network:Network", name, opts);
    const { place, cidr } = args;
    const plan = this.#plan(args);

    const vpc = new aws.ec2.Vpc(name, { cidrBlock: cidr, enableDnsSupport: true, enableDnsHostnames: true, tags: { Name: name } }, this.child());
    this.vpcId = vpc.id;
    this.#closeDefaults(vpc);
    const tier = (kind: Tier) =>
      new SubnetTier(this.childName(kind), { tier: kind, vpcId: vpc.id, vpcCidr: cidr, plan: plan.filter(({ tier }) => tier === kind) }, { parent: this });
    const isolated = tier("isolated");
    const privates = tier("private");
    if (args.nat !== "none") this.#openPrivateTier(args, tier("public"), privates);
    const endpoints = new ServiceEndpoints(
      this.childName("endpoints"),
      {
        place,
        vpcId: vpc.id,
        subnetIds: isolated.subnetIds,
        routeTableIds: [...isolated.routeTableIds, ...privates.routeTableIds],
        interfaceServices: args.interfaceServices,
      },
      { parent: this },
    );
    this.s3EndpointId = endpoints.s3EndpointId;
    const compute = (use: string, description: string, internet = false): ComputeNetwork => {
      const { securityGroupId } = new ComputeGroup(this.childName(use), { vpcId: vpc.id, description, endpoints, internet }, { parent: this });
      return { subnetIds: (internet ? privates : isolated).subnetIds, securityGroupId };
    };
    this.functions = compute("functions", "Lambda functions");
    this.jobs = compute("jobs", "Containers of SageMaker and Fargate");
    this.outside = args.outsideCaller ? compute("outside", "The function that calls somebody outside", true) : undefined;
    new FlowLog(this.childName("flow"), { place, vpcId: vpc.id, key: args.logKey, logRetentionDays: args.logRetentionDays }, { parent: this });
    this.registerOutputs({ vpcId: this.vpcId, s3EndpointId: this.s3EndpointId });
  }

  #plan({ place, cidr, zones, nat, outsideCaller, interfaceServices: given }: NetworkArgs): SubnetPlan[] {
    const unknown = given.filter((service) => !(service in interfaceServices));
    if (unknown.length > 0) this.reject("interfaceServices", `must be among ${Object.keys(interfaceServices).join(", ")}, not ${unknown.join(", ")}.`);
    const repeated = given.filter((service, index) => given.indexOf(service) < index);
    if (repeated.length > 0) this.reject("interfaceServices", `must hold each service once, not ${repeated.join(", ")} again.`);
    const missing = calledByFunctions.filter((service) => !given.includes(service));
    if (missing.length > 0) this.reject("interfaceServices", `must hold ${missing.join(", ")}: functions call them, and have no other way.`);
    const unreached = reachedByTasks.filter((service) => !given.includes(service));
    if (unreached.length > 0) this.reject("interfaceServices", `must hold ${unreached.join(", ")}: Fargate fetches images and writes logs through them.`);
    if (outsideCaller && nat === "none") this.reject("nat", "must be single or per-zone: the function that calls somebody outside has no other way.");
    const elsewhere = zones.filter((zone) => zone.slice(0, -1) !== place.region);
    if (elsewhere.length > 0) this.reject("zones", `must be Availability Zones of ${place.region}, such as ${place.region}a, not ${elsewhere.join(", ")}.`);
    try {
      return planSubnets(cidr, zones);
    } catch (error) {
      if (error instanceof RangeError) this.reject("cidr and zones", `can't be planned: ${error.message}`);
      throw error;
    }
  }

  /** Every VPC comes with a group and an ACL for whoever names none; these let nothing through. */
  #closeDefaults(vpc: aws.ec2.Vpc): void {
    new aws.ec2.DefaultSecurityGroup(this.childName("default-group"), { vpcId: vpc.id, ingress: [], egress: [] }, this.child());
    new aws.ec2.DefaultNetworkAcl(
      this.childName("default-acl"),
      { defaultNetworkAclId: vpc.defaultNetworkAclId, ingress: [], egress: [] },
      // Subnets come and go with their own ACLs; this one is never anybody's.
      this.child({ ignoreChanges: ["subnetIds"] }),
    );
  }

  #openPrivateTier({ nat, zones }: NetworkArgs, publics: SubnetTier, privates: SubnetTier): void {
    const gateway = new aws.ec2.InternetGateway(this.childName("internet"), { vpcId: this.vpcId, tags: { Name: this.childName("internet") } }, this.child());
    publics.routeOut([{ gatewayId: gateway.id }]);
    const gateways = (nat === "single" ? zones.slice(0, 1) : zones).map((zone, index) => {
      const suffix = `nat-${zone.slice(-1)}`;
      const address = new aws.ec2.Eip(this.childName(`${suffix}-address`), { domain: "vpc", tags: { Name: this.childName(suffix) } }, this.child());
      const subnetId = publics.subnetIds[index] as pulumi.Output<string>;
      const made = new aws.ec2.NatGateway(
        this.childName(suffix),
        { allocationId: address.id, subnetId, tags: { Name: this.childName(suffix) } },
        // A NAT gateway works only once its VPC has a way out.
        this.child({ dependsOn: [gateway] }),
      );
      return { natGatewayId: made.id };
    });
    privates.routeOut(gateways);
  }
}
