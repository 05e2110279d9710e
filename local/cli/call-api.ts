import type { z } from "zod";
import { apiError } from "../../contracts/api.ts";

/** Calls the platform's HTTP API. Rejects with every reason that it gives. */
export async function callApi<T>(url: string, schema: z.ZodType<T>, method: string, body?: object, headers: Readonly<Record<string, string>> = {}): Promise<T> {
  const response = await fetch(url, {
    method,
    headers,
    ...(body && { headers: { "content-type": "application/json", ...headers }, body: JSON.stringify(body) }),
  });
  const answer: unknown = await response.json();
  if (response.ok) return schema.parse(answer);
  const { success, data } = apiError.safeParse(answer);
  throw new Error(success ? data.reasons.join(" ") : `The platform answered ${response.status} to ${method} ${new URL(url).pathname}.`);
}
