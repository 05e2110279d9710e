import type { EncryptedBucket } from "../data/encrypted-bucket.ts";

/** Pattern of EventBridge for objects that somebody put under a prefix of a bucket. */
export const uploadedUnder = ({ bucketName }: EncryptedBucket, prefix: string): object => ({
  source: ["aws.s3"],
  "detail-type": ["Object Created"],
  // Copies are left out: nothing that the platform itself writes may start anything.
  detail: { bucket: { name: [bucketName] }, object: { key: [{ prefix }] }, reason: ["PutObject", "CompleteMultipartUpload"] },
});

/** Pattern of EventBridge for what the scan for malware found there. Every result, not only the clean ones: whoever waits must hear of the others, too. */
export const scannedUnder = ({ bucketName }: EncryptedBucket, prefix: string): object => ({
  source: ["aws.guardduty"],
  "detail-type": ["GuardDuty Malware Protection Object Scan Result"],
  detail: { s3ObjectDetails: { bucketName: [bucketName], objectKey: [{ prefix }] } },
});
