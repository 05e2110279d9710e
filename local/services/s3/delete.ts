import { ServiceError, type WireResponse } from "../../wire/service.ts";
import { authorizeObject, versionHeaders } from "./access.ts";
import type { Route, S3Context, S3Request } from "./context.ts";
import { checksummed, receiveText } from "./intake.ts";
import { checkUnlocked } from "./locks.ts";
import { checkWrite } from "./preconditions.ts";
import { announce } from "./write.ts";
import { childList, parseXml, xmlAnswer } from "./xml.ts";

/** The most keys of one request. */
const mostKeys = 1000;

interface Deleted {
  /** The version that is gone, or the marker that was made; undefined if there was nothing. */
  readonly version: string | undefined;
  readonly isMarker: boolean;
  readonly isForGood: boolean;
}

/** Deletes a version for good, or hides the key behind a marker. @throws ServiceError AccessDenied without the right, or of what is locked. */
function deleteOne(s3: S3Context, request: S3Request, versionId: string | null): Deleted {
  const { store } = s3;
  const { bucket, key } = request;
  const query = new URLSearchParams(versionId === null ? {} : { versionId });
  authorizeObject(s3, { ...request, query }, versionId === null ? "s3:DeleteObject" : "s3:DeleteObjectVersion");
  const { released, ...deleted } = store.transaction(() => {
    const current = store.current(bucket.name, key);
    checkWrite(request.headers, current);
    if (versionId !== null || bucket.versioning === "Never") {
      const version = versionId === null ? current : store.version(bucket.name, key, versionId);
      if (!version) return { released: [], version: versionId ?? undefined, isMarker: false, isForGood: true };
      checkUnlocked(version, Date.now());
      const { released } = store.removeVersion(version);
      announce(s3, request, "Object Deleted", version, { reason: "DeleteObject", "deletion-type": "Permanently Deleted" });
      return { released, version: version.version, isMarker: version.blob === null, isForGood: true };
    }
    const { version, released } = store.insert(bucket, key, "delete marker");
    announce(s3, request, "Object Deleted", version, { reason: "DeleteObject", "deletion-type": "Delete Marker Created" });
    return { released, version: version.version, isMarker: true, isForGood: false };
  });
  s3.blobs.remove(released);
  s3.outbox.wake();
  return deleted;
}

async function deleteObject(s3: S3Context, request: S3Request): Promise<WireResponse> {
  const { version, isMarker } = deleteOne(s3, request, request.query.get("versionId"));
  const named = version === undefined ? {} : versionHeaders(request.bucket, { version });
  return { status: 204, headers: { ...named, ...(isMarker ? { "x-amz-delete-marker": "true" } : {}) } };
}

async function deleteObjects(s3: S3Context, request: S3Request): Promise<WireResponse> {
  const { headers } = request;
  if (!("content-md5" in headers) && !Object.keys(headers).some((name) => name.startsWith("x-amz-checksum-") || name === "x-amz-trailer"))
    throw new ServiceError("InvalidRequest", "Missing required header for this request: Content-MD5 OR x-amz-checksum-*");
  const body = parseXml(await receiveText(request.body, headers), "Delete");
  const wanted = childList(body, "Object").map(({ Key, VersionId, ...rest }) => ({ key: String(Key ?? ""), versionId: VersionId, rest: Object.keys(rest) }));
  if (wanted.length === 0 || wanted.length > mostKeys || wanted.some(({ key, rest }) => key === "" || rest.length > 0))
    throw new ServiceError("MalformedXML", `Delete needs 1 to ${mostKeys} objects, each with a Key and at most a VersionId.`);
  // Each key succeeds or fails for itself.
  const outcomes = wanted.map(({ key, versionId }) => {
    const named = { Key: key, VersionId: versionId === undefined ? undefined : String(versionId) };
    try {
      const { version, isMarker, isForGood } = deleteOne(s3, { ...request, key, headers: {} }, named.VersionId ?? null);
      return { Deleted: { ...named, ...(isMarker ? { DeleteMarker: true, DeleteMarkerVersionId: version } : isForGood ? {} : { DeleteMarker: false }) } };
    } catch (error) {
      if (!(error instanceof ServiceError)) throw error;
      return { Error: { ...named, Code: error.code.replace(/Exception$/, ""), Message: error.message } };
    }
  });
  return xmlAnswer("DeleteResult", {
    Deleted: String(body["Quiet"]) === "true" ? [] : outcomes.flatMap((outcome) => outcome.Deleted ?? []),
    Error: outcomes.flatMap((outcome) => outcome.Error ?? []),
  });
}

export const deleteRoutes: readonly Route[] = [
  { name: "DeleteObject", method: "DELETE", target: "object", needs: [], takes: ["versionId"], handle: deleteObject },
  { name: "DeleteObjects", method: "POST", target: "bucket", needs: ["delete"], takes: checksummed, handle: deleteObjects },
];
