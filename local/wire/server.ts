import { createHash, randomUUID } from "node:crypto";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import type { Disturbances } from "../disturbances.ts";
import type { Iam } from "../services/iam/iam.ts";
import type { Log } from "../services/seams.ts";
import { bodyOf, readAll } from "./body.ts";
import { forward } from "./forward.ts";
import { createDispatcher, type Dispatcher, type Refusal } from "./operations.ts";
import { type Call, type Caller, notImplemented, type RawService, type Service, ServiceError, type WireRequest, type WireResponse } from "./service.ts";
import { readSignature, type Signature, verifySignature } from "./signature.ts";
import { xmlError } from "./xml.ts";

/** The longest body of a JSON call. The largest that a service of ours takes is SageMaker's InvokeEndpoint: 25 MB. */
const longestJsonBody = 32 * 2 ** 20;
/** How long `close` lets running calls finish. */
const graceMs = 1000;

export interface Wire {
  /** `http://127.0.0.1:PORT`, for `AWS_ENDPOINT_URL`. By its number, so that S3 clients choose path style. */
  readonly endpoint: string;
  /** Takes no new calls, lets running ones finish for a second, then ends every socket. */
  close(): Promise<void>;
}

/**
 * Serves AWS SDK clients on 127.0.0.1. The service is the one in the credential scope of the signature;
 * every signature is verified and every call gets its caller from IAM.
 * @param options.port 0, the default, takes a free one.
 * @param options.refusal refuses calls of services that speak JSON, for tests.
 * @param options.disturbances what calls meet by chance.
 * @param options.elsewhere gives the endpoint of the wire whose account an access key is of, if it is another's.
 */
export async function startWire(options: {
  services: readonly Service[];
  iam: Iam;
  port?: number;
  refusal?: Refusal;
  disturbances?: Pick<Disturbances, "ofCall"> | undefined;
  elsewhere?: ((accessKeyId: string) => string | undefined) | undefined;
  log: Log;
}): Promise<Wire> {
  const { services, iam, port = 0, refusal, disturbances, elsewhere, log } = options;
  const raw = services.filter((service) => service.kind === "raw");
  const dispatchers = services.filter((service) => service.kind === "operations").map((service) => createDispatcher(service, refusal));
  const names = [...raw, ...dispatchers].map(({ signingName }) => signingName);

  async function serve(message: IncomingMessage, response: ServerResponse): Promise<void> {
    const requestId = randomUUID();
    const request = requestOf(message);
    const target = { raw: undefined as RawService | undefined, dispatcher: undefined as Dispatcher | undefined };
    let answer: WireResponse;
    let isDropped = false;
    try {
      // A browser's CORS preflight can't be signed; it asks S3.
      const signature = isPreflight(request) ? undefined : readSignature(request);
      const other = signature && elsewhere?.(signature.accessKeyId);
      if (other !== undefined) return await forward(message, response, other);
      const name = signature?.service ?? "s3";
      if (!names.includes(name)) throw notImplemented(`the service "${name}"`);
      target.raw = raw.find(({ signingName }) => signingName === name);
      target.dispatcher = dispatchers.find((dispatcher) => dispatcher.signingName === name && dispatcher.accepts(request));
      const trouble = signature && disturbances?.ofCall(name);
      if (trouble === "drop") isDropped = true;
      else if (trouble && "refusal" in trouble) throw trouble.refusal;
      else if (trouble) await new Promise((wake) => setTimeout(wake, trouble.milliseconds));
      answer = signature ? await call(message, request, signature, target, requestId) : await preflight(request, target.raw, requestId);
    } catch (error) {
      if (!target.dispatcher && asksS3(request)) target.raw ??= raw.find(({ signingName }) => signingName === "s3");
      answer = refuse(request, error, target, requestId);
    }
    if (isDropped) {
      if (answer.body instanceof Readable) answer.body.destroy();
      response.destroy();
      return;
    }
    const shared = target.raw?.sharedHeaders?.(request) ?? {};
    await send(response, { ...answer, headers: { ...answer.headers, ...shared, "x-amz-request-id": requestId } }, request.method === "HEAD");
  }

  async function preflight(request: WireRequest, service: RawService | undefined, requestId: string): Promise<WireResponse> {
    if (!service) throw notImplemented("preflight requests without S3");
    return service.handle(request, callOf({ arn: "anonymous" }, requestId));
  }

  async function call(
    message: IncomingMessage,
    request: WireRequest,
    signature: Signature,
    target: { raw: RawService | undefined; dispatcher: Dispatcher | undefined },
    requestId: string,
  ): Promise<WireResponse> {
    const { raw: service, dispatcher } = target;
    if (service && signature.payloadHash !== undefined) {
      const caller = await verifySignature(request, signature, signature.payloadHash, iam);
      const hash = /^[0-9a-f]{64}$/.test(signature.payloadHash) ? signature.payloadHash : undefined;
      const body = bodyOf(message, hash);
      try {
        return await service.handle({ ...request, body }, callOf(caller, requestId));
      } finally {
        // What the service left unread is dropped.
        body.destroy();
      }
    }
    const body = await readAll(bodyOf(message, undefined), longestJsonBody);
    const hash = createHash("sha256").update(body).digest("hex");
    if (signature.payloadHash !== undefined && signature.payloadHash !== hash) {
      throw new ServiceError("InvalidSignatureException", `The body has the SHA-256 ${hash}; the request was signed for ${signature.payloadHash}.`, 403);
    }
    const caller = await verifySignature(request, signature, hash, iam);
    if (service) return service.handle({ ...request, body: Readable.from([body]) }, callOf(caller, requestId));
    if (!dispatcher) throw notImplemented(`${signature.service}: ${request.headers["x-amz-target"] ?? `${request.method} ${request.path}`}`);
    return dispatcher.dispatch(request, body, callOf(caller, requestId));
  }

  const callOf = (caller: Caller, requestId: string): Call => ({
    caller,
    requestId,
    authorize: (action, resource, context) => iam.authorize(caller, action, resource, context),
  });

  function refuse(
    request: WireRequest,
    thrown: unknown,
    target: { raw: RawService | undefined; dispatcher: Dispatcher | undefined },
    requestId: string,
  ): WireResponse {
    const error =
      thrown instanceof ServiceError ? thrown : new ServiceError("InternalFailure", `The local cloud failed (request ${requestId}); its log says more.`, 500);
    if (!(thrown instanceof ServiceError))
      log(`${request.method} ${request.headers["x-amz-target"] ?? ""} failed (request ${requestId}): ${(thrown as Error).stack ?? String(thrown)}`);
    else if (error.status >= 500 || error.status === 403) log(`refused (request ${requestId}): ${error.code}: ${error.message}`);
    if (target.dispatcher) return target.dispatcher.refuse(error, requestId);
    if (target.raw?.refuse) return target.raw.refuse(error, requestId);
    if (target.raw?.signingName === "s3") return xmlError(error, requestId);
    return jsonError(error, requestId);
  }

  const server = createServer({ requestTimeout: 0, keepAliveTimeout: 60_000 }, (message, response) => {
    void serve(message, response).catch((error: Error) => {
      log(`The answer could not be sent: ${error.stack}`);
      response.destroy();
    });
  });
  await new Promise<void>((resolve, reject) => server.once("error", reject).listen(port, "127.0.0.1", resolve));

  return {
    endpoint: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    async close() {
      const closed = new Promise<void>((resolve) => server.close(() => resolve()));
      server.closeIdleConnections();
      const timer = setTimeout(() => server.closeAllConnections(), graceMs);
      await closed;
      clearTimeout(timer);
    },
  };
}

