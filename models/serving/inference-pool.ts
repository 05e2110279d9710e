import { once } from "node:events";
import { availableParallelism } from "node:os";
import { Worker } from "node:worker_threads";
import type { Model } from "../../contracts/model.ts";
import { type ExecutionProvider, executionProviders } from "./execution-providers.ts";
import type { Batch, BatchAnswer, FromWorker, Opened, ToWorker, WorkerData, WorkerModel } from "./inference-messages.ts";
import type { ModelFolder } from "./model-folder.ts";

/** Threads that each hold every network, so that any of them takes any batch. */
export interface InferencePool extends Opened {
  readonly threads: number;
  /** Runs the batch's networks one after another on one thread. `batch.pixels` is unusable until the answer gives it back. */
  run(batch: Batch): Promise<BatchAnswer>;
  /** Waits for the batches under way, then ends the threads. Never ends one within a run: that aborts the process. */
  close(): Promise<void>;
}

interface Task {
  readonly batch: Batch;
  resolve(answer: BatchAnswer): void;
  reject(error: Error): void;
}

export const outputNames = (model: Model): string[] => Object.values(model.outputs).filter((name) => name !== undefined);

/** Half the processor's threads, at least one, for networks: the other half decodes. */
export const inferenceThreads = (): number => Math.max(1, Math.floor(availableParallelism() / 2));

/** Opens the networks in `threads` threads. Throws only if a thread can't start; a network that can't open is in `failures`. */
export async function openInferencePool(
  folders: readonly ModelFolder[],
  threads: number,
  providers: readonly ExecutionProvider[] = executionProviders(),
): Promise<InferencePool> {
  const models = folders.map(({ model, graphFile }): WorkerModel => ({ id: model.id, graphFile, input: model.input, outputs: outputNames(model) }));
  const waiting: Task[] = [];
  const idle: Worker[] = [];
  const running = new Map<Worker, Task>();
  const underWay = new Set<Promise<BatchAnswer>>();
  let broken: Error | undefined;

  const dispatch = (): void => {
    while (idle.length > 0 && waiting.length > 0) {
      const worker = idle.pop() as Worker;
      const task = waiting.shift() as Task;
      running.set(worker, task);
      tell(worker, { type: "run", ...task.batch });
    }
  };
  const fail = (error: Error): void => {
    broken = error;
    for (const task of [...running.values(), ...waiting.splice(0)]) task.reject(error);
    running.clear();
  };

  const start = async (): Promise<{ worker: Worker; exit: Promise<void>; opened: Opened }> => {
    const worker = new Worker(new URL("./inference-worker.ts", import.meta.url), { workerData: { models, providers } satisfies WorkerData });
    const exit = new Promise<void>((resolve) => worker.once("exit", () => resolve()));
    const [first] = (await once(worker, "message")) as [FromWorker];
    if (first.type !== "ready") throw new Error("An inference thread answered before it was ready.");
    worker.on("error", fail);
    worker.on("message", (message: FromWorker) => {
      const task = running.get(worker);
      if (message.type !== "answer" || !task) return;
      running.delete(worker);
      idle.push(worker);
      task.resolve(message);
      dispatch();
    });
    idle.push(worker);
    return { worker, exit, opened: first };
  };

  const started = await Promise.all(Array.from({ length: threads }, start));
  return {
    failures: Object.assign({}, ...started.map(({ opened }) => opened.failures)),
    slow: Object.assign({}, ...started.map(({ opened }) => opened.slow)),
    threads,
    run: (batch) => {
      const answer = new Promise<BatchAnswer>((resolve, reject) => {
        if (broken) return reject(broken);
        waiting.push({ batch, resolve, reject });
        dispatch();
      });
      underWay.add(answer);
      const forget = (): void => void underWay.delete(answer);
      answer.then(forget, forget);
      return answer;
    },
    close: async () => {
      await Promise.allSettled(underWay);
      for (const { worker } of started) tell(worker, { type: "close" });
      await Promise.all(started.map(({ exit }) => exit));
    },
  };
}

const tell = (worker: Worker, message: ToWorker): void => worker.postMessage(message, message.type === "run" ? [message.pixels] : []);
