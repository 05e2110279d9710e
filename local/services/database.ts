import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";

/**
 * Opens the database of one service in its folder, with its tables made.
 * Write-ahead logging with `synchronous = NORMAL`: what a statement committed survives the end of the process at any
 * instant; after a power cut the last commits may be gone, but the database is whole.
 */
export function openDatabase(dir: string, schema: string): DatabaseSync {
  mkdirSync(dir, { recursive: true, mode: 0o700 });
  const database = new DatabaseSync(join(dir, "state.sqlite"));
  database.exec("PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL; PRAGMA busy_timeout = 5000; PRAGMA foreign_keys = ON;");
  database.exec(schema);
  return database;
}

/** Runs `work` as one transaction: all of its statements count, or none. */
export function transaction<T>(database: DatabaseSync, work: () => T): T {
  database.exec("BEGIN IMMEDIATE");
  try {
    const result = work();
    database.exec("COMMIT");
    return result;
  } catch (error) {
    database.exec("ROLLBACK");
    throw error;
  }
}
