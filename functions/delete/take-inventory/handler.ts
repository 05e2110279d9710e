import { createHash } from "node:crypto";
import type { CaseInventory, PrefixInventory } from "../../../contracts/case-deletion.ts";
import { caseOfDeletion } from "../../../contracts/steps.ts";
import { log } from "../../runtime/log.ts";
import { parseInput } from "../../runtime/parse.ts";
import type { CaseObjects } from "../case-store.ts";

export interface Deps {
  objects: Pick<CaseObjects, "places" | "pages" | "uploads">;
  /** Names of the case's items beside the summary. */
  items(caseId: string): Promise<string[]>;
}

/** States TakeInventory and CheckRemains: counts all that there is of a case, and what identifies it, before it is deleted and after. */
export const createHandler =
  ({ objects, items }: Deps) =>
  async (event: unknown): Promise<CaseInventory> => {
    const { caseId } = parseInput(caseOfDeletion, event);
    const hash = createHash("sha256");
    const prefixes: PrefixInventory[] = [];
    for (const place of objects.places(caseId)) {
      const found = { versionCount: 0, markerCount: 0, bytes: 0 };
      for await (const page of objects.pages(place))
        for (const { key, versionId, isMarker, bytes, etag } of page) {
          found[isMarker ? "markerCount" : "versionCount"]++;
          found.bytes += bytes;
          hash.update(`${[place.bucket, key, versionId, bytes, etag].join("\t")}\n`);
        }
      const openUploadCount = (await objects.uploads(place)).length;
      prefixes.push({ bucket: place.bucket, prefix: place.prefix.slice(0, -caseId.length - 1), ...found, openUploadCount });
    }
    const itemCount = (await items(caseId)).length;
    const total = prefixes.reduce((sum, { versionCount, markerCount, openUploadCount }) => sum + versionCount + markerCount + openUploadCount, itemCount);
    log("inventory taken", { caseId, itemCount, totalCount: total });
    return { prefixes, itemCount, total, digest: hash.digest("hex") };
  };
