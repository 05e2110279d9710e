import { AsyncLocalStorage } from "node:async_hooks";
import { setImmediate } from "node:timers/promises";

/** The program waits for something that nothing will ever bring: no timer, socket or file keeps the process going. */
export class NeverSettles extends Error {
  override readonly name = "NeverSettles";
}

const watched = new AsyncLocalStorage<true>();
let queue: Promise<unknown> = Promise.resolve();

/**
 * Runs work and answers every error that it left unhandled, its own rejection last. An error inside an `apply` reaches
 * nobody else: Pulumi's runtime drops the resource and goes on, or waits for ever.
 *
 * Node's handlers are process-wide, so one such work runs after the other (work started from within is part of it),
 * and the handlers of before are back when it ends.
 */
export function unhandledErrors(work: () => Promise<unknown>, quiet: () => Promise<void>): Promise<unknown[]> {
  if (watched.getStore()) {
    return work().then(
      () => [],
      (error) => [error],
    );
  }
  const run = queue.then(() => watched.run(true, () => watch(work, quiet)));
  queue = run.catch(() => undefined);
  return run;
}

async function watch(work: () => Promise<unknown>, quiet: () => Promise<void>): Promise<unknown[]> {
  const errors = new Set<unknown>();
  const { promise: interrupted, resolve: interrupt } = Promise.withResolvers<void>();
  const onRejection = (error: unknown): void => {
    errors.add(error);
    interrupt();
  };
  const onIdle = (): void => onRejection(new NeverSettles("waits for a promise that never settles."));
  const before = process.listeners("unhandledRejection");
  process.removeAllListeners("unhandledRejection");
  process.on("unhandledRejection", onRejection);
  process.once("beforeExit", onIdle);
  try {
    const done = work().catch((error: unknown) => void errors.add(error));
    // After an error the work may never end: what else goes wrong in the meantime is still worth hearing.
    await Promise.race([done, interrupted.then(quiet)]);
    await setImmediate();
    return [...errors];
  } finally {
    process.off("beforeExit", onIdle);
    process.off("unhandledRejection", onRejection);
    for (const listener of before) process.on("unhandledRejection", listener);
  }
}
