import { createReadStream, statSync } from "node:fs";
import { join } from "node:path";
import { Readable } from "node:stream";
import { type Caller, notImplemented, type RawService, ServiceError, type WireRequest, type WireResponse } from "../../wire/service.ts";
import { openDatabase } from "../database.ts";
import type { Iam } from "../iam/iam.ts";
import { createOutbox } from "../outbox.ts";
import type { BusEvent, Log, ObjectStore } from "../seams.ts";
import { authorizeBucket, bucketArn } from "./access.ts";
import { attributesRoute } from "./attributes.ts";
import { createBlobs } from "./blobs.ts";
import type { Route, S3Context, S3Request } from "./context.ts";
import { type CorsRule, corsHeaders, corsRuleFor } from "./cors.ts";
import { deleteRoutes } from "./delete.ts";
import { bucketRoutes, currentVersions } from "./listing.ts";
import { lockRoutes } from "./locks.ts";
import { multipartRoutes } from "./multipart.ts";
import { objectRoutes, putObject } from "./objects.ts";
import { findReadable, findVersion, quoted } from "./read.ts";
import { type Bucket, createStore, schema, type Tag } from "./store.ts";
import { setTags, taggingRoutes } from "./tagging.ts";
import { createUploads } from "./uploads.ts";
import { checkTags } from "./write.ts";

/** Settings of a bucket; what is left out stays as it is. */
export interface BucketConfiguration {
  /** Once on, it can only be suspended: versions stay. */
  readonly versioning?: boolean;
  /** Key that objects are encrypted with where a request names none. */
  readonly encryptionKeyArn?: string;
  /** Policy document of the bucket. */
  readonly policy?: unknown;
  readonly cors?: readonly CorsRule[];
  /** Whether the bucket sends its events to EventBridge. */
  readonly eventBridge?: boolean;
  /** Whether versions can be locked; once on it stays so. */
  readonly objectLock?: boolean;
  /** Locks every new version for so many days. */
  readonly defaultLock?: { readonly mode: "COMPLIANCE" | "GOVERNANCE"; readonly days: number };
}

export interface S3 extends RawService, ObjectStore {
  /** Makes a bucket, or changes settings of one. */
  configureBucket(name: string, configuration: BucketConfiguration): void;
  /** Tags of a version, and setting them, as the wire does both; of the current version, if none is named. */
  tags(caller: Caller, bucket: string, key: string, versionId: string | undefined): readonly Tag[];
  putTags(caller: Caller, bucket: string, key: string, versionId: string | undefined, tags: readonly Tag[]): void;
  /** Begins to deliver events, first those that an earlier process left. Call it once the rules are declared. */
  start(): void;
  /** Ends deliveries under way and closes the database. */
  close(): Promise<void>;
}

/** Headers that every request may have; the wire has dealt with most of them. */
const commonHeaders = new Set(["x-amz-date", "x-amz-content-sha256", "x-amz-security-token", "x-amz-user-agent", "x-amz-expected-bucket-owner"]);

/**
 * S3 over files and a database in one folder. Bytes are flushed to their file before the transaction that names it, so that
 * a crash at any point leaves the old object or the new one; files that no transaction came to name are removed at the next start.
 * @param options.publish takes an event for the bus; it is called again until it resolves.
 */
