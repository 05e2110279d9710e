import { ServiceError } from "../../wire/service.ts";
import { versionHeaders } from "./access.ts";
import type { Route, S3Context, S3Request } from "./context.ts";
import { checksummed, receiveText } from "./intake.ts";
import { findVersion } from "./read.ts";
import type { Bucket, Facts, Retention, Version } from "./store.ts";
import { parseXml, xmlAnswer } from "./xml.ts";

/*
 * Object Lock: a version under retention or legal hold can't be deleted by anybody. Bypassing governance is not implemented, so
 * that both modes hold alike. https://docs.aws.amazon.com/AmazonS3/latest/userguide/object-lock.html
 */

const dayMs = 24 * 3600 * 1000;

/** What a bucket's default lock makes of a new version. */
export const lockOf = ({ lockDays, lockMode }: Bucket, now: number): Pick<Facts, "retention"> =>
  lockDays === undefined || lockMode === undefined ? {} : { retention: { mode: lockMode, until: now + lockDays * dayMs } };

/** @throws ServiceError AccessDenied if the version is locked. */
export function checkUnlocked({ facts: { retention, legalHold } }: Version, now: number): void {
  if (legalHold || (retention && retention.until > now)) throw new ServiceError("AccessDenied", "Access Denied because object protected by object lock.", 403);
}

const withLock = ({ bucket }: S3Request): void => {
  if (!bucket.objectLock) throw new ServiceError("InvalidRequest", "Bucket is missing Object Lock Configuration");
};
const never = () => new ServiceError("NoSuchObjectLockConfiguration", "The specified object does not have a ObjectLock configuration", 404);

function retentionInBody(text: string): Retention {
  const { Mode: mode, RetainUntilDate: date } = parseXml(text, "Retention");
  const until = Date.parse(String(date));
  if ((mode !== "COMPLIANCE" && mode !== "GOVERNANCE") || Number.isNaN(until))
    throw new ServiceError("MalformedXML", "Retention needs Mode and RetainUntilDate.");
  if (until <= Date.now()) throw new ServiceError("InvalidArgument", "The retain until date must be in the future!");
  return { mode, until };
}

async function putRetention(s3: S3Context, request: S3Request) {
  withLock(request);
  const retention = retentionInBody(await receiveText(request.body, request.headers));
  const version = findVersion(s3, request, "s3:PutObjectRetention");
  const before = version.facts.retention;
  // Longer, never shorter: who may bypass governance is not implemented.
  if (before && before.until > Date.now() && (retention.until < before.until || (before.mode === "COMPLIANCE" && retention.mode !== "COMPLIANCE")))
    throw new ServiceError("AccessDenied", "Access Denied because object protected by object lock.", 403);
  s3.store.setFacts(version, { ...version.facts, retention });
  return { status: 200, headers: versionHeaders(request.bucket, version) };
}

async function putLegalHold(s3: S3Context, request: S3Request) {
  withLock(request);
  const { Status: status } = parseXml(await receiveText(request.body, request.headers), "LegalHold");
  if (status !== "ON" && status !== "OFF") throw new ServiceError("MalformedXML", "LegalHold needs a Status, ON or OFF.");
  const version = findVersion(s3, request, "s3:PutObjectLegalHold");
  s3.store.setFacts(version, { ...version.facts, legalHold: status === "ON" });
  return { status: 200, headers: versionHeaders(request.bucket, version) };
}

export const lockRoutes: readonly Route[] = [
  { name: "PutObjectRetention", method: "PUT", target: "object", needs: ["retention"], takes: ["versionId", ...checksummed], handle: putRetention },
  { name: "PutObjectLegalHold", method: "PUT", target: "object", needs: ["legal-hold"], takes: ["versionId", ...checksummed], handle: putLegalHold },
  {
    name: "GetObjectRetention",
    method: "GET",
    target: "object",
    needs: ["retention"],
    takes: ["versionId"],
    async handle(s3, request) {
      withLock(request);
      const { retention } = findVersion(s3, request, "s3:GetObjectRetention").facts;
      if (!retention) throw never();
      return xmlAnswer("Retention", { Mode: retention.mode, RetainUntilDate: new Date(retention.until).toISOString() });
    },
  },
  {
    name: "GetObjectLegalHold",
    method: "GET",
    target: "object",
    needs: ["legal-hold"],
    takes: ["versionId"],
    async handle(s3, request) {
      withLock(request);
      const { legalHold } = findVersion(s3, request, "s3:GetObjectLegalHold").facts;
      if (legalHold === undefined) throw never();
      return xmlAnswer("LegalHold", { Status: legalHold ? "ON" : "OFF" });
    },
  },
];
