import { join } from "node:path";
import { type Caller, ServiceError } from "../../wire/service.ts";
import { openDatabase } from "../database.ts";
import { openJobs } from "../jobs/jobs.ts";
import { createSlots } from "../jobs/slots.ts";
import { createOutbox, outboxSchema } from "../outbox.ts";
import type { S3 } from "../s3/s3.ts";
import { type Authorizer, type BusEvent, Faults, type Log } from "../seams.ts";
import { eicarName, holdsEicar } from "./eicar.ts";

/** A malware protection plan as the AWS provider's resource describes it. */
export interface PlanSettings {
  readonly arn: string;
  /** What GuardDuty reads and tags objects as. */
  readonly role: string;
  readonly protectedResource: { readonly s3Bucket: { readonly bucketName: string; readonly objectPrefixes?: readonly string[] } };
  readonly actions?: readonly { readonly taggings: readonly { readonly status: string }[] }[];
}

/** What can come of a scan, and how the scan itself ended (GuardDuty User Guide, "S3 object potential scan status and result status"). */
const scanStatusOf = {
  NO_THREATS_FOUND: "COMPLETED",
  THREATS_FOUND: "COMPLETED",
  UNSUPPORTED: "SKIPPED",
  ACCESS_DENIED: "SKIPPED",
  FAILED: "FAILED",
} as const;
export type ScanResultStatus = keyof typeof scanStatusOf;
const isResult = (text: string): text is ScanResultStatus => Object.hasOwn(scanStatusOf, text);

/** The tag that a version gets (GuardDuty User Guide, "Monitoring S3 object scans with GuardDuty managed tags"). */
export const resultTag = "GuardDutyMalwareScanStatus";

/** Largest object that is scanned, 100 GB, and prefixes that a plan may have (GuardDuty User Guide, "Quotas in Malware Protection for S3"). */
const [mostBytes, mostPrefixes] = [100e9, 5];

/** One version of an object, as S3 told of it. */
interface ScannedObject {
  readonly planArn: string;
  readonly bucket: string;
  readonly key: string;
  readonly versionId: string | undefined;
  readonly etag: string;
  readonly bytes: number;
}

export interface GuardDutyOptions {
  readonly dir: string;
  readonly region: string;
  readonly accountId: string;
  readonly store: Pick<S3, "file" | "tags" | "putTags">;
  readonly authorizer: Pick<Authorizer, "assume">;
  /** A fault matches an object by its key; its message is the result of the scan: `UNSUPPORTED`, `ACCESS_DENIED` or `FAILED`. */
  readonly faults: Faults;
  readonly publish: (event: BusEvent) => Promise<void>;
  readonly log: Log;
}

export type GuardDuty = ReturnType<typeof createGuardDuty>;

/**
 * GuardDuty's Malware Protection for S3: scans what arrives under a plan's prefixes, as the plan's role, tags the version where the
 * plan wants it, and tells EventBridge. The only malware that it knows is the EICAR test string. It hears of objects from the bus
 * itself, where GuardDuty makes a rule of its own. What it took is scanned at least once, also after a crash; so a result may come twice.
 */