const isPreflight = ({ method, headers }: WireRequest): boolean => method === "OPTIONS" && headers["authorization"] === undefined;

/** Whether a request without a readable signature is one of S3: all others name their target or sign by header. */
const asksS3 = ({ headers, query }: WireRequest): boolean =>
  headers["x-amz-target"] === undefined && (query.get("X-Amz-Credential") ?? headers["authorization"] ?? "/s3/").includes("/s3/");

function requestOf(message: IncomingMessage): WireRequest {
  const [path = "/", ...query] = (message.url ?? "/").split("?");
  const headers = Object.fromEntries(Object.entries(message.headers).map(([name, value]) => [name, Array.isArray(value) ? value.join(",") : (value ?? "")]));
  return { method: message.method ?? "GET", path, query: new URLSearchParams(query.join("?")), headers, body: Readable.from([]) };
}

/** An error in a form that every JSON client reads, for requests whose service is not known. */
const jsonError = (error: ServiceError, requestId: string): WireResponse => ({
  status: error.status,
  headers: { "content-type": "application/x-amz-json-1.0", "x-amzn-errortype": error.code, "x-amzn-requestid": requestId },
  body: JSON.stringify({ __type: error.code, message: error.message }),
});

async function send(response: ServerResponse, { status, headers, body = "" }: WireResponse, headOnly: boolean): Promise<void> {
  if (body instanceof Readable) {
    response.writeHead(status, headers);
    // A client that leaves before the end (a player that seeks) is no failure.
    await pipeline(body, response).catch((error: NodeJS.ErrnoException) => {
      if (error.code !== "ERR_STREAM_PREMATURE_CLOSE") throw error;
    });
    return;
  }
  const content = typeof body === "string" ? Buffer.from(body) : body;
  response.writeHead(status, headOnly || status === 204 || status === 304 ? headers : { ...headers, "content-length": content.length });
  response.end(headOnly ? undefined : content);
}
