import { type DynamoDBDocumentClient, PutCommand } from "@aws-sdk/lib-dynamodb";
import { type View, type ViewedThing, viewItemOf } from "../../contracts/views.ts";
import { callerOf } from "../runtime/caller.ts";
import { unlessRefused } from "../runtime/conditional-write.ts";
import type { HttpRequest } from "../runtime/http.ts";

/** Keeps that the sender of a request is about to see something of a case. What can't be kept is not shown: it rejects, and so must whoever asked. */
export type KeepView = (request: HttpRequest, caseId: string, what: ViewedThing) => Promise<void>;

/** Keeps one view. */
export type PutView = (view: View) => Promise<void>;

/** Views in the case table: put once, never changed. */
export const viewLog =
  (table: DynamoDBDocumentClient, tableName: string): PutView =>
  async (view) => {
    // Refused is what the same person saw a moment ago.
    await unlessRefused(
      table.send(
        new PutCommand({
          TableName: tableName,
          Item: viewItemOf(view),
          ConditionExpression: "attribute_not_exists(#item)",
          ExpressionAttributeNames: { "#item": "item" },
        }),
      ),
    );
  };

export const viewKeeper =
  (put: PutView, now: () => Date = () => new Date()): KeepView =>
  async (request, caseId, what) =>
    put({ caseId, what, by: callerOf(request).sub, at: now().toISOString() });
