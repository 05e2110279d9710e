import {
  AbortMultipartUploadCommand,
  CompleteMultipartUploadCommand,
  CreateMultipartUploadCommand,
  ListObjectsV2Command,
  ListPartsCommand,
  type S3Client,
  UploadPartCommand,
} from "@aws-sdk/client-s3";
import { getSignedUrl } from "@aws-sdk/s3-request-presigner";
import { bytesOfPart, partLinkSeconds } from "../../contracts/upload.ts";
import { keyOfUpload, type Upload } from "./uploads.ts";

/** A part that S3 holds. */
export interface Part {
  readonly number: number;
  readonly bytes: number;
  /** Base64, as S3 verified it. */
  readonly sha256: string;
  readonly etag: string;
}

/** Uploads in parts, as S3 does them. */
export interface Multipart {
  /** Gives S3's id of a new upload. */
  create(upload: Pick<Upload, "caseId" | "uploadId">): Promise<string>;
  /** Every part that has arrived, by number; undefined if S3 knows the upload no more: it was completed, aborted or given up. */
  parts(upload: Upload): Promise<Part[] | undefined>;
  /** False if S3 knows the upload no more. */
  complete(upload: Upload, parts: readonly Part[]): Promise<boolean>;
  abort(upload: Upload): Promise<void>;
  /** Whether the whole video is there. */
  isThere(upload: Upload): Promise<boolean>;
}

const isGone = (error: unknown): boolean => (error as Error).name === "NoSuchUpload";

/** Uploads into the raw bucket. Encryption is the bucket's default: its own key. */
export function multipart(s3: S3Client, bucket: string): Multipart {
  const which = (upload: Upload) => ({ Bucket: bucket, Key: keyOfUpload(upload), UploadId: upload.multipartId });
  return {
    async create(upload) {
      const { UploadId } = await s3.send(
        new CreateMultipartUploadCommand({ Bucket: bucket, Key: keyOfUpload(upload), ChecksumAlgorithm: "SHA256", ChecksumType: "COMPOSITE" }),
      );
      if (!UploadId) throw new Error("S3 gave an upload without an id.");
      return UploadId;
    },

    async parts(upload) {
      const parts: Part[] = [];
      let marker: string | undefined;
      try {
        do {
          const page = await s3.send(new ListPartsCommand({ ...which(upload), PartNumberMarker: marker }));
          for (const { PartNumber = 0, Size = 0, ChecksumSHA256 = "", ETag = "" } of page.Parts ?? []) {
            parts.push({ number: PartNumber, bytes: Size, sha256: ChecksumSHA256, etag: ETag });
          }
          marker = page.IsTruncated ? page.NextPartNumberMarker : undefined;
        } while (marker !== undefined);
      } catch (error) {
        if (isGone(error)) return undefined;
        throw error;
      }
      return parts;
    },

    async complete(upload, parts) {
      const Parts = parts.map(({ number, etag, sha256 }) => ({ PartNumber: number, ETag: etag, ChecksumSHA256: sha256 }));
      try {
        await s3.send(new CompleteMultipartUploadCommand({ ...which(upload), MpuObjectSize: upload.bytes, MultipartUpload: { Parts } }));
        return true;
      } catch (error) {
        if (isGone(error)) return false;
        throw error;
      }
    },

    async abort(upload) {
      try {
        await s3.send(new AbortMultipartUploadCommand(which(upload)));
      } catch (error) {
        if (!isGone(error)) throw error;
      }
    },

    async isThere(upload) {
      const { Contents = [] } = await s3.send(new ListObjectsV2Command({ Bucket: bucket, Prefix: keyOfUpload(upload), MaxKeys: 1 }));
      return Contents.some(({ Key, Size }) => Key === keyOfUpload(upload) && Size === upload.bytes);
    },
  };
}

/** Headers that must be sent as they are: S3 checks a checksum in a header against the content, and is free to ignore one in the query. */
const checksumHeader = "x-amz-checksum-sha256";

/** A link that takes one part, of exactly this length and content, with the rights of the function that signs it. */
export async function partLink(s3: S3Client, bucket: string, upload: Upload, part: { number: number; sha256: string }) {
  const command = new UploadPartCommand({
    Bucket: bucket,
    Key: keyOfUpload(upload),
    UploadId: upload.multipartId,
    PartNumber: part.number,
    ChecksumSHA256: part.sha256,
    ContentLength: bytesOfPart(part.number, upload.bytes),
  });
  const url = await getSignedUrl(s3, command, { expiresIn: partLinkSeconds, unhoistableHeaders: new Set([checksumHeader]) });
  return { number: part.number, url, headers: { [checksumHeader]: part.sha256 } };
}
