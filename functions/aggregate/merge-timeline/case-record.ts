import { setTimeout } from "node:timers/promises";
import { BatchWriteCommand, type BatchWriteCommandInput, type DynamoDBDocumentClient, PutCommand, paginateQuery, UpdateCommand } from "@aws-sdk/lib-dynamodb";
import type { Analysis } from "../../../contracts/analysis.ts";
import { findingItemPrefix } from "../../../contracts/case-table.ts";
import { doubtItemPrefix, doubtsOf } from "../../../contracts/review-queue.ts";
import { unlessRefused } from "../../runtime/conditional-write.ts";
import { TryAgain } from "../../runtime/errors.ts";
import { caseFindings } from "./case-findings.ts";
import type { Deps } from "./handler.ts";

type Writes = NonNullable<NonNullable<BatchWriteCommandInput["RequestItems"]>[string]>;

/** Requests that DynamoDB takes in one batch. */
const batchSize = 25;
/** Times that what a batch left over is tried again, with doubling pauses from 50 ms: 6 s in all. */
const mostTries = 8;

/**
 * Records a finished analysis: the run's item, the summary, what the case is to be found by, and what people should look at first. Once or many times with the
 * same effect; findings of an earlier run go. If a newer run has claimed the case since, its summary and findings are its own; a case that is being deleted stays so.
 */
export const caseRecord =
  (table: DynamoDBDocumentClient, tableName: string): Deps["record"] =>
  async (analysis, places) => {
    const { caseId, runId, status } = analysis;
    const { durationTicks, timebase } = analysis.media.source;
    const facts = {
      durationSeconds: Math.round((1000 * durationTicks * timebase.num) / timebase.den) / 1000,
      segmentCount: analysis.segments.length,
      eventCount: analysis.events.length,
      boxCount: analysis.detections.reduce((sum, { boxCount }) => sum + boxCount, 0),
      costUsd: analysis.cost.estimateUsd,
    };
    const now = new Date().toISOString();
    const run = { runId, status, startedAt: analysis.createdAt, finishedAt: now, analysisUri: places.analysis, timelineUri: places.timeline };
    await table.send(
      new PutCommand({
        TableName: tableName,
        Item: { caseId, item: `RUN#${runId}`, ...run, ...facts, contentSha256: analysis.provenance.contentSha256 },
      }),
    );
    const createdAt = await concludeCase(table, tableName, analysis, facts, now);
    if (createdAt !== undefined) await replaceFindings(table, tableName, analysis, createdAt);
  };

/** Gives when the case was made; undefined if a newer run, or its deletion, has claimed it since. */
async function concludeCase(
  table: DynamoDBDocumentClient,
  tableName: string,
  { caseId, runId, status, createdAt, media }: Analysis,
  facts: Readonly<Record<string, number>>,
  now: string,
): Promise<string | undefined> {
  const names = Object.keys(facts);
  const conclude = new UpdateCommand({
    TableName: tableName,
    Key: { caseId, item: "SUMMARY" },
    UpdateExpression: `SET #status = :status, reasons = :none, updatedAt = :now, posterUri = :poster, ${names.map((name) => `${name} = :${name}`).join(", ")}`,
    ConditionExpression: "runId = :run AND #status <> :deleting",
    ExpressionAttributeNames: { "#status": "status" },
    ExpressionAttributeValues: {
      ...{ ":status": status, ":none": [], ":now": now, ":run": runId, ":deleting": "DELETING", ":poster": media.poster?.uri ?? null },
      ...Object.fromEntries(names.map((name) => [`:${name}`, facts[name]])),
    },
    ReturnValues: "ALL_NEW",
  });
  const answer = await unlessRefused(table.send(conclude));
  return answer && ((answer.Attributes?.["createdAt"] as string | undefined) ?? createdAt);
}

async function replaceFindings(table: DynamoDBDocumentClient, tableName: string, analysis: Analysis, createdAt: string): Promise<void> {
  const { caseId } = analysis;
  const items = [...caseFindings(analysis, createdAt), ...doubtsOf(analysis)];
  const kept = new Set(items.map(({ item }) => item));
  const writes: Writes = [];
  for (const prefix of [findingItemPrefix, doubtItemPrefix]) {
    const query = {
      TableName: tableName,
      KeyConditionExpression: "caseId = :case AND begins_with(#item, :prefix)",
      ProjectionExpression: "#item",
      ExpressionAttributeNames: { "#item": "item" },
      ExpressionAttributeValues: { ":case": caseId, ":prefix": prefix },
    };
    for await (const { Items = [] } of paginateQuery({ client: table }, query)) {
      for (const { item } of Items) if (!kept.has(item as string)) writes.push({ DeleteRequest: { Key: { caseId, item } } });
    }
  }
  for (const item of items) writes.push({ PutRequest: { Item: item } });
  for (let i = 0; i < writes.length; i += batchSize) await writeBatch(table, tableName, writes.slice(i, i + batchSize));
}

async function writeBatch(table: DynamoDBDocumentClient, tableName: string, writes: Writes): Promise<void> {
  let left = writes;
  for (let tries = 0; left.length > 0; tries++) {
    if (tries === mostTries) throw new TryAgain(`DynamoDB left ${left.length} of ${writes.length} items unwritten, ${mostTries} times.`);
    if (tries > 0) await setTimeout(25 * 2 ** tries);
    const { UnprocessedItems } = await table.send(new BatchWriteCommand({ RequestItems: { [tableName]: left } }));
    left = UnprocessedItems?.[tableName] ?? [];
  }
}