export function createS3(options: {
  dir: string;
  authorizer: Pick<Iam, "authorize" | "putResourcePolicy">;
  region: string;
  accountId: string;
  publish: (event: BusEvent) => Promise<void>;
  log: Log;
  /** Is called before bytes are written; may throw as a full disk does. */
  beforeWrite?: () => void;
}): S3 {
  const { dir, authorizer, region, accountId, publish, log, beforeWrite } = options;
  const database = openDatabase(dir, schema);
  const store = createStore(database);
  const uploads = createUploads(database);
  const blobs = createBlobs(join(dir, "blobs"), beforeWrite);
  const outbox = createOutbox("S3", database, publish, log);
  const s3: S3Context = { store, blobs, outbox, authorizer, region, accountId };
  const routes = [...objectRoutes, ...deleteRoutes, ...lockRoutes, ...taggingRoutes, attributesRoute, ...bucketRoutes, ...multipartRoutes(uploads)];

  uploads.prune();
  blobs.sweep(store.namedBlobs());

  /** A call from inside the process, with the headers that it would have on the wire. */
  const inside = (caller: Caller, bucket: string, key: string, headers: Record<string, string> = {}, query: Record<string, string> = {}): S3Request => ({
    caller,
    requestId: "local",
    bucket: store.bucket(bucket),
    key,
    query: new URLSearchParams(query),
    headers,
    body: Readable.from([]),
  });

  return {
    kind: "raw",
    signingName: "s3",

    async handle(request, call) {
      const { bucket: name, key } = splitPath(request.path);
      if (request.method === "OPTIONS") return preflight(request, store.hasBucket(name) ? store.bucket(name) : undefined);
      const headers = withQueryHeaders(request);
      const route = findRoute(routes, request, headers, name, key);
      const owner = headers["x-amz-expected-bucket-owner"];
      if (owner !== undefined && owner !== accountId) throw new ServiceError("AccessDenied", `The bucket belongs to ${accountId}, not to ${owner}.`, 403);
      if (Buffer.byteLength(key) > 1024) throw new ServiceError("KeyTooLongError", "Your key is too long: it may have 1024 bytes.");
      return route.handle(s3, {
        caller: call.caller,
        requestId: call.requestId,
        bucket: store.bucket(name),
        key,
        query: request.query,
        headers,
        body: request.body,
      });
    },

    sharedHeaders(request) {
      const origin = request.headers["origin"];
      const { bucket: name } = splitPath(request.path);
      if (origin === undefined || request.method === "OPTIONS" || !store.hasBucket(name)) return {};
      const rule = corsRuleFor(store.bucket(name).cors, origin, request.method);
      return rule ? corsHeaders(rule, origin) : {};
    },

    configureBucket(name, configuration) {
      const { versioning, encryptionKeyArn, policy, cors, eventBridge, objectLock, defaultLock } = configuration;
      const before: Bucket = store.hasBucket(name) ? store.bucket(name) : { name, versioning: "Never", cors: [], eventBridge: false };
      if (policy !== undefined) authorizer.putResourcePolicy(bucketArn(name), policy);
      if (defaultLock && !(objectLock || before.objectLock)) throw new Error(`The bucket ${name} was made without Object Lock; it can lock nothing.`);
      const status = versioning === undefined ? before.versioning : versioning ? "Enabled" : before.versioning === "Never" ? "Never" : "Suspended";
      store.putBucket({
        name,
        versioning: status,
        encryptionKeyArn: encryptionKeyArn ?? before.encryptionKeyArn,
        cors: cors ?? before.cors,
        eventBridge: eventBridge ?? before.eventBridge,
        objectLock: objectLock || before.objectLock,
        lockMode: defaultLock?.mode ?? before.lockMode,
        lockDays: defaultLock?.days ?? before.lockDays,
      });
    },

    async file(caller, bucket, key, versionId) {
      const version = findReadable(s3, inside(caller, bucket, key), versionId);
      const { blob, size, etag, facts } = version;
      return {
        path: blobs.path(blob),
        bytes: size,
        etag: quoted(etag),
        versionId: store.bucket(bucket).versioning === "Never" ? undefined : version.version,
        contentType: facts.headers["content-type"] as string,
      };
    },

    async put(caller, bucket, key, content, { contentType, kmsKeyArn } = {}) {
      const headers = {
        ...(contentType === undefined ? {} : { "content-type": contentType }),
        ...(kmsKeyArn === undefined ? {} : { "x-amz-server-side-encryption": "aws:kms", "x-amz-server-side-encryption-aws-kms-key-id": kmsKeyArn }),
      };
      const bytes = "path" in content ? undefined : Buffer.from(content.data as Buffer);
      const body = () => ("path" in content ? createReadStream(content.path, { highWaterMark: 2 ** 18 }) : Readable.from(bytes?.length ? [bytes] : []));
      const length = "path" in content ? statSync(content.path).size : (bytes as Buffer).length;
      const version = await putObject(s3, inside(caller, bucket, key, headers), body, { length, md5: undefined, checksum: undefined, chunked: false });
      return { etag: quoted(version.etag), versionId: store.bucket(bucket).versioning === "Never" ? undefined : version.version };
    },

    tags(caller, bucket, key, versionId) {
      return findVersion(s3, inside(caller, bucket, key), "s3:GetObjectTagging", { versionId }).facts.tags;
    },

    putTags(caller, bucket, key, versionId, tags) {
      setTags(s3, inside(caller, bucket, key, {}, versionId === undefined ? {} : { versionId }), "s3:PutObjectTagging", checkTags([...tags]));
    },

    async list(caller, bucket, prefix) {
      authorizeBucket(s3, inside(caller, bucket, "", {}, { prefix }), "s3:ListBucket");
      return [...currentVersions(s3, bucket, prefix, "")].map(({ key, size }) => ({ key, bytes: size }));
    },

    start: outbox.start,

    async close() {
      await outbox.close();
      database.close();
    },
  };
}

