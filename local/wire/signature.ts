import { createHmac, timingSafeEqual } from "node:crypto";
import { Sha256 } from "@smithy/core/checksum";
import { createScope, getCanonicalHeaders, getSigningKey, SignatureV4Base } from "@smithy/signature-v4";
import type { Iam } from "../services/iam/iam.ts";
import type { Credentials } from "../services/seams.ts";
import { type Caller, ServiceError, type WireRequest } from "./service.ts";

const algorithm = "AWS4-HMAC-SHA256";
/** How far the clocks of client and server may differ. */
const clockSkewMs = 15 * 60_000;
/** The longest life of a presigned URL: seven days, in seconds. */
const longestLife = 604_800;

/** The signature of a request as the request states it; nothing of it is verified yet. */
export interface Signature {
  readonly accessKeyId: string;
  /** Credential scope: day, region and service. */
  readonly day: string;
  readonly region: string;
  readonly service: string;
  readonly signedHeaders: readonly string[];
  readonly value: string;
  /** `20261121T090000Z`. */
  readonly timestamp: string;
  readonly sessionToken: string | undefined;
  /** Seconds from the timestamp in which a presigned URL works; undefined for a request signed by headers. */
  readonly expires: number | undefined;
  /** What the client says it signed of the body: a hex SHA-256, `UNSIGNED-PAYLOAD`, `STREAMING-...`; undefined if the body must be hashed. */
  readonly payloadHash: string | undefined;
}

/** The signature of a request. @throws ServiceError if there is none or it is malformed. */
export function readSignature(request: WireRequest): Signature {
  const { query, headers } = request;
  const presigned = query.has("X-Amz-Signature") || query.has("X-Amz-Algorithm");
  const header = headers["authorization"];
  if (presigned && header !== undefined) throw malformed("a request is signed either by its Authorization header or by its query, not by both");
  if (!presigned && header === undefined) throw new ServiceError("MissingAuthenticationToken", "The request has no signature.", 403);

  const fields = presigned
    ? { Credential: query.get("X-Amz-Credential"), SignedHeaders: query.get("X-Amz-SignedHeaders"), Signature: query.get("X-Amz-Signature") }
    : (Object.fromEntries(
        [...(header as string).matchAll(/(Credential|SignedHeaders|Signature)=([^,\s]+)/g)].map(([, name, value]) => [name, value]),
      ) as Record<string, string | undefined>);
  const stated = presigned ? query.get("X-Amz-Algorithm") : (header as string).split(" ", 1)[0];
  if (stated !== algorithm) throw malformed(`the algorithm is "${stated}", it must be ${algorithm}`);
  const { Credential: credential, SignedHeaders: signedHeaders, Signature: value } = fields;
  const [accessKeyId, day, region, service, end, ...rest] = (credential ?? "").split("/");
  if (!accessKeyId || !day || !region || !service || end !== "aws4_request" || rest.length > 0) {
    throw malformed(`the credential is "${credential}", it must be KEY/DAY/REGION/SERVICE/aws4_request`);
  }
  if (!value || !/^[0-9a-f]{64}$/.test(value)) throw malformed("the signature must be 64 lower-case hex digits");
  if (!signedHeaders) throw malformed("SignedHeaders is missing");
  const timestamp = (presigned ? query.get("X-Amz-Date") : headers["x-amz-date"]) ?? "";
  if (!/^\d{8}T\d{6}Z$/.test(timestamp) || !timestamp.startsWith(day))
    throw malformed(`X-Amz-Date is "${timestamp}", it must be a time on ${day} such as ${day}T120000Z`);
  const expires = presigned ? Number(query.get("X-Amz-Expires") ?? Number.NaN) : undefined;
  if (expires !== undefined && !(Number.isInteger(expires) && expires >= 1 && expires <= longestLife)) {
    throw malformed(`X-Amz-Expires is "${query.get("X-Amz-Expires")}", it must be whole seconds from 1 to ${longestLife}`);
  }
  const statedHash = headers["x-amz-content-sha256"] ?? query.get("X-Amz-Content-Sha256") ?? undefined;
  return {
    accessKeyId,
    day,
    region,
    service,
    signedHeaders: signedHeaders.split(";"),
    value,
    timestamp,
    sessionToken: (presigned ? query.get("X-Amz-Security-Token") : headers["x-amz-security-token"]) ?? undefined,
    expires,
    payloadHash: statedHash ?? (presigned && service === "s3" ? "UNSIGNED-PAYLOAD" : undefined),
  };
}

