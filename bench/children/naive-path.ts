import { execFileSync } from "node:child_process";
import { once } from "node:events";
import { mkdir, readdir, readFile, rm } from "node:fs/promises";
import { join } from "node:path";
import { Worker } from "node:worker_threads";
import { ffmpegPath } from "../../models/serving/programs.ts";
import { classifierId, detectorId } from "../models.ts";

/**
 * The naive path, to compare with. Usage: node naive-path.ts VIDEO MODELS_FOLDER FRAMES_FOLDER RATE
 * A thread stands for the server's process; it shares nothing with the caller but the loopback.
 */
const [video, models, frames, rate] = process.argv.slice(2) as [string, string, string, string];
const cues = "scdet,blackdetect=d=0.5,freezedetect=d=1";
execFileSync(ffmpegPath(), ["-nostdin", "-v", "error", "-i", video, "-vf", cues, "-f", "null", "-"]);
await mkdir(frames, { recursive: true });
execFileSync(ffmpegPath(), ["-nostdin", "-v", "error", "-i", video, "-vf", `fps=${rate}`, "-q:v", "2", join(frames, "%06d.jpg")]);

const server = new Worker(new URL("./naive-server.ts", import.meta.url), { workerData: { models } });
const [port] = (await once(server, "message")) as [number];
for (const file of (await readdir(frames)).sort()) {
  const image = (await readFile(join(frames, file))).toString("base64");
  for (const model of [classifierId, detectorId]) {
    const response = await fetch(`http://127.0.0.1:${port}/${model}`, { method: "POST", body: JSON.stringify({ image }) });
    if (!response.ok) throw new Error(`${file}: ${response.status} ${await response.text()}`);
    await response.json();
  }
}
server.postMessage("close");
await once(server, "exit");
await rm(frames, { recursive: true });
