import { execFileSync } from "node:child_process";
import { availableParallelism, cpus, freemem, loadavg, release, totalmem, type } from "node:os";
import { ffmpegPath } from "../models/serving/programs.ts";

const gib = (bytes: number): string => `${(bytes / 2 ** 30).toFixed(1)} GiB`;

/** What the figures were taken on, one fact a line. The load tells whether the machine was ours alone. */
export function describeMachine(): readonly (readonly [string, string])[] {
  const ffmpeg = execFileSync(ffmpegPath(), ["-version"], { encoding: "utf8" }).split("\n")[0] as string;
  return [
    ["processor", `${cpus()[0]?.model.trim()}, ${availableParallelism()} logical cores`],
    ["memory", `${gib(totalmem())}, ${gib(freemem())} free`],
    ["system", `${type()} ${release()}`],
    ["Node", process.version],
    ["ffmpeg", /version (\S+)/.exec(ffmpeg)?.[1] ?? ffmpeg],
    ["load before the runs", loadavg()[0]?.toFixed(2) ?? ""],
  ];
}
