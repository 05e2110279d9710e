import type { PolicyResource, StackValidationArgs } from "@pulumi/policy";
import { type Statement, statementsOf } from "../../documents.ts";
import { judgeEach } from "../../given.ts";
import { companionsOf, refersTo } from "../../relations.ts";
import { isDenied, type Request } from "../../requests.ts";

/** `BucketV2` is an old name of `Bucket` that the provider still takes. */
const bucketTypes = new Set(["aws:s3/bucket:Bucket", "aws:s3/bucketV2:BucketV2"]);

/** Judges every bucket of a stack. `say` reports what is wrong with one. */
export function judgeBuckets(
  { resources, notApplicable }: StackValidationArgs,
  report: (message: string, urn: string) => void,
  judge: (bucket: PolicyResource, say: (wrong: string) => void) => void,
): void {
  const buckets = resources.filter(({ type }) => bucketTypes.has(type));
  if (buckets.length === 0) notApplicable("The stack has no bucket.");
  judgeEach(buckets, (bucket) => judge(bucket, (wrong) => report(`Bucket "${bucket.name}" ${wrong}`, bucket.urn)));
}

/** The statements of a bucket's policies. */
export const bucketStatements = (bucket: PolicyResource, resources: readonly PolicyResource[]): Statement[] =>
  companionsOf(bucket, resources, "aws:s3/bucketPolicy:BucketPolicy").flatMap(({ props }) => statementsOf(props["policy"]));

/** Whether server access logs of any bucket are delivered to a bucket. */
export const receivesAccessLogs = (bucket: PolicyResource, resources: readonly PolicyResource[]): boolean =>
  resources.some((resource) => resource.type === "aws:s3/bucketLogging:BucketLogging" && refersTo(resource, "targetBucket", bucket, ["bucket", "id"]));

/** AWS services that write logs into buckets, as themselves. */
const logWriters = new Set(["cloudtrail.amazonaws.com", "config.amazonaws.com", "delivery.logs.amazonaws.com", "logging.s3.amazonaws.com"]);

/** Whether a bucket takes in logs: those of access to others, or whatever a service of audit is let in to write. */
export const receivesLogs = (bucket: PolicyResource, resources: readonly PolicyResource[]): boolean =>
  receivesAccessLogs(bucket, resources) ||
  bucketStatements(bucket, resources).some(
    ({ effect, actions, principals }) => effect === "Allow" && actions.includes("s3:PutObject") && principals.some((principal) => logWriters.has(principal)),
  );

/**
 * What a request of anybody to a bucket, or to any of its objects, is about. The name of the action is one that no policy lists:
 * only a statement about all actions denies it.
 */
type Probe = Readonly<{ context: Request["context"]; action?: string; about?: "bucket" | "objects" }>;

/** Whether a bucket's policies deny a request whoever makes it. */
export function bucketDenies(bucket: PolicyResource, statements: readonly Statement[], { context, action = "s3:Anything", about = "objects" }: Probe): boolean {
  const arn = arnOf(bucket, statements);
  return isDenied(statements, { action, context, resource: about === "bucket" ? arn : `${arn}/any/object` });
}

/** Whether they deny it on the bucket and on its objects. */
export const bucketDeniesAll = (bucket: PolicyResource, statements: readonly Statement[], context: Request["context"]): boolean =>
  (["bucket", "objects"] as const).every((about) => bucketDenies(bucket, statements, { context, about }));

/** Where the name of a bucket is not known yet, its own policy names it. */
function arnOf({ props }: PolicyResource, statements: readonly Statement[]): string {
  const name: unknown = Object.getOwnPropertyDescriptor(props, "bucket")?.value;
  return typeof name === "string" ? `arn:aws:s3:::${name}` : (statements.flatMap(({ resources }) => resources).find((arn) => !arn.includes("/")) ?? "");
}
