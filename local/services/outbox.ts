import { randomUUID } from "node:crypto";
import type { DatabaseSync } from "node:sqlite";
import type { BusEvent, Log } from "./seams.ts";

/** Pauses between attempts to deliver, in milliseconds; the last one repeats. */
const pauses = [100, 500, 2000, 10_000];

/**
 * Events that lie in the database until the bus has taken them: an event is written in the transaction of the change it
 * tells of, and delivered at least once, in order, also after a restart.
 */
export interface Outbox {
  /** Only inside a transaction. */
  add(event: Omit<BusEvent, "id">): void;
  /** Begins to deliver, first what an earlier process left. Before that events only gather: the rules they match may not be declared yet. */
  start(): void;
  /** Delivers what lies there. Call after the transaction. */
  wake(): void;
  /** Stops delivering; resolves when a delivery under way has ended. */
  close(): Promise<void>;
}

/** The table that an outbox lies in. */
export const outboxSchema = "CREATE TABLE IF NOT EXISTS outbox (id INTEGER PRIMARY KEY AUTOINCREMENT, event TEXT NOT NULL) STRICT;";

/** The outbox of a service, by its name. */
export function createOutbox(service: string, database: DatabaseSync, publish: (event: BusEvent) => Promise<void>, log: Log): Outbox {
  const add = database.prepare("INSERT INTO outbox (event) VALUES (?)");
  const first = database.prepare("SELECT id, event FROM outbox ORDER BY id LIMIT 1");
  const remove = database.prepare("DELETE FROM outbox WHERE id = ?");
  const stop = new AbortController();
  let started = false;
  let delivering = false;
  let delivery: Promise<void> = Promise.resolve();

  async function deliver(): Promise<void> {
    let failures = 0;
    for (let next = first.get(); next && !stop.signal.aborted; next = stop.signal.aborted ? undefined : first.get()) {
      try {
        await publish(JSON.parse(next["event"] as string) as BusEvent);
        if (stop.signal.aborted) return;
        remove.run(next["id"] as number);
        failures = 0;
      } catch (error) {
        log(`${service} could not deliver an event and will try again: ${(error as Error).message}`);
        await pause(pauses[Math.min(failures++, pauses.length - 1)] as number, stop.signal);
      }
    }
    // At once, not in a later turn: an event that is added from now on must wake a new delivery.
    delivering = false;
  }

  const wake = (): void => {
    if (!started || delivering) return;
    delivering = true;
    delivery = deliver();
  };

  return {
    add: (event) => void add.run(JSON.stringify({ id: randomUUID(), ...event })),
    wake,
    start() {
      started = true;
      wake();
    },
    async close() {
      stop.abort();
      await delivery;
    },
  };
}

const pause = (milliseconds: number, signal: AbortSignal): Promise<void> =>
  new Promise((resolve) => {
    const timer = setTimeout(resolve, milliseconds);
    signal.addEventListener("abort", () => {
      clearTimeout(timer);
      resolve();
    });
  });
