import { createHash } from "node:crypto";
import type { IncomingMessage } from "node:http";
import { type Readable, Transform } from "node:stream";
import { ServiceError } from "./service.ts";

/**
 * The body of a request as a stream of its own. It fails if the client goes away, or if the bytes have another SHA-256 than `sha256`.
 * When its reader gives up, the rest of the request is read and dropped, so that the client hears the answer instead of a broken connection.
 */
export function bodyOf(request: IncomingMessage, sha256: string | undefined): Readable {
  const hash = sha256 === undefined ? undefined : createHash("sha256");
  const body = new Transform({
    transform(chunk: Buffer, _encoding, done) {
      hash?.update(chunk);
      done(null, chunk);
    },
    flush(done) {
      const found = hash?.digest("hex");
      done(found === sha256 ? null : new ServiceError("XAmzContentSHA256Mismatch", `The body has the SHA-256 ${found}; the request was signed for ${sha256}.`));
    },
  });
  request.pipe(body);
  request.on("close", () => {
    if (!request.complete) body.destroy(new ServiceError("IncompleteBody", "The client closed the connection before the end of the body."));
  });
  body.on("close", () => {
    request.unpipe(body);
    request.resume();
  });
  // Without a reader a failure of the body is nobody's; with one, the reader sees it too.
  body.on("error", () => {});
  return body;
}

/** Reads a whole body. @throws ServiceError `RequestEntityTooLargeException` beyond `limit` bytes. */
export async function readAll(body: Readable, limit: number): Promise<Buffer> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of body as AsyncIterable<Buffer>) {
    size += chunk.length;
    if (size > limit) throw new ServiceError("RequestEntityTooLargeException", `The body is longer than ${limit} bytes.`, 413);
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
}