/**
 * Verifies a signature and says who made it.
 * @param payloadHash the hash that was signed; the caller of this function compares it with the body.
 * @throws ServiceError in the terms of S3 for S3, in those of the JSON services for all others.
 */
export async function verifySignature(request: WireRequest, signature: Signature, payloadHash: string, iam: Pick<Iam, "resolve">): Promise<Caller> {
  const s3 = signature.service === "s3";
  const refuse = (s3Code: string, code: string, message: string) => new ServiceError(s3 ? s3Code : code, message, 403);

  const identity = iam.resolve(signature.accessKeyId);
  if (!identity) throw refuse("InvalidAccessKeyId", "UnrecognizedClientException", `Nobody has the access key ${signature.accessKeyId}.`);
  if (signature.sessionToken !== identity.credentials.sessionToken) {
    throw refuse("InvalidToken", "UnrecognizedClientException", "The session token does not belong to the access key.");
  }

  const signedAt = timeOf(signature.timestamp);
  const age = Date.now() - signedAt;
  if (signature.expires === undefined ? Math.abs(age) > clockSkewMs : age < -clockSkewMs) {
    throw refuse(
      "RequestTimeTooSkewed",
      "InvalidSignatureException",
      `The request was signed at ${signature.timestamp}; it is now ${new Date().toISOString()}.`,
    );
  }
  if (signature.expires !== undefined && age > signature.expires * 1000) {
    throw refuse("AccessDenied", "InvalidSignatureException", `Request has expired: it was valid for ${signature.expires} s from ${signature.timestamp}.`);
  }

  const signed = new Set(signature.signedHeaders);
  const unsigned = Object.keys(request.headers).filter((name) => (name === "host" || name.startsWith("x-amz-")) && !signed.has(name));
  if (unsigned.length > 0) {
    throw refuse("AccessDenied", "InvalidSignatureException", `There were headers present in the request which were not signed: ${unsigned.join(", ")}.`);
  }

  const expected = await signatureOf(request, signature, payloadHash, identity.credentials);
  if (!timingSafeEqual(Buffer.from(expected), Buffer.from(signature.value))) {
    throw refuse("SignatureDoesNotMatch", "InvalidSignatureException", "The request signature we calculated does not match the signature you provided.");
  }
  return identity.caller;
}

/** Milliseconds since 1970 of `20261121T090000Z`. */
export const timeOf = (timestamp: string): number => Date.parse(timestamp.replace(/^(....)(..)(..)T(..)(..)(..)Z$/, "$1-$2-$3T$4:$5:$6Z"));

class CanonicalForm extends SignatureV4Base {
  constructor(service: string) {
    // S3 signs its path as sent, every other service escapes it once more.
    super({ service, region: "unused", credentials: { accessKeyId: "unused", secretAccessKey: "unused" }, sha256: Sha256, uriEscapePath: service !== "s3" });
  }

  stringToSign(
    request: Parameters<SignatureV4Base["createCanonicalRequest"]>[0],
    headers: Record<string, string>,
    payloadHash: string,
    timestamp: string,
    scope: string,
  ) {
    return this.createStringToSign(timestamp, scope, this.createCanonicalRequest(request, headers, payloadHash), algorithm);
  }
}

async function signatureOf(request: WireRequest, signature: Signature, payloadHash: string, credentials: Credentials): Promise<string> {
  const { day, region, service, timestamp, signedHeaders } = signature;
  const query: Record<string, string[]> = {};
  for (const [name, value] of request.query) {
    query[name] ??= [];
    query[name].push(value);
  }
  const headers = Object.fromEntries(signedHeaders.map((name) => [name, request.headers[name] ?? ""]));
  const canonical = { method: request.method, path: request.path, query, headers, protocol: "http:", hostname: "127.0.0.1" };
  const canonicalHeaders = getCanonicalHeaders(canonical, undefined, new Set(signedHeaders));
  const text = await new CanonicalForm(service).stringToSign(canonical, canonicalHeaders, payloadHash, timestamp, createScope(day, region, service));
  const key = await getSigningKey(Sha256, credentials, day, region, service);
  return createHmac("sha256", key).update(text).digest("hex");
}

const malformed = (problem: string): ServiceError => new ServiceError("IncompleteSignature", `The signature of the request is malformed: ${problem}.`, 400);
