/** What the parent sends to a function's process. */
export interface Invocation {
  readonly requestId: string;
  /** JSON */
  readonly event: string;
  /** Epoch milliseconds when the invocation's time is over. */
  readonly deadline: number;
}

/** What a function's process sends back: `ready` or `broken` once after loading, then one `done` for each invocation. `payload` is JSON. */
export type Report =
  | { readonly type: "ready" }
  | { readonly type: "broken"; readonly payload: string }
  | { readonly type: "done"; readonly payload: string; readonly failed: boolean };

/** Largest event and result of a synchronous invocation, in bytes (Lambda quota: 6 MB). */
export const payloadLimit = 6_291_556;
