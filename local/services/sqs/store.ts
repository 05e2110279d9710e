import { randomUUID } from "node:crypto";
import { openDatabase, transaction } from "../database.ts";

/** A queue and its settings; times in seconds, as SQS names them. */
export interface Queue {
  readonly arn: string;
  readonly name: string;
  readonly visibilityTimeoutSeconds: number;
  readonly messageRetentionSeconds: number;
  readonly delaySeconds: number;
  readonly receiveWaitTimeSeconds: number;
  readonly maxMessageSize: number;
  /** Key that the queue is encrypted with at AWS; callers must be allowed to use it. */
  readonly kmsMasterKeyId?: string;
  readonly redrivePolicy?: { readonly deadLetterTargetArn: string; readonly maxReceiveCount: number };
}

/** A message as received; times are epoch milliseconds. */
export interface Message {
  readonly id: string;
  readonly body: string;
  readonly sender: string;
  readonly sent: number;
  readonly received: number;
  readonly first_received: number | null;
  readonly receipt: string;
  readonly source: string | null;
}

const schema = `
CREATE TABLE IF NOT EXISTS queues (arn TEXT PRIMARY KEY, settings TEXT NOT NULL, created INTEGER NOT NULL, modified INTEGER NOT NULL) STRICT;
CREATE TABLE IF NOT EXISTS messages (
  id TEXT PRIMARY KEY, queue TEXT NOT NULL REFERENCES queues (arn), body TEXT NOT NULL, sender TEXT NOT NULL, sent INTEGER NOT NULL,
  visible INTEGER NOT NULL, received INTEGER NOT NULL DEFAULT 0, first_received INTEGER, receipt TEXT, source TEXT) STRICT;
CREATE INDEX IF NOT EXISTS messages_by_visibility ON messages (queue, visible);
CREATE TABLE IF NOT EXISTS moves (
  handle TEXT PRIMARY KEY, source TEXT NOT NULL, destination TEXT, status TEXT NOT NULL, started INTEGER NOT NULL,
  total INTEGER NOT NULL, moved INTEGER NOT NULL, failure TEXT) STRICT;
`;

/** What a task that moved messages did. Without a destination each message went back to the queue it came from. */
export interface Move {
  readonly handle: string;
  readonly source: string;
  readonly destination: string | null;
  readonly status: "COMPLETED" | "FAILED";
  readonly started: number;
  readonly total: number;
  readonly moved: number;
  readonly failure: string | null;
}

export type QueueStore = ReturnType<typeof openQueueStore>;

