import { type DynamoDBDocumentClient, PutCommand, UpdateCommand } from "@aws-sdk/lib-dynamodb";
import { z } from "zod";
import { procedure } from "../../../contracts/case.ts";
import { cohortOf, gradeItemName } from "../../../contracts/case-table.ts";
import { unlessRefused } from "../../runtime/conditional-write.ts";
import { parseStored } from "../../runtime/parse.ts";
import type { Deps } from "./handler.ts";

const graded = z.object({ procedure: procedure.nullable().default(null) });

/** The grades in the case table. */
export const grades = (table: DynamoDBDocumentClient, tableName: string): Pick<Deps, "record" | "grade" | "regroup"> => ({
  async record(grade) {
    await table.send(new PutCommand({ TableName: tableName, Item: { ...grade, item: gradeItemName(grade) } }));
  },
  async grade({ caseId, severity, gradedAt }) {
    const update = new UpdateCommand({
      TableName: tableName,
      Key: { caseId, item: "SUMMARY" },
      UpdateExpression: "SET severity = :severity, updatedAt = :now",
      ConditionExpression: "attribute_exists(caseId) AND NOT #status IN (:deleting, :deleted)",
      ExpressionAttributeNames: { "#status": "status" },
      ExpressionAttributeValues: { ":severity": severity, ":now": gradedAt, ":deleting": "DELETING", ":deleted": "DELETED" },
      ReturnValues: "ALL_NEW",
    });
    const answer = await unlessRefused(table.send(update));
    return answer && parseStored(graded, answer.Attributes, "The case's summary item");
  },
  async regroup(caseId, stratum) {
    await unlessRefused(
      table.send(
        new UpdateCommand({
          TableName: tableName,
          Key: { caseId, item: "MEASURES" },
          UpdateExpression: "SET cohort = :cohort",
          // A case that was not measured, or only in part, is compared with nobody.
          ConditionExpression: "attribute_exists(caseId)",
          ExpressionAttributeValues: { ":cohort": cohortOf(stratum) },
        }),
      ),
    );
  },
});
