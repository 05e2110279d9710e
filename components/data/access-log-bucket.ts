import type * as pulumi from "@pulumi/pulumi";
import type { Place, Removal } from "../place.ts";
import { PrivateBucket } from "./private-bucket.ts";

export interface AccessLogBucketArgs {
  place: Place;
  /** Last part of the bucket's name. @default "access-logs" */
  suffix?: string;
  removal: Removal;
  /** Days that access logs are kept. */
  retentionDays: number;
}

/**
 * Takes the access logs of the stack's other buckets. HIPAA 164.312(b).
 *
 * Encrypted with S3's own keys: log delivery refuses a bucket whose default is a customer key
 * (S3 User Guide, "Enabling server access logging", permissions of the destination bucket).
 */
export class AccessLogBucket extends PrivateBucket {
  constructor(name: string, { place, suffix = "access-logs", removal, retentionDays }: AccessLogBucketArgs, opts?: pulumi.ComponentResourceOptions) {
    super(
      "svp:data:AccessLogBucket",
      name,
      {
        place,
        suffix,
        removal,
        keyArn: null,
        noncurrentDays: 30,
        expireDays: retentionDays,
        statements: (arn) => [
          {
            Sid: "LogDeliveryWrites",
            Effect: "Allow",
            Principal: { Service: "logging.s3.amazonaws.com" },
            Action: ["s3:PutObject"],
            Resource: [`${arn}/*`],
            Condition: { StringEquals: { "aws:SourceAccount": place.accountId }, ArnLike: { "aws:SourceArn": `arn:aws:s3:::svp-${place.stack}-*` } },
          },
        ],
      },
      opts,
    );
    this.registerOutputs({ bucket: this.bucket });
  }
}
