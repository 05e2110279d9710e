import type { EndedUpload } from "../../../contracts/upload.ts";
import { InvalidInput } from "../../runtime/errors.ts";
import { route } from "../../runtime/http.ts";
import type { Multipart } from "../multipart.ts";
import { type FindUpload, type Upload, uploadOf } from "../uploads.ts";

export interface Deps {
  find: FindUpload;
  multipart: Pick<Multipart, "abort" | "isThere">;
  /** Marks the upload, so that its token starts no other, and forgets its case, which has nothing to show. */
  forget(upload: Upload): Promise<void>;
}

/** `DELETE /uploads/{uploadId}`: drops what has arrived. */
export const createHandler = ({ find, multipart, forget }: Deps) =>
  route(async (request): Promise<EndedUpload> => {
    const upload = await uploadOf(request, find);
    const { caseId, uploadId } = upload;
    await multipart.abort(upload);
    if (await multipart.isThere(upload)) throw new InvalidInput("This upload is complete, and its case is analysed. Delete the case instead.");
    await forget(upload);
    return { caseId, uploadId, status: "ABORTED" };
  });
