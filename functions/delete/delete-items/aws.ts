import { setTimeout } from "node:timers/promises";
import { BatchWriteCommand, type BatchWriteCommandInput, type BatchWriteCommandOutput } from "@aws-sdk/lib-dynamodb";
import { documentClient } from "../../runtime/clients.ts";
import { readEnvironment } from "../../runtime/environment.ts";
import { TryAgain } from "../../runtime/errors.ts";
import { caseItems } from "../case-store.ts";
import type { Deps } from "./handler.ts";

/** Times that what a batch left over is tried again, with doubling pauses from 50 ms: 6 s in all. */
const mostTries = 8;

export function awsDeps(): Deps {
  const { CASE_TABLE } = readEnvironment(["CASE_TABLE"]);
  const table = documentClient();
  return {
    items: caseItems(table, CASE_TABLE),
    async delete(caseId, names) {
      let left: BatchWriteCommandInput["RequestItems"] = { [CASE_TABLE]: names.map((item) => ({ DeleteRequest: { Key: { caseId, item } } })) };
      for (let tries = 0; left?.[CASE_TABLE]?.length; tries++) {
        if (tries === mostTries) throw new TryAgain("DynamoDB left items undeleted.");
        if (tries > 0) await setTimeout(25 * 2 ** tries);
        const answer: BatchWriteCommandOutput = await table.send(new BatchWriteCommand({ RequestItems: left }));
        left = answer.UnprocessedItems;
      }
    },
  };
}
