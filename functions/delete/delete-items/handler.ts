import type { z } from "zod";
import { caseOfDeletion, type deleteItemsResponse } from "../../../contracts/steps.ts";
import { log } from "../../runtime/log.ts";
import { parseInput } from "../../runtime/parse.ts";

export interface Deps {
  /** Names of the case's items beside the summary. */
  items(caseId: string): Promise<string[]>;
  /** Deletes items of a case: at most 25. */
  delete(caseId: string, names: readonly string[]): Promise<void>;
}

/** Requests that DynamoDB takes in one batch. */
const batchSize = 25;

/** State DeleteItems: deletes every item of a case but the summary, which goes last and leaves a tombstone. */
export const createHandler =
  (deps: Deps) =>
  async (event: unknown): Promise<z.infer<typeof deleteItemsResponse>> => {
    const { caseId } = parseInput(caseOfDeletion, event);
    const names = await deps.items(caseId);
    for (let first = 0; first < names.length; first += batchSize) await deps.delete(caseId, names.slice(first, first + batchSize));
    log("items deleted", { caseId, itemCount: names.length });
    return { itemCount: names.length };
  };
