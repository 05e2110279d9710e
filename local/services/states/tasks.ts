import { createHash, randomUUID } from "node:crypto";
import type { Authorizer, Log } from "../seams.ts";
import type { Json } from "./definition.ts";
import { Interrupted, type Interruption, StatesError } from "./error.ts";
import { type Integration, parseResource, request, requestOf } from "./integrations.ts";
import type { TaskAttempt } from "./interpreter.ts";
import { cancelJob, type JobKind, jobKindOf, lookAtJob, startJob } from "./jobs.ts";
import type { SdkCaller } from "./sdk.ts";
import type { HistoryEntry, Journal, Store } from "./store.ts";
import { sleepUntil } from "./time.ts";
import type { Tokens } from "./tokens.ts";

/** Milliseconds until the next look at a job: a twentieth of the time it has run, so that short jobs end promptly and long ones cost little. */
const pause = (elapsed: number): number => Math.min(2000, Math.max(100, elapsed / 20));

export interface TaskEnvironment {
  readonly store: Store;
  readonly tokens: Tokens;
  readonly sdk: SdkCaller;
  readonly authorizer: Authorizer;
  readonly journal: Journal;
  readonly log: Log;
  readonly region: string;
  readonly accountId: string;
  readonly execution: { readonly arn: string; readonly roleArn: string; readonly redriveCount: number };
}

/**
 * A signal that aborts with the outer one, or once the time is over. The time counts while this process runs:
 * after a restart a task has its whole time again, as its job could not go on either.
 */
function timeLimit(outer: AbortSignal, timeoutMs: number): { signal: AbortSignal; timedOut: () => boolean; clear: () => void } {
  const limit = new AbortController();
  const due = Date.now() + timeoutMs;
  sleepUntil(due, AbortSignal.any([outer, limit.signal])).then(
    () => limit.abort({ kind: "timed-out" } satisfies Interruption),
    () => undefined,
  );
  return { signal: AbortSignal.any([outer, limit.signal]), timedOut: () => limit.signal.aborted, clear: () => limit.abort() };
}

/** What AWS checks of the machine's role before it waits for a job. */
function authorizeManagedRule({ authorizer, execution, region, accountId }: TaskEnvironment, kind: JobKind): void {
  const rule = `arn:aws:events:${region}:${accountId}:rule/${kind.managedRule}`;
  try {
    for (const action of ["events:PutTargets", "events:PutRule", "events:DescribeRule"]) authorizer.authorize({ arn: execution.roleArn }, action, rule);
  } catch (error) {
    throw new StatesError("States.Permissions", (error as Error).message);
  }
}

