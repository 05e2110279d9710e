import type { Readable } from "node:stream";
import type { Caller, WireResponse } from "../../wire/service.ts";
import type { Iam } from "../iam/iam.ts";
import type { Outbox } from "../outbox.ts";
import type { Blobs } from "./blobs.ts";
import type { Bucket, Store } from "./store.ts";

/** What every operation works with. */
export interface S3Context {
  readonly store: Store;
  readonly blobs: Blobs;
  readonly outbox: Outbox;
  readonly authorizer: Pick<Iam, "authorize" | "putResourcePolicy">;
  readonly region: string;
  readonly accountId: string;
}

/** One call of an operation, from the wire or from inside the process. */
export interface S3Request {
  readonly caller: Caller;
  readonly requestId: string;
  readonly bucket: Bucket;
  /** Decoded; empty for operations on buckets. */
  readonly key: string;
  readonly query: URLSearchParams;
  /** Lower-case names. Those that a presigned URL carries in its query are here too. */
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Readable;
}

/** An operation of the S3 API and the requests that mean it. */
export interface Route {
  readonly name: string;
  readonly method: string;
  readonly target: "bucket" | "object";
  /** Query parameters, or headers that start with `x-`, without which the request means another operation. */
  readonly needs: readonly string[];
  /** Query parameters and `x-amz-` headers that it understands; any other is not implemented. */
  readonly takes: readonly string[];
  handle(s3: S3Context, request: S3Request): Promise<WireResponse>;
}
