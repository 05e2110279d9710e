import { openDatabase } from "../database.ts";

/**
 * What the program last laid under a key, by its tag. AWS is told of an object again only when the program's own changes: what the
 * platform put in its place since, a network that a person approved, stays over the next start.
 */
export interface LaidObjects {
  isLaid(bucket: string, key: string, etag: string): boolean;
  record(bucket: string, key: string, etag: string): void;
  close(): void;
}

export function openLaidObjects(dir: string): LaidObjects {
  const database = openDatabase(dir, "CREATE TABLE IF NOT EXISTS laid (bucket TEXT, key TEXT, etag TEXT NOT NULL, PRIMARY KEY (bucket, key)) STRICT");
  const get = database.prepare("SELECT etag FROM laid WHERE bucket = ? AND key = ?");
  const put = database.prepare("INSERT INTO laid VALUES (?, ?, ?) ON CONFLICT DO UPDATE SET etag = excluded.etag");
  return {
    isLaid: (bucket, key, etag) => (get.get(bucket, key) as { etag: string } | undefined)?.etag === etag,
    record: (bucket, key, etag) => void put.run(bucket, key, etag),
    close: () => database.close(),
  };
}
