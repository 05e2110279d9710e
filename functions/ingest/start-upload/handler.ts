import { partsOf, type StartedUpload, type UploadRequest, uploadRequest } from "../../../contracts/upload.ts";
import { callerOf } from "../../runtime/caller.ts";
import { InvalidInput } from "../../runtime/errors.ts";
import { jsonBody, route } from "../../runtime/http.ts";
import type { Multipart } from "../multipart.ts";
import { caseOfUpload, type FindUpload, type Upload, uploadIdOf } from "../uploads.ts";

export interface Deps {
  /** Largest video that this environment takes. */
  mostBytes: number;
  find: FindUpload;
  /** Whether the case is deleted, or about to be. */
  isGoing(caseId: string): Promise<boolean>;
  multipart: Pick<Multipart, "create" | "abort">;
  /** Keeps a new upload. False if it is there already. */
  keep(upload: Upload): Promise<boolean>;
  /** Lists the upload's case as UPLOADING. One that is there stays as it is. */
  announce(upload: Upload, request: UploadRequest): Promise<void>;
}

/** `POST /uploads`: a new case and the upload of its video. Asked again with the same token it gives the same upload. */
export const createHandler = (deps: Deps) =>
  route(async (request): Promise<StartedUpload> => {
    const asked = jsonBody(request, uploadRequest);
    if (asked.bytes > deps.mostBytes) {
      throw new InvalidInput(`The video has ${asked.bytes} bytes; this platform takes ${deps.mostBytes} at most. Upload it in parts of the operation.`);
    }
    const { sub } = callerOf(request);
    const uploadId = uploadIdOf(sub, asked.token);
    if (await deps.isGoing(caseOfUpload(uploadId))) throw new InvalidInput("The case of this token's upload was deleted. Start another, with a new token.");
    const upload = (await deps.find(uploadId)) ?? (await begin(deps, uploadId, sub, asked.bytes));
    if (upload.isAborted) throw new InvalidInput("The upload of this token was aborted. Start another, with a new token.");
    if (upload.bytes !== asked.bytes) {
      throw new InvalidInput(`The upload of this token is of ${upload.bytes} bytes, not of ${asked.bytes}. Start another, with a new token.`);
    }
    // Also when asked again: whoever was interrupted before it finds its case now.
    await deps.announce(upload, asked);
    return { caseId: upload.caseId, uploadId, ...partsOf(upload.bytes) };
  });

async function begin({ find, keep, multipart }: Deps, uploadId: string, owner: string, bytes: number): Promise<Upload> {
  const which = { caseId: caseOfUpload(uploadId), uploadId };
  const upload: Upload = { ...which, multipartId: await multipart.create(which), bytes, owner, isAborted: false };
  if (await keep(upload)) return upload;
  const found = await find(uploadId);
  if (found === undefined) throw new Error("An upload that was there is gone.");
  // The same request, at the same time, was faster. If it is this very upload, the answer to keeping it was lost and it was tried again.
  if (found.multipartId !== upload.multipartId) await multipart.abort(upload);
  return found;
}
