import { randomUUID } from "node:crypto";
import { createWriteStream } from "node:fs";
import { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import { DynamoDBClient } from "@aws-sdk/client-dynamodb";
import { InvokeCommand, LambdaClient } from "@aws-sdk/client-lambda";
import { GetObjectCommand, ListObjectsV2Command, PutObjectCommand, S3Client } from "@aws-sdk/client-s3";
import {
  DescribeExecutionCommand,
  type DescribeExecutionCommandOutput,
  DescribeMapRunCommand,
  GetExecutionHistoryCommand,
  ListMapRunsCommand,
  RedriveExecutionCommand,
  SFNClient,
  StartExecutionCommand,
} from "@aws-sdk/client-sfn";
import { GetQueueAttributesCommand, ListMessageMoveTasksCommand, SQSClient, StartMessageMoveTaskCommand } from "@aws-sdk/client-sqs";
import { DynamoDBDocumentClient, GetCommand, paginateQuery } from "@aws-sdk/lib-dynamodb";
import { z } from "zod";
import { type BackfillItem, type BackfillOutcome, backfillItem, backfillOutcome } from "../../contracts/backfill.ts";
import { type CaseSummary, caseStatus, defaultRetentionClass, type RetentionClass, retentionClass } from "../../contracts/case.ts";
import { caseCosts, storedCosts } from "../../contracts/case-costs.ts";
import { type CaseDeletion, caseDeletion, type DeletionReason, deletionRecord } from "../../contracts/case-deletion.ts";
import { isDeleted, type Tombstone, tombstone } from "../../contracts/case-table.ts";
import { backfillManifestKey, backfillResultsPrefix, deletionRecordKey, parseSourceKey, rawVideosPrefix } from "../../contracts/keys.ts";
import { requestedAnalysis } from "../../contracts/reanalysis.ts";
import { callApi } from "./call-api.ts";
import { CommandError } from "./command.ts";
import { type DeletionSources, deletionOf, redriveDeletion } from "./deletions.ts";
import type { Connection } from "./session.ts";
import { type UploadFacts, uploadVideo } from "./upload.ts";

/** A case, as the commands follow it. */
export type CaseItem = Pick<CaseSummary, "caseId" | "fileName" | "status" | "createdAt" | "reasons" | "runId"> &
  Partial<Pick<CaseSummary, "forecastUsd" | "costUsd" | "report" | "retentionClass">>;

/** A case whose least retention has passed, or will. */
export interface KeptCase {
  readonly case: CaseItem;
  readonly retentionClass: RetentionClass;
  readonly keptUntil: string;
}

/** The execution of a run, as the commands tell of it. */
export interface RunExecution {
  readonly status: string;
  readonly startedAt: string;
  readonly endedAt: string | null;
  readonly redriveCount: number;
  /** Whether it can go on in the state that failed. */
  readonly redrivable: boolean;
}

const terminal: ReadonlySet<string> = new Set(["COMPLETE", "PARTIAL", "REJECTED", "QUARANTINED", "FAILED"]);
export const isTerminal = (status: string): boolean => terminal.has(status);

/** What came of a backfill. */
export interface BackfillResult {
  readonly ended: readonly BackfillOutcome[];
  readonly failed: readonly { readonly item: BackfillItem; readonly reason: string }[];
}

/** A case's summary item, with what its run and its report cost together. */
const told = (item: unknown): CaseItem => ({ ...(item as CaseItem), ...caseCosts(storedCosts.parse(item)) });

/** What a person at the keyboard does with the platform, through the same SDK calls that a browser's back end makes. */
export class PlatformClient {
  readonly #session: Connection;
  /** Milliseconds between two looks: AWS throttles who asks all the time. */
  readonly #pause: number;
  readonly #s3: S3Client;
  readonly #states: SFNClient;
  readonly #functions: LambdaClient;
  readonly #queues: SQSClient;
  readonly #table: DynamoDBDocumentClient;

  constructor(session: Connection) {
    const { endpoint, region, credentials } = session;
    const config = { region, ...(endpoint !== undefined && { endpoint }), ...(credentials !== undefined && { credentials }) };
    this.#session = session;
    this.#pause = endpoint === undefined ? 5000 : 250;
    this.#s3 = new S3Client(config);
    this.#states = new SFNClient(config);
    this.#functions = new LambdaClient(config);
    this.#queues = new SQSClient({ ...config, useQueueUrlAsEndpoint: false });
    this.#table = DynamoDBDocumentClient.from(new DynamoDBClient(config));
  }

  /**
   * Uploads a video in parts through the HTTP API, as the page does; S3's event then starts the analysis. With the token of
   * an upload that was interrupted, only what is missing is sent. `onProgress` gets bytes that have arrived and bytes in all.
   */
  async upload(video: string, onProgress: (arrived: number, total: number) => void, facts: Partial<UploadFacts> = {}): Promise<string> {
    return uploadVideo(this.#api, video, { token: randomUUID(), ...facts }, onProgress);
  }

  /** A case's summary; undefined if there is none, or no longer. */
  async case(caseId: string): Promise<CaseItem | undefined> {
    const Item = await this.#summary(caseId);
    return Item === undefined || isDeleted(Item) ? undefined : told(Item);
  }

  /** What is left of a deleted case; undefined if there is none. */
  async tombstone(caseId: string): Promise<Tombstone | undefined> {
    const found = tombstone.safeParse(await this.#summary(caseId));
    return found.data;
  }

  /** Asks for the deletion of a case, as a signed-in administrator. Rejects with every reason why it must be kept. */
  requestDeletion(caseId: string, reason: DeletionReason): Promise<CaseDeletion> {
    return callApi(`${this.#api}/cases/${caseId}?reason=${reason}`, caseDeletion, "DELETE");
  }

  /** How the deletion of a case stands. Rejects if nobody asked for one. */
  deletion(caseId: string): Promise<CaseDeletion> {
    return deletionOf(this.#deletions, caseId);
  }

  /** Goes on with a deletion that failed. Rejects if it has not. */
  redriveDeletion(caseId: string): Promise<void> {
    return redriveDeletion(this.#deletions, caseId);
  }

  /** By the services themselves and not by the API, which asks for a person's token: so it works on AWS as well. */
  get #deletions(): DeletionSources {
    const arnOf = (caseId: string) => this.#executionArn(caseId, "deletionMachineArn");
    return {
      summary: async (caseId) => (await this.#summary(caseId)) as { status?: unknown } | undefined,
      execution: async (caseId) => {
        const found = await this.#described(arnOf(caseId));
        return (
          found && {
            ...{ status: found.status ?? "", input: found.input ?? "", cause: found.cause },
            isRedrivable: found.redriveStatus === "REDRIVABLE",
          }
        );
      },
      record: async (caseId) => {
        const stored = await this.objectIfThere({ bucket: this.#output("recordsBucket"), key: deletionRecordKey(caseId) });
        return stored && deletionRecord.parse(JSON.parse(stored.toString()));
      },
      redrive: async (caseId) => {
        await this.#states.send(new RedriveExecutionCommand({ executionArn: arnOf(caseId) }));
      },
    };
  }

  /** Waits until a deletion has ended. `onStates` gets the states entered so far. */
  async deleted(caseId: string, onStates: (states: string[]) => void): Promise<CaseDeletion> {
    for (;;) {
      onStates(await this.#statesOf(this.#executionArn(caseId, "deletionMachineArn")));
      const told = await this.deletion(caseId);
      if (told.status !== "RUNNING") return told;
      await this.#wait();
    }
  }

  /** Cases by the end of their least retention, soonest first. */
  async kept(): Promise<KeptCase[]> {
    const days = z.record(retentionClass, z.int()).parse(JSON.parse(this.#output("caseRetentionDays")));
    return (await this.cases())
      .map((item) => {
        const of = item.retentionClass ?? defaultRetentionClass;
        return { case: item, retentionClass: of, keptUntil: new Date(Date.parse(item.createdAt) + days[of] * 86_400_000).toISOString() };
      })
      .sort((a, b) => a.keptUntil.localeCompare(b.keptUntil));
  }

  async #summary(caseId: string): Promise<unknown> {
    const { Item } = await this.#table.send(new GetCommand({ TableName: this.#output("caseTable"), Key: { caseId, item: "SUMMARY" }, ConsistentRead: true }));
    return Item;
  }

  /** Waits until the report of a run is recorded: true, or false if it is not within a minute. It comes after the analysis, and its failure is no failure of that. */
  async reported(caseId: string, runId: string): Promise<boolean> {
    const Key = { caseId, item: `REPORT#${runId}` };
    for (let waited = 0; waited < 60_000; waited += this.#pause) {
      const { Item } = await this.#table.send(new GetCommand({ TableName: this.#output("caseTable"), Key, ConsistentRead: true }));
      if (Item) return true;
      await this.#wait();
    }
    return false;
  }

  /** The newest cases first. */
  async cases(): Promise<CaseItem[]> {
    const query = {
      TableName: this.#output("caseTable"),
      IndexName: "cases-by-time",
      KeyConditionExpression: "#list = :cases",
      ExpressionAttributeNames: { "#list": "list" },
      ExpressionAttributeValues: { ":cases": "CASES" },
      ScanIndexForward: false,
    };
    const found: CaseItem[] = [];
    for await (const { Items = [] } of paginateQuery({ client: this.#table }, query)) found.push(...Items.map(told));
    return found;
  }

  /** How the execution of a run stands; undefined if there is none. */
  async execution(runId: string): Promise<RunExecution | undefined> {
    const found = await this.#described(this.#executionArn(runId));
    return (
      found && {
        status: found.status as string,
        startedAt: (found.startDate as Date).toISOString(),
        endedAt: found.stopDate?.toISOString() ?? null,
        redriveCount: found.redriveCount ?? 0,
        redrivable: found.redriveStatus === "REDRIVABLE",
      }
    );
  }

  /** An execution as Step Functions describes it; undefined if there is none, or none any more. */
  async #described(executionArn: string): Promise<DescribeExecutionCommandOutput | undefined> {
    try {
      return await this.#states.send(new DescribeExecutionCommand({ executionArn }));
    } catch (error) {
      if ((error as Error).name === "ExecutionDoesNotExist") return undefined;
      throw error;
    }
  }

  /** Goes on with a failed run in the state that failed, and waits for its end. `onStates` gets the states entered so far. */
  async redrive(caseId: string, runId: string, onStates: (states: string[]) => void): Promise<CaseItem> {
    await this.#states.send(new RedriveExecutionCommand({ executionArn: this.#executionArn(runId) }));
    for (;;) {
      onStates(await this.statesEntered(runId));
      if ((await this.execution(runId))?.status !== "RUNNING") return this.settled(caseId, onStates);
      await this.#wait();
    }
  }

  /** Has the same video of a case analysed again, and waits for the end of that. Rejects with the reason where that is refused. */
  async reanalyse(caseId: string, onStates: (states: string[]) => void): Promise<CaseItem> {
    const { runId } = await callApi(`${this.#api}/cases/${caseId}/analyses`, requestedAnalysis, "POST");
    while ((await this.case(caseId))?.runId !== runId) await this.#wait();
    return this.settled(caseId, onStates);
  }

  get #api(): string {
    const { api } = this.#session;
    if (api === undefined) throw new CommandError("The HTTP API of a stack on AWS asks for a person's token, which no command has: use the page.");
    return api;
  }

  #executionArn(name: string, machine: "stateMachineArn" | "deletionMachineArn" = "stateMachineArn"): string {
    return `${this.#output(machine).replace(":stateMachine:", ":execution:")}:${name}`;
  }

  /** Names of the states that the case's execution has entered, in order, again for each time. Empty before it starts. */
  statesEntered(runId: string): Promise<string[]> {
    return this.#statesOf(this.#executionArn(runId));
  }

  async #statesOf(executionArn: string): Promise<string[]> {
    const names: string[] = [];
    let nextToken: string | undefined;
    do {
      const page = await this.#states.send(new GetExecutionHistoryCommand({ executionArn, maxResults: 1000, ...(nextToken && { nextToken }) }));
      for (const event of page.events ?? []) if (event.stateEnteredEventDetails?.name) names.push(event.stateEnteredEventDetails.name);
      nextToken = page.nextToken;
    } while (nextToken);
    return names;
  }

  /**
   * Waits until a case is analysed, rejected, quarantined or failed, and its execution has ended: the measures come after the analysis. `onStates` gets the states entered so far.
   * Rejects if the case disappears.
   */
  async settled(caseId: string, onStates: (states: string[]) => void): Promise<CaseItem> {
    for (;;) {
      const found = await this.case(caseId);
      if (!found) throw new Error(`Case ${caseId} is not in the table.`);
      caseStatus.parse(found.status);
      if (found.runId) onStates(await this.statesEntered(found.runId));
      const isRunning = found.runId !== null && (await this.execution(found.runId))?.status === "RUNNING";
      if (isTerminal(found.status) && !isRunning) return found;
      await this.#wait();
    }
  }

  /** Every uploaded video, by the keys of the raw bucket. */
  async videos(): Promise<BackfillItem[]> {
    const found: BackfillItem[] = [];
    let ContinuationToken: string | undefined;
    do {
      const page = await this.#s3.send(new ListObjectsV2Command({ Bucket: this.#output("rawBucket"), Prefix: rawVideosPrefix, ContinuationToken }));
      for (const { Key = "" } of page.Contents ?? []) found.push(...[parseSourceKey(Key)].filter((item) => item !== undefined));
      ContinuationToken = page.NextContinuationToken;
    } while (ContinuationToken);
    return found;
  }

  /** Starts a backfill of these videos; gives its execution. */
  async startBackfill(items: readonly BackfillItem[]): Promise<string> {
    const backfillId = randomUUID();
    const Body = items.map((item) => `${JSON.stringify(item)}\n`).join("");
    await this.#s3.send(new PutObjectCommand({ Bucket: this.processedBucket, Key: backfillManifestKey(backfillId), Body, ContentType: "application/jsonl" }));
    const { executionArn } = await this.#states.send(
      new StartExecutionCommand({ stateMachineArn: this.#output("backfillMachineArn"), name: backfillId, input: JSON.stringify({ backfillId }) }),
    );
    return executionArn as string;
  }

  /** Waits until a backfill ends. `onProgress` gets how many of its videos have ended, and in all. Rejects with its cause if it fails. */
  async backfilled(executionArn: string, onProgress: (ended: number, total: number) => void): Promise<BackfillResult> {
    for (;;) {
      // Without what it was given and gave, which is encrypted: whoever may start a backfill need not be able to read that.
      const { status, error, cause } = await this.#states.send(new DescribeExecutionCommand({ executionArn, includedData: "METADATA_ONLY" }));
      const { mapRuns: [mapRun] = [] } = await this.#states.send(new ListMapRunsCommand({ executionArn }));
      if (mapRun) {
        const { itemCounts } = await this.#states.send(new DescribeMapRunCommand({ mapRunArn: mapRun.mapRunArn }));
        const { total = 0, succeeded = 0, failed = 0 } = itemCounts ?? {};
        onProgress(succeeded + failed, total);
      }
      if (status === "SUCCEEDED") return this.#backfillResult(executionArn, mapRun?.mapRunArn ?? "");
      if (status !== "RUNNING") throw new Error(`The backfill ended as ${status}: ${error ?? ""} ${cause ?? ""}`.trim());
      await this.#wait();
    }
  }

  /** Reads what Step Functions' ResultWriter left, below the identifier of the Map run. */
  async #backfillResult(executionArn: string, mapRunArn: string): Promise<BackfillResult> {
    const [backfillId, mapRunId] = [executionArn, mapRunArn].map((arn) => arn.slice(arn.lastIndexOf(":") + 1)) as [string, string];
    const read = async (key: string): Promise<unknown> => JSON.parse((await this.object({ bucket: this.processedBucket, key })).toString());
    const manifest = `${backfillResultsPrefix(backfillId)}${mapRunId}/manifest.json`;
    const { ResultFiles: files } = (await read(manifest)) as { ResultFiles: Record<string, { Key: string }[]> };
    const all = async (kind: string) => (await Promise.all((files[kind] ?? []).map(({ Key }) => read(Key)))).flat() as Record<string, string>[];
    return {
      ended: (await all("SUCCEEDED")).map(({ Output = "" }) => backfillOutcome.parse(JSON.parse(Output))),
      failed: (await all("FAILED")).map(({ Input = "", Error: error = "", Cause: cause = "" }) => ({
        item: backfillItem.parse(JSON.parse(Input)),
        reason: cause === "" ? error : cause,
      })),
    };
  }

  /** Uploads whose analysis could not be started, after every try: events in the dead-letter queue. */
  async deadLetters(): Promise<number> {
    const { Attributes } = await this.#queues.send(
      new GetQueueAttributesCommand({ QueueUrl: this.#output("deadLetterQueueUrl"), AttributeNames: ["ApproximateNumberOfMessages"] }),
    );
    return Number(Attributes?.["ApproximateNumberOfMessages"]);
  }

  /** Gives the dead letters back to the queue of uploads, to be tried again; gives how many. Rejects with the cause if the move fails. */
  async redriveDeadLetters(): Promise<number> {
    const arnOf = async (QueueUrl: string) => {
      const { Attributes } = await this.#queues.send(new GetQueueAttributesCommand({ QueueUrl, AttributeNames: ["QueueArn"] }));
      return Attributes?.["QueueArn"] as string;
    };
    const SourceArn = await arnOf(this.#output("deadLetterQueueUrl"));
    // What a rule could not deliver came from no queue, so the destination is named.
    await this.#queues.send(new StartMessageMoveTaskCommand({ SourceArn, DestinationArn: await arnOf(this.#output("uploadQueueUrl")) }));
    for (;;) {
      const { Results: [task] = [] } = await this.#queues.send(new ListMessageMoveTasksCommand({ SourceArn, MaxResults: 1 }));
      if (task?.Status === "COMPLETED") return task.ApproximateNumberOfMessagesMoved ?? 0;
      if (task?.Status !== "RUNNING") throw new Error(`The dead letters were not all moved: ${task?.FailureReason ?? task?.Status ?? "the task is unknown"}.`);
      await this.#wait();
    }
  }

  /** Starts an execution of a state machine that the stack names in an output, and waits until it ends. Gives its output; rejects with its cause if it fails. */
  async execute(machineOutput: string, name: string, input: object): Promise<unknown> {
    const start = new StartExecutionCommand({ stateMachineArn: this.#output(machineOutput), name, input: JSON.stringify(input) });
    const { executionArn } = await this.#states.send(start);
    for (;;) {
      const { status, output = "", error = "", cause = "" } = await this.#states.send(new DescribeExecutionCommand({ executionArn }));
      if (status === "SUCCEEDED") return JSON.parse(output);
      if (status !== "RUNNING") throw new CommandError(cause === "" ? `It ended as ${status}. ${error}`.trim() : cause);
      await this.#wait();
    }
  }

  /** Calls a function that the stack names in an output; gives its answer. Rejects with the reason if it fails. */
  async invoke(functionOutput: string, input: object): Promise<unknown> {
    const { FunctionError, Payload } = await this.#functions.send(
      new InvokeCommand({ FunctionName: this.#output(functionOutput), Payload: JSON.stringify(input) }),
    );
    const answer = JSON.parse(Buffer.from(Payload ?? []).toString());
    if (FunctionError !== undefined) throw new CommandError(answer.errorMessage);
    return answer;
  }

  /** Keys below a prefix. */
  async keys(bucket: string, Prefix: string): Promise<string[]> {
    const found: string[] = [];
    let ContinuationToken: string | undefined;
    do {
      const page = await this.#s3.send(new ListObjectsV2Command({ Bucket: bucket, Prefix, ContinuationToken }));
      found.push(...(page.Contents ?? []).map(({ Key = "" }) => Key));
      ContinuationToken = page.NextContinuationToken;
    } while (ContinuationToken !== undefined);
    return found;
  }

  get datasetsBucket(): string {
    return this.#output("datasetsBucket");
  }

  get processedBucket(): string {
    return this.#output("processedBucket");
  }

  /** Content of an object. */
  async object({ bucket, key }: { bucket: string; key: string }): Promise<Buffer> {
    const { Body } = await this.#s3.send(new GetObjectCommand({ Bucket: bucket, Key: key }));
    if (!Body) throw new Error(`s3://${bucket}/${key} came without a body.`);
    return Buffer.from(await Body.transformToByteArray());
  }

  /** Content of an object; undefined if there is none. */
  async objectIfThere(place: { bucket: string; key: string }): Promise<Buffer | undefined> {
    try {
      return await this.object(place);
    } catch (error) {
      if ((error as Error).name === "NoSuchKey") return undefined;
      throw error;
    }
  }

  /** Writes an object into a file. */
  async download({ bucket, key }: { bucket: string; key: string }, file: string): Promise<void> {
    const { Body } = await this.#s3.send(new GetObjectCommand({ Bucket: bucket, Key: key }));
    if (!(Body instanceof Readable)) throw new Error(`s3://${bucket}/${key} came without a body.`);
    await pipeline(Body, createWriteStream(file));
  }

  /** From one look to the next. */
  #wait(): Promise<void> {
    return new Promise((wake) => setTimeout(wake, this.#pause));
  }

  #output(name: string): string {
    const value = this.#session.outputs[name];
    if (value === undefined) throw new CommandError(`The stack has no output "${name}".`);
    return value;
  }
}