/** Runs one attempt of a Task. Its arguments, job and token are recorded, so that a new process goes on with the same ones. */
export async function runTask(
  environment: TaskEnvironment,
  attempt: TaskAttempt,
): Promise<{ result: Json; lastEvent: number; succeeded: Omit<HistoryEntry, "previous"> }> {
  const { journal, sdk, tokens, execution } = environment;
  const integration = parseResource(attempt.resource);
  if (integration === undefined) throw new StatesError("States.Runtime", `The local cloud does not implement the resource ${attempt.resource}.`);
  const about = {
    resourceType: integration.optimised ? integration.service : `aws-sdk:${integration.service}`,
    resource: `${integration.operation}${integration.pattern}`,
  };
  let { lastEvent } = attempt;

  let token: string | undefined;
  if (integration.pattern === ".waitForTaskToken") {
    token = journal.recall(attempt.key, "token", attempt.attempt)?.value as string | undefined;
    if (token === undefined) {
      token = randomUUID();
      tokens.open(token, execution.arn);
      journal.record(attempt.key, "token", attempt.attempt, token, lastEvent);
    }
  }

  const known = journal.recall(attempt.key, "arguments", attempt.attempt);
  const args = known ? known.value : await attempt.arguments(token);
  if (known === undefined) {
    const parameters = JSON.stringify(args);
    const details = { taskScheduledEventDetails: { ...about, region: environment.region, parameters, timeoutInSeconds: attempt.timeoutMs / 1000 } };
    lastEvent = journal.record(
      attempt.key,
      "arguments",
      attempt.attempt,
      args,
      lastEvent,
      { type: "TaskScheduled", details },
      {
        type: "TaskStarted",
        details: { taskStartedEventDetails: about },
      },
    );
  } else lastEvent = known.event;

  const limit = timeLimit(attempt.signal, attempt.timeoutMs);
  try {
    let result: Json;
    if (integration.pattern.startsWith(".sync")) result = await runJob(environment, attempt, integration, args, known !== undefined, limit.signal);
    else if (token === undefined) result = await request(sdk, integration, args, limit.signal);
    else {
      if (journal.recall(attempt.key, "sent", attempt.attempt) === undefined) {
        await request(sdk, integration, args, limit.signal);
        lastEvent = journal.record(attempt.key, "sent", attempt.attempt, true, lastEvent, {
          type: "TaskSubmitted",
          details: { taskSubmittedEventDetails: about },
        });
      }
      result = await tokens.wait(token, attempt.heartbeatMs, limit.signal);
    }
    return { result, lastEvent, succeeded: { type: "TaskSucceeded", details: { taskSucceededEventDetails: { ...about, output: JSON.stringify(result) } } } };
  } catch (error) {
    if (attempt.signal.aborted) throw new Interrupted(attempt.signal.reason as Interruption);
    if (limit.timedOut()) throw new StatesError("States.Timeout", `The task took longer than its ${attempt.timeoutMs / 1000} s.`);
    throw error;
  } finally {
    const suspended = attempt.signal.aborted && (attempt.signal.reason as Interruption).kind === "suspended";
    if (token !== undefined && !suspended) tokens.close(token);
    limit.clear();
  }
}

/** Starts the job, or finds the one that an earlier process started, and waits for its end. Cancels it when interrupted. */
async function runJob(
  environment: TaskEnvironment,
  attempt: TaskAttempt,
  integration: Integration,
  args: Json,
  resumed: boolean,
  signal: AbortSignal,
): Promise<Json> {
  const { store, journal, sdk, execution, log } = environment;
  const kind = jobKindOf(integration);
  authorizeManagedRule(environment, kind);
  const clientToken = createHash("sha256").update(`${execution.arn}|${attempt.key}|${attempt.attempt}|${execution.redriveCount}`).digest("hex");
  const input = kind.prepare(requestOf(integration, args), clientToken);
  let id = journal.recall(attempt.key, "job", attempt.attempt)?.value as string | undefined;
  if (id === undefined) {
    id = await startJob(sdk, kind, integration.operation, input, resumed);
    store.sql("INSERT OR REPLACE INTO open_jobs VALUES (?, ?, ?, ?)").run(execution.arn, attempt.key, `${kind.service}:${integration.operation}`, id);
    const about = { resourceType: integration.service, resource: `${integration.operation}${integration.pattern}` };
    journal.record(attempt.key, "job", attempt.attempt, id, attempt.lastEvent, {
      type: "TaskSubmitted",
      details: { taskSubmittedEventDetails: { ...about, output: JSON.stringify({ id }) } },
    });
  }
  const forget = () => store.sql("DELETE FROM open_jobs WHERE execution = ? AND state = ?").run(execution.arn, attempt.key);
  const began = Date.now();
  try {
    for (;;) {
      const outcome = await lookAtJob(sdk, kind, id, signal);
      if (outcome) {
        forget();
        if ("failure" in outcome) throw outcome.failure;
        return outcome.result;
      }
      await sleepUntil(Date.now() + pause(Date.now() - began), signal);
    }
  } catch (error) {
    if (signal.aborted && (signal.reason as Interruption).kind !== "suspended") {
      await cancelJob(sdk, kind, id).catch((fault: Error) => log(`Job ${id} of ${attempt.key} could not be cancelled: ${fault.message}`));
      forget();
    }
    throw error;
  }
}
