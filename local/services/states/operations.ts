import { randomUUID } from "node:crypto";
import type * as sfn from "@aws-sdk/client-sfn";
import { type Call, type Operation, ServiceError } from "../../wire/service.ts";
import type { Json } from "./definition.ts";
import type { Executions } from "./executions.ts";
import type { ExecutionRow, MachineRow, Store } from "./store.ts";
import type { Tokens } from "./tokens.ts";

/** Largest input of an execution and output of a callback, in bytes of UTF-8. */
const payloadLimit = 262_144;

const date = (time: number): Date => new Date(time);
const optional = (time: number | null): Date | undefined => (time === null ? undefined : new Date(time));

function pageOf<T>(rows: T[], token: string | undefined, size = 100): { page: T[]; nextToken?: string } {
  const from = token === undefined ? 0 : Number(token);
  if (!Number.isInteger(from) || from < 0) throw new ServiceError("InvalidToken", `Invalid Token: '${token}'`);
  const to = from + (size || 100);
  return { page: rows.slice(from, to), ...(to < rows.length && { nextToken: String(to) }) };
}

function checkedJson(text: string, code: string, what: string): Json {
  if (Buffer.byteLength(text) > payloadLimit) throw new ServiceError(code, `${what} has more than ${payloadLimit} bytes.`);
  try {
    return JSON.parse(text) as Json;
  } catch (error) {
    throw new ServiceError(code, `Invalid ${what}: ${(error as Error).message}`);
  }
}

/** Fields an operation takes but the local cloud does not implement. */
function refuse(operation: string, input: object, ...fields: string[]): void {
  for (const field of fields) {
    if ((input as Record<string, unknown>)[field] !== undefined)
      throw new ServiceError("NotImplemented", `The local cloud does not implement ${field} of ${operation}.`, 501);
  }
}

const summary = (row: ExecutionRow) => ({
  executionArn: row.arn,
  stateMachineArn: row.machine_arn,
  name: row.name,
  status: row.status,
  startDate: date(row.started),
  stopDate: optional(row.stopped),
  redriveCount: row.redrive_count,
  redriveDate: optional(row.redriven),
});

