import { createHash } from "node:crypto";
import { z } from "zod";
import { sourceKey } from "../../contracts/keys.ts";
import { caseId, uploadId } from "../../contracts/primitives.ts";
import { callerOf, type Person } from "../runtime/caller.ts";
import { InvalidInput, NotFound } from "../runtime/errors.ts";
import type { HttpRequest } from "../runtime/http.ts";

/** The item of an upload in the case table (`UPLOAD#{uploadId}`). S3 itself says what has arrived and whether it is complete. */
export const upload = z.object({
  caseId,
  uploadId,
  /** S3's own id of the upload in parts. */
  multipartId: z.string().min(1),
  bytes: z.int().positive(),
  /** Who started it: the user pool's opaque id. */
  owner: z.string().min(1),
  isAborted: z.boolean().default(false),
});
export type Upload = z.infer<typeof upload>;

/** A UUID (version 8, RFC 9562) made of what it is to stand for. */
function uuidOf(...parts: string[]): string {
  const hex = createHash("sha256").update(JSON.stringify(parts)).digest("hex");
  const variant = ((Number.parseInt(hex.charAt(16), 16) & 3) | 8).toString(16);
  return [hex.slice(0, 8), hex.slice(8, 12), `8${hex.slice(13, 16)}`, `${variant}${hex.slice(17, 20)}`, hex.slice(20, 32)].join("-");
}

/**
 * The upload that a person's token stands for. It is as random as the token, another person's is another's, and the same
 * request asked twice names the same upload without anything to look up.
 */
export const uploadIdOf = (owner: string, token: string): string => uuidOf("upload", owner, token);
/** The case of an upload: every upload makes its own. */
export const caseOfUpload = (id: string): string => uuidOf("case", id);

export const itemOfUpload = (id: string): { caseId: string; item: string } => ({ caseId: caseOfUpload(id), item: `UPLOAD#${id}` });
export const keyOfUpload = ({ caseId, uploadId }: Pick<Upload, "caseId" | "uploadId">): string => sourceKey(caseId, uploadId);

/** Looks an upload up by its id. */
export type FindUpload = (uploadId: string) => Promise<Upload | undefined>;

const mayWrite = ({ sub, groups }: Person, { owner }: Upload): boolean => sub === owner || groups.includes("admin");

/** The upload that a request names, if its sender may write it: whoever started it, or an administrator. Another's is as good as none. */
export async function uploadOf(request: HttpRequest, find: FindUpload): Promise<Upload> {
  const id = uploadId.safeParse(request.pathParameters["uploadId"]);
  if (!id.success) throw new InvalidInput("The upload's identifier isn't a UUID.");
  const found = await find(id.data);
  if (found === undefined || !mayWrite(callerOf(request), found)) throw new NotFound("There is no such upload.");
  return found;
}

/** {@link uploadOf}, still under way. Throws InvalidInput if it was aborted. */
export async function openUploadOf(request: HttpRequest, find: FindUpload): Promise<Upload> {
  const found = await uploadOf(request, find);
  if (found.isAborted) throw new InvalidInput("This upload was aborted. Start another, with a new token.");
  return found;
}

/** The upload has lost its parts: S3 drops those of uploads that nobody completes. */
export const expired = (): InvalidInput => new InvalidInput("This upload was given up: it wasn't completed in time. Start another, with a new token.");

/** Whole numbers as people write them: `3, 5-9`. */
export function ranges(numbers: readonly number[]): string {
  const spans: [number, number][] = [];
  for (const number of numbers) {
    const last = spans.at(-1);
    if (last && last[1] === number - 1) last[1] = number;
    else spans.push([number, number]);
  }
  return spans.map(([first, last]) => (first === last ? `${first}` : `${first}-${last}`)).join(", ");
}
