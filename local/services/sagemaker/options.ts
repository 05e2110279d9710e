import type { MediaTools } from "../../media/tools.ts";
import type { Slots } from "../jobs/slots.ts";
import type { Authorizer, Faults, Log, ObjectStore } from "../seams.ts";

export interface SageMakerOptions {
  /** Folder of the service's own. Inputs of jobs are linked into it, so it lies best on the object store's file system. */
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
