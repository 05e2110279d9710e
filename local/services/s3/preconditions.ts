import { notImplemented, ServiceError } from "../../wire/service.ts";
import type { Version } from "./store.ts";

type Headers = Readonly<Record<string, string>>;

const failed = (header: string): ServiceError =>
  new ServiceError("PreconditionFailed", `At least one of the pre-conditions you specified did not hold: ${header}.`, 412);
const names = (header: string, { etag }: Pick<Version, "etag">): boolean =>
  header.split(",").some((entry) => ["*", etag].includes(entry.trim().replace(/^W\//, "").replaceAll('"', "")));

/**
 * Checks If-Match and If-None-Match of a write, a completion or a deletion against the current version.
 * Call it in the transaction that writes. @throws ServiceError PreconditionFailed or NoSuchKey
 */
export function checkWrite(headers: Headers, current: Version | undefined): void {
  const object = current?.blob == null ? undefined : current;
  const ifNoneMatch = headers["if-none-match"];
  if (ifNoneMatch !== undefined && ifNoneMatch !== "*") throw notImplemented(`If-None-Match: ${ifNoneMatch} on writes; use *`);
  if (ifNoneMatch !== undefined && object) throw failed("If-None-Match");
  const ifMatch = headers["if-match"];
  if (ifMatch === undefined) return;
  if (!object) throw new ServiceError("NoSuchKey", "The specified key does not exist.", 404);
  if (!names(ifMatch, object)) throw failed("If-Match");
}

/**
 * Checks the conditions of a read (RFC 9110, 13.2.2) or, with the prefix `x-amz-copy-source-`, of the source of a copy.
 * @returns whether the client has this version already (status 304). @throws ServiceError PreconditionFailed
 */
export function checkRead(headers: Headers, version: Version, prefix: "" | "x-amz-copy-source-" = ""): "send" | "not modified" {
  const modified = Math.floor(version.modified / 1000) * 1000;
  const time = (name: string) => Date.parse(headers[`${prefix}${name}`] ?? "");
  const ifMatch = headers[`${prefix}if-match`];
  const ifNoneMatch = headers[`${prefix}if-none-match`];
  if (ifMatch !== undefined) {
    if (!names(ifMatch, version)) throw failed("If-Match");
  } else if (modified > time("if-unmodified-since")) throw failed("If-Unmodified-Since");
  if (ifNoneMatch !== undefined ? !names(ifNoneMatch, version) : !(modified <= time("if-modified-since"))) return "send";
  if (prefix !== "") throw failed(ifNoneMatch === undefined ? "If-Modified-Since" : "If-None-Match");
  return "not modified";
}
