import { type ChatResponse, chatRequest, chatResponse } from "../../../contracts/chat-completions.ts";
import { BrokenContract, Misconfigured, TryAgain } from "../../runtime/errors.ts";
import { log } from "../../runtime/log.ts";
import { parseInput, parseStored } from "../../runtime/parse.ts";

export interface Deps {
  /** The business associate agreement with the company: days such as 2026-01-31, in UTC. */
  agreement: { readonly vendor: string; readonly signedOn: string; readonly endsOn?: string };
  now(): Date;
  /** The company's key; undefined where a server on the same machine asks for none. */
  key(): Promise<string | undefined>;
  /** Sends the request to the one address there is. Rejects where nobody answers in time. */
  post(body: string, headers: Readonly<Record<string, string>>): Promise<{ readonly status: number; readonly body: string }>;
}

/**
 * The one function with a way out of the platform's network. It is handed a question, sends it to the company with which there is an agreement, and
 * hands back the answer; it reads nothing of any case, and keeps and logs nothing of either. Asked by the functions of reports and questions only.
 *
 * Throws TryAgain while the company is busy or does not answer, Misconfigured where there is no agreement on this day or no key that it takes, and
 * BrokenContract where it refuses what it was sent or answers in another form. HIPAA 164.308(b)(1), 164.314(a), 164.502(e).
 */
export const createHandler =
  ({ agreement: { vendor, signedOn, endsOn }, now, key, post }: Deps) =>
  async (event: unknown): Promise<ChatResponse> => {
    const request = parseInput(chatRequest, event);
    const today = now().toISOString().slice(0, 10);
    if (today < signedOn) throw new Misconfigured(`The agreement with ${vendor} holds from ${signedOn} on: nothing is sent before.`);
    if (endsOn !== undefined && today > endsOn) throw new Misconfigured(`The agreement with ${vendor} ended on ${endsOn}: nothing is sent.`);
    const bearer = await key();
    const sent = { "content-type": "application/json", ...(bearer !== undefined && { authorization: `Bearer ${bearer}` }) };
    const { status, body } = await post(JSON.stringify(request), sent).catch((error: Error) => {
      throw new TryAgain(`${vendor} does not answer: ${error.name}.`, { cause: error });
    });
    // What the company writes of an error may repeat what it was sent: none of it goes on.
    log("third party asked", { status });
    if (status === 401 || status === 403) throw new Misconfigured(`${vendor} refuses the key that is in its secret (HTTP ${status}).`);
    if (status === 408 || status === 409 || status === 429 || status >= 500) throw new TryAgain(`${vendor} is busy (HTTP ${status}).`);
    if (status !== 200) throw new BrokenContract(`${vendor} refuses the question (HTTP ${status}).`);
    return parseStored(chatResponse, jsonOf(body), `The answer of ${vendor}`);
  };

/** Undefined if it is none: what a parser says of that may repeat it. */
function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
