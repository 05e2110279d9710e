import type * as pulumi from "@pulumi/pulumi";

/** Where a kind of compute runs: subnets without a way to the internet, and the security group that says what it may reach. */
export interface ComputeNetwork {
  /** One subnet for each zone. */
  readonly subnetIds: readonly pulumi.Output<string>[];
  readonly securityGroupId: pulumi.Output<string>;
}
