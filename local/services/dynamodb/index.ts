import { mkdirSync } from "node:fs";
import { type IncomingMessage, request, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { buffer } from "node:stream/consumers";
import { CreateTableCommand, type CreateTableCommandInput, DescribeTableCommand, DynamoDBClient, ResourceNotFoundException } from "@aws-sdk/client-dynamodb";
import dynalite from "dynalite";
import { type Call, notImplemented, type RawService, ServiceError, type WireRequest, type WireResponse } from "../../wire/service.ts";
import { type Input, leadingKeysOf } from "./leading-keys.ts";

export interface DynamoDbOptions {
  /** Folder of the tables. */
  readonly dir: string;
  readonly region: string;
  readonly accountId: string;
}

/** A table as the AWS provider's resource describes it. */
export interface TableSettings {
  readonly name: string;
  readonly hashKey: string;
  readonly rangeKey?: string;
  readonly attributes: readonly { readonly name: string; readonly type: string }[];
  readonly billingMode?: string;
  readonly globalSecondaryIndexes?: readonly {
    readonly name: string;
    /** The older `hashKey` and `rangeKey` of an index are not read. */
    readonly keySchemas?: readonly { readonly attributeName: string; readonly keyType: string }[];
    readonly projectionType: string;
    readonly nonKeyAttributes?: readonly string[];
  }[];
  readonly localSecondaryIndexes?: readonly unknown[];
  readonly streamEnabled?: boolean;
  readonly ttl?: { readonly enabled?: boolean };
}

/**
 * Operations that are forwarded. Tables are made by the program only, and described by it: the engine takes region and
 * account from its process. Transactions, PartiQL, streams and TTL are unknown to it.
 */
const operations: ReadonlySet<string> = new Set([
  "GetItem",
  "PutItem",
  "UpdateItem",
  "DeleteItem",
  "Query",
  "Scan",
  "BatchGetItem",
  "BatchWriteItem",
  "ListTables",
]);

/** Parameters that the engine would ignore in silence. */
const ignoredParameters = ["ReturnValuesOnConditionCheckFailure"];

/** Headers that belong to one connection and are not forwarded. */
const connectionHeaders: ReadonlySet<string> = new Set(["connection", "keep-alive", "transfer-encoding", "host", "content-length", "expect"]);

/** DynamoDB by dynalite on a port of 127.0.0.1 that only this process calls: every call is authorised before it is forwarded. */
export async function createDynamoDb({ dir, region, accountId }: DynamoDbOptions) {
  mkdirSync(dir, { recursive: true, mode: 0o700 });
  const server: Server = dynalite({ path: join(dir, "tables"), createTableMs: 0, deleteTableMs: 0, updateTableMs: 0 });
  await new Promise<void>((resolve, reject) => server.once("error", reject).listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;
  const endpoint = `http://127.0.0.1:${port}`;
  // The engine checks that a signature is there, not whose.
  const client = new DynamoDBClient({ endpoint, region, credentials: { accessKeyId: "local", secretAccessKey: "local" } });

  /** Name of the partition key of each table, and of each index as `table/index/name`. */
  const hashKeys = new Map<string, string>();
  const tableArn = (table = ""): string => `arn:aws:dynamodb:${region}:${accountId}:table/${table}`;

  function authorize(operation: string, input: Input, call: Call): void {
    const action = `dynamodb:${operation}`;
    const index = input.IndexName === undefined ? "" : `/index/${input.IndexName}`;
    if (operation === "ListTables") {
      call.authorize(action, "*");
      return;
    }
    for (const table of input.RequestItems ? Object.keys(input.RequestItems) : [input.TableName ?? ""]) {
      const hashKey = hashKeys.get(`${table}${index}`);
      const leadingKeys = hashKey === undefined ? [] : leadingKeysOf(operation, input, table, hashKey);
      call.authorize(action, `${tableArn(table)}${index}`, leadingKeys.length > 0 ? { "dynamodb:LeadingKeys": leadingKeys } : {});
    }
  }

  async function forward(headers: Readonly<Record<string, string>>, body: Buffer): Promise<WireResponse> {
    const kept = Object.fromEntries(Object.entries(headers).filter(([name]) => !connectionHeaders.has(name)));
    const answer = await new Promise<IncomingMessage>((resolve, reject) => {
      request(endpoint, { method: "POST", headers: { ...kept, "content-length": body.length } }, resolve)
        .once("error", reject)
        .end(body);
    });
    const answered = Object.entries(answer.headers).filter(([name, value]) => typeof value === "string" && !connectionHeaders.has(name));
    return { status: answer.statusCode ?? 500, headers: Object.fromEntries(answered) as Record<string, string>, body: await buffer(answer) };
  }

  const service: RawService = {
    kind: "raw",
    signingName: "dynamodb",
    async handle({ headers, body }: WireRequest, call: Call): Promise<WireResponse> {
      const operation = /^DynamoDB_20120810\.(\w+)$/.exec(headers["x-amz-target"] ?? "")?.[1] ?? "";
      if (!operations.has(operation)) throw notImplemented(`the DynamoDB operation ${operation || headers["x-amz-target"]}`);
      const content = await buffer(body);
      let input: Input;
      try {
        input = JSON.parse(content.toString("utf8")) as Input;
      } catch {
        throw new ServiceError("SerializationException", "The request is not JSON.");
      }
      for (const parameter of ignoredParameters) if (parameter in input) throw notImplemented(`${parameter} of ${operation}`);
      authorize(operation, input, call);
      return forward(headers, content);
    },
  };

  function createInput(settings: TableSettings): CreateTableCommandInput {
    const key = (hash: string, range: string | undefined): CreateTableCommandInput["KeySchema"] => [
      { AttributeName: hash, KeyType: "HASH" },
      ...(range === undefined ? [] : [{ AttributeName: range, KeyType: "RANGE" as const }]),
    ];
    const indexes = (settings.globalSecondaryIndexes ?? []).map((index) => ({
      IndexName: index.name,
      KeySchema: (index.keySchemas ?? []).map(({ attributeName, keyType }) => ({ AttributeName: attributeName, KeyType: keyType as "HASH" })),
      Projection: { ProjectionType: index.projectionType as "ALL", ...(index.nonKeyAttributes && { NonKeyAttributes: [...index.nonKeyAttributes] }) },
    }));
    return {
      TableName: settings.name,
      BillingMode: "PAY_PER_REQUEST",
      AttributeDefinitions: settings.attributes.map(({ name, type }) => ({ AttributeName: name, AttributeType: type as "S" })),
      KeySchema: key(settings.hashKey, settings.rangeKey),
      ...(indexes.length > 0 && { GlobalSecondaryIndexes: indexes }),
    };
  }

  return {
    service,

    /** Creates the table; one that exists must have the same keys and indexes. Throws on settings that are not implemented. */
    async putTable(settings: TableSettings): Promise<void> {
      const refused = [
        ...(settings.localSecondaryIndexes?.length ? ["localSecondaryIndexes"] : []),
        ...(settings.streamEnabled ? ["streamEnabled"] : []),
        ...(settings.ttl?.enabled ? ["ttl"] : []),
        ...(settings.billingMode !== undefined && settings.billingMode !== "PAY_PER_REQUEST" ? [`billingMode ${settings.billingMode}`] : []),
      ];
      const keyless = settings.globalSecondaryIndexes?.find(({ keySchemas }) => !keySchemas?.length);
      if (keyless) throw new Error(`Table ${settings.name}: its index ${keyless.name} must have keySchemas.`);
      hashKeys.set(settings.name, settings.hashKey);
      for (const { name, keySchemas } of settings.globalSecondaryIndexes ?? [])
        hashKeys.set(`${settings.name}/index/${name}`, keySchemas?.find(({ keyType }) => keyType === "HASH")?.attributeName as string);
      if (refused.length > 0) throw new Error(`Table ${settings.name}: the local cloud does not implement ${refused.join(", ")}.`);
      const wanted = createInput(settings);
      const shape = (
        table: Pick<CreateTableCommandInput, "KeySchema" | "AttributeDefinitions"> & { GlobalSecondaryIndexes?: object[] | undefined },
      ): string => {
        const indexes = (table.GlobalSecondaryIndexes ?? []) as NonNullable<CreateTableCommandInput["GlobalSecondaryIndexes"]>;
        const sorted = <T>(values: readonly T[] | undefined): string[] => (values ?? []).map((value) => JSON.stringify(value)).sort();
        const index = ({ IndexName, KeySchema, Projection }: (typeof indexes)[number]) => [
          IndexName,
          sorted(KeySchema),
          Projection?.ProjectionType,
          sorted(Projection?.NonKeyAttributes),
        ];
        return JSON.stringify([sorted(table.KeySchema), sorted(table.AttributeDefinitions), sorted(indexes.map(index))]);
      };
      try {
        const { Table } = await client.send(new DescribeTableCommand({ TableName: settings.name }));
        if (shape(Table as CreateTableCommandInput) !== shape(wanted)) {
          throw new Error(
            `Table ${settings.name} exists with other keys or indexes; the local cloud can't change them. Remove its data folder, or rename the table.`,
          );
        }
      } catch (error) {
        if (!(error instanceof ResourceNotFoundException)) throw error;
        await client.send(new CreateTableCommand(wanted));
      }
      for (;;) {
        const { Table } = await client.send(new DescribeTableCommand({ TableName: settings.name }));
        if (Table?.TableStatus === "ACTIVE") return;
        await new Promise((resolve) => setTimeout(resolve, 20));
      }
    },

    async close(): Promise<void> {
      client.destroy();
      server.closeAllConnections();
      await new Promise<void>((resolve, reject) => server.close((error) => (error ? reject(error) : resolve())));
    },
  };
}
