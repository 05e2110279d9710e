import { join } from "node:path";
import type { Measurement } from "../measurement.ts";
import { writeBenchModels } from "../models.ts";
import { measureCommand } from "../resources.ts";
import { decodeRow } from "./decode.ts";

const naivePath = join(import.meta.dirname, "../children/naive-path.ts");

/** (c) What tutorials build: a JPEG file for each frame and a request for each file and network. */
export const naive: Measurement = {
  id: "naive",
  title: "The naive path",
  baseline: decodeRow,
  needs: ["decode"],
  explanation: `The same results as tutorials come to them, each on a road of its own: ffmpeg looks for cuts, black and frozen frames in
the full picture; it writes every sampled frame as a full-size JPEG; each file goes as
base64 in JSON to an HTTP server, once for each network, one after another; the server decodes and scales it with sharp,
turns it into float planes in a loop, runs a batch of one with ONNX Runtime's default threads and answers all tensors as
JSON. There is no network delay in it, no upload of the files, no blur, exposure or thumbnails.`,
  prepare: async ({ clip, folder }) => {
    const models = join(folder, "naive-models");
    await writeBenchModels(models, "float32-nchw");
    return [
      async () => {
        const args = [naivePath, clip.file, models, join(folder, "naive-frames"), "5"];
        return [(await measureCommand("naive, 5 fps", process.execPath, args)).sample];
      },
    ];
  },
};
