import * as aws from "@pulumi/aws";
import type * as pulumi from "@pulumi/pulumi";
import { PlatformComponent } from "../component.ts";
import type { DataLake } from "../data/data-lake.ts";
import { EncryptedBucket } from "../data/encrypted-bucket.ts";
import { type Place, type Removal, regionalArn } from "../place.ts";
import { EncryptionKey } from "../security/encryption-key.ts";
import { macieReadsWithKey } from "../security/sensitive-data-discovery.ts";

export interface ModelCallLogArgs {
  place: Place;
  removal: Removal;
  lake: DataLake;
  /** Days that a call is kept, as other logs are: it shows what was disclosed to whom, and holds what was disclosed. */
  expireDays: number;
  /** Days an overwritten or deleted object can still be read back. */
  noncurrentDays: number;
}

/** Every call of a model of Bedrock in the account and Region, with all that it was shown and said. There is one such setting. HIPAA 164.312(b). */
export class ModelCallLog extends PlatformComponent {
  readonly bucket: EncryptedBucket;

  constructor(name: string, { place, removal, lake, expireDays, noncurrentDays }: ModelCallLogArgs, opts?: pulumi.ComponentResourceOptions) {
    super("svp:analysis:ModelCallLog", name, opts);
    // Bedrock writes as itself (User Guide, "Set up model invocation logging in an Amazon S3 bucket").
    const bedrock = {
      Effect: "Allow",
      Principal: { Service: "bedrock.amazonaws.com" },
      Condition: { StringEquals: { "aws:SourceAccount": place.accountId }, ArnLike: { "aws:SourceArn": regionalArn(place, "bedrock", "*") } },
    } as const;
    const key = new EncryptionKey(
      this.childName("key"),
      {
        place,
        removal,
        description: "Calls of language models",
        services: [{ ...bedrock, Sid: "BedrockUsesKey", Action: ["kms:GenerateDataKey"], Resource: ["*"] }, macieReadsWithKey(place)],
      },
      { parent: this },
    );
    this.bucket = new EncryptedBucket(
      this.childName("bucket"),
      {
        ...{ place, removal, key, expireDays, noncurrentDays, suffix: "model-calls", accessLogs: lake.accessLogs },
        statements: (arn) => [{ ...bedrock, Sid: "BedrockWrites", Action: ["s3:PutObject"], Resource: [`${arn}/*`] }],
      },
      { parent: this },
    );
    new aws.bedrockmodel.InvocationLoggingConfiguration(
      name,
      {
        loggingConfig: {
          s3Config: { bucketName: this.bucket.bucket, keyPrefix: "calls" },
          textDataDeliveryEnabled: true,
          imageDataDeliveryEnabled: true,
          videoDataDeliveryEnabled: true,
          embeddingDataDeliveryEnabled: true,
        },
      },
      // Bedrock tries to write when it is told to.
      this.child({ dependsOn: [this.bucket] }),
    );
    this.registerOutputs({ bucket: this.bucket.bucket });
  }
}
