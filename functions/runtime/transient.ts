import { TryAgain } from "./errors.ts";

/** The part of an SDK client that takes middleware. */
interface Client {
  middlewareStack: {
    // biome-ignore lint/suspicious/noExplicitAny: each client types its stack with its own inputs and outputs.
    add(middleware: (next: (call: any) => Promise<any>) => (call: any) => Promise<any>, options: { step: "initialize"; name: string }): void;
  };
}

/** Makes a client throw TryAgain for what may pass: the SDK has retried, now it is the state machine's turn. */
export function orTryAgain<C extends Client>(client: C): C {
  const middleware = (next: (call: unknown) => Promise<unknown>) => async (call: unknown) => {
    try {
      return await next(call);
    } catch (error) {
      throw isTransient(error as Error) ? new TryAgain(`${(error as Error).name}: ${(error as Error).message}`, { cause: error }) : error;
    }
  };
  client.middlewareStack.add(middleware, { step: "initialize", name: "orTryAgain" });
  return client;
}

/**
 * Busy or failing services (HTTP 429, 5xx, and throttling by its various names), connections that broke, models of Bedrock that took too long or
 * failed of themselves (API reference: Converse, ModelTimeoutException, 408, ModelErrorException, 424), and S3's 409 of a write under a
 * condition: another operation on the object was under way, which says nothing of the condition. "On a 409 failure, retry the upload." (API
 * reference: PutObject, If-None-Match, If-Match) Where the condition does not hold, it is 412, PreconditionFailed: that does not pass.
 */
export function isTransient(error: Error & { $metadata?: { httpStatusCode?: number }; $retryable?: object; code?: string }): boolean {
  const status = error.$metadata?.httpStatusCode;
  if (error.$retryable !== undefined || status === 429 || (status !== undefined && status >= 500)) return true;
  return (
    /Throttl|ThroughputExceeded|TooManyRequests|SlowDown|LimitExceeded|^TimeoutError$|^ConditionalRequestConflict$|^Model(NotReady|Timeout|Error)Exception$/.test(
      error.name,
    ) || /^(ECONN|ETIMEDOUT|EPIPE|EAI_AGAIN)/.test(error.code ?? "")
  );
}
