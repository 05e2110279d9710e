import { type DynamoDBDocumentClient, GetCommand } from "@aws-sdk/lib-dynamodb";
import { parseStored } from "../runtime/parse.ts";
import { type FindUpload, itemOfUpload, upload } from "./uploads.ts";

/** Finds uploads in the case table. */
export const findUpload =
  (table: DynamoDBDocumentClient, name: string): FindUpload =>
  async (id) => {
    const { Item } = await table.send(new GetCommand({ TableName: name, Key: itemOfUpload(id), ConsistentRead: true }));
    return Item === undefined ? undefined : parseStored(upload, Item, "An upload of the case table");
  };
