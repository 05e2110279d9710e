import { ConditionalCheckFailedException } from "@aws-sdk/client-dynamodb";
import { type DynamoDBDocumentClient, PutCommand } from "@aws-sdk/lib-dynamodb";
import { type View, type ViewedThing, viewItemOf } from "../../contracts/views.ts";
import { callerOf } from "../runtime/caller.ts";
import type { HttpRequest } from "../runtime/http.ts";

/** Keeps that the sender of a request is about to see something of a case. What can't be kept is not shown: it rejects, and so must whoever asked. */
export type KeepView = (request: HttpRequest, caseId: string, what: ViewedThing) => Promise<void>;

/** Keeps one view. */
export type PutView = (view: View) => Promise<void>;

/** Views in the case table: put once, never changed. */
export const viewLog =
  (table: DynamoDBDocumentClient, tableName: string): PutView =>
  async (view) => {
    try {
      await table.send(
        new PutCommand({
          TableName: tableName,
          Item: viewItemOf(view),
          ConditionExpression: "attribute_not_exists(#item)",
          ExpressionAttributeNames: { "#item": "item" },
        }),
      );
    } catch (error) {
      // The same person saw the same a moment ago.
      if (!(error instanceof ConditionalCheckFailedException)) throw error;
    }
  };

export const viewKeeper =
  (put: PutView, now: () => Date = () => new Date()): KeepView =>
  async (request, caseId, what) =>
    put({ caseId, what, by: callerOf(request).sub, at: now().toISOString() });
