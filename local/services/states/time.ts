import { Interrupted, type Interruption } from "./error.ts";

/** The longest delay a timer of Node takes, in milliseconds. */
const longestTimer = 2 ** 31 - 1;

/** Waits until a point in time (epoch milliseconds), or throws Interrupted as soon as the signal is aborted. */
export async function sleepUntil(due: number, signal: AbortSignal): Promise<void> {
  for (;;) {
    if (signal.aborted) throw new Interrupted(signal.reason as Interruption);
    const rest = due - Date.now();
    if (rest <= 0) return;
    await new Promise<void>((resolve) => {
      const done = () => {
        clearTimeout(timer);
        signal.removeEventListener("abort", done);
        resolve();
      };
      const timer = setTimeout(done, Math.min(rest, longestTimer));
      signal.addEventListener("abort", done, { once: true });
    });
  }
}
