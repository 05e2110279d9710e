import { caseId } from "../../contracts/primitives.ts";
import { InvalidInput } from "../runtime/errors.ts";
import type { HttpRequest } from "../runtime/http.ts";

/** The case that a path names. Throws InvalidInput if it names none. */
export function caseIdOf({ pathParameters }: HttpRequest): string {
  const id = caseId.safeParse(pathParameters["caseId"]);
  if (!id.success) throw new InvalidInput("The case's identifier isn't a UUID.");
  return id.data;
}
