import type { Readable } from "node:stream";

/** Whose credentials signed a call: a role's ARN, the local administrator's ARN, or a service principal such as `events.amazonaws.com`. */
export interface Caller {
  readonly arn: string;
}

/** One call, as a service sees it. */
export interface Call {
  readonly caller: Caller;
  readonly requestId: string;
  /**
   * Checks that the caller may do this. Throws AccessDenied, naming caller, action and resource, exactly
   * where AWS would refuse; `context` holds condition keys such as `iam:PassedToService`.
   */
  authorize(action: string, resource: string, context?: Record<string, string | string[]>): void;
}

/** One SDK operation: takes the validated input, gives the output; both in the shapes of the SDK's own types. */
// biome-ignore lint/suspicious/noExplicitAny: each operation narrows to its own SDK input type.
export type Operation = (input: any, call: Call) => Promise<object>;

/** A service that speaks AWS JSON or REST-JSON. The wire validates every input with the schemas of the SDK client. */
export interface OperationService {
  readonly kind: "operations";
  /** Name in the credential scope: `states`, `sqs`, `events`, `sagemaker`, ... */
  readonly signingName: string;
  /** The SDK client module (`import * as sdk from "@aws-sdk/client-sfn"`), for its operation schemas. */
  readonly sdk: object;
  /** Operations by name (`StartExecution`). Any other operation of the SDK answers 501 NotImplemented. */
  readonly operations: Readonly<Record<string, Operation>>;
}

export interface WireRequest {
  readonly method: string;
  /** Path as sent, still encoded, without the query. */
  readonly path: string;
  readonly query: URLSearchParams;
  /** Lower-case names. */
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Readable;
}

export interface WireResponse {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: Readable | Buffer | string;
}

/** A service with a protocol of its own (S3), or one that forwards (DynamoDB). */
export interface RawService {
  readonly kind: "raw";
  readonly signingName: string;
  handle(request: WireRequest, call: Call): Promise<WireResponse>;
  /** Headers of every answer to this request, refusals included: what CORS lets a page see. */
  sharedHeaders?(request: WireRequest): Readonly<Record<string, string>>;
  /** The error in the form that the service's SDK client reads. Default: JSON, of S3 its XML. */
  refuse?(error: ServiceError, requestId: string): WireResponse;
}

export type Service = OperationService | RawService;

/** An error as AWS names it. The SDK client sees `name === code`. */
export class ServiceError extends Error {
  readonly code: string;
  readonly status: number;
  /** What the error has beside its message, where AWS's model of it says so. REST services tell it. */
  readonly members: Readonly<Record<string, unknown>>;
  constructor(code: string, message: string, status = 400, members: Readonly<Record<string, unknown>> = {}) {
    super(message);
    this.name = code;
    this.code = code;
    this.status = status;
    this.members = members;
  }
}

/** The answer to everything that is not implemented: an error that names it, never a plausible result. */
export const notImplemented = (what: string): ServiceError => new ServiceError("NotImplemented", `The local cloud does not implement ${what}.`, 501);
