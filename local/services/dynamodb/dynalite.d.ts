declare module "dynalite" {
  import type { Server } from "node:http";
  /** A DynamoDB server over LevelDB at `path`, not yet listening. */
  export default function dynalite(options: { path: string; createTableMs?: number; deleteTableMs?: number; updateTableMs?: number }): Server;
}
