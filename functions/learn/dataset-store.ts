import { GetObjectCommand, ListObjectsV2Command, PutObjectCommand, type S3Client } from "@aws-sdk/client-s3";
import { compareVersions } from "../../contracts/dataset-names.ts";
import { datasetPlansPrefix, datasetsPrefix, parseDatasetKey, toUri } from "../../contracts/keys.ts";
import type { Lake } from "../runtime/lake.ts";
import { s3Lake } from "../runtime/lake.ts";

/** The datasets bucket: what is in it is written once. */
export interface DatasetStore extends Pick<Lake, "json" | "lines" | "text" | "uri" | "bucket"> {
  /** Writes what is not there yet. False if there is something else under the key: nothing is ever overwritten. Who writes the same twice has written it. */
  putNew(key: string, body: string, contentType: string): Promise<boolean>;
  /** Version numbers that builds of a dataset took, and those of them that are whole; both rising. */
  versions(name: string): Promise<{ taken: string[]; whole: string[] }>;
}

export function datasetStore(s3: S3Client, bucket: string): DatasetStore {
  const { json, lines, text, uri } = s3Lake(s3, bucket);
  /** Folders of versions below a prefix. */
  const versionsBelow = async (prefix: string): Promise<string[]> => {
    const found: string[] = [];
    let ContinuationToken: string | undefined;
    do {
      const page = await s3.send(new ListObjectsV2Command({ Bucket: bucket, Prefix: prefix, Delimiter: "/", ContinuationToken }));
      for (const { Prefix = "" } of page.CommonPrefixes ?? []) found.push(...[parseDatasetKey(Prefix)?.version].filter((one) => one !== undefined));
      ContinuationToken = page.NextContinuationToken;
    } while (ContinuationToken !== undefined);
    return found.sort(compareVersions);
  };
  const isThere = async (key: string): Promise<boolean> => {
    const { Contents = [] } = await s3.send(new ListObjectsV2Command({ Bucket: bucket, Prefix: key, MaxKeys: 1 }));
    return Contents[0]?.Key === key;
  };
  return {
    ...{ bucket, json, lines, text, uri },
    async putNew(key, body, ContentType) {
      try {
        await s3.send(new PutObjectCommand({ Bucket: bucket, Key: key, Body: body, ContentType, IfNoneMatch: "*" }));
        return true;
      } catch (error) {
        if ((error as Error).name !== "PreconditionFailed") throw error;
        const { Body } = await s3.send(new GetObjectCommand({ Bucket: bucket, Key: key }));
        if (!Body) throw new Error(`${toUri(bucket, key)} came without a body.`);
        return (await Body.transformToString()) === body;
      }
    },
    async versions(name) {
      const taken = await versionsBelow(`${datasetPlansPrefix}${name}/`);
      const whole: string[] = [];
      for (const version of await versionsBelow(`${datasetsPrefix}${name}/`))
        if (await isThere(`${datasetsPrefix}${name}/v${version}/manifest.json`)) whole.push(version);
      return { taken, whole };
    },
  };
}
