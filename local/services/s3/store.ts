import { randomBytes } from "node:crypto";
import type { DatabaseSync } from "node:sqlite";
import { ServiceError } from "../../wire/service.ts";
import { transaction } from "../database.ts";
import { outboxSchema } from "../outbox.ts";
import type { Checksum } from "./checksums.ts";
import type { CorsRule } from "./cors.ts";

export const schema = `
CREATE TABLE IF NOT EXISTS buckets (
  name TEXT PRIMARY KEY,
  settings TEXT NOT NULL
) STRICT;
-- Versions of objects. Of the versions of a key the one with the greatest id is the current one, and has latest = 1.
CREATE TABLE IF NOT EXISTS versions (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  bucket TEXT NOT NULL,
  key TEXT NOT NULL,
  version TEXT NOT NULL,
  latest INTEGER NOT NULL,
  blob TEXT, -- null for a delete marker
  size INTEGER NOT NULL,
  etag TEXT NOT NULL,
  modified INTEGER NOT NULL,
  facts TEXT NOT NULL,
  UNIQUE (bucket, key, version)
) STRICT;
CREATE UNIQUE INDEX IF NOT EXISTS current ON versions (bucket, key) WHERE latest = 1;
CREATE TABLE IF NOT EXISTS uploads (
  id TEXT PRIMARY KEY,
  bucket TEXT NOT NULL,
  key TEXT NOT NULL,
  initiated INTEGER NOT NULL,
  blob TEXT, -- the file in which parts are put together
  part_size INTEGER,
  facts TEXT NOT NULL,
  completed TEXT -- the answer, for a client that asks again
) STRICT;
CREATE INDEX IF NOT EXISTS uploads_by_key ON uploads (bucket, key, id);
CREATE TABLE IF NOT EXISTS parts (
  upload TEXT NOT NULL REFERENCES uploads (id) ON DELETE CASCADE,
  number INTEGER NOT NULL,
  blob TEXT, -- null for a part that lies in the upload's own file
  offset INTEGER NOT NULL,
  size INTEGER NOT NULL,
  etag TEXT NOT NULL,
  modified INTEGER NOT NULL,
  checksum TEXT,
  PRIMARY KEY (upload, number)
) STRICT;
${outboxSchema}
`;

export interface BucketSettings {
  readonly versioning: "Never" | "Enabled" | "Suspended";
  readonly encryptionKeyArn?: string | undefined;
  readonly cors: readonly CorsRule[];
  readonly eventBridge: boolean;
  /** Object Lock, and what every new version is locked for. */
  readonly objectLock?: boolean | undefined;
  readonly lockMode?: Retention["mode"] | undefined;
  readonly lockDays?: number | undefined;
}

/** Until when a version can't be deleted, in milliseconds since 1970. */
export interface Retention {
  readonly mode: "COMPLIANCE" | "GOVERNANCE";
  readonly until: number;
}

export interface Bucket extends BucketSettings {
  readonly name: string;
}

export type Encryption = { readonly algorithm: "AES256" } | { readonly algorithm: "aws:kms"; readonly keyArn: string };
export type Tag = { readonly Key: string; readonly Value: string };

/** What is told of an object beside its bytes. */
export interface Facts {
  /** Headers that come back with the object: content-type, x-amz-meta-... */
  readonly headers: Readonly<Record<string, string>>;
  readonly tags: readonly Tag[];
  readonly encryption: Encryption;
  readonly checksum?: Checksum | undefined;
  readonly retention?: Retention | undefined;
  /** Whether somebody put the version under a hold, or took it off; undefined if neither. */
  readonly legalHold?: boolean | undefined;
  /** Of an object that was uploaded in parts. */
  readonly parts?: readonly { readonly size: number; readonly checksum?: string | undefined }[] | undefined;
}

/** A version of an object, or a delete marker (`blob` is null). */
export interface Version {
  readonly id: number;
  readonly bucket: string;
  readonly key: string;
  /** `null` for one that was written while the bucket kept no versions. */
  readonly version: string;
  readonly latest: number;
  readonly blob: string | null;
  readonly size: number;
  /** Without quotes. */
  readonly etag: string;
  /** Milliseconds since 1970. */
  readonly modified: number;
  readonly facts: Facts;
}

export interface NewObject {
  readonly blob: string;
  readonly size: number;
  readonly etag: string;
  readonly facts: Facts;
}

