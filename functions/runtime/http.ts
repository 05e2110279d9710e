import { z } from "zod";
import { type ProblemStatus, problemOf, problemType } from "../../contracts/api.ts";
import { InvalidInput, NotFound, Outdated, TryAgain } from "./errors.ts";
import { log } from "./log.ts";
import { parseInput } from "./parse.ts";

/** The part we use of a request as API Gateway hands it over (HTTP API, payload format 2.0). Header names are lower-case. */
const request = z.object({
  headers: z.record(z.string(), z.string()).default({}),
  pathParameters: z.record(z.string(), z.string()).default({}),
  queryStringParameters: z.record(z.string(), z.string()).default({}),
  body: z.string().optional(),
  isBase64Encoded: z.boolean().default(false),
  /** Claims of the access token that API Gateway verified. */
  requestContext: z.object({ authorizer: z.object({ jwt: z.object({ claims: z.record(z.string(), z.string()) }) }).optional() }).default({}),
});
export type HttpRequest = z.infer<typeof request>;

export interface HttpResponse {
  statusCode: number;
  headers: Record<string, string>;
  /** What `Set-Cookie` says, each. */
  cookies?: string[];
  body: string;
}

/** A request's JSON body. Throws {@link InvalidInput} listing everything that is wrong. */
export function jsonBody<T>({ body, isBase64Encoded }: HttpRequest, schema: z.ZodType<T>): T {
  if (!body) throw new InvalidInput("The body is empty; it must be JSON.");
  let value: unknown;
  try {
    value = JSON.parse(isBase64Encoded ? Buffer.from(body, "base64").toString() : body);
  } catch {
    throw new InvalidInput("The body isn't JSON.");
  }
  return parseInput(schema, value);
}

/** An answer that tells the version of what it is about: its `ETag`, which `If-Match` of a later request repeats. */
export class Versioned {
  readonly value: unknown;
  readonly version: number;
  constructor(value: unknown, version: number) {
    this.value = value;
    this.version = version;
  }
}

/** An answer that brings cookies along, each as `Set-Cookie` has it. */
export class WithCookies {
  readonly value: unknown;
  readonly cookies: readonly string[];
  constructor(value: unknown, cookies: readonly string[]) {
    this.value = value;
    this.cookies = cookies;
  }
}

/** The version that a request's `If-Match` names. Throws {@link InvalidInput} if it names none: without one, a change could undo what somebody else did meanwhile. */
export function versionExpected({ headers }: HttpRequest): number {
  const [, version] = /^"(\d{1,9})"$/.exec(headers["if-match"] ?? "") ?? [];
  if (version === undefined)
    throw new InvalidInput('The header If-Match must hold the version that this changes, in quotation marks: "0" if nothing is there yet.');
  return Number(version);
}

/** Answers are about patients: no cache on the way may keep them. */
const headers = { "content-type": "application/json", "cache-control": "no-store" };
function respond(statusCode: number, answer: unknown): HttpResponse {
  if (answer instanceof Versioned) return { statusCode, headers: { ...headers, etag: `"${answer.version}"` }, body: JSON.stringify(answer.value) };
  if (answer instanceof WithCookies) return { statusCode, headers, cookies: [...answer.cookies], body: JSON.stringify(answer.value) };
  return { statusCode, headers, body: JSON.stringify(answer) };
}
const refuse = (statusCode: ProblemStatus, ...reasons: readonly string[]): HttpResponse => ({
  statusCode,
  headers: { ...headers, "content-type": problemType },
  body: JSON.stringify(problemOf(statusCode, reasons)),
});

/** A route: gives the value to answer with, `status` is that of success. InvalidInput becomes 400, NotFound 404, TryAgain 503; anything else 500, its cause only in the log. */
export const route =
  (answer: (request: HttpRequest) => Promise<unknown>, status = 200) =>
  async (event: unknown): Promise<HttpResponse> => {
    try {
      return respond(status, await answer(parseInput(request, event)));
    } catch (error) {
      if (error instanceof InvalidInput) return refuse(400, ...error.reasons);
      if (error instanceof Outdated) return refuse(412, error.message);
      if (error instanceof NotFound) return refuse(404, error.message);
      log("request failed", { errorName: (error as Error).name });
      if (error instanceof TryAgain) return refuse(503, "A service that the platform uses is busy. Try again in a moment.");
      return refuse(500, "The platform failed to answer; it isn't your request. Try again.");
    }
  };
