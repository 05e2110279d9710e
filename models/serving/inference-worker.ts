import { parentPort, workerData } from "node:worker_threads";
import * as ort from "onnxruntime-node";
import { runHalving, type Tensors } from "./halving.ts";
import type { Batch, FromWorker, ModelAnswer, TensorData, ToWorker, WorkerData, WorkerModel } from "./inference-messages.ts";

/**
 * One thread of the inference pool. `session.run` blocks the thread that calls it (microsoft/onnxruntime#19611), so
 * it must not be the one that reads the decoder. One compute thread a session: beside a decoder, more of them only
 * spin; the pool scales by threads of its own.
 */
const port = parentPort;
if (!port) throw new Error("inference-worker.ts runs in a worker thread only.");
const { models, providers } = workerData as WorkerData;
const send = (message: FromWorker, transfer: ArrayBuffer[] = []): void => port.postMessage(message, transfer);

const sessions = new Map<string, ort.InferenceSession>();
const failures: Record<string, string> = {};
const slow: Record<string, string> = {};
for (const model of models) {
  try {
    const session = await open(model);
    checkNames(model, session);
    sessions.set(model.id, session);
  } catch (error) {
    failures[model.id] = `Model "${model.id}" can't be opened: ${(error as Error).message}`;
  }
}

/** On the fastest provider that takes it. A GPU that can't be had is told, and the processor does its work. */
async function open({ id, graphFile }: WorkerModel): Promise<ort.InferenceSession> {
  const options = { intraOpNumThreads: 1, interOpNumThreads: 1, logSeverityLevel: 3 } as const;
  if (providers.length > 1) {
    try {
      return await ort.InferenceSession.create(graphFile, { ...options, executionProviders: providers });
    } catch (error) {
      slow[id] = `Model "${id}" runs on the processor: ${providers.slice(0, -1).join(" and ")} can't be had: ${(error as Error).message}`;
    }
  }
  return await ort.InferenceSession.create(graphFile, { ...options, executionProviders: ["cpu"] });
}

function checkNames({ input, outputs }: WorkerModel, session: ort.InferenceSession): void {
  const wrong = [
    ...(session.inputNames.length === 1 && session.inputNames[0] === input.name ? [] : [`inputs ${session.inputNames.join(", ")}, wanted ${input.name}`]),
    ...(outputs.every((name) => session.outputNames.includes(name)) ? [] : [`outputs ${session.outputNames.join(", ")}, wanted ${outputs.join(", ")}`]),
  ];
  if (wrong.length > 0) throw new Error(`the graph has the ${wrong.join("; and the ")}.`);
}

async function run(model: WorkerModel, { pixels, frames }: Batch): Promise<ModelAnswer> {
  const session = sessions.get(model.id);
  if (!session) return { error: failures[model.id] as string };
  const { name, width, height } = model.input;
  const some = async (from: number, count: number): Promise<Tensors> => {
    const bytes = width * height * 3;
    const tensor = new ort.Tensor("uint8", new Uint8Array(pixels, from * bytes, count * bytes), [count, height, width, 3]);
    const outputs = await session.run({ [name]: tensor }, model.outputs);
    return Object.fromEntries(Object.entries(outputs).map(([output, { dims, data }]) => [output, { dims: [...dims], data } as TensorData]));
  };
  try {
    return { tensors: await runHalving(some, 0, frames) };
  } catch (error) {
    return { error: `Model "${model.id}" failed on a batch of ${frames}: ${(error as Error).message}` };
  }
}

port.on("message", async (message: ToWorker) => {
  if (message.type === "close") {
    for (const session of sessions.values()) await session.release();
    port.close();
    return;
  }
  const answers: Record<string, ModelAnswer> = {};
  for (const model of models) if (message.models.includes(model.id)) answers[model.id] = await run(model, message);
  // Moved and not copied: a segmenter's outputs are tens of kilobytes a frame.
  const outputs = Object.values(answers).flatMap((answer) => ("tensors" in answer ? Object.values(answer.tensors).map(({ data }) => data.buffer) : []));
  send({ type: "answer", pixels: message.pixels, answers }, [message.pixels, ...new Set(outputs as ArrayBuffer[])]);
});
send({ type: "ready", failures, slow });
