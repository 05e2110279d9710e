import type { EndedUpload } from "../../../contracts/upload.ts";
import { InvalidInput } from "../../runtime/errors.ts";
import { route } from "../../runtime/http.ts";
import type { Multipart } from "../multipart.ts";
import { expired, type FindUpload, openUploadOf } from "../uploads.ts";
import { faultsOf } from "./core.ts";

export interface Deps {
  find: FindUpload;
  multipart: Pick<Multipart, "parts" | "complete" | "isThere">;
}

/** `POST /uploads/{uploadId}/completion`: joins the parts, if they are all there; S3 then tells of the video, and its analysis starts. */
export const createHandler = ({ find, multipart }: Deps) =>
  route(async (request): Promise<EndedUpload> => {
    const upload = await openUploadOf(request, find);
    const { caseId, uploadId, bytes } = upload;
    const parts = await multipart.parts(upload);
    if (parts !== undefined) {
      const faults = faultsOf(parts, bytes);
      if (faults.length > 0) throw new InvalidInput(...faults);
    }
    const isJoined = parts !== undefined && (await multipart.complete(upload, parts));
    // S3 forgets an upload once it is joined: asked again, the video itself is the proof.
    if (!isJoined && !(await multipart.isThere(upload))) throw expired();
    return { caseId, uploadId, status: "COMPLETE" };
  });
