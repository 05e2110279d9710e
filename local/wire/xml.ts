import type { ServiceError, WireResponse } from "./service.ts";

const entities: Readonly<Record<string, string>> = { "&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;", "'": "&apos;", "\r": "&#13;" };

/** Text as it stands between two tags. */
export const escapeXml = (text: string): string => text.replace(/[&<>"'\r]/g, (character) => entities[character] as string);

/** An error in the form of S3: https://docs.aws.amazon.com/AmazonS3/latest/API/ErrorResponses.html */
export function xmlError(error: ServiceError, requestId: string): WireResponse {
  // The services inside the process throw AccessDeniedException; S3 has a name of its own for it.
  const code = error.code === "AccessDeniedException" ? "AccessDenied" : error.code;
  const body = `<?xml version="1.0" encoding="UTF-8"?>\n<Error><Code>${escapeXml(code)}</Code><Message>${escapeXml(error.message)}</Message><RequestId>${requestId}</RequestId></Error>`;
  return { status: error.status, headers: { "content-type": "application/xml" }, body };
}
