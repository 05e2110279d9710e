import { createReadStream } from "node:fs";
import type { Readable } from "node:stream";
import { createContext, runInContext } from "node:vm";
import type { Caller } from "../../wire/service.ts";
import type { Authorizer, ObjectStore } from "../seams.ts";
import { checkCookies, isNamed, NotLetIn } from "./signed-cookies.ts";

/** A behaviour, as far as it is read here. */
interface Behavior {
  readonly pathPattern: string;
  readonly targetOriginId: string;
  readonly trustedKeyGroups?: readonly string[];
  readonly functionAssociations?: readonly { readonly eventType: string; readonly functionArn: string }[];
}
export interface Distribution {
  readonly arn: string;
  readonly domainName: string;
  readonly aliases?: readonly string[];
  readonly orderedCacheBehaviors: readonly Behavior[];
  readonly origins: readonly { readonly originId: string; readonly domainName: string; readonly originPath?: string }[];
}

export interface EdgeRequest {
  readonly method: string;
  /** Still encoded, without the query. */
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
}
export interface EdgeResponse {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Readable | string;
}

export type CloudFront = ReturnType<typeof createCloudFront>;

/**
 * What CloudFront does with behaviours that show a bucket to whoever brings signed cookies. The page's own server stands in front: TLS, the page and
 * the API are its matter, so that an address here is the one that a browser would have asked the distribution for.
 */
export function createCloudFront({ store, authorizer, reader }: { store: ObjectStore; authorizer: Authorizer; reader: Caller }) {
  const keys = new Map<string, string>();
  const groups = new Map<string, readonly string[]>();
  const functions = new Map<string, string>();
  let distribution: Distribution | undefined;

  async function show({ method, path, headers }: EdgeRequest, of: Distribution, behavior: Behavior): Promise<EdgeResponse> {
    const trusted = new Map((behavior.trustedKeyGroups ?? []).flatMap((group) => groups.get(group) ?? []).map((id) => [id, keys.get(id) ?? ""]));
    checkCookies(headers["cookie"] ?? "", `https://${of.aliases?.[0] ?? of.domainName}${path}`, trusted, new Date());
    const origin = of.origins.find(({ originId }) => originId === behavior.targetOriginId);
    const [, bucket] = /^(.+)\.s3\.[a-z0-9-]+\.amazonaws\.com$/.exec(origin?.domainName ?? "") ?? [];
    if (origin === undefined || bucket === undefined) throw new Error(`The local CloudFront shows buckets only, not ${origin?.domainName}.`);
    const atViewer = (behavior.functionAssociations ?? []).filter(({ eventType }) => eventType === "viewer-request");
    const uri = atViewer.reduce((at, { functionArn }) => rewritten(functions.get(functionArn), at), path);
    const key = decodeURIComponent(`${origin.originPath ?? ""}${uri}`.slice(1));
    // The bucket's own policy decides; what it grants to distributions, it grants by the distribution's ARN.
    authorizer.authorize({ arn: "cloudfront.amazonaws.com" }, "s3:GetObject", `arn:aws:s3:::${bucket}/${key}`, { "aws:SourceArn": of.arn });
    const { path: file, bytes, etag, contentType } = await store.file(reader, bucket, key);
    const described = { "content-type": contentType, "accept-ranges": "bytes", etag, "cache-control": "no-store" };
    const range = rangeOf(headers["range"], bytes);
    if (range === "none") return { status: 416, headers: { "content-range": `bytes */${bytes}` }, body: "" };
    const { start, end } = range ?? { start: 0, end: bytes - 1 };
    const body = method === "HEAD" || bytes === 0 ? "" : createReadStream(file, { start, end });
    const length = { "content-length": String(end - start + 1) };
    if (range === undefined) return { status: 200, headers: { ...described, ...length }, body };
    return { status: 206, headers: { ...described, ...length, "content-range": `bytes ${start}-${end}/${bytes}` }, body };
  }

  return {
    putPublicKey: (id: string, pem: string) => keys.set(id, pem),
    putKeyGroup: (id: string, keyIds: readonly string[]) => groups.set(id, keyIds),
    putFunction: (arn: string, code: string) => functions.set(arn, code),
    putDistribution(declared: Distribution): void {
      distribution = declared;
    },

    /** Answers a request for what a behaviour with trusted keys shows; undefined where there is none of this path. */
    async handle(request: EdgeRequest): Promise<EdgeResponse | undefined> {
      const behavior = distribution?.orderedCacheBehaviors.find(({ pathPattern }) => isNamed(pathPattern, request.path));
      if (distribution === undefined || behavior === undefined || !behavior.trustedKeyGroups?.length) return undefined;
      try {
        if (request.method !== "GET" && request.method !== "HEAD") throw new NotLetIn("This distribution is not configured to allow the HTTP request method");
        return await show(request, distribution, behavior);
      } catch (error) {
        const { name, message } = error as Error;
        // S3 says "access denied" of what is not there, to whoever may not list.
        if (name !== "NotLetIn" && name !== "NoSuchKey" && !name.startsWith("AccessDenied")) throw error;
        return { status: 403, headers: { "content-type": "text/plain" }, body: `${name === "NotLetIn" ? message : "Access denied"}.\n` };
      }
    },
  };
}

/** What a function of CloudFront's at the viewer's side makes of an address. */
function rewritten(code: string | undefined, uri: string): string {
  if (code === undefined) throw new Error("A behaviour names a function that was not declared.");
  const context = createContext({ event: { request: { uri } } });
  return String(runInContext(`${code}; handler(event).uri`, context, { timeout: 1000 }));
}

/** The one range that a request asks for; undefined for all of it, "none" if there is nothing there. Several ranges are answered by all of it, which HTTP allows. */
function rangeOf(header: string | undefined, bytes: number): { start: number; end: number } | "none" | undefined {
  const [, from, to] = /^bytes=(\d*)-(\d*)$/.exec(header ?? "") ?? [];
  if (from === undefined || to === undefined || (from === "" && to === "")) return undefined;
  const start = from === "" ? Math.max(0, bytes - Number(to)) : Number(from);
  const end = from === "" || to === "" ? bytes - 1 : Math.min(Number(to), bytes - 1);
  return start > end ? "none" : { start, end };
}
