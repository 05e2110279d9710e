import type { Multipart, Part } from "../../../functions/ingest/multipart.ts";
import type { Upload } from "../../../functions/ingest/uploads.ts";

/** Uploads in parts as S3 does them, in memory: what it holds of each, and which videos are whole. */
export function memoryMultipart() {
  const open = new Map<string, Part[]>();
  const videos = new Map<string, number>();
  let made = 0;
  const multipart: Multipart = {
    async create() {
      const id = `multipart-${++made}`;
      open.set(id, []);
      return id;
    },
    parts: async ({ multipartId }) => open.get(multipartId),
    async complete({ multipartId, uploadId }, parts) {
      if (!open.delete(multipartId)) return false;
      videos.set(
        uploadId,
        parts.reduce((sum, { bytes }) => sum + bytes, 0),
      );
      return true;
    },
    async abort({ multipartId }) {
      open.delete(multipartId);
    },
    isThere: async ({ uploadId, bytes }) => videos.get(uploadId) === bytes,
  };
  return { multipart, open, videos };
}

/** Uploads of the case table, in memory. */
export function memoryUploads() {
  const items = new Map<string, Upload>();
  return {
    items,
    find: async (id: string): Promise<Upload | undefined> => items.get(id),
    async keep(upload: Upload): Promise<boolean> {
      if (items.has(upload.uploadId)) return false;
      items.set(upload.uploadId, upload);
      return true;
    },
  };
}

/** A request of somebody who has signed in, as API Gateway hands it over. */
export const requestOf = (sub: string, rest: { uploadId?: string; body?: unknown; groups?: string } = {}) => ({
  ...(rest.uploadId !== undefined && { pathParameters: { uploadId: rest.uploadId } }),
  ...(rest.body !== undefined && { body: typeof rest.body === "string" ? rest.body : JSON.stringify(rest.body) }),
  requestContext: { authorizer: { jwt: { claims: { sub, "cognito:groups": rest.groups ?? "[surgeon]" } } } },
});
