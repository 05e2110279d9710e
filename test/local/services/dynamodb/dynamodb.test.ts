import { spawn } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import {
  ConditionalCheckFailedException,
  DynamoDBClient,
  GetItemCommand,
  ListTablesCommand,
  PutItemCommand,
  QueryCommand,
  ScanCommand,
  TransactWriteItemsCommand,
  UpdateItemCommand,
  UpdateTimeToLiveCommand,
} from "@aws-sdk/client-dynamodb";
import { expect } from "chai";
import { createDynamoDb, type TableSettings } from "../../../../local/services/dynamodb/index.ts";
import { createIam } from "../../../../local/services/iam/iam.ts";
import { startWire, type Wire } from "../../../../local/wire/server.ts";
import { failure } from "../../../support/failure.ts";

const place = { region: "us-east-1", accountId: "000000000000" };
const roleArn = "arn:aws:iam::000000000000:role/reader";
const table: TableSettings = {
  name: "cases",
  billingMode: "PAY_PER_REQUEST",
  hashKey: "caseId",
  rangeKey: "item",
  attributes: [
    { name: "caseId", type: "S" },
    { name: "item", type: "S" },
    { name: "list", type: "S" },
    { name: "createdAt", type: "S" },
  ],
  globalSecondaryIndexes: [
    {
      name: "cases-by-time",
      keySchemas: [
        { attributeName: "list", keyType: "HASH" },
        { attributeName: "createdAt", keyType: "RANGE" },
      ],
      projectionType: "ALL",
    },
  ],
};

