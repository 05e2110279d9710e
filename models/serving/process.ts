import { rename, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { type AnalyserResult, analyserResult } from "../../contracts/analyser-result.ts";
import { analyseFrames } from "./analyse-frames.ts";
import { readProcessingJob } from "./environment.ts";

/** Milliseconds between two progress lines, unless a tenth of the work has been done in less. */
const progressInterval = 1000;

/**
 * Runs one Processing job: reads the environment, analyses, writes `result.json` last. Throws an EnvironmentError for
 * bad variables, another error if the run failed; a network that failed alone is in the result. A run in which every
 * output failed is a failure, and so is one that was stopped or could not decode the video to its end: its result says how far each output came.
 */
export async function processVideo(environment: NodeJS.ProcessEnv, print: (line: string) => void, abort: AbortSignal): Promise<AnalyserResult> {
  const job = await readProcessingJob(environment);
  const { width, height, frameRate, frameCount } = job.manifest;
  let printed = { at: 0, frames: 0 };
  const onProgress = (framesDone: number): void => {
    const now = performance.now();
    const frames = Math.min(framesDone, frameCount);
    const isLittle = now - printed.at < progressInterval && frames - printed.frames < frameCount / 10;
    if (frames === printed.frames || (frames < frameCount && isLittle)) return;
    printed = { at: now, frames };
    print(JSON.stringify({ message: "progress", frameCount: frames, ofCount: frameCount }));
  };
  const onSlow = (reasons: readonly string[]): void => print(JSON.stringify({ message: "slow", reasons }));
  const { video, models, sampleRate, signals, stills, outputFolder } = job;
  const excluded = job.gate?.outOfBody ?? [];
  const covered = job.gate?.text ?? [];
  const what = { video, width, height, frameRate, frameCount, models, sampleRate, signals, stills, excluded, covered, outputFolder };
  // Nothing yet. If this process is killed, what an earlier attempt said of files that this one writes over must not stand.
  const nothing: AnalyserResult["usage"] = { wallSeconds: 0, cpuSeconds: 0, peakMemoryBytes: 0 };
  await writeResult(outputFolder, { schema: "analyser-result/1.0", analyser: job.analyser, outputs: [], usage: nothing });
  const { failure, ...analysed } = await analyseFrames({ ...what, onProgress, onSlow, abort });
  const result = analyserResult.parse({ schema: "analyser-result/1.0", analyser: job.analyser, ...analysed });
  await writeResult(outputFolder, result);
  if (failure !== null) throw new Error(failure);
  const { outputs } = result;
  if (outputs.every(({ status }) => status === "FAILED")) throw new Error(`Nothing succeeded. ${outputs.map(({ error }) => error).join(" ")}`);
  return result;
}

/** Renamed into place: whoever sees the file sees it whole. */
async function writeResult(folder: string, result: AnalyserResult): Promise<void> {
  const file = join(folder, "result.json");
  await writeFile(`${file}.part`, JSON.stringify(result));
  await rename(`${file}.part`, file);
}
