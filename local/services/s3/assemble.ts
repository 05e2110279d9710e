import { createReadStream, createWriteStream, statSync } from "node:fs";
import { open } from "node:fs/promises";
import { pipeline } from "node:stream/promises";
import { ServiceError } from "../../wire/service.ts";
import {
  type Algorithm,
  algorithmNamed,
  algorithms,
  type Checksum,
  type ChecksumType,
  canJoin,
  compositeChecksum,
  elementOf,
  headerOf,
  joinCrcs,
} from "./checksums.ts";
import type { S3Context, S3Request } from "./context.ts";
import type { Part, Upload } from "./uploads.ts";
import { childList, parseXml } from "./xml.ts";

/** The least bytes of every part but the last: https://docs.aws.amazon.com/AmazonS3/latest/userguide/qfacts.html */
export const smallestPart = 5 * 2 ** 20;

/** The checksum that an upload will have. Composite by default, but for CRC64NVME, which can't be. */
export function checksumPlan(headers: S3Request["headers"]): { algorithm: Algorithm; type: ChecksumType } | undefined {
  const name = headers["x-amz-checksum-algorithm"];
  const stated = headers["x-amz-checksum-type"];
  if (name === undefined) {
    if (stated !== undefined) throw new ServiceError("InvalidRequest", "x-amz-checksum-type needs x-amz-checksum-algorithm.");
    return undefined;
  }
  const algorithm = algorithmNamed(name);
  const type = stated ?? (algorithm === "CRC64NVME" ? "FULL_OBJECT" : "COMPOSITE");
  if (
    (type !== "FULL_OBJECT" && type !== "COMPOSITE") ||
    (type === "FULL_OBJECT" && !canJoin(algorithm)) ||
    (type === "COMPOSITE" && algorithm === "CRC64NVME")
  ) {
    throw new ServiceError("InvalidRequest", `The ${type} checksum type cannot be used with the ${algorithm} checksum algorithm.`);
  }
  return { algorithm, type };
}

export interface WantedPart {
  readonly number: number;
  readonly etag: string;
  readonly checksums: ReadonlyMap<Algorithm, string>;
}

/** The parts that a client puts together, as it names them. */
export function partsInBody(text: string): WantedPart[] {
  const list = childList(parseXml(text, "CompleteMultipartUpload"), "Part");
  if (list.length === 0) throw new ServiceError("MalformedXML", "You must specify at least one part.");
  return list.map((part) => ({
    number: Number(part["PartNumber"]),
    etag: String(part["ETag"] ?? "").replaceAll('"', ""),
    checksums: new Map(algorithms.flatMap((algorithm) => (part[elementOf(algorithm)] === undefined ? [] : [[algorithm, String(part[elementOf(algorithm)])]]))),
  }));
}

/** The stored parts that a client names. @throws ServiceError InvalidPartOrder, InvalidPart, EntityTooSmall, InvalidRequest */
export function chooseParts(wanted: readonly WantedPart[], stored: readonly Part[], plan: Upload["facts"]["checksum"]): Part[] {
  const byNumber = new Map(stored.map((part) => [part.number, part]));
  const chosen = wanted.map(({ number, etag, checksums }, i) => {
    if (i > 0 && number <= (wanted[i - 1] as WantedPart).number) throw new ServiceError("InvalidPartOrder", "The list of parts was not in ascending order.");
    const part = byNumber.get(number);
    if (!part || part.etag !== etag) throw new ServiceError("InvalidPart", `Part ${number} could not be found, or its ETag is not "${etag}".`);
    if (plan?.type === "COMPOSITE" && !checksums.has(plan.algorithm)) {
      throw new ServiceError(
        "InvalidRequest",
        `The upload was created using a ${plan.algorithm.toLowerCase()} checksum. The complete request must include the checksum for each part. It was missing for part ${number} in the request.`,
      );
    }
    for (const [algorithm, value] of checksums) {
      if (part.checksum?.algorithm !== algorithm || part.checksum.value !== value)
        throw new ServiceError("InvalidPart", `Part ${number} has another ${algorithm} than the request names.`);
    }
    return part;
  });
  const small = chosen.slice(0, -1).find((part) => part.size < smallestPart);
  if (small)
    throw new ServiceError(
      "EntityTooSmall",
      `Your proposed upload is smaller than the minimum allowed size: part ${small.number} has ${small.size} bytes, all but the last must have ${smallestPart}.`,
    );
  return chosen;
}

export async function wholeChecksum(plan: Upload["facts"]["checksum"], parts: readonly Part[], headers: S3Request["headers"]): Promise<Checksum | undefined> {
  if (!plan) return undefined;
  const values = parts.map((part) => ({ value: part.checksum?.value as string, size: part.size }));
  const value = plan.type === "COMPOSITE" ? await compositeChecksum(plan.algorithm, values) : joinCrcs(plan.algorithm, values);
  const claimed = headers[headerOf(plan.algorithm)];
  if (claimed !== undefined && claimed !== value && claimed !== value.replace(/-\d+$/, "")) {
    throw new ServiceError("BadDigest", `The ${plan.algorithm} you specified did not match the calculated checksum: it is ${value}.`);
  }
  return { ...plan, value };
}

/** Whether the upload's file is exactly these parts behind one another, each flushed when it came. A part that was left out, or one that broke off, makes it longer. */
export function liesWhole(s3: S3Context, upload: Upload, parts: readonly Part[]): boolean {
  let end = 0;
  for (const part of parts) {
    if (part.blob !== null || part.offset !== end) return false;
    end += part.size;
  }
  return upload.blob !== null && statSync(s3.blobs.path(upload.blob)).size === end;
}

/** Copies the parts into a new file. */
export async function putTogether(s3: S3Context, upload: Upload, parts: readonly Part[]): Promise<string> {
  const blob = s3.blobs.create();
  const path = s3.blobs.path(blob);
  try {
    let start = 0;
    for (const part of parts) {
      const source = s3.blobs.path(part.blob ?? (upload.blob as string));
      const bytes = part.size === 0 ? [] : createReadStream(source, { start: part.offset, end: part.offset + part.size - 1, highWaterMark: 2 ** 20 });
      await pipeline(bytes, createWriteStream(path, start === 0 ? { flags: "w", mode: 0o600 } : { flags: "r+", start }));
      start += part.size;
    }
    await flush(path);
    return blob;
  } catch (error) {
    s3.blobs.remove([blob]);
    throw error;
  }
}

async function flush(path: string): Promise<void> {
  const file = await open(path, "r+");
  try {
    await file.sync();
  } finally {
    await file.close();
  }
}
