import { join } from "node:path";
import * as sdk from "@aws-sdk/client-lambda";
import { type Call, type Operation, type OperationService, ServiceError } from "../../wire/service.ts";
import type { Authorizer, Functions, Log } from "../seams.ts";
import type { Sqs } from "../sqs/index.ts";
import { asynchronousLimit, createAsynchronous } from "./asynchronous.ts";
import { type EventSourceMapping, startEventSource } from "./event-source.ts";
import { createFunctionTable, type FunctionSettings } from "./functions.ts";

export type { EventSourceMapping } from "./event-source.ts";
export type { FunctionSettings } from "./functions.ts";

/** A statement of a function's resource policy. */
export interface PermissionStatement {
  readonly Sid: string;
  readonly [element: string]: unknown;
}

export interface LambdaOptions {
  /** Folder of the service's state; logs lie in `logs/<function>.log` of it. */
  readonly dir: string;
  readonly region: string;
  readonly accountId: string;
  readonly endpoint: () => string;
  readonly authorizer: Authorizer;
  readonly queues: Sqs;
  /** Makes a policy document the resource policy of an ARN. */
  readonly putResourcePolicy: (arn: string, document: object) => void;
  readonly log: Log;
}

const textOf = (payload: Uint8Array | string | undefined): string => {
  const text = payload === undefined ? "" : typeof payload === "string" ? payload : Buffer.from(payload).toString("utf8");
  return text === "" ? "{}" : text;
};

function checkedEvent(text: string): string {
  try {
    JSON.parse(text);
    return text;
  } catch (error) {
    throw new ServiceError("InvalidRequestContentException", `Could not parse request body into json: ${(error as Error).message}`);
  }
}