/** Queues and messages in sqlite. Every function is one transaction. */
export function openQueueStore(dir: string) {
  const database = openDatabase(dir, schema);
  const one = <T>(text: string, ...values: (string | number | null)[]) => database.prepare(text).get(...values) as T | undefined;

  const queue = (arn: string): (Queue & { readonly created: number; readonly modified: number }) | undefined => {
    const row = one<{ settings: string; created: number; modified: number }>("SELECT * FROM queues WHERE arn = ?", arn);
    return row && { ...(JSON.parse(row.settings) as Queue), created: row.created, modified: row.modified };
  };

  return {
    queue,
    close: () => database.close(),

    put(settings: Queue): void {
      const text = JSON.stringify(settings);
      const now = Date.now();
      database
        .prepare(
          "INSERT INTO queues VALUES (?, ?, ?, ?) ON CONFLICT (arn) DO UPDATE SET settings = excluded.settings, modified = excluded.modified WHERE settings <> excluded.settings",
        )
        .run(settings.arn, text, now, now);
    },

    /** Stores a message; gives its id. */
    add(to: Queue, sender: string, body: string, delaySeconds: number | undefined): string {
      const id = randomUUID();
      const now = Date.now();
      const visible = now + (delaySeconds ?? to.delaySeconds) * 1000;
      database.prepare("INSERT INTO messages (id, queue, body, sender, sent, visible) VALUES (?, ?, ?, ?, ?, ?)").run(id, to.arn, body, sender, now, visible);
      return id;
    },

    /** Takes up to `most` visible messages and hides them. What was received too often moves to the dead-letter queue; what is too old goes. */
    take(from: Queue, most: number, visibilityTimeoutSeconds: number): Message[] {
      const now = Date.now();
      return transaction(database, () => {
        database.prepare("DELETE FROM messages WHERE queue = ? AND sent < ?").run(from.arn, now - from.messageRetentionSeconds * 1000);
        if (from.redrivePolicy) {
          const { deadLetterTargetArn, maxReceiveCount } = from.redrivePolicy;
          database
            .prepare(
              "UPDATE messages SET queue = ?, visible = ?, received = 0, first_received = NULL, receipt = NULL, source = ? WHERE queue = ? AND visible <= ? AND received >= ?",
            )
            .run(deadLetterTargetArn, now, from.arn, from.arn, now, maxReceiveCount);
        }
        const ids = database.prepare("SELECT id FROM messages WHERE queue = ? AND visible <= ? ORDER BY visible, sent LIMIT ?").all(from.arn, now, most) as {
          id: string;
        }[];
        const receive = database.prepare(
          "UPDATE messages SET visible = ?, received = received + 1, first_received = coalesce(first_received, ?), receipt = ? WHERE id = ? RETURNING *",
        );
        return ids.map(({ id }) => receive.get(now + visibilityTimeoutSeconds * 1000, now, `${id}#${randomUUID()}`, id) as unknown as Message);
      });
    },

    /** Whether some queue sends its dead letters here. */
    takesDeadLetters: (arn: string): boolean =>
      one("SELECT 1 FROM queues WHERE json_extract(settings, '$.redrivePolicy.deadLetterTargetArn') = ?", arn) !== undefined,

    /** Queues that the messages of a dead-letter queue came from. */
    originsOf: (arn: string): string[] =>
      (database.prepare("SELECT DISTINCT source FROM messages WHERE queue = ? AND source IS NOT NULL").all(arn) as { source: string }[]).map(
        ({ source }) => source,
      ),

    /**
     * Moves every visible message to the destination, or to the queue that it came from; there it is a new message. One
     * that came from no queue stays, and fails the move.
     */
    move(from: string, destination: string | undefined): Move {
      const now = Date.now();
      return transaction(database, () => {
        const messages = database
          .prepare("SELECT id, coalesce(?, source) AS target FROM messages WHERE queue = ? AND visible <= ?")
          .all(destination ?? null, from, now) as { id: string; target: string | null }[];
        const update = database.prepare(
          "UPDATE messages SET id = ?, queue = ?, sent = ?, visible = ?, received = 0, first_received = NULL, receipt = NULL, source = NULL WHERE id = ?",
        );
        const homeless = messages.filter(({ target }) => target === null).length;
        for (const { id, target } of messages) if (target !== null) update.run(randomUUID(), target, now, now, id);
        const move: Move = {
          handle: randomUUID(),
          source: from,
          destination: destination ?? null,
          status: homeless === 0 ? "COMPLETED" : "FAILED",
          started: now,
          total: messages.length,
          moved: messages.length - homeless,
          failure: homeless === 0 ? null : "CouldNotDetermineMessageSource",
        };
        const { handle, source, status, started, total, moved, failure } = move;
        database.prepare("INSERT INTO moves VALUES (?, ?, ?, ?, ?, ?, ?, ?)").run(handle, source, move.destination, status, started, total, moved, failure);
        return move;
      });
    },

    /** The latest moves out of a queue, newest first. */
    movesOf: (arn: string, most: number): Move[] =>
      database.prepare("SELECT * FROM moves WHERE source = ? ORDER BY started DESC, rowid DESC LIMIT ?").all(arn, most) as unknown as Move[],

    /** Epoch milliseconds when the next hidden message can be seen; undefined if the queue is empty. */
    nextVisible: (arn: string): number | undefined =>
      one<{ next: number | null }>("SELECT min(visible) AS next FROM messages WHERE queue = ?", arn)?.next ?? undefined,

    /** Deletes the message that was last received with this receipt; a stale receipt deletes nothing. */
    remove: (arn: string, receipt: string): void => {
      database.prepare("DELETE FROM messages WHERE queue = ? AND receipt = ?").run(arn, receipt);
    },

    /** Hides a received message anew from now on. False if it is not in flight. */
    hide: (arn: string, receipt: string, seconds: number): boolean => {
      const now = Date.now();
      return (
        database.prepare("UPDATE messages SET visible = ? WHERE queue = ? AND receipt = ? AND visible > ?").run(now + seconds * 1000, arn, receipt, now)
          .changes > 0
      );
    },

    counts: (arn: string): { visible: number; inFlight: number; delayed: number } => {
      const now = Date.now();
      return one<{ visible: number; inFlight: number; delayed: number }>(
        `SELECT count(*) FILTER (WHERE visible <= ?1) AS visible, count(*) FILTER (WHERE visible > ?1 AND received > 0) AS inFlight,
         count(*) FILTER (WHERE visible > ?1 AND received = 0) AS delayed FROM messages WHERE queue = ?2`,
        now,
        arn,
      )!;
    },
  };
}
