import type { ServiceError, WireResponse } from "./service.ts";

const entities: Readonly<Record<string, string>> = { "&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;", "'": "&apos;", "\r": "&#13;" };

/** Text as it stands between two tags. */
export const escapeXml = (text: string): string => text.replace(/[&<>"'\r]/g, (character) => entities[character] as string);

/** S3 has names of its own for what the wire and the other services call otherwise. */
const codes: Readonly<Record<string, string>> = {
  AccessDeniedException: "AccessDenied",
  MissingAuthenticationToken: "AccessDenied",
  IncompleteSignature: "AuthorizationHeaderMalformed",
  InternalFailure: "InternalError",
};

/** An error in the form of S3: https://docs.aws.amazon.com/AmazonS3/latest/API/ErrorResponses.html */
export function xmlError(error: ServiceError, requestId: string): WireResponse {
  const code = codes[error.code] ?? error.code;
  const body = `<?xml version="1.0" encoding="UTF-8"?>\n<Error><Code>${escapeXml(code)}</Code><Message>${escapeXml(error.message)}</Message><RequestId>${requestId}</RequestId></Error>`;
  return { status: error.status, headers: { "content-type": "application/xml" }, body };
}
