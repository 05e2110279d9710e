import { createHash } from "node:crypto";
import { type DynamoDBDocumentClient, GetCommand, PutCommand, paginateQuery } from "@aws-sdk/lib-dynamodb";
import { signOffItemName, signOffItemPrefix } from "../../contracts/case-table.ts";
import { reportKey } from "../../contracts/keys.ts";
import { type Report, type ReportLanguage, report as reportSchema } from "../../contracts/report.ts";
import { type SignOff, signOff } from "../../contracts/sign-off.ts";
import { isWritten } from "../runtime/conditional-write.ts";
import { NotFound } from "../runtime/errors.ts";
import type { Lake } from "../runtime/lake.ts";
import { parseStored, parseStoredJson } from "../runtime/parse.ts";

/** Signatures under the reports of an analysis: never changed, nor taken out. */
export interface SignOffs {
  /** All of a report, in the order in which they were given. */
  all(caseId: string, runId: string, language: ReportLanguage): Promise<SignOff[]>;
  /** Adds one. Who signs the same twice has signed once: gives what is kept. */
  add(signed: SignOff): Promise<SignOff>;
}

/** The signatures in the case table. */
export const signOffs = (table: DynamoDBDocumentClient, tableName: string): SignOffs => ({
  async all(caseId, runId, language) {
    const found: SignOff[] = [];
    const query = {
      TableName: tableName,
      KeyConditionExpression: "caseId = :case AND begins_with(#item, :prefix)",
      ExpressionAttributeNames: { "#item": "item" },
      ExpressionAttributeValues: { ":case": caseId, ":prefix": signOffItemPrefix(runId, language) },
      ConsistentRead: true,
    };
    for await (const { Items = [] } of paginateQuery({ client: table }, query)) found.push(...Items.map(signedOf));
    return found.sort((a, b) => (a.signedAt < b.signedAt ? -1 : 1));
  },
  async add(signed) {
    const item = signOffItemName(signed);
    const write = new PutCommand({
      TableName: tableName,
      Item: { ...signed, item },
      ConditionExpression: "attribute_not_exists(#item)",
      ExpressionAttributeNames: { "#item": "item" },
    });
    if (await isWritten(table.send(write))) return signed;
    const { Item } = await table.send(new GetCommand({ TableName: tableName, Key: { caseId: signed.caseId, item }, ConsistentRead: true }));
    return signedOf(Item ?? {});
  },
});

function signedOf({ item: _, ...stored }: Record<string, unknown>): SignOff {
  return parseStored(signOff, stored, "A signature in the case table");
}

/** The report of an analysis, and the digest of its document. Throws NotFound if it is not written yet. */
export async function storedReport(
  lake: Pick<Lake, "text">,
  caseId: string,
  runId: string | null,
  language: ReportLanguage,
): Promise<{ report: Report; reportSha256: string }> {
  const none = new NotFound("The case has no report yet.");
  if (runId === null) throw none;
  const key = reportKey(caseId, runId, language);
  const text = await lake.text(key).catch((error: unknown) => {
    throw error instanceof NotFound ? none : error;
  });
  return { report: parseStoredJson(reportSchema, text, key), reportSha256: createHash("sha256").update(text).digest("hex") };
}
