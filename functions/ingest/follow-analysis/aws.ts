import { DescribeExecutionCommand } from "@aws-sdk/client-sfn";
import { type DynamoDBDocumentClient, UpdateCommand } from "@aws-sdk/lib-dynamodb";
import { documentClient, statesClient } from "../../runtime/clients.ts";
import { isWritten } from "../../runtime/conditional-write.ts";
import { readEnvironment } from "../../runtime/environment.ts";
import type { Deps } from "./handler.ts";

export function awsDeps(): Deps {
  const { CASE_TABLE } = readEnvironment(["CASE_TABLE"]);
  const states = statesClient();
  return {
    async execution(executionArn) {
      const { status, input = "", error, cause } = await states.send(new DescribeExecutionCommand({ executionArn }));
      return { status, input, error, cause };
    },
    change: changeStatus(documentClient(), CASE_TABLE),
  };
}

export const changeStatus =
  (table: DynamoDBDocumentClient, tableName: string): Deps["change"] =>
  (caseId, { executionArn, from, to, reasons, at }) =>
    isWritten(
      table.send(
        new UpdateCommand({
          TableName: tableName,
          Key: { caseId, item: "SUMMARY" },
          UpdateExpression: "SET #status = :to, reasons = :reasons, updatedAt = :at",
          // Times are texts of one form, which sort as they are.
          ConditionExpression: "#status = :from AND executionArn = :execution AND updatedAt <= :at",
          ExpressionAttributeNames: { "#status": "status" },
          ExpressionAttributeValues: { ":from": from, ":to": to, ":reasons": reasons, ":execution": executionArn, ":at": at.toISOString() },
        }),
      ),
    );
