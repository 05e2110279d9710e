import {
  DeleteFunctionCommand,
  GetFunctionConfigurationCommand,
  InvokeCommand,
  type LambdaClient,
  PublishVersionCommand,
  UpdateFunctionConfigurationCommand,
  waitUntilFunctionUpdatedV2,
  waitUntilPublishedVersionActive,
} from "@aws-sdk/client-lambda";

/** What a function took with so much memory. */
export interface Measured {
  readonly memoryMb: number;
  /** Milliseconds that were billed, the median of all runs but the first, which also starts the function. */
  readonly billedMs: number;
  /** The most that any run used. */
  readonly usedMb: number;
  /** Dollars of a million invocations. */
  readonly millionDollars: number;
}

export interface TuningArgs {
  readonly functionName: string;
  readonly payload: string;
  readonly sizes: readonly number[];
  /** Runs that count, for each size. */
  readonly runs: number;
  /** US dollars a GB-second, and a million requests. */
  readonly prices: { readonly gbSecond: number; readonly million: number };
}

/** Seconds that a change of a function's configuration may take. */
const longestWait = 120;

/**
 * Invokes a function with several sizes of memory and tells what each takes and costs, after AWS Lambda Power Tuning: each size is a version of its own, so that
 * nobody else meets it, except that `$LATEST` has it for a moment. The function is as it was before in the end, whatever happens.
 * Throws an Error if the function fails on the payload: a failure's time says nothing.
 */
export async function tuneMemory(lambda: LambdaClient, { functionName, payload, sizes, runs, prices }: TuningArgs): Promise<Measured[]> {
  const FunctionName = functionName;
  const { MemorySize: before } = await lambda.send(new GetFunctionConfigurationCommand({ FunctionName }));
  const resize = async (MemorySize: number | undefined): Promise<void> => {
    await lambda.send(new UpdateFunctionConfigurationCommand({ FunctionName, MemorySize }));
    await waitUntilFunctionUpdatedV2({ client: lambda, maxWaitTime: longestWait }, { FunctionName });
  };
  const measured: Measured[] = [];
  try {
    for (const memoryMb of sizes) {
      await resize(memoryMb);
      const { Version: Qualifier } = await lambda.send(new PublishVersionCommand({ FunctionName, Description: `tuning at ${memoryMb} MB` }));
      try {
        await waitUntilPublishedVersionActive({ client: lambda, maxWaitTime: longestWait }, { FunctionName, Qualifier });
        const reports: Report[] = [];
        for (let run = 0; run <= runs; run++) reports.push(await invoke(lambda, { FunctionName, Qualifier, payload }));
        measured.push(summary(memoryMb, reports, prices));
      } finally {
        // Version "1" where none was published before; never $LATEST, which would delete the function.
        if (Qualifier !== undefined && /^\d+$/.test(Qualifier)) await lambda.send(new DeleteFunctionCommand({ FunctionName, Qualifier }));
      }
    }
  } finally {
    await resize(before);
  }
  return measured;
}

interface Report {
  readonly billedMs: number;
  readonly usedMb: number;
}

async function invoke(
  lambda: LambdaClient,
  { FunctionName, Qualifier, payload }: { FunctionName: string; Qualifier: string | undefined; payload: string },
): Promise<Report> {
  const { FunctionError, LogResult, Payload } = await lambda.send(
    new InvokeCommand({ FunctionName, Qualifier, LogType: "Tail", Payload: Buffer.from(payload) }),
  );
  if (FunctionError !== undefined) {
    const { errorType = "", errorMessage = "" } = JSON.parse(Buffer.from(Payload ?? "{}").toString()) as { errorType?: string; errorMessage?: string };
    throw new Error(`${FunctionName} fails on this payload: ${errorType}: ${errorMessage}`);
  }
  return reportIn(Buffer.from(LogResult ?? "", "base64").toString());
}

/** What Lambda says at the end of an invocation, in either format of logs. Throws an Error if it does not. */
export function reportIn(log: string): Report {
  const text = /Billed Duration: (\d+) ms\s+Memory Size: \d+ MB\s+Max Memory Used: (\d+) MB/.exec(log);
  if (text) return { billedMs: Number(text[1]), usedMb: Number(text[2]) };
  for (const line of log.split("\n").reverse()) {
    if (!line.includes('"platform.report"')) continue;
    const { metrics } = (JSON.parse(line) as { record: { metrics: { billedDurationMs: number; maxMemoryUsedMB: number } } }).record;
    return { billedMs: metrics.billedDurationMs, usedMb: metrics.maxMemoryUsedMB };
  }
  throw new Error("Lambda gave no report of the invocation; the function's systemLogLevel must be INFO.");
}

function summary(memoryMb: number, reports: readonly Report[], { gbSecond, million }: TuningArgs["prices"]): Measured {
  const billed = reports
    .slice(1)
    .map(({ billedMs }) => billedMs)
    .sort((a, b) => a - b);
  const billedMs = ((billed[Math.floor((billed.length - 1) / 2)] as number) + (billed[Math.floor(billed.length / 2)] as number)) / 2;
  return {
    memoryMb,
    billedMs,
    usedMb: Math.max(...reports.map(({ usedMb }) => usedMb)),
    millionDollars: million + (memoryMb / 1024) * (billedMs / 1000) * gbSecond * 1e6,
  };
}

/** A table of what was measured, with the cheapest and the fastest named. */
export function tuningTable(measured: readonly Measured[]): string {
  const least = (of: (one: Measured) => number): Measured => measured.reduce((best, one) => (of(one) < of(best) ? one : best));
  const [cheapest, fastest] = [least(({ millionDollars }) => millionDollars), least(({ billedMs }) => billedMs)];
  const lines = measured.map((one) => {
    const names = [...(one === cheapest ? ["cheapest"] : []), ...(one === fastest ? ["fastest"] : [])].join(", ");
    const cells = [`${one.memoryMb} MB`, `${one.billedMs} ms`, `${one.usedMb} MB used`, `$${one.millionDollars.toFixed(2)} a million`];
    return [...cells.map((cell) => cell.padEnd(18)), names].join("").trimEnd();
  });
  return `${lines.join("\n")}\n`;
}