/** The operations of Step Functions that the local cloud implements. */
export function statesOperations(store: Store, tokens: Tokens, executions: Executions): Record<string, Operation> {
  function machineOf(arn: string, call: Call, action: string): MachineRow {
    call.authorize(action, arn);
    const machine = store.machine(arn);
    if (machine === undefined) throw new ServiceError("StateMachineDoesNotExist", `State Machine Does Not Exist: '${arn}'`);
    return machine;
  }
  function executionOf(arn: string, call: Call, action: string): ExecutionRow {
    call.authorize(action, arn);
    const row = store.execution(arn);
    if (row === undefined) throw new ServiceError("ExecutionDoesNotExist", `Execution Does Not Exist: '${arn}'`);
    return row;
  }
  function authorizeToken(token: string | undefined, call: Call, action: string): string {
    if (token === undefined) throw new ServiceError("InvalidToken", "Invalid Token: 'Invalid token'");
    const { machine_arn } = store.execution(tokens.executionOf(token))!;
    call.authorize(action, machine_arn);
    return token;
  }

  return {
    async StartExecution(input: sfn.StartExecutionCommandInput, call): Promise<object> {
      refuse("StartExecution", input, "traceHeader");
      const machine = machineOf(input.stateMachineArn ?? "", call, "states:StartExecution");
      const name = input.name ?? randomUUID();
      if (!/^[A-Za-z0-9_-]{1,80}$/.test(name)) throw new ServiceError("InvalidName", `Invalid Name: '${name}' (letters, digits, - and _, at most 80)`);
      const text = input.input ?? "{}";
      checkedJson(text, "InvalidExecutionInput", "execution input");
      const row = executions.start(machine, name, text);
      return { executionArn: row.arn, startDate: date(row.started) };
    },

    async DescribeExecution({ executionArn, includedData }: sfn.DescribeExecutionCommandInput, call): Promise<object> {
      const row = executionOf(executionArn ?? "", call, "states:DescribeExecution");
      const data = includedData === "METADATA_ONLY" ? {} : { input: row.input, output: row.output ?? undefined };
      const reason = executions.notRedrivable(row);
      return {
        ...summary(row),
        ...data,
        inputDetails: { included: includedData !== "METADATA_ONLY" },
        error: row.error ?? undefined,
        cause: row.cause ?? undefined,
        redriveStatus: reason === undefined ? "REDRIVABLE" : "NOT_REDRIVABLE",
        redriveStatusReason: reason,
      };
    },

    async ListExecutions(input: sfn.ListExecutionsCommandInput, call): Promise<object> {
      refuse("ListExecutions", input, "mapRunArn", "redriveFilter");
      const machine = machineOf(input.stateMachineArn ?? "", call, "states:ListExecutions");
      const rows = store.sql("SELECT * FROM executions WHERE machine_arn = ? ORDER BY started DESC, arn").all(machine.arn) as unknown as ExecutionRow[];
      const wanted = rows.filter((row) => input.statusFilter === undefined || row.status === input.statusFilter);
      const { page, ...next } = pageOf(wanted, input.nextToken, input.maxResults);
      return { executions: page.map(summary), ...next };
    },

    async GetExecutionHistory(input: sfn.GetExecutionHistoryCommandInput, call): Promise<object> {
      const row = executionOf(input.executionArn ?? "", call, "states:GetExecutionHistory");
      const rows = store.sql("SELECT * FROM events WHERE execution = ? ORDER BY id").all(row.arn) as {
        id: number;
        previous: number;
        time: number;
        type: string;
        details: string;
      }[];
      const { page, ...next } = pageOf(input.reverseOrder ? rows.reverse() : rows, input.nextToken, input.maxResults);
      const events = page.map(({ id, previous, time, type, details }) => ({
        id,
        previousEventId: previous,
        timestamp: date(time),
        type,
        ...(JSON.parse(details) as object),
      }));
      if (input.includeExecutionData !== false) return { events, ...next };
      const strip = (event: object): object =>
        JSON.parse(JSON.stringify(event, (key, value) => (["input", "output", "parameters"].includes(key) ? undefined : value))) as object;
      return { events: events.map((event) => ({ ...strip(event), timestamp: event.timestamp })), ...next };
    },

    async ListMapRuns({ executionArn, maxResults, nextToken }: sfn.ListMapRunsCommandInput, call): Promise<object> {
      const row = executionOf(executionArn ?? "", call, "states:ListMapRuns");
      const { page, ...next } = pageOf(store.mapRunsOf(row.arn), nextToken, maxResults);
      const mapRuns = page.map(({ arn, started, stopped }) => ({
        executionArn: row.arn,
        mapRunArn: arn,
        stateMachineArn: row.machine_arn,
        startDate: date(started),
        stopDate: optional(stopped),
      }));
      return { mapRuns, ...next };
    },

    async DescribeMapRun({ mapRunArn = "" }: sfn.DescribeMapRunCommandInput, call): Promise<object> {
      call.authorize("states:DescribeMapRun", mapRunArn);
      const found = store.mapRun(mapRunArn);
      if (found === undefined) throw new ServiceError("ResourceNotFound", `Resource not found: '${mapRunArn}'`);
      const { run, execution } = found;
      const { total, running, succeeded, failed } = run.counts;
      const counts = {
        total,
        running,
        succeeded,
        failed,
        pending: total - running - succeeded - failed,
        timedOut: 0,
        aborted: 0,
        resultsWritten: succeeded + failed,
      };
      return {
        mapRunArn,
        executionArn: execution,
        status: run.status,
        startDate: date(run.started),
        stopDate: optional(run.stopped),
        maxConcurrency: run.maxConcurrency,
        toleratedFailureCount: run.toleratedFailureCount,
        toleratedFailurePercentage: run.toleratedFailurePercentage,
        itemCounts: counts,
        executionCounts: counts,
      };
    },

    async StopExecution({ executionArn, error, cause }: sfn.StopExecutionCommandInput, call): Promise<object> {
      const row = executionOf(executionArn ?? "", call, "states:StopExecution");
      await executions.stop(row.arn, error, cause);
      return { stopDate: optional(store.execution(row.arn)!.stopped) };
    },

    async RedriveExecution({ executionArn, clientToken }: sfn.RedriveExecutionCommandInput, call): Promise<object> {
      const row = executionOf(executionArn ?? "", call, "states:RedriveExecution");
      const before = clientToken === undefined ? undefined : executions.redrivenBy(row.arn, clientToken);
      if (before !== undefined) return { redriveDate: date(before) };
      const reason = executions.notRedrivable(row);
      if (reason !== undefined) throw new ServiceError("ExecutionNotRedrivable", `${reason}: '${row.arn}'`);
      return { redriveDate: date(executions.redrive(row.arn, clientToken)) };
    },

    async SendTaskSuccess({ taskToken, output }: sfn.SendTaskSuccessCommandInput, call): Promise<object> {
      const token = authorizeToken(taskToken, call, "states:SendTaskSuccess");
      tokens.answer(token, { output: checkedJson(output ?? "", "InvalidOutput", "output") });
      return {};
    },

    async SendTaskFailure({ taskToken, error = "", cause = "" }: sfn.SendTaskFailureCommandInput, call): Promise<object> {
      tokens.answer(authorizeToken(taskToken, call, "states:SendTaskFailure"), { error, cause });
      return {};
    },

    async SendTaskHeartbeat({ taskToken }: sfn.SendTaskHeartbeatCommandInput, call): Promise<object> {
      tokens.heartbeat(authorizeToken(taskToken, call, "states:SendTaskHeartbeat"));
      return {};
    },

    async DescribeStateMachine({ stateMachineArn }: sfn.DescribeStateMachineCommandInput, call): Promise<object> {
      const machine = machineOf(stateMachineArn ?? "", call, "states:DescribeStateMachine");
      return {
        stateMachineArn: machine.arn,
        name: machine.name,
        status: "ACTIVE",
        definition: machine.definition,
        roleArn: machine.role_arn,
        type: "STANDARD",
        creationDate: date(machine.created),
        revisionId: machine.revision,
      };
    },

    async ListStateMachines({ maxResults, nextToken }: sfn.ListStateMachinesCommandInput, call): Promise<object> {
      call.authorize("states:ListStateMachines", "*");
      const { page, ...next } = pageOf(store.sql("SELECT * FROM machines ORDER BY name").all() as unknown as MachineRow[], nextToken, maxResults);
      return { stateMachines: page.map(({ arn, name, created }) => ({ stateMachineArn: arn, name, type: "STANDARD", creationDate: date(created) })), ...next };
    },
  };
}
