import type { MediaTools } from "../../media/tools.ts";
import type { Authorizer, Faults, Log, ObjectStore } from "../seams.ts";
import type { Slots } from "./slots.ts";

/** What a service of jobs on media needs: a place, tools, the objects it works on, and its share of the machine. */
export interface JobServiceOptions {
  /** Folder of the service's own. Inputs of jobs may be linked into it, so it lies best on the object store's file system. */
  readonly folder: string;
  readonly region: string;
  readonly account: string;
  readonly tools: MediaTools;
  readonly store: ObjectStore;
  readonly authorizer: Authorizer;
  readonly slots: Slots;
  readonly faults: Faults;
  readonly log: Log;
}
