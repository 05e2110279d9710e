/** Places for heavy work, given out in the order of asking. */
export interface Slots {
  /** Waits for a place; the answer gives it back. Rejects with the signal's reason if that comes first. */
  acquire(signal: AbortSignal): Promise<() => void>;
}

/** `count` places, shared by the services of one local cloud so that its jobs don't starve one another of processors. */
export function createSlots(count: number): Slots {
  let free = count;
  const waiting: (() => void)[] = [];
  const release = (): void => {
    const next = waiting.shift();
    if (next) next();
    else free++;
  };
  const once = (): (() => void) => {
    let given = true;
    return () => {
      if (given) release();
      given = false;
    };
  };
  return {
    acquire(signal) {
      if (signal.aborted) return Promise.reject(signal.reason);
      if (free > 0) {
        free--;
        return Promise.resolve(once());
      }
      return new Promise((resolve, reject) => {
        const enter = (): void => {
          signal.removeEventListener("abort", leave);
          resolve(once());
        };
        const leave = (): void => {
          waiting.splice(waiting.indexOf(enter), 1);
          reject(signal.reason);
        };
        waiting.push(enter);
        signal.addEventListener("abort", leave, { once: true });
      });
    },
  };
}
