import { randomBytes } from "node:crypto";
import { closeSync, createReadStream, type Dirent, linkSync, mkdirSync, openSync, readdirSync, rmSync } from "node:fs";
import { join } from "node:path";
import type { Readable } from "node:stream";

/**
 * The bytes of objects and parts, one file each. A file is written under a new random name and flushed before the
 * database names it; it is never changed after. A file that the database does not name is never served, and is removed at the next start.
 */
export interface Blobs {
  /** A name for a new file; its folder exists. */
  create(): string;
  /** A new file without bytes. */
  createEmpty(): string;
  path(blob: string): string;
  /** Another name for the same bytes: the copy of an object costs nothing. */
  link(blob: string): string;
  /** Bytes `start` to `end`, both included. The file is opened at once: whoever removes it later does not disturb the reader. */
  read(blob: string, start?: number, end?: number): Readable;
  remove(blobs: Iterable<string>): void;
  /** Removes every file that `named` does not hold. */
  sweep(named: ReadonlySet<string>): void;
}

export function createBlobs(dir: string, beforeWrite: () => void = () => undefined): Blobs {
  mkdirSync(dir, { recursive: true, mode: 0o700 });
  const path = (blob: string) => join(dir, blob.slice(0, 2), blob);
  const create = () => {
    beforeWrite();
    const blob = randomBytes(16).toString("hex");
    mkdirSync(join(dir, blob.slice(0, 2)), { recursive: true, mode: 0o700 });
    return blob;
  };
  const remove = (blobs: Iterable<string>) => {
    for (const blob of blobs) rmSync(path(blob), { force: true });
  };
  return {
    path,
    remove,
    create,
    createEmpty() {
      const blob = create();
      closeSync(openSync(path(blob), "wx", 0o600));
      return blob;
    },
    link(blob) {
      const copy = create();
      linkSync(path(blob), path(copy));
      return copy;
    },
    read(blob, start = 0, end = Number.POSITIVE_INFINITY) {
      return createReadStream("", { fd: openSync(path(blob), "r"), start, end, highWaterMark: 2 ** 18 });
    },
    sweep(named) {
      const files = readdirSync(dir, { recursive: true, withFileTypes: true }).filter((entry: Dirent) => entry.isFile());
      remove(files.map(({ name }) => name).filter((name) => !named.has(name)));
    },
  };
}
