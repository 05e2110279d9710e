import { createRequire } from "node:module";

type Debuggable = <Value>(promise: Promise<Value>, context?: string) => Promise<Value>;
const debuggable = createRequire(import.meta.url)("@pulumi/pulumi/runtime/debuggable.js") as { debuggablePromise: Debuggable };
const traced = debuggable.debuggablePromise;

/**
 * Pulumi's runtime writes down where each of its promises was made, tens of thousands of stack traces in a program, for a report of promises that never
 * settle. The traces took a quarter of the processor time in which a platform starts; which resources wait, `NeverSettles` tells here. So its promises carry
 * none; errors keep theirs.
 */
debuggable.debuggablePromise = (promise, context) => {
  const { stackTraceLimit } = Error;
  Error.stackTraceLimit = 0;
  try {
    return traced(promise, context);
  } finally {
    Error.stackTraceLimit = stackTraceLimit;
  }
};
