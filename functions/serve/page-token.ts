import type { z } from "zod";
import { InvalidInput } from "../runtime/errors.ts";

/** Where a page ended, as clients hand it back; null on the last page. */
export const tokenOf = (last: object | undefined): string | null => (last === undefined ? null : Buffer.from(JSON.stringify(last)).toString("base64url"));

/** Where a token says that a page ended. Throws InvalidInput for one that no page of this list gave. */
export function placeOf<T>(token: string | undefined, place: z.ZodType<T>): T | undefined {
  if (token === undefined) return undefined;
  try {
    return place.parse(JSON.parse(Buffer.from(token, "base64url").toString()));
  } catch {
    throw new InvalidInput('The query parameter "next" isn\'t one that a page of this list gave.');
  }
}