export function createGuardDuty({ dir, region, accountId, store, authorizer, faults, publish, log }: GuardDutyOptions) {
  const plans = new Map<string, PlanSettings>();
  const database = openDatabase(join(dir, "events"), outboxSchema);
  const outbox = createOutbox("GuardDuty", database, publish, log);
  const jobs = openJobs<ScannedObject, ScanResultStatus>({
    service: "guardduty",
    folder: join(dir, "scans"),
    // A scan is no heavy work, and an upload must not wait for the transcoding of another.
    slots: createSlots(1),
    // Faults here are results of a scan, not failures of a job.
    faults: new Faults(),
    log,
    nameOf: ({ request }) => request.key,
    async run({ request }, { signal }) {
      const plan = plans.get(request.planArn);
      if (plan === undefined) throw new Error("Its plan is not there any more.");
      return conclude(plan, request, await resultOf(plan, request, signal));
    },
  });

  const roleOf = ({ role, arn }: PlanSettings): Caller =>
    authorizer.assume("malware-protection-plan.guardduty.amazonaws.com", role, { "aws:SourceArn": arn, "aws:SourceAccount": accountId });

  async function resultOf(plan: PlanSettings, { bucket, key, versionId, bytes }: ScannedObject, signal: AbortSignal): Promise<ScanResultStatus> {
    const fault = faults.take("guardduty", key);
    if (fault !== undefined) {
      if (!isResult(fault)) throw new Error(`A scan can't end with "${fault}".`);
      return fault;
    }
    if (bytes > mostBytes) return "UNSUPPORTED";
    try {
      const { path } = await store.file(roleOf(plan), bucket, key, versionId);
      return (await holdsEicar(path, signal)) ? "THREATS_FOUND" : "NO_THREATS_FOUND";
    } catch (error) {
      signal.throwIfAborted();
      log(`GuardDuty could not scan an object: ${(error as Error).message}`);
      return error instanceof ServiceError && error.status === 403 ? "ACCESS_DENIED" : "FAILED";
    }
  }

  /** Tags, then tells: whoever hears of a result finds the tag. */
  function conclude(plan: PlanSettings, object: ScannedObject, result: ScanResultStatus): ScanResultStatus {
    const failure = isTagged(plan) ? tag(plan, object, result) : undefined;
    const { bucket: bucketName, key: objectKey, etag: eTag, versionId } = object;
    const s3ObjectDetails = { bucketName, objectKey, eTag, ...(versionId !== undefined && { versionId }), s3Throttled: false };
    const time = new Date().toISOString().replace(/\.\d+Z$/, "Z");
    const about = { source: "aws.guardduty", account: accountId, region, time, resources: [plan.arn] };
    if (failure !== undefined)
      outbox.add({
        ...about,
        "detail-type": "GuardDuty Malware Protection Post Scan Action Failed",
        detail: { schemaVersion: "1.0", eventTime: time, s3ObjectDetails, postScanActions: [{ actionType: "TAGGING", failureReason: failure }] },
      });
    outbox.add({
      ...about,
      "detail-type": "GuardDuty Malware Protection Object Scan Result",
      detail: {
        schemaVersion: "1.0",
        scanStatus: scanStatusOf[result],
        resourceType: "S3_OBJECT",
        s3ObjectDetails,
        scanResultDetails: { scanResultStatus: result, threats: result === "THREATS_FOUND" ? [{ name: eicarName }] : null },
      },
    });
    outbox.wake();
    return result;
  }

  /**
   * Tags a version, beside the tags that it has; gives why not. The three reasons stand in the GuardDuty User Guide, "Monitoring S3
   * object scans with Amazon EventBridge"; the word for an object that is gone was not found there.
   */
  function tag(plan: PlanSettings, { bucket, key, versionId }: ScannedObject, result: ScanResultStatus): string | undefined {
    try {
      const role = roleOf(plan);
      const others = store.tags(role, bucket, key, versionId).filter(({ Key }) => Key !== resultTag);
      if (others.length >= 10) return "MAX_TAG_LIMIT_EXCEEDED";
      store.putTags(role, bucket, key, versionId, [...others, { Key: resultTag, Value: result }]);
      return undefined;
    } catch (error) {
      log(`GuardDuty could not tag an object: ${(error as Error).message}`);
      return error instanceof ServiceError && error.status === 403 ? "ACCESS_DENIED" : "OBJECT_NOT_FOUND";
    }
  }

  return {
    jobs,

    /** Declares a plan, or replaces one. */
    putPlan(plan: PlanSettings): void {
      const { bucketName, objectPrefixes = [] } = plan.protectedResource.s3Bucket;
      if (objectPrefixes.length > mostPrefixes)
        throw new Error(`The plan for ${bucketName} has ${objectPrefixes.length} prefixes; at most ${mostPrefixes} are taken.`);
      const other = [...plans.values()].find(({ arn, protectedResource }) => arn !== plan.arn && protectedResource.s3Bucket.bucketName === bucketName);
      if (other !== undefined) throw new Error(`The bucket ${bucketName} has a plan already; a bucket has one.`);
      plans.set(plan.arn, plan);
    },

    /** Takes an event of S3. Resolves once the scans that it asks for are durable; the same event again asks for none. */
    async take(event: BusEvent): Promise<void> {
      if (event.source !== "aws.s3" || event["detail-type"] !== "Object Created") return;
      const { bucket, object } = event.detail as {
        bucket: { name: string };
        object: { key: string; size: number; etag: string; "version-id"?: string };
      };
      for (const { arn, protectedResource } of plans.values()) {
        const { bucketName, objectPrefixes = [""] } = protectedResource.s3Bucket;
        const id = `${arn.slice(arn.lastIndexOf("/") + 1)}-${event.id}`;
        if (bucketName !== bucket.name || !objectPrefixes.some((prefix) => object.key.startsWith(prefix)) || jobs.get(id)) continue;
        jobs.submit(id, {
          ...{ planArn: arn, bucket: bucket.name, key: object.key, versionId: object["version-id"] },
          ...{ etag: object.etag, bytes: object.size },
        });
      }
    },

    start(): void {
      outbox.start();
      jobs.start();
    },

    async close(): Promise<void> {
      await jobs.close();
      await outbox.close();
      database.close();
    },
  };
}

const isTagged = ({ actions = [] }: PlanSettings): boolean => actions.some(({ taggings }) => taggings.some(({ status }) => status === "ENABLED"));
