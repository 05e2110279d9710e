import { ServiceError } from "../../wire/service.ts";
import { authorizeObject, versionHeaders } from "./access.ts";
import { checksumElement } from "./checksums.ts";
import type { Route, S3Request } from "./context.ts";
import { findReadable } from "./read.ts";
import type { Version } from "./store.ts";
import { xmlAnswer } from "./xml.ts";

export const attributesRoute: Route = {
  name: "GetObjectAttributes",
  method: "GET",
  target: "object",
  needs: ["attributes"],
  takes: ["versionId", "x-amz-object-attributes", "x-amz-max-parts", "x-amz-part-number-marker"],
  async handle(s3, request) {
    const version = findReadable(s3, request);
    authorizeObject(s3, request, request.query.has("versionId") ? "s3:GetObjectVersionAttributes" : "s3:GetObjectAttributes");
    return answerAttributes(request, version);
  },
};

function answerAttributes(request: S3Request, version: Version) {
  const wanted = (request.headers["x-amz-object-attributes"] ?? "").split(",").map((name) => name.trim());
  const known = ["ETag", "Checksum", "ObjectParts", "ObjectSize", "StorageClass"];
  const unknown = wanted.filter((name) => !known.includes(name));
  if (unknown.length > 0)
    throw new ServiceError("InvalidArgument", `x-amz-object-attributes has "${unknown.join(", ")}"; it must be some of ${known.join(", ")}.`);
  const { checksum, parts } = version.facts;
  const limit = Number(request.headers["x-amz-max-parts"] ?? 1000);
  const after = Number(request.headers["x-amz-part-number-marker"] ?? 0);
  const shown = (parts ?? []).map((part, i) => ({ ...part, number: i + 1 })).slice(after, after + limit);
  const has = (name: string) => wanted.includes(name);
  return xmlAnswer(
    "GetObjectAttributesResponse",
    {
      ETag: has("ETag") ? version.etag : undefined,
      Checksum: has("Checksum") && checksum ? { ...checksumElement(checksum), ChecksumType: checksum.type } : undefined,
      ObjectParts:
        has("ObjectParts") && parts
          ? {
              TotalPartsCount: parts.length,
              PartNumberMarker: after,
              NextPartNumberMarker: shown.at(-1)?.number ?? after,
              MaxParts: limit,
              IsTruncated: after + shown.length < parts.length,
              Part: shown.map((part) => ({
                PartNumber: part.number,
                Size: part.size,
                ...(checksum && part.checksum !== undefined ? checksumElement({ algorithm: checksum.algorithm, value: part.checksum }) : {}),
              })),
            }
          : undefined,
      StorageClass: has("StorageClass") ? "STANDARD" : undefined,
      ObjectSize: has("ObjectSize") ? version.size : undefined,
    },
    { "last-modified": new Date(version.modified).toUTCString(), ...versionHeaders(request.bucket, version) },
  );
}
