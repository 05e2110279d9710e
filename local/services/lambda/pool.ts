import type { Result, Worker } from "./worker.ts";

/** Milliseconds after which a process without work ends. */
const idleLimit = 120_000;

export interface Pool {
  invoke(requestId: string, event: string, timeoutMs: number): Promise<Result>;
  /** Ends idle processes now and busy ones after their invocation; `now` ends those too. */
  retire(now: boolean): void;
}

/** The warm processes of one function: at most `most`, each with one invocation at a time; further calls wait their turn. */
export function createPool(most: number, start: () => Worker): Pool {
  const idle: { worker: Worker; timer: NodeJS.Timeout }[] = [];
  const busy = new Set<Worker>();
  const waiting: (() => void)[] = [];
  let retired = false;

  async function lease(): Promise<Worker> {
    for (;;) {
      const kept = idle.pop();
      if (kept) clearTimeout(kept.timer);
      if (kept && !kept.worker.alive()) continue;
      if (kept || busy.size < most) {
        const worker = kept?.worker ?? start();
        busy.add(worker);
        return worker;
      }
      await new Promise<void>((resolve) => waiting.push(resolve));
    }
  }

  function release(worker: Worker): void {
    busy.delete(worker);
    if (worker.alive() && !retired) {
      const kept = { worker, timer: setTimeout(() => drop(kept), idleLimit).unref() };
      idle.push(kept);
    } else worker.kill();
    waiting.shift()?.();
  }

  function drop(kept: { worker: Worker; timer: NodeJS.Timeout }): void {
    clearTimeout(kept.timer);
    idle.splice(idle.indexOf(kept), 1);
    kept.worker.kill();
  }

  return {
    async invoke(requestId, event, timeoutMs) {
      const worker = await lease();
      try {
        return await worker.invoke(requestId, event, timeoutMs);
      } finally {
        release(worker);
      }
    },
    retire(now) {
      retired = true;
      for (const kept of [...idle]) drop(kept);
      if (now) for (const worker of busy) worker.kill();
    },
  };
}
