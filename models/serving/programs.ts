import type { ChildProcess } from "node:child_process";

/** Programs of the ffmpeg package (5.1 or later), found on PATH unless the environment names them. */
export const ffmpegPath = (): string => process.env["FFMPEG_PATH"] ?? "ffmpeg";
export const ffprobePath = (): string => process.env["FFPROBE_PATH"] ?? "ffprobe";

/**
 * Resolves when a program has ended well. Rejects if it can't be started, or if it failed, with what `complaint` says
 * then. Ask before the program can end; a rejection waits until someone awaits it.
 */
export function ended(child: ChildProcess, name: "ffmpeg" | "ffprobe", complaint: () => string): Promise<void> {
  const end = new Promise<void>((resolve, reject) => {
    child.once("error", (error: NodeJS.ErrnoException) => {
      const variable = `${name.toUpperCase()}_PATH`;
      const missing = `${name} was not found. Install it (Debian: apt-get install -y --no-install-recommends ffmpeg) or name it in ${variable}.`;
      reject(error.code === "ENOENT" ? new Error(missing) : error);
    });
    child.once("close", (code, signal) => {
      if (code === 0) resolve();
      else reject(new Error(`${name} failed (${signal ?? `exit ${code}`}): ${complaint()}`));
    });
  });
  end.catch(() => {});
  return end;
}
