import { z } from "zod";
import type { ApiError } from "../../contracts/api.ts";
import { InvalidInput, NotFound } from "./errors.ts";
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

/** Answers are about patients: no cache on the way may keep them. */
const headers = { "content-type": "application/json", "cache-control": "no-store" };
const respond = (statusCode: number, value: unknown): HttpResponse => ({ statusCode, headers, body: JSON.stringify(value) });
const refuse = (statusCode: number, error: ApiError): HttpResponse => respond(statusCode, error);

/** A route: gives the value to answer with, `status` is that of success. InvalidInput becomes 400, NotFound 404; anything else 500, its cause only in the log. */
export const route =
  (answer: (request: HttpRequest) => Promise<unknown>, status = 200) =>
  async (event: unknown): Promise<HttpResponse> => {
    try {
      return respond(status, await answer(parseInput(request, event)));
    } catch (error) {
      if (error instanceof InvalidInput) return refuse(400, { error: error.name, reasons: [...error.reasons] });
      if (error instanceof NotFound) return refuse(404, { error: error.name, reasons: [error.message] });
      log("request failed", { errorName: (error as Error).name });
      return refuse(500, { error: "InternalError", reasons: ["The platform failed to answer; it isn't your request. Try again."] });
    }
  };
