import { GetObjectLegalHoldCommand, GetObjectRetentionCommand, type S3Client } from "@aws-sdk/client-s3";
import { casePrefixes } from "../../contracts/keys.ts";
import { Misconfigured } from "../runtime/errors.ts";
import type { HoldDeps, VersionLock } from "./holds.ts";
import { versionPages } from "./versions.ts";

/** S3's answers about a version that was never locked. */
const unlocked = ["NoSuchObjectLockConfiguration", "ObjectLockConfigurationNotFoundError"];

async function unlessUnlocked<T>(ask: () => Promise<T>): Promise<T | undefined> {
  try {
    return await ask();
  } catch (error) {
    if (unlocked.includes((error as Error).name)) return undefined;
    throw error;
  }
}

/** Reads the locks of a case's videos. S3 refuses the question for a bucket that has no Object Lock, so that it is only asked where there is one. */
export function videoLocks(s3: S3Client, bucket: string, hasObjectLock: string): HoldDeps["locks"] {
  if (hasObjectLock !== "true" && hasObjectLock !== "false") throw new Misconfigured(`OBJECT_LOCK is "${hasObjectLock}"; it must be true or false.`);
  return async (caseId) => {
    if (hasObjectLock === "false") return [];
    const locks: VersionLock[] = [];
    for (const prefix of casePrefixes(caseId).raw)
      for await (const page of versionPages(s3, bucket, prefix))
        for (const { key, versionId, isMarker } of page) {
          if (isMarker) continue;
          const which = { Bucket: bucket, Key: key, VersionId: versionId };
          const retention = await unlessUnlocked(() => s3.send(new GetObjectRetentionCommand(which)));
          const hold = await unlessUnlocked(() => s3.send(new GetObjectLegalHoldCommand(which)));
          locks.push({ retainUntil: retention?.Retention?.RetainUntilDate, hasLegalHold: hold?.LegalHold?.Status === "ON" });
        }
    return locks;
  };
}
