import type { z } from "zod";
import { caseOfDeletion, type deleteObjectsResponse } from "../../../contracts/steps.ts";
import { log } from "../../runtime/log.ts";
import { parseInput } from "../../runtime/parse.ts";
import type { CaseObjects, Place } from "../case-store.ts";
import type { StoredVersion } from "../versions.ts";

export interface Deps {
  objects: CaseObjects;
}

/** Pages that one call deletes: two calls of S3 each, well within a function's fifteen minutes. */
const mostPages = 500;

/**
 * State DeleteObjects: deletes every version and delete marker of a case and aborts its open uploads, as far as one call gets.
 * Asked again it goes on with what is left, wherever it was interrupted.
 */
export const createHandler =
  ({ objects }: Deps) =>
  async (event: unknown): Promise<z.infer<typeof deleteObjectsResponse>> => {
    const { caseId } = parseInput(caseOfDeletion, event);
    let pages = 0;
    let versionCount = 0;
    for (const place of objects.places(caseId)) {
      // First, so that nobody completes one behind the listing.
      for (const upload of await objects.uploads(place)) await objects.abort(place, upload);
      // Always the first page: a marker may not outlive the version that it names.
      for (let page = await firstPage(objects, place); page.length > 0; page = await firstPage(objects, place)) {
        if (pages === mostPages) return { isDone: false };
        await objects.delete(place, page);
        pages++;
        versionCount += page.length;
      }
    }
    log("objects deleted", { caseId, versionCount });
    return { isDone: true };
  };

async function firstPage(objects: CaseObjects, place: Place): Promise<StoredVersion[]> {
  for await (const page of objects.pages(place)) return page;
  return [];
}
