import { z } from "zod";
import { procedure, retentionClass, severity } from "./case.ts";
import { caseId, uploadId } from "./primitives.ts";
import { mostParts, partsPerPage } from "./upload-parts.ts";

export { bytesOfPart, partLinkSeconds, partsOf, partsPerPage } from "./upload-parts.ts";

/** S3's largest object when this was written, 5 TiB. */
const mostBytes = 5 * 2 ** 40;
/** SHA-256 of a part as S3 writes it: base64 of 32 bytes. */
const partDigest = z.string().regex(/^[A-Za-z0-9+/]{43}=$/, "must be the base64 of a SHA-256");
const partNumber = z.int().min(1).max(mostParts);

/** `POST /uploads` */
export const uploadRequest = z.strictObject({
  /** Kept in the encrypted case table only. */
  fileName: z.string().min(1).max(255),
  bytes: z.int().positive("must be more than 0: the file is empty").max(mostBytes),
  procedure: procedure.optional(),
  severity: severity.optional(),
  /** How long the case must be kept, at least: `clinical` if nobody says. */
  retentionClass: retentionClass.optional(),
  /** Random, of the client's making: the same person who asks again with the same token gets the same upload. */
  token: z.uuid(),
});
export type UploadRequest = z.infer<typeof uploadRequest>;

/** Answer to `POST /uploads`. */
export const startedUpload = z.strictObject({ caseId, uploadId, partSize: z.int().positive(), partCount: z.int().positive() });
export type StartedUpload = z.infer<typeof startedUpload>;

/** `POST /uploads/{uploadId}/parts` */
export const partsToSign = z.strictObject({
  parts: z
    .array(z.strictObject({ number: partNumber, sha256: partDigest }))
    .min(1)
    .max(partsPerPage),
});

/** Answer: for each part the link that takes it by `PUT`, with exactly these headers, this content and this length. */
export const signedParts = z.strictObject({
  parts: z.array(z.strictObject({ number: partNumber, url: z.url(), headers: z.record(z.string(), z.string()) })),
  expiresAt: z.iso.datetime(),
});
export type SignedParts = z.infer<typeof signedParts>;

/** `GET /uploads/{uploadId}/parts`: what has arrived. A complete upload has no parts any more. */
export const arrivedParts = z.strictObject({
  ...startedUpload.shape,
  bytes: z.int().positive(),
  isComplete: z.boolean(),
  parts: z.array(z.strictObject({ number: partNumber, bytes: z.int().nonnegative(), sha256: partDigest })),
});
export type ArrivedParts = z.infer<typeof arrivedParts>;

/** Answer to `POST /uploads/{uploadId}/completion` and to `DELETE /uploads/{uploadId}`. */
export const endedUpload = z.strictObject({ caseId, uploadId, status: z.enum(["COMPLETE", "ABORTED"]) });
export type EndedUpload = z.infer<typeof endedUpload>;
