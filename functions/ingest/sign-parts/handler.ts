import { partLinkSeconds, partsOf, partsToSign, type SignedParts } from "../../../contracts/upload.ts";
import { InvalidInput } from "../../runtime/errors.ts";
import { jsonBody, route } from "../../runtime/http.ts";
import { type FindUpload, openUploadOf, ranges, type Upload } from "../uploads.ts";

export interface Deps {
  find: FindUpload;
  /** A link that takes the part, with the headers to send along. */
  sign(upload: Upload, part: { number: number; sha256: string }): Promise<SignedParts["parts"][number]>;
  /** Milliseconds since 1970. */
  now(): number;
}

/** `POST /uploads/{uploadId}/parts`: links for parts, each bound to its content by SHA-256 and to its length. */
export const createHandler = ({ find, sign, now }: Deps) =>
  route(async (request): Promise<SignedParts> => {
    const upload = await openUploadOf(request, find);
    const { parts } = jsonBody(request, partsToSign);
    const { partCount } = partsOf(upload.bytes);
    const beyond = parts.filter(({ number }) => number > partCount).map(({ number }) => number);
    const twice = parts.filter(({ number }, i) => parts.findIndex((other) => other.number === number) !== i).map(({ number }) => number);
    const reasons = [
      ...(beyond.length > 0 ? [`The upload has ${partCount} parts; it has no part ${ranges(beyond)}.`] : []),
      ...(twice.length > 0 ? [`Asked for more than once: part ${ranges(twice)}.`] : []),
    ];
    if (reasons.length > 0) throw new InvalidInput(...reasons);
    // Links live from the moment they are signed: this one is a little early.
    const expiresAt = new Date(now() + partLinkSeconds * 1000).toISOString();
    return { parts: await Promise.all(parts.map((part) => sign(upload, part))), expiresAt };
  });
