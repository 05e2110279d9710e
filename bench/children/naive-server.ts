import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { json } from "node:stream/consumers";
import { parentPort, workerData } from "node:worker_threads";
import * as ort from "onnxruntime-node";
import sharp from "sharp";
import { classifierId, detectorId, pictureSize } from "../models.ts";

/** The server of the naive path: `POST /<model>` with `{"image": base64 of a JPEG}` answers every output tensor in full. */
const { models } = workerData as { models: string };
const sessions = new Map<string, ort.InferenceSession>();
for (const id of [classifierId, detectorId]) sessions.set(id, await ort.InferenceSession.create(join(models, id, "model.onnx")));

async function infer(id: string, jpeg: Buffer): Promise<Record<string, number[]>> {
  const pixels = await sharp(jpeg).resize(pictureSize, pictureSize, { fit: "fill" }).raw().toBuffer();
  const plane = pictureSize * pictureSize;
  const floats = new Float32Array(3 * plane);
  for (let channel = 0; channel < 3; channel++) {
    for (let i = 0; i < plane; i++) floats[channel * plane + i] = (pixels[i * 3 + channel] as number) / 255;
  }
  const session = sessions.get(id) as ort.InferenceSession;
  const outputs = await session.run({ pixels: new ort.Tensor("float32", floats, [1, 3, pictureSize, pictureSize]) });
  return Object.fromEntries(Object.entries(outputs).map(([name, tensor]) => [name, Array.from(tensor.data as ArrayLike<number | bigint>, Number)]));
}

const server = createServer(async (request, response) => {
  const { image } = (await json(request)) as { image: string };
  const answer = await infer((request.url as string).slice(1), Buffer.from(image, "base64"));
  response.setHeader("content-type", "application/json").end(JSON.stringify(answer));
});
server.listen(0, "127.0.0.1", () => parentPort?.postMessage((server.address() as AddressInfo).port));
parentPort?.once("message", async () => {
  server.close();
  server.closeAllConnections();
  for (const session of sessions.values()) await session.release();
});
