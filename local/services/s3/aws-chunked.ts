import { Transform } from "node:stream";
import { ServiceError } from "../../wire/service.ts";

const incomplete = () => new ServiceError("IncompleteBody", "The aws-chunked body ends before its last chunk.");
/** The longest line between chunks, a size or a trailer header. */
const longestLine = 1024;

/**
 * Takes the framing off an `aws-chunked` body: `size CR LF bytes CR LF`, repeated, then a size of 0, trailer headers and an empty line.
 * https://docs.aws.amazon.com/AmazonS3/latest/API/sigv4-streaming-trailers.html
 * @param trailers takes the trailer headers, names in lower case, before the stream ends.
 */
export function unchunk(trailers: Record<string, string>): Transform {
  let state: "size" | "bytes" | "gap" | "trailer" | "end" = "size";
  let line = "";
  let left = 0;

  const takeLine = (): void => {
    const text = line;
    line = "";
    if (state === "size") {
      const size = /^[0-9a-f]{1,12}$/i.test(text) ? Number.parseInt(text, 16) : Number.NaN;
      if (Number.isNaN(size)) throw new ServiceError("InvalidRequest", `The aws-chunked body has the chunk size "${text}"; it must be hexadecimal digits.`);
      left = size;
      state = size === 0 ? "trailer" : "bytes";
    } else if (state === "gap") {
      if (text !== "") throw new ServiceError("InvalidRequest", "A chunk of the aws-chunked body is longer than its stated size.");
      state = "size";
    } else if (text === "") state = "end";
    else {
      const colon = text.indexOf(":");
      if (colon < 1) throw new ServiceError("MalformedTrailerError", `The trailer has the line "${text}"; it must be "name:value".`);
      trailers[text.slice(0, colon).trim().toLowerCase()] = text.slice(colon + 1).trim();
    }
  };

  return new Transform({
    transform(chunk: Buffer, _encoding, done) {
      try {
        for (let at = 0; at < chunk.length && state !== "end"; ) {
          if (state === "bytes") {
            const bytes = chunk.subarray(at, at + left);
            this.push(bytes);
            at += bytes.length;
            left -= bytes.length;
            if (left === 0) state = "gap";
            continue;
          }
          const end = chunk.indexOf(0x0a, at);
          line += chunk.toString("latin1", at, end < 0 ? chunk.length : end);
          if (line.length > longestLine) throw new ServiceError("InvalidRequest", "A line of the aws-chunked body's framing is too long.");
          if (end < 0) break;
          at = end + 1;
          line = line.replace(/\r$/, "");
          takeLine();
        }
        done();
      } catch (error) {
        done(error as Error);
      }
    },
    flush(done) {
      // Some clients leave out the empty line that ends the trailer.
      if (state === "trailer" && line === "") state = "end";
      done(state === "end" ? null : incomplete());
    },
  });
}