/** Lambda: deployed bundles in child processes, asynchronous invocations, resource policies, and event source mappings from SQS. */
export function createLambda({ dir, region, accountId, endpoint, authorizer, queues, putResourcePolicy, log }: LambdaOptions) {
  const table = createFunctionTable({ region, endpoint, logDir: join(dir, "logs"), authorizer });
  const asynchronous = createAsynchronous(dir, table, queues, log);
  const permissions = new Map<string, Map<string, PermissionStatement>>();
  const mappings = new Map<string, { mapping: EventSourceMapping; controller: AbortController; ended: Promise<void> | undefined }>();
  let started = false;

  /** The ARN of a function given by name, partial ARN or ARN, with no qualifier but $LATEST. */
  function arnOf(given: string, qualifier?: string): string {
    const [, account = accountId, name, suffix = qualifier] =
      /^(?:(?:arn:aws:lambda:[a-z0-9-]+:)?(\d{12}):function:)?([A-Za-z0-9_-]+)(?::([$A-Za-z0-9_-]+))?$/.exec(given) ?? [];
    if (name === undefined) throw new ServiceError("InvalidParameterValueException", `${given} is no name or ARN of a function.`);
    if (suffix !== undefined && suffix !== "$LATEST")
      throw new ServiceError("NotImplemented", `The local cloud does not implement the function qualifier ${suffix}.`, 501);
    return `arn:aws:lambda:${region}:${account}:function:${name}`;
  }

  function startMapping(entry: { mapping: EventSourceMapping; controller: AbortController; ended: Promise<void> | undefined }): void {
    entry.ended ??= startEventSource(entry.mapping, { queues, functions: table, authorizer, log }, entry.controller.signal);
  }

  function enqueue(arn: string, event: string): void {
    table.settings(arn);
    const bytes = Buffer.byteLength(event);
    if (bytes > asynchronousLimit)
      throw new ServiceError("RequestTooLargeException", `The event of an asynchronous invocation has ${bytes} bytes; the most is ${asynchronousLimit}.`, 413);
    asynchronous.add(arn, event);
  }

  async function invoke(input: sdk.InvokeCommandInput, call: Call): Promise<object> {
    for (const field of ["ClientContext", "DurableExecutionName", "TenantId"] as const) {
      if (input[field] !== undefined) throw new ServiceError("NotImplemented", `The local cloud does not implement ${field} of Invoke.`, 501);
    }
    if (input.LogType === "Tail") throw new ServiceError("NotImplemented", "The local cloud does not implement LogType Tail of Invoke.", 501);
    const arn = arnOf(input.FunctionName ?? "", input.Qualifier);
    call.authorize("lambda:InvokeFunction", arn);
    const event = checkedEvent(textOf(input.Payload as Uint8Array | undefined));
    if (input.InvocationType === "DryRun") {
      table.settings(arn);
      return { StatusCode: 204 };
    }
    if (input.InvocationType === "Event") {
      enqueue(arn, event);
      return { StatusCode: 202 };
    }
    const { payload, failed } = await table.run(arn, event, call.requestId);
    return { StatusCode: 200, ExecutedVersion: "$LATEST", Payload: Buffer.from(payload), ...(failed && { FunctionError: "Unhandled" }) };
  }

  const operations: Record<string, Operation> = { Invoke: invoke };
  const service: OperationService = { kind: "operations", signingName: "lambda", sdk, operations };
  const functions: Functions = {
    async invoke(caller, functionArn, payload, context) {
      authorizer.authorize(caller, "lambda:InvokeFunction", functionArn, context);
      const result = await table.run(functionArn, JSON.stringify(payload));
      return { payload: JSON.parse(result.payload) as unknown, functionError: result.failed ? "Unhandled" : undefined };
    },
    async enqueue(caller, functionArn, payload, context) {
      authorizer.authorize(caller, "lambda:InvokeFunction", functionArn, context);
      enqueue(functionArn, JSON.stringify(payload));
    },
  };

  return {
    service,
    ...functions,
    arnOf,

    /** Deploys a function; with the same settings and bundle it changes nothing. */
    putFunction: (settings: FunctionSettings): void => table.put(settings),

    /** Adds a statement to a function's resource policy, or replaces the one with the same Sid. */
    putPermission(functionArn: string, statement: PermissionStatement): void {
      const statements = permissions.get(functionArn) ?? new Map<string, PermissionStatement>();
      permissions.set(functionArn, statements.set(statement.Sid, statement));
      putResourcePolicy(functionArn, { Version: "2012-10-17", Statement: [...statements.values()] });
    },

    /** Hands a queue's messages to a function. A changed mapping replaces the one with the same uuid. */
    putEventSourceMapping(mapping: EventSourceMapping): void {
      const { uuid, batchSize, maximumConcurrency, functionArn, queueArn } = mapping;
      if (!Number.isInteger(batchSize) || batchSize < 1 || batchSize > 10)
        throw new Error(`Event source mapping ${uuid}: batchSize is ${batchSize}; the local cloud implements 1 to 10.`);
      if (maximumConcurrency !== undefined && (maximumConcurrency < 2 || maximumConcurrency > 1000)) {
        throw new Error(`Event source mapping ${uuid}: maximumConcurrency is ${maximumConcurrency}; it must be 2 to 1000.`);
      }
      const visible = queues.visibilityTimeoutSeconds(queueArn);
      const { timeoutSeconds } = table.settings(functionArn);
      if (visible < timeoutSeconds) {
        throw new Error(
          `Event source mapping ${uuid}: the queue's visibility timeout of ${visible} s is less than the function's timeout of ${timeoutSeconds} s.`,
        );
      }
      const current = mappings.get(uuid);
      if (JSON.stringify(current?.mapping) === JSON.stringify(mapping)) return;
      current?.controller.abort();
      const entry = { mapping, controller: new AbortController(), ended: undefined };
      mappings.set(uuid, entry);
      if (started) startMapping(entry);
    },

    /** Begins to poll queues and to run what earlier processes accepted. */
    start(): void {
      started = true;
      asynchronous.start();
      for (const entry of mappings.values()) startMapping(entry);
    },

    /** Ends all processes; messages in work return to their queues, asynchronous invocations run again at the next start. */
    async close(): Promise<void> {
      for (const { controller } of mappings.values()) controller.abort();
      // First, so that the end of their processes does not count as a failure of these invocations.
      asynchronous.close();
      table.close();
      await Promise.all([...mappings.values()].map(({ ended }) => ended));
    },
  };
}

export type Lambda = ReturnType<typeof createLambda>;
