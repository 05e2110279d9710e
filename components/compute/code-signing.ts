import * as aws from "@pulumi/aws";
import type * as pulumi from "@pulumi/pulumi";
import { PlatformComponent } from "../component.ts";
import type { EncryptedBucket } from "../data/encrypted-bucket.ts";
import { type Place, physicalName } from "../place.ts";

export interface CodeSigningArgs {
  place: Place;
  /** Where code lies before and after signing, in the stack's own Region: Signer works in one only. */
  bucket: EncryptedBucket;
}

/** Signed code as a function takes it. Each signing writes an object of its own, so its key alone names the code. */
export interface SignedCode {
  readonly s3Bucket: pulumi.Output<string>;
  readonly s3Key: pulumi.Output<string>;
  readonly codeSigningConfigArn: pulumi.Output<string>;
}

/** Where code lies in the bucket. Signer names what it signs after its job. */
const prefixes = { unsigned: "code/unsigned/", signed: "code/signed/" };

/** Lambda's own platform (AWS Signer, ListSigningPlatforms). */
const lambdaPlatform = "AWSLambda-SHA384-ECDSA";

/**
 * Signs the code of functions, and makes Lambda refuse any other: code that was changed after signing, or signed with another
 * profile, is never deployed. HIPAA 164.312(c)(1), (c)(2).
 *
 * Signer reads and writes the bucket as whoever deploys, who needs `signer:StartSigningJob` and the use of the bucket's key.
 */
export class CodeSigning extends PlatformComponent {
  readonly #bucket: EncryptedBucket;
  readonly #profile: aws.signer.SigningProfile;
  readonly #config: aws.lambda.CodeSigningConfig;

  constructor(name: string, args: CodeSigningArgs, opts?: pulumi.ComponentResourceOptions) {
    super("svp:compute:CodeSigning", name, opts);
    this.#bucket = args.bucket;

    this.#profile = new aws.signer.SigningProfile(
      this.childName("profile"),
      // The name of a canceled profile stays taken, so that a new one needs a new name. Signer knows no hyphens in it.
      { namePrefix: `${physicalName(args.place, name).replaceAll("-", "_")}_`, platformId: lambdaPlatform },
      this.child(),
    );
    this.#config = new aws.lambda.CodeSigningConfig(
      name,
      {
        description: "Only code that this stack has signed",
        allowedPublishers: { signingProfileVersionArns: [this.#profile.versionArn] },
        policies: { untrustedArtifactOnDeployment: "Enforce" },
      },
      this.child(),
    );
    this.registerOutputs({ configArn: this.#config.arn });
  }

  /** Signs the code of one function. `name` is the function's own, once in a stack. */
  sign(name: string, code: pulumi.asset.Archive): SignedCode {
    const { bucket, key } = this.#bucket;
    const unsigned = new aws.s3.BucketObjectv2(
      this.childName(`${name}-code`),
      { bucket, key: `${prefixes.unsigned}${name}.zip`, source: code, kmsKeyId: key.arn },
      this.child(),
    );
    const job = new aws.signer.SigningJob(
      this.childName(`${name}-signature`),
      {
        profileName: this.#profile.name,
        source: { s3: { bucket, key: unsigned.key, version: unsigned.versionId } },
        destination: { s3: { bucket, prefix: prefixes.signed } },
      },
      this.child(),
    );
    return { s3Bucket: bucket, s3Key: job.signedObjects.apply(signedKey), codeSigningConfigArn: this.#config.arn };
  }
}

function signedKey(objects: { s3s: { key: string }[] }[]): string {
  const key = objects[0]?.s3s[0]?.key;
  if (key === undefined) throw new Error("The signing job names no signed object.");
  return key;
}