describe("DynamoDB", () => {
  const iam = createIam();
  let dir: string;
  let dynamodb: Awaited<ReturnType<typeof createDynamoDb>>;
  let wire: Wire;
  let client: DynamoDBClient;
  const clientOf = (credentials = iam.administrator.credentials) =>
    new DynamoDBClient({ endpoint: wire.endpoint, region: "us-east-1", credentials, maxAttempts: 1 });
  before(async () => {
    dir = mkdtempSync(join(tmpdir(), "dynamodb-"));
    dynamodb = await createDynamoDb({ dir, ...place });
    wire = await startWire({ iam, services: [dynamodb.service], log: () => undefined });
    client = clientOf();
    await dynamodb.putTable(table);
  });
  after(async () => {
    client.destroy();
    await wire.close();
    await dynamodb.close();
    rmSync(dir, { recursive: true });
  });
  const item = (caseId: string, createdAt: string) => ({ caseId: { S: caseId }, item: { S: "SUMMARY" }, list: { S: "CASES" }, createdAt: { S: createdAt } });

  it("keeps items by conditions, and lists them through an index, newest first", async () => {
    const put = (caseId: string, createdAt: string) =>
      client.send(new PutItemCommand({ TableName: "cases", Item: item(caseId, createdAt), ConditionExpression: "attribute_not_exists(caseId)" }));
    await put("a", "2026-01-01");
    await put("b", "2026-01-02");
    expect(await failure(put("a", "2026-01-03"))).to.be.instanceOf(ConditionalCheckFailedException);
    await client.send(
      new UpdateItemCommand({
        TableName: "cases",
        Key: { caseId: { S: "a" }, item: { S: "SUMMARY" } },
        UpdateExpression: "SET #s = :s",
        ExpressionAttributeNames: { "#s": "status" },
        ExpressionAttributeValues: { ":s": { S: "RUNNING" } },
      }),
    );
    const query = {
      TableName: "cases",
      IndexName: "cases-by-time",
      KeyConditionExpression: "#l = :l",
      ExpressionAttributeNames: { "#l": "list" },
      ExpressionAttributeValues: { ":l": { S: "CASES" } },
    };
    const { Items } = await client.send(new QueryCommand({ ...query, ScanIndexForward: false }));
    expect(Items).to.deep.equal([item("b", "2026-01-02"), { ...item("a", "2026-01-01"), status: { S: "RUNNING" } }]);
  });

  it("puts a table twice without a change, and refuses to change its keys", async () => {
    await dynamodb.putTable(table);
    expect((await client.send(new ListTablesCommand({}))).TableNames).to.deep.equal(["cases"]);
    expect((await failure(dynamodb.putTable({ ...table, rangeKey: "createdAt" }))).message).to.contain("Table cases exists with other keys or indexes");
    expect((await failure(dynamodb.putTable({ ...table, name: "other", streamEnabled: true, billingMode: "PROVISIONED" }))).message).to.equal(
      "Table other: the local cloud does not implement streamEnabled, billingMode PROVISIONED.",
    );
  });

  it("answers what the engine does not know with an error that names it", async () => {
    const Put = { TableName: "cases", Item: item("c", "2026") };
    const message = async (sent: Promise<unknown>) => (await failure(sent)).message;
    expect(await message(client.send(new TransactWriteItemsCommand({ TransactItems: [{ Put }] })))).to.equal(
      "The local cloud does not implement the DynamoDB operation TransactWriteItems.",
    );
    expect(await message(client.send(new PutItemCommand({ ...Put, ReturnValuesOnConditionCheckFailure: "ALL_OLD" })))).to.equal(
      "The local cloud does not implement ReturnValuesOnConditionCheckFailure of PutItem.",
    );
    const ttl = new UpdateTimeToLiveCommand({ TableName: "cases", TimeToLiveSpecification: { Enabled: true, AttributeName: "ttl" } });
    expect(await failure(client.send(ttl))).to.include({ name: "NotImplemented" });
    const index = { name: "by-list", hashKey: "list", projectionType: "ALL" };
    expect(await message(dynamodb.putTable({ ...table, name: "other", globalSecondaryIndexes: [index] }))).to.equal(
      "Table other: its index by-list must have keySchemas.",
    );
  });

  it("asks for each action on the table or on its index", async () => {
    iam.putRole({
      arn: roleArn,
      trustPolicy: { Version: "2012-10-17", Statement: { Effect: "Allow", Principal: { Service: "lambda.amazonaws.com" }, Action: "sts:AssumeRole" } },
    });
    const arn = "arn:aws:dynamodb:us-east-1:000000000000:table/cases";
    iam.putRolePolicy(roleArn, "read", {
      Version: "2012-10-17",
      Statement: [{ Effect: "Allow", Action: ["dynamodb:GetItem", "dynamodb:Query"], Resource: arn }],
    });
    const reader = clientOf(iam.credentialsOf(roleArn));
    const Key = { caseId: { S: "a" }, item: { S: "SUMMARY" } };
    expect((await reader.send(new GetItemCommand({ TableName: "cases", Key }))).Item).to.deep.include({ caseId: { S: "a" } });
    const query = {
      TableName: "cases",
      IndexName: "cases-by-time",
      KeyConditionExpression: "#l = :l",
      ExpressionAttributeNames: { "#l": "list" },
      ExpressionAttributeValues: { ":l": { S: "CASES" } },
    };
    const denied = await failure(reader.send(new QueryCommand(query)));
    expect(denied).to.include({ name: "AccessDeniedException" });
    expect(denied.message).to.contain(`dynamodb:Query on ${arn}/index/cases-by-time`);
    expect(await failure(reader.send(new ScanCommand({ TableName: "cases" })))).to.include({ name: "AccessDeniedException" });
    reader.destroy();
  });

  it("lets a role that may write under some partition keys only write there", async () => {
    const writerArn = "arn:aws:iam::000000000000:role/writer";
    const trusted = { Effect: "Allow", Principal: { Service: "lambda.amazonaws.com" }, Action: "sts:AssumeRole" };
    iam.putRole({ arn: writerArn, trustPolicy: { Version: "2012-10-17", Statement: trusted } });
    const Resource = "arn:aws:dynamodb:us-east-1:000000000000:table/cases";
    const Condition = { "ForAllValues:StringLike": { "dynamodb:LeadingKeys": ["VIEWS#*"] }, Null: { "dynamodb:LeadingKeys": "false" } };
    const Action = ["dynamodb:PutItem", "dynamodb:Query", "dynamodb:Scan"];
    iam.putRolePolicy(writerArn, "views", { Version: "2012-10-17", Statement: [{ Effect: "Allow", Action, Resource, Condition }] });
    const writer = clientOf(iam.credentialsOf(writerArn));
    const put = (caseId: string) => writer.send(new PutItemCommand({ TableName: "cases", Item: { ...item(caseId, "2026-02-01"), list: { S: "VIEWS" } } }));
    const query = (caseId: string) =>
      writer.send(new QueryCommand({ TableName: "cases", KeyConditionExpression: "caseId = :case", ExpressionAttributeValues: { ":case": { S: caseId } } }));
    await put("VIEWS#a");
    expect((await query("VIEWS#a")).Count).to.equal(1);
    for (const denied of [put("a"), put("views#a"), query("a"), writer.send(new ScanCommand({ TableName: "cases" }))])
      expect(await failure(denied)).to.include({ name: "AccessDeniedException" });
    writer.destroy();
  });

  it("has every item that it accepted before its process was killed", async () => {
    const killed = mkdtempSync(join(tmpdir(), "dynamodb-"));
    try {
      const child = spawn(process.execPath, [fileURLToPath(new URL("./writer.ts", import.meta.url)), killed], { stdio: ["ignore", "pipe", "inherit"] });
      const ended = new Promise((resolve) => child.once("close", resolve));
      let accepted = -1;
      for await (const line of createInterface({ input: child.stdout })) {
        accepted = Number(line);
        if (accepted >= 40) child.kill("SIGKILL");
      }
      await ended;
      const again = await createDynamoDb({ dir: killed, ...place });
      const wireAgain = await startWire({ iam, services: [again.service], log: () => undefined });
      const reader = new DynamoDBClient({ endpoint: wireAgain.endpoint, region: "us-east-1", credentials: iam.administrator.credentials });
      await again.putTable({ name: "cases", hashKey: "caseId", attributes: [{ name: "caseId", type: "S" }] });
      const { Items } = await reader.send(new ScanCommand({ TableName: "cases", ProjectionExpression: "caseId" }));
      const numbers = new Set(Items!.map(({ caseId }) => Number(caseId!.S)));
      for (let n = 0; n <= accepted; n++) expect(numbers.has(n), `item ${n}`).to.equal(true);
      reader.destroy();
      await wireAgain.close();
      await again.close();
    } finally {
      rmSync(killed, { recursive: true });
    }
  });
});
