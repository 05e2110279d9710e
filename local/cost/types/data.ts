import { all, byUse, free, type IdleRules, priced } from "../charge.ts";
import { monthHours, prices } from "../prices.ts";

const bucketParts = ["AccountPublicAccessBlock", "BucketCorsConfiguration", "BucketLifecycleConfiguration", "BucketLogging", "BucketNotification"];
const moreBucketParts = ["BucketObjectLockConfiguration", "BucketOwnershipControls", "BucketPolicy", "BucketPublicAccessBlock"];
const lastBucketParts = ["BucketServerSideEncryptionConfiguration", "BucketVersioning", "BucketIntelligentTieringConfiguration"];

/** Buckets and tables. What lies in them is counted with the video that brought it. */
export const dataRules: IdleRules = {
  ...all(free, ...[...bucketParts, ...moreBucketParts, ...lastBucketParts].map((kind) => `aws:s3/${kind[0]!.toLowerCase()}${kind.slice(1)}:${kind}`)),
  ...all(byUse("GB kept, requests"), "aws:s3/bucket:Bucket", "aws:s3/bucketObjectv2:BucketObjectv2", "aws:s3/bucketObject:BucketObject"),
  "aws:s3/bucketAccelerateConfiguration:BucketAccelerateConfiguration": byUse("GB accelerated"),
  "aws:s3/bucketReplicationConfig:BucketReplicationConfig": byUse("GB copied to another Region"),
  "aws:s3/bucketMetric:BucketMetric": byUse("metrics that report"),
  "aws:s3/inventory:Inventory": byUse("objects listed"),
  "aws:dynamodb/table:Table": priced(({ inputs }) => {
    if (inputs["billingMode"] === "PAY_PER_REQUEST") return [];
    return [
      { what: "table: read capacity", price: prices.readUnit, quantity: Number(inputs["readCapacity"]) * monthHours },
      { what: "table: write capacity", price: prices.writeUnit, quantity: Number(inputs["writeCapacity"]) * monthHours },
    ];
  }, "GB kept, requests, GB recoverable to any point"),
  ...all(free, "aws:dynamodb/resourcePolicy:ResourcePolicy", "aws:dynamodb/tableItem:TableItem"),
  "aws:dynamodb/tableReplica:TableReplica": byUse("GB kept, replicated writes"),
  "aws:dynamodb/contributorInsights:ContributorInsights": byUse("events"),
};
