import {
  BatchGetItemCommand,
  DeleteItemCommand,
  GetItemCommand,
  PutItemCommand,
  QueryCommand,
  ScanCommand,
  UpdateItemCommand,
  type UpdateItemCommandInput,
} from "@aws-sdk/client-dynamodb";
import { type Assertion, errorOf, type Subject } from "../assertion.ts";

const S = (text: string) => ({ S: text });
const N = (number: number) => ({ N: String(number) });
const key = { pk: S("case"), sk: S("item") };

/** A table with items `case/0`, `case/1`, … of rising days, and what is sent to it. */
async function withItems({ dynamodb, table }: Subject, count: number) {
  const TableName = await table();
  for (let i = 0; i < count; i++)
    await dynamodb.send(new PutItemCommand({ TableName, Item: { pk: S("case"), sk: S(String(i)), list: S("all"), day: S(`2026-0${i + 1}`), n: N(i) } }));
  const query = (more: object) =>
    dynamodb.send(new QueryCommand({ TableName, KeyConditionExpression: "pk = :pk", ExpressionAttributeValues: { ":pk": S("case") }, ...more }));
  return { dynamodb, TableName, query };
}
async function withItem(subject: Subject, item: object) {
  const TableName = await subject.table();
  await subject.dynamodb.send(new PutItemCommand({ TableName, Item: { ...key, ...item } }));
  const update = async (UpdateExpression: string, more: Partial<UpdateItemCommandInput> = {}) =>
    (await subject.dynamodb.send(new UpdateItemCommand({ TableName, Key: key, UpdateExpression, ReturnValues: "ALL_NEW", ...more }))).Attributes;
  const read = async () => (await subject.dynamodb.send(new GetItemCommand({ TableName, Key: key, ConsistentRead: true }))).Item;
  return { dynamodb: subject.dynamodb, TableName, update, read };
}
const sks = ({ Items = [] }: { Items?: Record<string, { S?: string | undefined }>[] | undefined }) => Items.map((item) => item["sk"]?.S);

