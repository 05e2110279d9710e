import type * as pulumi from "@pulumi/pulumi";
import { deployedModelsPrefix } from "../../contracts/keys.ts";
import { PlatformComponent } from "../component.ts";
import type { EncryptedBucket } from "../data/encrypted-bucket.ts";
import { TrustedRole } from "../identity/trusted-role.ts";
import { accountRoot, type Place, physicalName, regionalArn } from "../place.ts";
import { allow } from "../security/policy.ts";
import { learningPrefixes } from "./prefixes.ts";

export interface PromotionSourceArgs {
  place: Place;
  models: EncryptedBucket;
  /** Accounts of the platform that fetch versions from here. */
  readers: readonly string[];
}

/** Name of the component, and of the role: known to the account that takes it. */
export const promotionSourceName = "model-promotion-source";

/** ARN of the role of an environment that the next account's promotion takes. */
export const promotionSourceRoleArn = ({ accountId, stack }: Pick<Place, "accountId" | "stack">): string =>
  `arn:aws:iam::${accountId}:role/svp-${stack}-${promotionSourceName}`;

/**
 * What the next account may read here: versions in use, what was measured of them, and what the registry says of them. A role of this
 * account, so that neither the bucket's nor the key's policy opens to another. HIPAA 164.308(a)(4)(ii)(B), 164.308(b)(1).
 */
export class PromotionSource extends PlatformComponent {
  readonly roleArn: string;

  constructor(args: PromotionSourceArgs, opts?: pulumi.ComponentResourceOptions) {
    super("svp:learning:PromotionSource", promotionSourceName, opts);
    const { place, models, readers } = args;
    if (readers.length === 0) this.reject("readers", "must name an account.");
    const role = new TrustedRole(
      promotionSourceName,
      {
        place,
        description: "Lets the next account fetch versions of networks that are in use here",
        trust: {
          Sid: "NextAccountPromotes",
          Principal: { AWS: readers.map(accountRoot) },
          Action: ["sts:AssumeRole"],
          Condition: {
            StringEquals: { "aws:PrincipalOrgID": place.organizationId },
            // The one function of the platform there that does it, whatever its stack is called.
            ArnLike: { "aws:PrincipalArn": readers.map((account) => `arn:aws:iam::${account}:role/svp-*-learn-promote-model-role`) },
          },
        },
        statements: [
          ...models.allow("ReadVersionsInUse", ["s3:GetObject"], deployedModelsPrefix),
          ...models.allow("ReadMeasures", ["s3:GetObject"], learningPrefixes.training),
          models.allowNoticingAbsence("NoticeMissingFiles"),
          allow("ReadRegistry", ["sagemaker:DescribeModelPackage"], [regionalArn(place, "sagemaker", `model-package/${physicalName(place, "*")}`)]),
        ],
      },
      { parent: this },
    );
    this.roleArn = role.roleArn;
    this.registerOutputs({ roleArn: this.roleArn });
  }
}
