import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import type { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import { problemOf, problemType } from "../../contracts/api.ts";
import type { Asset } from "./assets.ts";

/** Answers the page's calls of the platform's HTTP API. */
export type ApiHandler = (request: {
  method: string;
  path: string;
  query: URLSearchParams;
  headers: Record<string, string>;
  body: Buffer;
}) => Promise<{ status: number; headers: Readonly<Record<string, string>>; cookies?: readonly string[]; body: Buffer }>;

/** Answers what lies behind the site's signed cookies; undefined for any other path. */
export type MediaHandler = (request: {
  method: string;
  path: string;
  headers: Readonly<Record<string, string>>;
}) => Promise<{ status: number; headers: Readonly<Record<string, string>>; body: Readable | string } | undefined>;

/** Something else listens on the port. */
export class PortInUse extends Error {
  constructor(port: number) {
    super(`Port ${port} of 127.0.0.1 is in use.`);
    this.name = "PortInUse";
  }
}

/** Largest request body: an image for `POST /infer`, base64-coded. */
const maxBody = 10 * 2 ** 20;

/**
 * Serves the page and, under `/api`, the platform's HTTP API, on 127.0.0.1 only. It stands for the content
 * delivery network: one origin, one content security policy, videos behind signed cookies. `wire` is where presigned links lead.
 */
export async function startPage(options: {
  assets: ReadonlyMap<string, Asset>;
  port: number;
  wire: string;
  api: ApiHandler;
  media: MediaHandler;
}): Promise<{ url: string; close(): Promise<void> }> {
  const { assets } = options;
  const policy = `default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self' ${options.wire}; media-src 'self' blob:; img-src 'self' blob: ${options.wire}; base-uri 'none'; form-action 'none'; frame-ancestors 'none'; require-trusted-types-for 'script'; trusted-types 'none'`;
  const server = createServer((request, response) => {
    answer(request, response).catch((error: Error) => {
      response.writeHead(500, { "content-type": problemType }).end(JSON.stringify(problemOf(500, [error.message])));
    });
  });

  async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    // A page of another site that resolves its own name to 127.0.0.1 must not read cases.
    const host = request.headers.host ?? "";
    if (!/^(127\.0\.0\.1|localhost)(:\d+)?$/.test(host)) {
      response.writeHead(421, { "content-type": "text/plain" }).end("This address is not served here.\n");
      return;
    }
    const url = new URL(request.url ?? "/", "http://127.0.0.1");
    const headers = Object.fromEntries(Object.entries(request.headers).map(([name, value]) => [name, String(value)]));
    const media = await options.media({ method: request.method ?? "GET", path: url.pathname, headers });
    if (media) {
      response.writeHead(media.status, { ...media.headers, "x-content-type-options": "nosniff" });
      // A player that jumps elsewhere leaves what it asked for before.
      if (typeof media.body === "string") response.end(media.body);
      else await pipeline(media.body, response).catch((error: NodeJS.ErrnoException) => response.destroy(error));
      return;
    }
    if (url.pathname.startsWith("/api/")) {
      const result = await options.api({
        method: request.method ?? "GET",
        path: url.pathname.slice(4),
        query: url.searchParams,
        headers,
        body: await read(request),
      });
      response
        .writeHead(result.status, { ...result.headers, ...(result.cookies && { "set-cookie": result.cookies.map(overHttp) }), "cache-control": "no-store" })
        .end(result.body);
      return;
    }
    const asset = request.method === "GET" ? assets.get(url.pathname) : undefined;
    if (!asset) {
      response.writeHead(404, { "content-type": "text/plain" }).end("There is no such page.\n");
      return;
    }
    response
      .writeHead(200, { "content-type": asset.type, "content-security-policy": policy, "x-content-type-options": "nosniff", "referrer-policy": "no-referrer" })
      .end(asset.body);
  }

  await new Promise<void>((listening, failed) => {
    server.once("error", (error: NodeJS.ErrnoException) => failed(error.code === "EADDRINUSE" ? new PortInUse(options.port) : error));
    server.listen(options.port, "127.0.0.1", listening);
  });
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/`,
    close: () =>
      new Promise((closed) => {
        server.close(() => closed());
        server.closeAllConnections();
      }),
  };
}

/**
 * A cookie as a site without TLS can set it: without `Secure`. Chromium and Firefox take `Secure` cookies of 127.0.0.1 all the same, Safari does not
 * (https://bugs.webkit.org/show_bug.cgi?id=281149).
 */
const overHttp = (cookie: string): string => cookie.replace(/; Secure(?=;|$)/i, "");

async function read(request: IncomingMessage): Promise<Buffer> {
  const parts: Buffer[] = [];
  let size = 0;
  for await (const part of request) {
    size += (part as Buffer).length;
    if (size > maxBody) throw new Error(`A request may have ${maxBody} bytes at most.`);
    parts.push(part as Buffer);
  }
  return Buffer.concat(parts);
}
