import { openDatabase } from "../database.ts";

/** Named things that outlive the process: images, models, endpoints, tags. A job that goes on after a crash finds them before anything is deployed again. */
export interface Registry {
  put(kind: string, name: string, value: object): void;
  get<Value>(kind: string, name: string): Value | undefined;
  remove(kind: string, name: string): void;
  list<Value>(kind: string): Value[];
  close(): void;
}

export function openRegistry(folder: string): Registry {
  const database = openDatabase(folder, "CREATE TABLE IF NOT EXISTS things (kind TEXT, name TEXT, value TEXT NOT NULL, PRIMARY KEY (kind, name)) STRICT");
  const put = database.prepare("INSERT INTO things VALUES (?, ?, ?) ON CONFLICT DO UPDATE SET value = excluded.value");
  const get = database.prepare("SELECT value FROM things WHERE kind = ? AND name = ?");
  const remove = database.prepare("DELETE FROM things WHERE kind = ? AND name = ?");
  const list = database.prepare("SELECT value FROM things WHERE kind = ? ORDER BY name");
  return {
    put: (kind, name, value) => void put.run(kind, name, JSON.stringify(value)),
    get<Value>(kind: string, name: string): Value | undefined {
      const row = get.get(kind, name) as { value: string } | undefined;
      return row && (JSON.parse(row.value) as Value);
    },
    remove: (kind, name) => void remove.run(kind, name),
    list: <Value>(kind: string) => (list.all(kind) as { value: string }[]).map(({ value }) => JSON.parse(value) as Value),
    close: () => database.close(),
  };
}
