import { randomUUID } from "node:crypto";
import { openDatabase } from "../database.ts";
import type { Log, Queues } from "../seams.ts";
import type { FunctionTable } from "./functions.ts";

/** Largest event of an asynchronous invocation, in bytes (Lambda quota: 1 MB). */
export const asynchronousLimit = 1_048_576;

/** Seconds before the first and the second retry of a failed asynchronous invocation (Lambda Developer Guide). */
const retryDelays = [60, 120];

const schema =
  "CREATE TABLE IF NOT EXISTS invocations (id TEXT PRIMARY KEY, function TEXT NOT NULL, event TEXT NOT NULL, attempt INTEGER NOT NULL, due INTEGER NOT NULL) STRICT;";

interface Row {
  readonly id: string;
  readonly function: string;
  readonly event: string;
  readonly attempt: number;
  readonly due: number;
}

/** Asynchronous invocations: durable, at least once, with two retries, then the function's dead-letter queue if it has one. */
export function createAsynchronous(dir: string, functions: FunctionTable, queues: Queues, log: Log) {
  const database = openDatabase(dir, schema);
  const running = new Map<string, Promise<void>>();
  let timer: NodeJS.Timeout | undefined;
  let started = false;
  let closed = false;

  async function run({ id, function: arn, event, attempt }: Row): Promise<void> {
    const failed = await functions.run(arn, event, id).then(
      (result) => (result.failed ? "it failed" : undefined),
      (error: Error) => error.message,
    );
    if (closed) return;
    const delay = retryDelays[attempt];
    if (failed !== undefined && delay !== undefined) {
      log(`Asynchronous invocation ${id} of ${arn} will be retried in ${delay} s: ${failed}`);
      database.prepare("UPDATE invocations SET attempt = attempt + 1, due = ? WHERE id = ?").run(Date.now() + delay * 1000, id);
      return;
    }
    if (failed !== undefined) await giveUp(id, arn, event, failed);
    database.prepare("DELETE FROM invocations WHERE id = ?").run(id);
  }

  /** As Lambda does, sends the event with the function's own role. */
  async function giveUp(id: string, arn: string, event: string, reason: string): Promise<void> {
    const { deadLetterArn, roleArn } = functions.settings(arn);
    log(`Asynchronous invocation ${id} of ${arn} is given up${deadLetterArn === undefined ? "" : ` and goes to ${deadLetterArn}`}: ${reason}`);
    if (deadLetterArn === undefined) return;
    await queues
      .send({ arn: roleArn }, deadLetterArn, event)
      .catch((error: Error) => log(`Asynchronous invocation ${id} of ${arn} is lost, its dead-letter queue refused it: ${error.message}`));
  }

  /** Runs what is due, and comes back when the next is. */
  function sweep(): void {
    if (!started || closed) return;
    clearTimeout(timer);
    const now = Date.now();
    const rows = database.prepare("SELECT * FROM invocations ORDER BY due").all() as unknown as Row[];
    const open = rows.filter(({ id }) => !running.has(id));
    for (const row of open.filter(({ due }) => due <= now)) {
      running.set(
        row.id,
        run(row).finally(() => {
          running.delete(row.id);
          sweep();
        }),
      );
    }
    const next = open.find(({ due }) => due > now);
    if (next) timer = setTimeout(sweep, next.due - now);
  }

  return {
    add(arn: string, event: string): string {
      const id = randomUUID();
      database.prepare("INSERT INTO invocations VALUES (?, ?, ?, 0, ?)").run(id, arn, event, Date.now());
      sweep();
      return id;
    },
    start(): void {
      started = true;
      sweep();
    },
    /** Stops; what has not ended runs again in the next process. */
    close(): void {
      closed = true;
      clearTimeout(timer);
      database.close();
    },
  };
}
