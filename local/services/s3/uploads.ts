import { createHash, randomBytes } from "node:crypto";
import type { DatabaseSync } from "node:sqlite";
import { ServiceError } from "../../wire/service.ts";
import type { Algorithm, ChecksumType } from "./checksums.ts";
import type { Encryption, Tag } from "./store.ts";

export interface Upload {
  readonly id: string;
  readonly bucket: string;
  readonly key: string;
  readonly initiated: number;
  /** The file in which parts are put together; null until a part lies in it. */
  readonly blob: string | null;
  /** Part `n` belongs at `(n - 1) * partSize` of that file, if all parts have this size but the last. Null until the first part came. */
  readonly partSize: number | null;
  readonly facts: {
    readonly headers: Readonly<Record<string, string>>;
    readonly tags: readonly Tag[];
    readonly encryption: Encryption;
    readonly checksum?: { readonly algorithm: Algorithm; readonly type: ChecksumType } | undefined;
  };
  /** How the upload was answered when it was completed. */
  readonly completed: Completed | undefined;
}

export interface Completed {
  readonly etag: string;
  readonly version: string;
}

export interface Part {
  readonly number: number;
  /** A file of its own, or null for a part that lies in the upload's file. */
  readonly blob: string | null;
  readonly offset: number;
  readonly size: number;
  /** MD5 in hex. */
  readonly etag: string;
  readonly modified: number;
  readonly checksum: { readonly algorithm: Algorithm; readonly value: string } | undefined;
}

type Row = Record<string, null | number | bigint | string | Uint8Array>;
const uploadOf = (row: Row): Upload => ({
  id: row["id"] as string,
  bucket: row["bucket"] as string,
  key: row["key"] as string,
  initiated: row["initiated"] as number,
  blob: row["blob"] as string | null,
  partSize: row["part_size"] as number | null,
  facts: JSON.parse(row["facts"] as string),
  completed: row["completed"] === null ? undefined : JSON.parse(row["completed"] as string),
});

const partOf = (row: Row): Part => ({ ...(row as unknown as Part), checksum: row["checksum"] === null ? undefined : JSON.parse(row["checksum"] as string) });

/** How long the answer to a completed upload is kept for a client that asks again: a day. */
const keepCompletedMs = 24 * 3600_000;

export interface Uploads {
  create(bucket: string, key: string, facts: Upload["facts"]): Upload;
  /** @throws ServiceError NoSuchUpload, also for one that is completed unless `completed` is wanted. */
  find(bucket: string, key: string, id: string, completed?: "completed too"): Upload;
  /** Gives the upload its file and part size, if it has none yet. Returns those that it has then. */
  place(id: string, blob: string, partSize: number): { blob: string; partSize: number };
  part(id: string, number: number): Part | undefined;
  /** In the order of numbers, from the first that is greater than `after`. */
  parts(id: string, after?: number): Part[];
  putPart(id: string, part: Part): void;
  /** Keeps the answer and forgets the parts. Only inside a transaction. */
  complete(id: string, completed: Completed): void;
  remove(id: string): void;
  /** Open uploads by key, then id. */
  list(bucket: string, prefix: string, keyMarker: string, idMarker: string, limit: number): Upload[];
  /** Forgets answers that nobody will ask for any more. */
  prune(): void;
}

export function createUploads(database: DatabaseSync): Uploads {
  const sql = {
    create: database.prepare("INSERT INTO uploads (id, bucket, key, initiated, facts) VALUES (?, ?, ?, ?, ?) RETURNING *"),
    find: database.prepare("SELECT * FROM uploads WHERE id = ? AND bucket = ? AND key = ?"),
    place: database.prepare("UPDATE uploads SET blob = coalesce(blob, ?), part_size = coalesce(part_size, ?) WHERE id = ? RETURNING blob, part_size"),
    part: database.prepare("SELECT number, blob, offset, size, etag, modified, checksum FROM parts WHERE upload = ? AND number = ?"),
    parts: database.prepare("SELECT number, blob, offset, size, etag, modified, checksum FROM parts WHERE upload = ? AND number > ? ORDER BY number"),
    putPart: database.prepare("INSERT OR REPLACE INTO parts (upload, number, blob, offset, size, etag, modified, checksum) VALUES (?, ?, ?, ?, ?, ?, ?, ?)"),
    complete: database.prepare("UPDATE uploads SET completed = ?, blob = NULL WHERE id = ?"),
    removeParts: database.prepare("DELETE FROM parts WHERE upload = ?"),
    remove: database.prepare("DELETE FROM uploads WHERE id = ?"),
    list: database.prepare(
      "SELECT * FROM uploads WHERE bucket = ? AND completed IS NULL AND key >= ? AND key < ? AND (key > ? OR (key = ? AND id > ?)) ORDER BY key, id LIMIT ?",
    ),
    prune: database.prepare("DELETE FROM uploads WHERE completed IS NOT NULL AND initiated < ?"),
  };
  return {
    create: (bucket, key, facts) => uploadOf(sql.create.get(randomBytes(32).toString("base64url"), bucket, key, Date.now(), JSON.stringify(facts)) as Row),
    find(bucket, key, id, completed) {
      const row = sql.find.get(id, bucket, key);
      if (!row || (row["completed"] !== null && !completed)) {
        throw new ServiceError(
          "NoSuchUpload",
          "The specified multipart upload does not exist. The upload ID may be invalid, or the upload may have been aborted or completed.",
          404,
        );
      }
      return uploadOf(row);
    },
    place(id, blob, partSize) {
      const row = sql.place.get(blob, partSize, id) as Row;
      return { blob: row["blob"] as string, partSize: row["part_size"] as number };
    },
    part(id, number) {
      const row = sql.part.get(id, number);
      return row && partOf(row);
    },
    parts: (id, after = 0) => sql.parts.all(id, after).map(partOf),
    putPart: (id, { number, blob, offset, size, etag, modified, checksum }) =>
      void sql.putPart.run(id, number, blob, offset, size, etag, modified, checksum ? JSON.stringify(checksum) : null),
    complete(id, completed) {
      sql.complete.run(JSON.stringify(completed), id);
      sql.removeParts.run(id);
    },
    remove: (id) => void sql.remove.run(id),
    list: (bucket, prefix, keyMarker, idMarker, limit) =>
      sql.list.all(bucket, prefix, `${prefix}\u{10ffff}`, keyMarker, keyMarker, idMarker, limit).map(uploadOf),
    prune: () => void sql.prune.run(Date.now() - keepCompletedMs),
  };
}

/** The ETag of an object in parts: MD5 over the parts' MD5s, and their number. */
export function multipartEtag(parts: readonly { etag: string }[]): string {
  const hash = createHash("md5");
  for (const { etag } of parts) hash.update(Buffer.from(etag, "hex"));
  return `${hash.digest("hex")}-${parts.length}`;
}