/** `/bucket/key`, decoded. */
function splitPath(path: string): { bucket: string; key: string } {
  const [, bucket = "", ...key] = path.split("/");
  try {
    return { bucket: decodeURIComponent(bucket), key: decodeURIComponent(key.join("/")) };
  } catch {
    throw new ServiceError("InvalidURI", "Couldn't parse the specified URI.");
  }
}

/** A presigned URL carries headers in its query; they count as if they had been sent. */
function withQueryHeaders({ headers, query }: WireRequest): Record<string, string> {
  const carried = [...query]
    .map(([name, value]) => [name.toLowerCase(), value] as const)
    .filter(([name]) => name.startsWith("x-amz-") && !signatureParameters.has(name));
  return { ...Object.fromEntries(carried), ...headers };
}
const signatureParameters = new Set(
  ["algorithm", "credential", "date", "expires", "signedheaders", "signature", "security-token"].map((name) => `x-amz-${name}`),
);

/** The operation that a request means. @throws ServiceError NotImplemented that names the operation or parameter. */
function findRoute(routes: readonly Route[], request: WireRequest, headers: Readonly<Record<string, string>>, bucket: string, key: string): Route {
  const target = key === "" ? "bucket" : "object";
  const has = (name: string) => (name.startsWith("x-amz-") ? headers[name] !== undefined : request.query.has(name));
  const [route] = routes
    .filter((candidate) => candidate.method === request.method && candidate.target === target && candidate.needs.every(has))
    .sort((a, b) => b.needs.length - a.needs.length);
  const parameters = [...request.query.keys()].filter((name) => name !== "x-id" && !name.toLowerCase().startsWith("x-amz-"));
  if (!route || bucket === "") throw notImplemented(`the S3 operation ${request.method} /${bucket === "" ? "" : target}?${parameters.join("&")}`);

  const understood = (name: string) =>
    [...route.needs, ...route.takes].some((known) => (known.endsWith("*") ? name.startsWith(known.slice(0, -1)) : name === known));
  const strange = [
    ...parameters.filter((name) => !understood(name)).map((name) => `the query parameter ${name}`),
    ...Object.keys(headers)
      .filter((name) => name.startsWith("x-amz-") && !commonHeaders.has(name) && !understood(name))
      .map((name) => `the header ${name}`),
  ];
  if (strange.length > 0) throw notImplemented(`${strange.join(" and ")} of S3 ${route.name}`);
  const storageClass = headers["x-amz-storage-class"];
  if (storageClass !== undefined && storageClass !== "STANDARD") throw notImplemented(`the storage class ${storageClass}`);
  return route;
}

/** Answers a browser's question whether a page may send a request. */
function preflight(request: WireRequest, bucket: Bucket | undefined): WireResponse {
  const { origin, "access-control-request-method": method, "access-control-request-headers": names } = request.headers;
  if (origin === undefined || method === undefined)
    throw new ServiceError("BadRequest", "Insufficient information. Origin and Access-Control-Request-Method are needed.");
  const asked = (names ?? "")
    .split(",")
    .map((name) => name.trim())
    .filter((name) => name !== "");
  const rule = corsRuleFor(bucket?.cors ?? [], origin, method, asked);
  if (!rule) throw new ServiceError("AccessForbidden", "CORSResponse: This CORS request is not allowed.", 403);
  return {
    status: 200,
    headers: {
      ...corsHeaders(rule, origin),
      ...(asked.length > 0 ? { "access-control-allow-headers": asked.join(", ").toLowerCase() } : {}),
      ...(rule.maxAgeSeconds === undefined ? {} : { "access-control-max-age": String(rule.maxAgeSeconds) }),
    },
  };
}
