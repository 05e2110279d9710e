import { type ArrivedParts, partsOf } from "../../../contracts/upload.ts";
import { route } from "../../runtime/http.ts";
import type { Multipart } from "../multipart.ts";
import { expired, type FindUpload, openUploadOf } from "../uploads.ts";

export interface Deps {
  find: FindUpload;
  multipart: Pick<Multipart, "parts" | "isThere">;
}

/** `GET /uploads/{uploadId}/parts`: what has arrived, so that whoever was interrupted sends only the rest. */
export const createHandler = ({ find, multipart }: Deps) =>
  route(async (request): Promise<ArrivedParts> => {
    const upload = await openUploadOf(request, find);
    const { caseId, uploadId, bytes } = upload;
    const facts = { caseId, uploadId, ...partsOf(bytes), bytes };
    const parts = await multipart.parts(upload);
    if (parts !== undefined) return { ...facts, isComplete: false, parts: parts.map(({ number, bytes, sha256 }) => ({ number, bytes, sha256 })) };
    if (!(await multipart.isThere(upload))) throw expired();
    return { ...facts, isComplete: true, parts: [] };
  });
