import { type IncomingMessage, request, type ServerResponse } from "node:http";
import { pipeline } from "node:stream/promises";

/**
 * Hands a request as it is to another wire, and its answer back: which account a request is for is said by the credentials that sign it.
 * The header `host` stays, because it is signed. Rejects if the other does not answer.
 */
export async function forward(message: IncomingMessage, response: ServerResponse, endpoint: string): Promise<void> {
  const { method, headers, url = "/" } = message;
  const { hostname, port } = new URL(endpoint);
  const asked = request({ hostname, port, path: url, method, headers });
  const answered = new Promise<IncomingMessage>((resolve, reject) => asked.once("response", resolve).once("error", reject));
  await Promise.all([pipeline(message, asked), answered]);
  const answer = await answered;
  response.writeHead(answer.statusCode as number, answer.rawHeaders);
  await pipeline(answer, response);
}
