import { createHash } from "node:crypto";
import { createReadStream, statSync } from "node:fs";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { pageAssets } from "../../local/page/assets.ts";
import { startPage } from "../../local/page/server.ts";
import { root } from "../../local/root.ts";
import { caseId, detailAt, detectionChunk, frameTable, maskChunk, storedChunks } from "./long-case.ts";

/**
 * The link to the storage, the same for one connection and for several: what each of them carries, and how long an answer takes. On one machine there is neither limit, and what more
 * connections gain is then what its processors have to spare, which says nothing of a network. (Amazon S3 User Guide, "Performance design patterns for Amazon S3": one request at a time
 * for each 85 to 90 MB/s; answers after 100 to 200 ms.)
 */
export const link = { megabytesPerSecond: 85, latencyMs: 100 };

/** The page as it is served, its API and its storage, all of them with the case of three hours and nothing else. */
export async function startStage(video: string) {
  const size = statSync(video).size;
  const uploads = new Map<string, number>();
  const [boxes, outlines, table] = [storedChunks(detectionChunk()), storedChunks(maskChunk()), JSON.stringify(frameTable())];

  const storage = createServer((request, response) => {
    answer(request, response).catch((error: Error) => response.writeHead(500).end(error.message));
  });
  async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const { pathname } = new URL(request.url ?? "/", "http://127.0.0.1");
    const [, what = "", index = ""] = pathname.split("/");
    response.setHeader("access-control-allow-origin", "*");
    if (request.method === "OPTIONS") {
      response.writeHead(204, { "access-control-allow-methods": "PUT", "access-control-allow-headers": "*", "access-control-max-age": "600" }).end();
      return;
    }
    if (request.method === "PUT" && what === "part") {
      const digest = createHash("sha256");
      const start = performance.now();
      let arrived = 0;
      for await (const bytes of request) {
        digest.update(bytes as Buffer);
        arrived += (bytes as Buffer).length;
        const early = arrived / (1000 * link.megabytesPerSecond) - (performance.now() - start);
        // A timer has milliseconds: shorter pauses add up.
        if (early > 4) await new Promise((wake) => setTimeout(wake, early));
      }
      await new Promise((wake) => setTimeout(wake, link.latencyMs));
      response.writeHead(digest.digest("base64") === request.headers["x-amz-checksum-sha256"] ? 200 : 400).end();
      return;
    }
    const document = what === "table" ? table : what === "detections" ? boxes(Number(index)) : what === "masks" ? outlines(Number(index)) : undefined;
    response.writeHead(document ? 200 : 404, { "content-type": "application/json" }).end(document);
  }
  await new Promise<void>((listening) => storage.listen(0, "127.0.0.1", listening));
  const wire = `http://127.0.0.1:${(storage.address() as AddressInfo).port}`;

  const page = await startPage({
    ...{ assets: await pageAssets(root), port: 0, wire },
    media: async ({ path, headers: { range = "" } }) => {
      if (path !== "/media/review.mp4") return undefined;
      const [, from = "0", to = ""] = /bytes=(\d+)-(\d*)/.exec(range) ?? [];
      const end = to === "" ? size - 1 : Number(to);
      const headers = { "content-type": "video/mp4", "accept-ranges": "bytes", "content-range": `bytes ${from}-${end}/${size}` };
      return {
        status: 206,
        headers: { ...headers, "content-length": String(end - Number(from) + 1) },
        body: createReadStream(video, { start: Number(from), end }),
      };
    },
    api: async ({ method, path, body }) => {
      const answer = told(method, path, body.length > 0 ? JSON.parse(String(body)) : undefined);
      return {
        status: answer ? 200 : 404,
        headers: { "content-type": "application/json" },
        body: Buffer.from(JSON.stringify(answer ?? { reasons: ["None."] })),
      };
    },
  });
  function told(method: string, path: string, body: unknown): object | undefined {
    const detail = detailAt(wire);
    if (path === "/cases") return { cases: [{ ...detail.case, poster: null }], next: null };
    if (path === `/cases/${caseId}`) return detail;
    if (path === `/cases/${caseId}/playback`) return { until: new Date(Date.now() + 900_000).toISOString() };
    if (path === `/cases/${caseId}/corrections`)
      return { caseId, runId: detail.case.runId, contentSha256: detail.analysis?.provenance.contentSha256, sets: [], version: 0, next: null };
    const [, what, uploadId = "", rest] = path.split("/");
    if (what !== "uploads" || method === "DELETE") return undefined;
    const partSize = 16 * 2 ** 20;
    if (uploadId === "") {
      const { bytes, token } = body as { bytes: number; token: string };
      uploads.set(token, bytes);
      return { caseId, uploadId: token, partSize, partCount: Math.ceil(bytes / partSize) };
    }
    const bytes = uploads.get(uploadId) ?? 0;
    if (rest === "completion") return { caseId, uploadId, status: "COMPLETE" };
    if (method === "GET") return { caseId, uploadId, partSize, partCount: Math.ceil(bytes / partSize), bytes, isComplete: false, parts: [] };
    const { parts } = body as { parts: { number: number; sha256: string }[] };
    return {
      parts: parts.map(({ number, sha256 }) => ({ number, url: `${wire}/part/${number}`, headers: { "x-amz-checksum-sha256": sha256 } })),
      expiresAt: new Date(Date.now() + 900_000).toISOString(),
    };
  }
  return {
    url: page.url,
    async close(): Promise<void> {
      await page.close();
      storage.closeAllConnections();
      storage.close();
    },
  };
}
