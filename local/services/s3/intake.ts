import { createHash } from "node:crypto";
import { createWriteStream } from "node:fs";
import { type Readable, Transform } from "node:stream";
import { pipeline } from "node:stream/promises";
import { notImplemented, ServiceError } from "../../wire/service.ts";
import { unchunk } from "./aws-chunked.ts";
import { type Algorithm, digestOf, headerOf, type StatedChecksum, statedChecksum } from "./checksums.ts";

/** Headers of every request with a body. */
export const checksummed = ["x-amz-sdk-checksum-algorithm", "x-amz-checksum-*", "x-amz-decoded-content-length", "x-amz-trailer"];

/** The most bytes of one upload without parts, or of one part: 5 GiB. */
export const largestUpload = 5 * 2 ** 30;

/** What a client says about a body; all of it is verified. */
export interface Claims {
  /** Bytes of the content, without framing. */
  readonly length: number | undefined;
  /** Base64. */
  readonly md5: string | undefined;
  readonly checksum: StatedChecksum | undefined;
  readonly chunked: boolean;
}

export interface Received {
  readonly size: number;
  /** Hex. */
  readonly md5: string;
  /** Base64, of the algorithm that was claimed or asked for. */
  readonly checksum: { readonly algorithm: Algorithm; readonly value: string } | undefined;
}

/** Reads the claims off the headers. @throws ServiceError if there is no length, or the body is encoded in a way that is not implemented. */
export function claimsOf(headers: Readonly<Record<string, string>>): Claims {
  const payload = headers["x-amz-content-sha256"] ?? "";
  if (payload.startsWith("STREAMING-") && payload !== "STREAMING-UNSIGNED-PAYLOAD-TRAILER") throw notImplemented(`bodies signed as ${payload}`);
  const chunked = payload.startsWith("STREAMING-") || encodings(headers).includes("aws-chunked");
  const length = headers[chunked ? "x-amz-decoded-content-length" : "content-length"];
  if (length === undefined || !/^\d+$/.test(length)) {
    throw new ServiceError(
      "MissingContentLength",
      `The request must state the length of its content (${chunked ? "X-Amz-Decoded-Content-Length" : "Content-Length"}).`,
      411,
    );
  }
  if (Number(length) > largestUpload) throw tooLarge(Number(length));
  const md5 = headers["content-md5"];
  if (md5 !== undefined && Buffer.from(md5, "base64").length !== 16) throw new ServiceError("InvalidDigest", "The Content-MD5 you specified is not valid.");
  return { length: Number(length), md5, checksum: statedChecksum(headers), chunked };
}

/** The content encodings of a request, `aws-chunked` among them. */
export const encodings = (headers: Readonly<Record<string, string>>): string[] =>
  (headers["content-encoding"] ?? "")
    .split(",")
    .map((name) => name.trim())
    .filter((name) => name !== "");

/**
 * Writes a body to a file in one pass with flat memory, and verifies what its sender claimed.
 * The file is flushed to the disk before this returns.
 * @param file `start` writes into an existing file from that byte on; otherwise the file is new.
 * @param algorithm the checksum to take where the client claims none.
 * @throws ServiceError BadDigest, IncompleteBody, EntityTooLarge, ...; what was written so far is the caller's to remove.
 */
export async function receive(body: Readable, claims: Claims, file: { path: string; start?: number }, algorithm?: Algorithm): Promise<Received> {
  const wanted = claims.checksum?.algorithm ?? algorithm;
  const digest = wanted === undefined ? undefined : digestOf(wanted);
  const md5 = createHash("md5");
  const limit = claims.length ?? largestUpload;
  let size = 0;
  const meter = new Transform({
    transform(chunk: Buffer, _encoding, done) {
      size += chunk.length;
      if (size > limit) return done(claims.length === undefined ? tooLarge(size) : lengthDiffers(claims.length, size));
      md5.update(chunk);
      digest?.update(chunk);
      done(null, chunk);
    },
  });
  const trailers: Record<string, string> = {};
  const sink = createWriteStream(file.path, { flush: true, mode: 0o600, ...(file.start === undefined ? { flags: "wx" } : { flags: "r+", start: file.start }) });
  await (claims.chunked ? pipeline(body, unchunk(trailers), meter, sink) : pipeline(body, meter, sink));

  if (claims.length !== undefined && size !== claims.length) throw lengthDiffers(claims.length, size);
  const hash = md5.digest();
  if (claims.md5 !== undefined && claims.md5 !== hash.toString("base64")) {
    throw new ServiceError("BadDigest", `The Content-MD5 you specified did not match what we received: it is ${hash.toString("base64")}.`);
  }
  if (!digest || wanted === undefined) return { size, md5: hash.toString("hex"), checksum: undefined };
  const value = await digest.finish();
  if (claims.checksum) {
    const claimed = claims.checksum.value ?? trailers[headerOf(wanted)];
    if (claimed === undefined) throw new ServiceError("MalformedTrailerError", `The trailer ${headerOf(wanted)} that the request announced is missing.`);
    if (claimed !== value) throw new ServiceError("BadDigest", `The ${wanted} you specified did not match the calculated checksum: it is ${value}.`);
  }
  return { size, md5: hash.toString("hex"), checksum: { algorithm: wanted, value } };
}

/** The most bytes of an XML body; a completion of 10,000 parts with checksums has about 2 MB. */
const largestText = 4 * 2 ** 20;

/** Reads an XML body, and verifies what its sender claimed. */
export async function receiveText(body: Readable, headers: Readonly<Record<string, string>>): Promise<string> {
  const { length, md5, checksum, chunked } = claimsOf(headers);
  if (chunked) throw notImplemented("aws-chunked XML bodies");
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of body as AsyncIterable<Buffer>) {
    size += chunk.length;
    if (size > largestText) throw new ServiceError("MalformedXML", `The XML of a request has at most ${largestText} bytes.`);
    chunks.push(chunk);
  }
  const bytes = Buffer.concat(chunks);
  if (length !== undefined && size !== length) throw lengthDiffers(length, size);
  if (md5 !== undefined && md5 !== createHash("md5").update(bytes).digest("base64"))
    throw new ServiceError("BadDigest", "The Content-MD5 you specified did not match what we received.");
  if (checksum) {
    const digest = digestOf(checksum.algorithm);
    digest.update(bytes);
    if (checksum.value !== (await digest.finish()))
      throw new ServiceError("BadDigest", `The ${checksum.algorithm} you specified did not match the calculated checksum.`);
  }
  return bytes.toString();
}

const tooLarge = (size: number): ServiceError =>
  new ServiceError("EntityTooLarge", `The content has ${size} bytes; at most ${largestUpload} are allowed at once.`);
const lengthDiffers = (stated: number, found: number): ServiceError =>
  new ServiceError("IncompleteBody", `The request states ${stated} bytes of content; ${found} ${found > stated ? "or more " : ""}came.`);
