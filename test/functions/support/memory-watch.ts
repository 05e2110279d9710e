import { createHash } from "node:crypto";
import { toUri } from "../../../contracts/keys.ts";
import type { WatchStore } from "../../../functions/learn/watch-store.ts";
import { parseStoredJson } from "../../../functions/runtime/parse.ts";
import { type MemoryLake, memoryLake } from "./memory-lake.ts";

/** What is known of networks, in memory; writes under a condition as S3 judges them. */
export function memoryWatch(lake: MemoryLake = memoryLake()): WatchStore & { readonly lake: MemoryLake } {
  const etagOf = (key: string): string | undefined => {
    const bytes = lake.objects.get(key);
    return bytes && createHash("md5").update(bytes).digest("hex");
  };
  return {
    lake,
    json: lake.json,
    putJson: lake.putJson,
    async tagged(key, schema) {
      const etag = etagOf(key);
      return etag === undefined ? undefined : { value: parseStoredJson(schema, await lake.text(key), toUri(lake.bucket, key)), etag };
    },
    async replace(key, value, replaces) {
      if (etagOf(key) !== replaces?.etag) return false;
      await lake.putJson(key, value);
      return true;
    },
  };
}
