import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { DynamoDBClient } from "@aws-sdk/client-dynamodb";
import { DynamoDBDocumentClient } from "@aws-sdk/lib-dynamodb";
import * as aws from "@pulumi/aws";
import { CaseTable } from "../../../components/data/case-table.ts";
import { EncryptionKey } from "../../../components/security/encryption-key.ts";
import { createDynamoDb, type TableSettings } from "../../../local/services/dynamodb/index.ts";
import { createIam } from "../../../local/services/iam/iam.ts";
import { startWire } from "../../../local/wire/server.ts";
import { inAccount, place } from "../../components/place.ts";

/** The case table as the program declares it, in the local cloud's DynamoDB. */
export async function realCaseTable(): Promise<{ client: DynamoDBDocumentClient; name: string; close(): Promise<void> }> {
  const stack = await inAccount((opts) => {
    const key = new EncryptionKey("key", { place, removal: "retain", description: "Cases" }, opts);
    return new CaseTable("cases", { place, removal: "retain", key }, opts);
  });
  const settings = stack.one(aws.dynamodb.Table, "cases").inputs as unknown as TableSettings;
  const dir = mkdtempSync(join(tmpdir(), "case-table-"));
  const iam = createIam();
  const dynamodb = await createDynamoDb({ dir, region: "us-east-1", accountId: "000000000000" });
  const wire = await startWire({ iam, services: [dynamodb.service], log: () => undefined });
  await dynamodb.putTable(settings);
  const plain = new DynamoDBClient({ endpoint: wire.endpoint, region: "us-east-1", credentials: iam.administrator.credentials, maxAttempts: 1 });
  return {
    client: DynamoDBDocumentClient.from(plain, { marshallOptions: { removeUndefinedValues: true } }),
    name: settings.name,
    async close() {
      plain.destroy();
      await wire.close();
      await dynamodb.close();
      rmSync(dir, { recursive: true });
    },
  };
}
