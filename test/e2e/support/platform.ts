import { mkdirSync, readdirSync, symlinkSync, writeFileSync } from "node:fs";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { root } from "../../../local/root.ts";

/** A folder under the system's temporary folder, removed when the test is over. */
export async function temporaryFolder(): Promise<{ path: string; remove(): Promise<void> }> {
  const path = await mkdtemp(join(tmpdir(), "svp-e2e-"));
  return { path, remove: () => rm(path, { recursive: true, force: true, maxRetries: 5 }) };
}

/** This project in a folder of its own, but for the named files, which have the content given. */
export function projectWith(folder: string, replace: Readonly<Record<string, string>>): string {
  const project = join(folder, "project");
  mkdirSync(project);
  for (const entry of readdirSync(root)) if (!entry.startsWith(".") && !(entry in replace)) symlinkSync(join(root, entry), join(project, entry));
  for (const [file, content] of Object.entries(replace)) writeFileSync(join(project, file), content);
  return project;
}
