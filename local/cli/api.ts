import type { z } from "zod";
import { apiError } from "../../contracts/api.ts";
import { openPlatform } from "../platform.ts";
import { root } from "../root.ts";
import { CommandError } from "./command.ts";
import { runningSession } from "./session.ts";

/** The platform's HTTP API, as a signed-in person calls it. */
export interface Api {
  /** Answer of a route. Throws a CommandError with the API's own reasons if it refuses. */
  call<T>(method: "GET" | "POST", path: string, answer: z.ZodType<T>, body?: unknown, headers?: Readonly<Record<string, string>>): Promise<T>;
  close(): Promise<void>;
}

/** The API of the `npm start` that runs on a folder, else of a local cloud of one's own. */
export async function openApi(dataDir: string): Promise<Api> {
  const running = runningSession(dataDir);
  if (running) {
    const { page } = running;
    if (page === null) throw new CommandError(`Another command uses ${dataDir}. Wait until it is done, or choose another folder with --data.`);
    return {
      async call(method, path, answer, body, headers = {}) {
        const response = await fetch(new URL(`api${path}`, page), {
          ...{ method, headers: { ...(body !== undefined && { "content-type": "application/json" }), ...headers } },
          ...(body !== undefined && { body: JSON.stringify(body) }),
        });
        return parsed(answer, response.status, await response.text());
      },
      close: async () => undefined,
    };
  }
  const platform = await openPlatform({ root, dataDir });
  return {
    async call(method, path, answer, body, more = {}) {
      const content = Buffer.from(body === undefined ? "" : JSON.stringify(body));
      const headers = { "content-type": "application/json", ...more };
      const response = await platform.api({ method, path, query: new URLSearchParams(), headers, body: content });
      return parsed(answer, response.status, response.body.toString());
    },
    close: () => platform.close(),
  };
}

function parsed<T>(answer: z.ZodType<T>, status: number, text: string): T {
  const value = JSON.parse(text) as unknown;
  if (status < 400) return answer.parse(value);
  const refused = apiError.safeParse(value);
  throw new CommandError(refused.success ? refused.data.reasons.join("\n") : `The API answered ${status}.`);
}
