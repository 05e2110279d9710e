import { DynamoDBClient, PutItemCommand } from "@aws-sdk/client-dynamodb";
import { createDynamoDb } from "../../../../local/services/dynamodb/index.ts";
import { createIam } from "../../../../local/services/iam/iam.ts";
import { startWire } from "../../../../local/wire/server.ts";

/** A process that puts numbered items until it is killed, and tells each one that was accepted. */
const [, , dir = ""] = process.argv;
const iam = createIam();
const dynamodb = await createDynamoDb({ dir, region: "us-east-1", accountId: "000000000000" });
await dynamodb.putTable({ name: "cases", hashKey: "caseId", attributes: [{ name: "caseId", type: "S" }] });
const wire = await startWire({ iam, services: [dynamodb.service], log: () => undefined });
const client = new DynamoDBClient({ endpoint: wire.endpoint, region: "us-east-1", credentials: iam.administrator.credentials });
for (let n = 0; ; n++) {
  await client.send(new PutItemCommand({ TableName: "cases", Item: { caseId: { S: String(n) }, text: { S: "x".repeat(2000) } } }));
  process.stdout.write(`${n}\n`);
}
