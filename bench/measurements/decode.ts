import { ffmpegPath } from "../../models/serving/programs.ts";
import type { Measurement } from "../measurement.ts";
import { measureCommand } from "../resources.ts";

export const decodeRow = "decode only";

/** (a) The limit: no analysis of the pictures can be faster than reading them. */
export const decode: Measurement = {
  id: "decode",
  title: "Decoding alone",
  baseline: decodeRow,
  needs: [],
  explanation: "`ffmpeg -i clip -f null -`: every frame is decoded and dropped. The limit that the other figures refer to.",
  prepare: async ({ clip }) => [
    async () => [(await measureCommand(decodeRow, ffmpegPath(), ["-nostdin", "-v", "error", "-i", clip.file, "-f", "null", "-"])).sample],
  ],
};
