import { paginateQuery } from "@aws-sdk/lib-dynamodb";
import { z } from "zod";
import { retentionClass } from "../../../contracts/case.ts";
import { caseIndexes } from "../../../contracts/case-table.ts";
import { documentClient, statesClient } from "../../runtime/clients.ts";
import { readEnvironment } from "../../runtime/environment.ts";
import { startNamed } from "../../runtime/executions.ts";
import { parseStoredJson } from "../../runtime/parse.ts";
import { awsDeps as holdDeps } from "../check-holds/aws.ts";
import type { Deps } from "./handler.ts";

const sweep = z.strictObject({ classes: z.array(retentionClass).min(1), most: z.int().positive() });

export function awsDeps(): Deps {
  const { CASE_TABLE, STATE_MACHINE_ARN, SWEEP } = readEnvironment(["CASE_TABLE", "STATE_MACHINE_ARN", "SWEEP"]);
  const [table, states] = [documentClient(), statesClient()];
  return {
    ...holdDeps(),
    ...parseStoredJson(sweep, SWEEP, "SWEEP"),
    async *madeUntil(time) {
      const query = {
        TableName: CASE_TABLE,
        IndexName: caseIndexes.list,
        KeyConditionExpression: "#list = :cases AND createdAt <= :time",
        ExpressionAttributeNames: { "#list": "list" },
        ExpressionAttributeValues: { ":cases": "CASES", ":time": time },
      };
      for await (const { Items = [] } of paginateQuery({ client: table }, query)) yield* Items;
    },
    start: (request) => startNamed(states, STATE_MACHINE_ARN, request.caseId, request),
  };
}
