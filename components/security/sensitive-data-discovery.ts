import * as aws from "@pulumi/aws";
import type * as pulumi from "@pulumi/pulumi";
import { PlatformComponent } from "../component.ts";
import type { PrivateBucket } from "../data/private-bucket.ts";
import { type Place, physicalName } from "../place.ts";
import type { ResourceStatement } from "./policy.ts";

export interface SensitiveDataDiscoveryArgs {
  place: Place;
  /** Buckets that are looked into. Their keys must let Macie in: {@link macieReadsWithKey}. */
  buckets: readonly PrivateBucket[];
}

/** Percent of the objects that are looked into each month. Videos are opaque to Macie; texts, tables and reports are not. */
const sampled = 20;

/** Looks for identifiers of people where there should be none: in results, datasets, what lies beside networks, and names of objects. HIPAA 164.308(a)(1)(ii)(A), 164.502(b). */
export class SensitiveDataDiscovery extends PlatformComponent {
  constructor(name: string, { place, buckets }: SensitiveDataDiscoveryArgs, opts?: pulumi.ComponentResourceOptions) {
    super("svp:security:SensitiveDataDiscovery", name, opts);
    if (buckets.length === 0) this.reject("buckets", "must hold at least one bucket.");
    const macie = new aws.macie2.Account(this.childName("account"), { status: "ENABLED", findingPublishingFrequency: "FIFTEEN_MINUTES" }, this.child());
    new aws.macie2.ClassificationJob(
      name,
      {
        name: physicalName(place, name),
        jobType: "SCHEDULED",
        initialRun: true,
        samplingPercentage: sampled,
        scheduleFrequency: { monthlySchedule: 1 },
        s3JobDefinition: { bucketDefinitions: [{ accountId: place.accountId, buckets: buckets.map(({ bucket }) => bucket) }] },
      },
      this.child({ dependsOn: [macie] }),
    );
    this.registerOutputs();
  }
}

/**
 * Statement of a key's policy that lets Macie read what the key encrypts. A policy can't name a role before it exists, so
 * everybody stands in, bound to the account and to Macie's own role. The account as principal would not do: it leaves the
 * grant to IAM policies (KMS Developer Guide, "Default key policy"), and that of a service-linked role can't be added to.
 */
export function macieReadsWithKey({ accountId }: Place): ResourceStatement {
  return {
    Sid: "MacieReads",
    Effect: "Allow",
    Principal: "*",
    Action: ["kms:Decrypt"],
    Resource: ["*"],
    Condition: {
      StringEquals: {
        "kms:CallerAccount": accountId,
        "aws:PrincipalArn": `arn:aws:iam::${accountId}:role/aws-service-role/macie.amazonaws.com/AWSServiceRoleForAmazonMacie`,
      },
    },
  };
}
