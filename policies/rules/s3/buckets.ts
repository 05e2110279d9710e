import { type PolicyResource, type StackValidationArgs, UnknownValueError } from "@pulumi/policy";
import { type Statement, statementsOf } from "../../documents.ts";
import { judgeEach, knownText } from "../../given.ts";
import { companionsOf, refersTo } from "../../relations.ts";
import { coversAction, isDenied, mayMeet, type Request } from "../../requests.ts";

/** The type of a resource of S3, under its name and under the old one that the provider still takes. */
export const s3Types = (name: string): string[] => [name, `${name}V2`].map((n) => `aws:s3/${n[0]!.toLowerCase()}${n.slice(1)}:${n}`);

const bucketTypes = s3Types("Bucket");

type Say = (wrong: string) => void;

/** Judges every bucket of a stack. `say` reports what is wrong with one. */
export function judgeBuckets(
  { resources, notApplicable }: Pick<StackValidationArgs, "resources" | "notApplicable">,
  report: (message: string, urn: string) => void,
  judge: (bucket: PolicyResource, say: Say) => void,
  which: { readonly only: (bucket: PolicyResource) => boolean; readonly none: string } = { only: () => true, none: "The stack has no bucket." },
): void {
  // Whether a bucket is asked for may depend on what is unknown in a preview: then the engine hears of it when its turn comes.
  const buckets = resources.filter((resource) => bucketTypes.includes(resource.type) && unlessUnknown(() => which.only(resource)) !== false);
  if (buckets.length === 0) notApplicable(which.none);
  judgeEach(buckets, (bucket) => {
    if (which.only(bucket)) judge(bucket, (wrong) => report(`Bucket "${bucket.name}" ${wrong}`, bucket.urn));
  });
}

function unlessUnknown<T>(read: () => T): T | undefined {
  try {
    return read();
  } catch (error) {
    if (error instanceof UnknownValueError) return undefined;
    throw error;
  }
}

/** The resources of a kind that belong to a bucket: `BucketVersioning`. */
export const partsOf = (bucket: PolicyResource, resources: readonly PolicyResource[], kind: string): PolicyResource[] =>
  s3Types(kind).flatMap((type) => companionsOf(bucket, resources, type));

/** Whether a property names a bucket. Where both names are known they are compared, whatever the engine recorded. */
export function namesBucket(resource: PolicyResource, property: string, bucket: PolicyResource): boolean {
  const name = knownText(resource.props, property);
  const own = ["bucket", "id", "arn"].flatMap((identifier) => knownText(bucket.props, identifier) ?? []);
  return name !== undefined && own.length > 0 ? own.includes(name) : refersTo(resource, property, bucket, []);
}

/** The bucket of the stack that a property names, if it is one of the stack. */
export const bucketNamedBy = (resource: PolicyResource, property: string, resources: readonly PolicyResource[]): PolicyResource | undefined =>
  resources.find((candidate) => bucketTypes.includes(candidate.type) && namesBucket(resource, property, candidate));

/** The statements of a bucket's policies. */
export const bucketStatements = (bucket: PolicyResource, resources: readonly PolicyResource[]): Statement[] =>
  partsOf(bucket, resources, "BucketPolicy").flatMap(({ props }) => statementsOf(props["policy"]));

/** Whether objects of another bucket are copied into a bucket. */
export const isCopy = (bucket: PolicyResource, resources: readonly PolicyResource[]): boolean =>
  resources.some((resource) => resource.type === replicationType && copiesTo(resource, bucket));

/** The type of the resource that says what of a bucket is copied where. */
export const replicationType = "aws:s3/bucketReplicationConfig:BucketReplicationConfig";

/** Where the rules of a replication copy to, they say within themselves; the engine records only that they name the bucket. */
const copiesTo = (replication: PolicyResource, bucket: PolicyResource): boolean =>
  refersTo(replication, "rules", bucket, []) ||
  ((replication.props["rules"] ?? []) as { destination?: { bucket?: string } }[]).some(
    ({ destination }) => destination?.bucket === `arn:aws:s3:::${bucket.props["bucket"]}`,
  );

/** Whether server access logs of any bucket are delivered to a bucket. */
export const receivesAccessLogs = (bucket: PolicyResource, resources: readonly PolicyResource[]): boolean =>
  resources.some((resource) => s3Types("BucketLogging").includes(resource.type) && namesBucket(resource, "targetBucket", bucket));

/** Whether a bucket's policy lets an AWS service write into it, on behalf of a source if that is asked. */
export const letsWrite = (statements: readonly Statement[], service: string, sourceArn?: string): boolean =>
  statements.some(
    (statement) =>
      statement.effect === "Allow" &&
      statement.principals.includes(service) &&
      coversAction(statement, "s3:PutObject") &&
      mayMeet(statement, sourceArn === undefined ? {} : { "aws:sourcearn": sourceArn }),
  );

/** AWS services that write what happened, and how everything was configured. */
const auditWriters = ["cloudtrail.amazonaws.com", "config.amazonaws.com"];
/** AWS services that write who asked for what. */
const logWriters = ["delivery.logs.amazonaws.com", "logging.s3.amazonaws.com"];

/** Whether a bucket takes in the audit trail of accounts. */
export const receivesAuditTrail = (bucket: PolicyResource, resources: readonly PolicyResource[]): boolean => {
  const statements = bucketStatements(bucket, resources);
  return auditWriters.some((writer) => letsWrite(statements, writer));
};

/** Whether a bucket takes in logs: those of access to others, or whatever a service of audit is let in to write. */
export const receivesLogs = (bucket: PolicyResource, resources: readonly PolicyResource[]): boolean => {
  const statements = bucketStatements(bucket, resources);
  return receivesAccessLogs(bucket, resources) || [...auditWriters, ...logWriters].some((writer) => letsWrite(statements, writer));
};

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
export function arnOf({ props }: PolicyResource, statements: readonly Statement[] = []): string {
  const name = knownText(props, "bucket");
  if (name !== undefined) return `arn:aws:s3:::${name}`;
  return statements.flatMap(({ resources }) => resources).find((arn) => arn.startsWith("arn:") && !arn.includes("/")) ?? "";
}
