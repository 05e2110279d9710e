import { execFile } from "node:child_process";
import { access, constants } from "node:fs/promises";
import { delimiter, isAbsolute, join } from "node:path";
import { promisify } from "node:util";

const run = promisify(execFile);

/** Where the two programs lie. */
export interface MediaTools {
  readonly ffmpeg: string;
  readonly ffprobe: string;
}

const howToInstall = "Install them with `apt-get install -y ffmpeg`, or set FFMPEG_PATH and FFPROBE_PATH to the two programs.";
/** What our commands use and older or stripped builds lack. `-fps_mode` came with 5.1. */
const oldestVersion = [5, 1] as const;
const neededFilters = ["blackframe", "blurdetect", "bwdif", "fps", "freezedetect", "overlay", "scale", "scdet", "settb"] as const;
const neededEncoder = "libx264";

const isExecutable = (path: string): Promise<boolean> =>
  access(path, constants.X_OK).then(
    () => true,
    () => false,
  );

async function find(program: string, variable: string, env: NodeJS.ProcessEnv): Promise<string | { problem: string }> {
  const set = env[variable];
  if (set) return isAbsolute(set) && (await isExecutable(set)) ? set : { problem: `${variable} is "${set}", which is not the absolute path of a program.` };
  for (const folder of (env.PATH ?? "").split(delimiter)) {
    if (isAbsolute(folder) && (await isExecutable(join(folder, program)))) return join(folder, program);
  }
  return { problem: `${program} is not on the PATH, and ${variable} is not set.` };
}

/** What an ffmpeg lacks, as sentences, from its answers to `-version`, `-filters` and `-encoders`. A build without a release number is judged by its filters alone. */
export function whatIsLacking(version: string, filters: string, encoders: string): string[] {
  const problems: string[] = [];
  const number = /^ffmpeg version n?(\d+)\.(\d+)/.exec(version);
  if (number) {
    const [major, minor] = [Number(number[1]), Number(number[2])];
    if (major < oldestVersion[0] || (major === oldestVersion[0] && minor < oldestVersion[1])) {
      problems.push(`ffmpeg is version ${major}.${minor}; ${oldestVersion.join(".")} or newer is needed.`);
    }
  }
  const named = (listing: string): Set<string> => new Set(listing.split("\n").map((line) => line.trim().split(/\s+/)[1] ?? ""));
  const has = named(filters);
  for (const filter of neededFilters) if (!has.has(filter)) problems.push(`This ffmpeg lacks the filter ${filter}.`);
  if (!named(encoders).has(neededEncoder)) problems.push(`This ffmpeg lacks the encoder ${neededEncoder}.`);
  return problems;
}

/** Finds ffmpeg and ffprobe and checks that they can do what is asked of them here. Throws with every problem and the line that installs them. */
export async function findMediaTools(env: NodeJS.ProcessEnv = process.env): Promise<MediaTools> {
  const [ffmpeg, ffprobe] = await Promise.all([find("ffmpeg", "FFMPEG_PATH", env), find("ffprobe", "FFPROBE_PATH", env)]);
  if (typeof ffmpeg !== "string" || typeof ffprobe !== "string") {
    const problems = [ffmpeg, ffprobe].flatMap((found) => (typeof found === "string" ? [] : [found.problem]));
    throw new Error([...problems, howToInstall].join(" "));
  }
  const [version, filters, encoders] = await Promise.all(
    [["-version"], ["-hide_banner", "-filters"], ["-hide_banner", "-encoders"]].map(async (args) => (await run(ffmpeg, args)).stdout),
  );
  const problems = whatIsLacking(version as string, filters as string, encoders as string);
  if (problems.length > 0) throw new Error([...problems, howToInstall].join(" "));
  return { ffmpeg, ffprobe };
}
