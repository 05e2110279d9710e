import * as aws from "@pulumi/aws";
import type * as pulumi from "@pulumi/pulumi";
import { PlatformComponent } from "../component.ts";
import { type Place, physicalName } from "../place.ts";
import type { EncryptionKey } from "./encryption-key.ts";

export interface AccountBaselineArgs {
  place: Place;
  /** Encrypts disks that name no key. */
  diskKey: EncryptionKey;
}

/** Identifiers that CloudWatch Logs knows how to find (User Guide, "Types of data that you can protect") and that no log here may hold. */
const identifiers = [
  "Address",
  "DateOfBirth",
  "DriversLicense-US",
  "EmailAddress",
  "HealthInsuranceCardNumber-EU",
  "HealthInsuranceClaimNumber-US",
  "HealthInsuranceNumber-FR",
  "MedicareBeneficiaryNumber-US",
  "Name",
  "NationalProviderId-US",
  "NhsNumber-GB",
  "PassportNumber-US",
  "PersonalHealthNumber-CA",
  "PhoneNumber-US",
  "Ssn-US",
];

/**
 * What holds for the whole account, whatever is made in it: nothing public, disks encrypted, passwords hard to guess, and
 * identifiers of people masked in every log.
 *
 * HIPAA 164.308(a)(5)(ii)(D), 164.312(a)(1), 164.312(a)(2)(iv), 164.502(b).
 */
export class AccountBaseline extends PlatformComponent {
  constructor(name: string, { place, diskKey }: AccountBaselineArgs, opts?: pulumi.ComponentResourceOptions) {
    super("svp:security:AccountBaseline", name, opts);

    new aws.s3.AccountPublicAccessBlock(
      this.childName("buckets"),
      { accountId: place.accountId, blockPublicAcls: true, blockPublicPolicy: true, ignorePublicAcls: true, restrictPublicBuckets: true },
      this.child(),
    );
    new aws.ebs.SnapshotBlockPublicAccess(this.childName("snapshots"), { state: "block-all-sharing" }, this.child());
    const key = new aws.ebs.DefaultKmsKey(this.childName("disk-key"), { keyArn: diskKey.arn }, this.child());
    new aws.ebs.EncryptionByDefault(this.childName("disks"), { enabled: true }, this.child({ dependsOn: [key] }));
    new aws.ec2.InstanceMetadataDefaults(this.childName("metadata"), { httpTokens: "required", httpPutResponseHopLimit: 1 }, this.child());
    // There are no users of IAM; should one be made, the guardrails notwithstanding, its password is no easy one.
    new aws.iam.AccountPasswordPolicy(
      this.childName("passwords"),
      {
        minimumPasswordLength: 14,
        requireLowercaseCharacters: true,
        requireUppercaseCharacters: true,
        requireNumbers: true,
        requireSymbols: true,
        passwordReusePrevention: 24,
        maxPasswordAge: 90,
        allowUsersToChangePassword: true,
      },
      this.child(),
    );
    new aws.cloudwatch.LogAccountPolicy(
      this.childName("log-masking"),
      { policyName: physicalName(place, "masking"), policyType: "DATA_PROTECTION_POLICY", policyDocument: JSON.stringify(masking()) },
      this.child(),
    );
    this.registerOutputs();
  }
}

/** Finds and masks; what was found is counted by a metric, and told nowhere. */
function masking(): object {
  const DataIdentifier = identifiers.map((identifier) => `arn:aws:dataprotection::aws:data-identifier/${identifier}`);
  return {
    Name: "identifiers-of-people",
    Version: "2021-06-01",
    Statement: [
      { Sid: "Count", DataIdentifier, Operation: { Audit: { FindingsDestination: {} } } },
      { Sid: "Mask", DataIdentifier, Operation: { Deidentify: { MaskConfig: {} } } },
    ],
  };
}
