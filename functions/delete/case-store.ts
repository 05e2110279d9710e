import { AbortMultipartUploadCommand, type S3Client } from "@aws-sdk/client-s3";
import { type DynamoDBDocumentClient, paginateQuery } from "@aws-sdk/lib-dynamodb";
import { casePrefixes } from "../../contracts/keys.ts";
import { deleteObjects } from "../runtime/delete-objects.ts";
import { openUploads, type StoredVersion, versionPages } from "./versions.ts";

/** One prefix of a case in one bucket. */
export interface Place {
  readonly bucket: string;
  /** With the case: `processed-videos/{caseId}/`. */
  readonly prefix: string;
}

/** Everything that S3 holds of a case. */
export interface CaseObjects {
  places(caseId: string): Place[];
  pages(place: Place): AsyncIterable<StoredVersion[]>;
  uploads(place: Place): Promise<{ key: string; id: string }[]>;
  /** Deletes these versions for good. Throws if S3 keeps any, naming S3's reasons. */
  delete(place: Place, versions: readonly StoredVersion[]): Promise<void>;
  abort(place: Place, upload: { key: string; id: string }): Promise<void>;
}

export const caseObjects = (s3: S3Client, buckets: { raw: string; processed: string }): CaseObjects => ({
  places: (caseId) => {
    const prefixes = casePrefixes(caseId);
    return (["raw", "processed"] as const).flatMap((which) => prefixes[which].map((prefix) => ({ bucket: buckets[which], prefix })));
  },
  pages: ({ bucket, prefix }) => versionPages(s3, bucket, prefix),
  uploads: ({ bucket, prefix }) => openUploads(s3, bucket, prefix),
  delete: ({ bucket }, versions) => deleteObjects(s3, bucket, versions, "versions"),
  async abort({ bucket }, { key, id }) {
    try {
      await s3.send(new AbortMultipartUploadCommand({ Bucket: bucket, Key: key, UploadId: id }));
    } catch (error) {
      // Somebody was faster, or it was completed meanwhile: then it is listed among the versions.
      if ((error as Error).name !== "NoSuchUpload") throw error;
    }
  },
});

/** Names of a case's items beside the summary. */
export const caseItems =
  (table: DynamoDBDocumentClient, tableName: string) =>
  async (caseId: string): Promise<string[]> => {
    const names: string[] = [];
    const query = {
      TableName: tableName,
      KeyConditionExpression: "caseId = :case",
      ExpressionAttributeNames: { "#item": "item" },
      ExpressionAttributeValues: { ":case": caseId },
      ProjectionExpression: "#item",
      ConsistentRead: true,
    };
    for await (const { Items = [] } of paginateQuery({ client: table }, query)) names.push(...Items.map(({ item }) => String(item)));
    return names.filter((name) => name !== "SUMMARY");
  };