const assertions: Omit<Assertion, "service">[] = [
  {
    id: "dynamodb-missing-item",
    says: "Reading an item that is not there succeeds, with no item.",
    source: "DynamoDB API Reference, GetItem",
    expected: null,
    async observe({ dynamodb, table }) {
      return (await dynamodb.send(new GetItemCommand({ TableName: await table(), Key: key }))).Item ?? null;
    },
  },
  {
    id: "dynamodb-condition",
    says: "A put that asks for absence fails with ConditionalCheckFailedException where the item is there, and changes nothing.",
    source: "DynamoDB Developer Guide, Condition expressions",
    expected: ["ConditionalCheckFailedException", { ...key, a: N(1) }],
    async observe(subject) {
      const { dynamodb, TableName, read } = await withItem(subject, { a: N(1) });
      const again = dynamodb.send(new PutItemCommand({ TableName, Item: { ...key, a: N(2) }, ConditionExpression: "attribute_not_exists(pk)" }));
      return [await errorOf(again), await read()];
    },
  },
  {
    id: "dynamodb-update-makes-item",
    says: "An update of an item that is not there makes it; with a condition on an attribute it fails and makes none.",
    source: "DynamoDB API Reference, UpdateItem",
    expected: [{ ...key, a: N(1) }, "ConditionalCheckFailedException"],
    async observe({ dynamodb, table }) {
      const TableName = await table();
      const update = (Key: typeof key, more: object) =>
        dynamodb.send(
          new UpdateItemCommand({
            TableName,
            Key,
            UpdateExpression: "SET a = :one",
            ExpressionAttributeValues: { ":one": N(1) },
            ReturnValues: "ALL_NEW",
            ...more,
          }),
        );
      return [(await update(key, {})).Attributes, await errorOf(update({ ...key, sk: S("other") }, { ConditionExpression: "a = :one" }))];
    },
  },
  {
    id: "dynamodb-arithmetic",
    says: "SET adds to what is there, if_not_exists stands in for what is not, and ADD makes a number where there is none.",
    source: "DynamoDB Developer Guide, Update expressions",
    expected: { ...key, a: N(3), b: N(10), c: N(2) },
    async observe(subject) {
      const { update } = await withItem(subject, { a: N(1) });
      return update("SET a = a + :two, b = if_not_exists(b, :ten) ADD c :two", { ExpressionAttributeValues: { ":two": N(2), ":ten": N(10) } });
    },
  },
  {
    id: "dynamodb-lists-and-maps",
    says: "Parts of maps and lists can be set, appended to and removed by their path.",
    source: "DynamoDB Developer Guide, Update expressions",
    expected: { ...key, m: { M: { x: N(1), y: N(9) } }, l: { L: [N(2), N(9)] } },
    async observe(subject) {
      const { update } = await withItem(subject, { m: { M: { x: N(1) } }, l: { L: [N(1), N(2)] } });
      await update("SET m.y = :nine, l = list_append(l, :more)", { ExpressionAttributeValues: { ":nine": N(9), ":more": { L: [N(9)] } } });
      return update("REMOVE l[0]");
    },
  },
  {
    id: "dynamodb-sets",
    says: "ADD puts members into a set and DELETE takes them out; a set that loses its last member is gone.",
    source: "DynamoDB Developer Guide, Update expressions",
    expected: [["a", "b"], null],
    async observe(subject) {
      const { update } = await withItem(subject, { s: { SS: ["a"] } });
      const added = await update("ADD s :b", { ExpressionAttributeValues: { ":b": { SS: ["b"] } } });
      const left = await update("DELETE s :both", { ExpressionAttributeValues: { ":both": { SS: ["a", "b"] } } });
      return [added?.["s"]?.SS?.sort(), left?.["s"] ?? null];
    },
  },
  {
    id: "dynamodb-reserved-word",
    says: "A reserved word as the name of an attribute fails with ValidationException; through a placeholder it is taken.",
    source: "DynamoDB Developer Guide, Reserved words; Expression attribute names",
    expected: ["ValidationException", { ...key, status: S("DONE") }],
    async observe(subject) {
      const { update } = await withItem(subject, {});
      const values = { ExpressionAttributeValues: { ":s": S("DONE") } };
      return [await errorOf(update("SET status = :s", values)), await update("SET #s = :s", { ...values, ExpressionAttributeNames: { "#s": "status" } })];
    },
  },
  {
    id: "dynamodb-unused-value",
    says: "A value that no expression uses fails with ValidationException.",
    source: "DynamoDB Developer Guide, Expression attribute values",
    expected: "ValidationException",
    async observe(subject) {
      const { update } = await withItem(subject, {});
      return errorOf(update("SET a = :one", { ExpressionAttributeValues: { ":one": N(1), ":two": N(2) } }));
    },
  },
  {
    id: "dynamodb-overlapping-paths",
    says: "Two parts of an update that touch the same path fail with ValidationException.",
    source: "DynamoDB API Reference, UpdateItem, UpdateExpression",
    expected: "ValidationException",
    async observe(subject) {
      const { update } = await withItem(subject, { m: { M: {} } });
      return errorOf(update("SET m = :m, m.x = :one", { ExpressionAttributeValues: { ":m": { M: {} }, ":one": N(1) } }));
    },
  },
  {
    id: "dynamodb-key-cannot-change",
    says: "An update of a key attribute fails with ValidationException.",
    source: "DynamoDB API Reference, UpdateItem",
    expected: "ValidationException",
    async observe(subject) {
      const { update } = await withItem(subject, {});
      return errorOf(update("SET sk = :other", { ExpressionAttributeValues: { ":other": S("other") } }));
    },
  },
  {
    id: "dynamodb-query-order",
    says: "A query answers in the order of the sort key, backwards if asked, and takes begins_with and between on it.",
    source: "DynamoDB Developer Guide, Key condition expressions",
    expected: [
      ["0", "1", "2"],
      ["2", "1", "0"],
      ["1", "2"],
    ],
    async observe(subject) {
      const { query } = await withItems(subject, 3);
      const between = {
        KeyConditionExpression: "pk = :pk AND sk BETWEEN :a AND :b",
        ExpressionAttributeValues: { ":pk": S("case"), ":a": S("1"), ":b": S("2") },
      };
      return [sks(await query({})), sks(await query({ ScanIndexForward: false })), sks(await query(between))];
    },
  },
  {
    id: "dynamodb-paging",
    says: "A query with a limit tells where it ended and goes on from there; the limit counts items before the filter.",
    source: "DynamoDB Developer Guide, Paginating table query results; Filter expressions",
    expected: [["0", "1"], ["2"], [[], 2]],
    async observe(subject) {
      const { query } = await withItems(subject, 3);
      const first = await query({ Limit: 2 });
      const second = await query({ Limit: 2, ExclusiveStartKey: first.LastEvaluatedKey });
      const filtered = await query({ Limit: 2, FilterExpression: "n > :one", ExpressionAttributeValues: { ":pk": S("case"), ":one": N(1) } });
      return [sks(first), sks(second), [sks(filtered), filtered.ScannedCount]];
    },
  },
  {
    id: "dynamodb-index",
    says: "An index holds the items that have its keys, in its own order, and can't be read consistently.",
    source: "DynamoDB Developer Guide, Using Global Secondary Indexes",
    expected: [["2", "1", "0"], "ValidationException"],
    async observe(subject) {
      const { dynamodb, TableName } = await withItems(subject, 3);
      await dynamodb.send(new PutItemCommand({ TableName, Item: { ...key, sk: S("no-day"), list: S("all") } }));
      const ask = (more: object) =>
        dynamodb.send(
          new QueryCommand({
            ...{ TableName, IndexName: "by-day", KeyConditionExpression: "#list = :l", ScanIndexForward: false },
            ExpressionAttributeNames: { "#list": "list" },
            ExpressionAttributeValues: { ":l": S("all") },
            ...more,
          }),
        );
      return [sks(await ask({})), await errorOf(ask({ ConsistentRead: true }))];
    },
  },
  {
    id: "dynamodb-scan-filter",
    says: "A scan filters by functions of attributes: existence, type, size, contents.",
    source: "DynamoDB Developer Guide, Condition and filter expressions, operators, and functions",
    expected: ["1"],
    async observe(subject) {
      const { dynamodb, TableName } = await withItems(subject, 3);
      const { Items } = await dynamodb.send(
        new ScanCommand({
          TableName,
          FilterExpression: "attribute_exists(n) AND attribute_type(n, :t) AND size(#d) = :seven AND contains(#d, :two)",
          ExpressionAttributeNames: { "#d": "day" },
          ExpressionAttributeValues: { ":t": S("N"), ":seven": N(7), ":two": S("-02") },
        }),
      );
      return sks({ Items: Items as Record<string, { S?: string }>[] });
    },
  },
  {
    id: "dynamodb-delete-old",
    says: "A delete tells what it deleted if asked, and deleting what is not there succeeds.",
    source: "DynamoDB API Reference, DeleteItem",
    expected: [{ ...key, a: N(1) }, null],
    async observe(subject) {
      const { dynamodb, TableName } = await withItem(subject, { a: N(1) });
      const remove = async () => (await dynamodb.send(new DeleteItemCommand({ TableName, Key: key, ReturnValues: "ALL_OLD" }))).Attributes ?? null;
      return [await remove(), await remove()];
    },
  },
  {
    id: "dynamodb-empty-key",
    says: "An empty text as a key fails with ValidationException; as another attribute it is kept.",
    source: "DynamoDB Developer Guide, Data types, String",
    expected: ["ValidationException", { ...key, a: S("") }],
    async observe(subject) {
      const { dynamodb, TableName, read } = await withItem(subject, { a: S("") });
      return [await errorOf(dynamodb.send(new PutItemCommand({ TableName, Item: { ...key, sk: S("") } }))), await read()];
    },
  },
  {
    id: "dynamodb-numbers",
    says: "Numbers keep 38 digits and lose zeros that say nothing; more digits fail with ValidationException.",
    source: "DynamoDB Developer Guide, Data types, Number",
    expected: [{ N: "1.5" }, { N: "12345678901234567890123456789012345678" }, "ValidationException"],
    async observe(subject) {
      const { dynamodb, TableName, read } = await withItem(subject, { a: { N: "1.50" }, b: { N: "12345678901234567890123456789012345678" } });
      const item = await read();
      return [item?.["a"], item?.["b"], await errorOf(dynamodb.send(new PutItemCommand({ TableName, Item: { ...key, c: { N: `1${"0".repeat(37)}1` } } })))];
    },
  },
  {
    id: "dynamodb-batch-get",
    says: "A batch read answers with what is there, and fails with ValidationException if a key comes twice.",
    source: "DynamoDB API Reference, BatchGetItem",
    expected: [["1"], "ValidationException"],
    async observe(subject) {
      const { dynamodb, TableName } = await withItems(subject, 2);
      const get = (...wanted: string[]) =>
        dynamodb.send(new BatchGetItemCommand({ RequestItems: { [TableName]: { Keys: wanted.map((sk) => ({ pk: S("case"), sk: S(sk) })) } } }));
      const { Responses = {} } = await get("1", "none");
      return [sks({ Items: Responses[TableName] as Record<string, { S?: string }>[] }), await errorOf(get("1", "1"))];
    },
  },
  {
    id: "dynamodb-missing-table",
    says: "A call on a table that is not there fails with ResourceNotFoundException.",
    source: "DynamoDB API Reference, GetItem, errors",
    expected: "ResourceNotFoundException",
    async observe({ dynamodb }) {
      return errorOf(dynamodb.send(new GetItemCommand({ TableName: "no-such-table", Key: key })));
    },
  },
];

export const dynamodbAssertions: readonly Assertion[] = assertions.map((one) => ({ service: "DynamoDB", ...one }));
