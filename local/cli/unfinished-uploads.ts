import { createHash, randomUUID } from "node:crypto";
import { mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { stat } from "node:fs/promises";
import { join, resolve } from "node:path";

/** The token of a video's upload that is under way, so that a command that was interrupted goes on with it. */
export interface UnfinishedUpload {
  readonly token: string;
  /** Whether an earlier command began it. */
  readonly isResumed: boolean;
  /** The upload is complete: the next one of this video is another. */
  finish(): void;
}

/** Finds or begins the upload of a video into a data folder. A video that changed since is another video. */
export async function unfinishedUpload(dataDir: string, video: string): Promise<UnfinishedUpload> {
  const { size, mtimeMs } = await stat(video);
  const folder = join(dataDir, "uploads");
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  const file = join(
    folder,
    createHash("sha256")
      .update(JSON.stringify([resolve(video), size, mtimeMs]))
      .digest("hex"),
  );
  const finish = () => rmSync(file, { force: true });
  try {
    writeFileSync(file, randomUUID(), { flag: "wx", mode: 0o600 });
    return { token: readFileSync(file, "utf8"), isResumed: false, finish };
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "EEXIST") throw error;
    return { token: readFileSync(file, "utf8"), isResumed: true, finish };
  }
}