export interface Store {
  readonly database: DatabaseSync;
  /** @throws ServiceError NoSuchBucket */
  bucket(name: string): Bucket;
  hasBucket(name: string): boolean;
  putBucket(bucket: Bucket): void;
  /** The current version, a delete marker included. */
  current(bucket: string, key: string): Version | undefined;
  version(bucket: string, key: string, version: string): Version | undefined;
  /** Makes a version the current one. Returns it, and the files that nothing names any more. Only inside a transaction. */
  insert(bucket: Bucket, key: string, object: NewObject | "delete marker"): { version: Version; released: string[] };
  /** Removes one version for good. Only inside a transaction. */
  removeVersion(version: Version): { released: string[] };
  setFacts(version: Version, facts: Facts): void;
  transaction<T>(work: () => T): T;
  /** Every file that a version, an upload or a part names. */
  namedBlobs(): Set<string>;
}

type Row = Record<string, null | number | bigint | string | Uint8Array>;
export const versionOf = (row: Row): Version => ({ ...(row as unknown as Version), facts: JSON.parse(row["facts"] as string) as Facts });

export function createStore(database: DatabaseSync): Store {
  const sql = {
    bucket: database.prepare("SELECT settings FROM buckets WHERE name = ?"),
    putBucket: database.prepare("INSERT INTO buckets VALUES (?, ?) ON CONFLICT (name) DO UPDATE SET settings = excluded.settings"),
    current: database.prepare("SELECT * FROM versions WHERE bucket = ? AND key = ? AND latest = 1"),
    version: database.prepare("SELECT * FROM versions WHERE bucket = ? AND key = ? AND version = ?"),
    newest: database.prepare("SELECT id FROM versions WHERE bucket = ? AND key = ? ORDER BY id DESC LIMIT 1"),
    setLatest: database.prepare("UPDATE versions SET latest = ? WHERE id = ?"),
    insert: database.prepare(
      "INSERT INTO versions (bucket, key, version, latest, blob, size, etag, modified, facts) VALUES (?, ?, ?, 1, ?, ?, ?, ?, ?) RETURNING *",
    ),
    remove: database.prepare("DELETE FROM versions WHERE id = ?"),
    setFacts: database.prepare("UPDATE versions SET facts = ? WHERE id = ?"),
    blobs: database.prepare(
      "SELECT blob FROM versions WHERE blob IS NOT NULL UNION SELECT blob FROM uploads WHERE blob IS NOT NULL UNION SELECT blob FROM parts WHERE blob IS NOT NULL",
    ),
  };
  const read = (row: Row | undefined) => (row === undefined ? undefined : versionOf(row));
  const find = (name: string): Bucket | undefined => {
    const row = sql.bucket.get(name);
    return row && { name, ...(JSON.parse(row["settings"] as string) as BucketSettings) };
  };
  const current = (bucket: string, key: string) => read(sql.current.get(bucket, key));

  return {
    database,
    current,
    bucket(name) {
      const bucket = find(name);
      if (!bucket) throw new ServiceError("NoSuchBucket", `The bucket ${name} does not exist.`, 404);
      return bucket;
    },
    hasBucket: (name) => find(name) !== undefined,
    putBucket: ({ name, ...settings }) => void sql.putBucket.run(name, JSON.stringify(settings)),
    version: (bucket, key, version) => read(sql.version.get(bucket, key, version)),
    insert(bucket, key, object) {
      const version = bucket.versioning === "Enabled" ? randomBytes(24).toString("base64url") : "null";
      const previous = current(bucket.name, key);
      if (previous) sql.setLatest.run(0, previous.id);
      // There is at most one version "null"; a write without versions takes its place.
      const replaced = version === "null" ? read(sql.version.get(bucket.name, key, "null")) : undefined;
      if (replaced) sql.remove.run(replaced.id);
      const { blob, size, etag, facts } = object === "delete marker" ? { blob: null, size: 0, etag: "", facts: {} } : object;
      const row = sql.insert.get(bucket.name, key, version, blob, size, etag, Date.now(), JSON.stringify(facts)) as Row;
      return { version: versionOf(row), released: replaced?.blob ? [replaced.blob] : [] };
    },
    removeVersion(version) {
      sql.remove.run(version.id);
      const newest = sql.newest.get(version.bucket, version.key);
      if (version.latest && newest) sql.setLatest.run(1, newest["id"] as number);
      return { released: version.blob ? [version.blob] : [] };
    },
    setFacts: (version, facts) => void sql.setFacts.run(JSON.stringify(facts), version.id),
    transaction: (work) => transaction(database, work),
    namedBlobs: () => new Set(sql.blobs.all().map((row) => row["blob"] as string)),
  };
}
