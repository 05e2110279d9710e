import { spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import { existsSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join, relative } from "node:path";
import { root } from "../root.ts";
import { CommandError } from "./command.ts";

/** The Python that makes environments for tools: 3.10 or newer, with venv. */
const maker = process.env["PYTHON_TOOLS"] ?? "python3";

/** Whether a program ends with 0; its output is nobody's. */
export const answers = (command: string, args: readonly string[]): boolean => spawnSync(command, args, { stdio: "ignore" }).status === 0;

/** Whether a program ends with 0; its output is for whoever watches. */
export const succeeds = (command: string, args: readonly string[]): boolean => spawnSync(command, args, { cwd: root, stdio: "inherit" }).status === 0;

export interface PythonToolsOptions {
  /** The Python that makes the environment. */
  readonly python?: string;
  /** Whether what that Python has is seen in the environment. */
  readonly withItsPackages?: boolean;
  /** Whether the list is whole: nothing that it does not name is installed. */
  readonly asListed?: boolean;
}

/**
 * Installs tools of Python into an environment of their own beside what other tools keep, once for each list of them; gives the folder
 * of their programs. Throws CommandError that names what is missing.
 */
export function pythonTools(
  name: string,
  requirements: string,
  { python = maker, withItsPackages = false, asListed = false }: PythonToolsOptions = {},
): string {
  const folder = join(root, "node_modules/.cache", name);
  const stamp = join(folder, "installed");
  const digest = createHash("sha256").update(readFileSync(requirements)).digest("hex");
  if (existsSync(stamp) && readFileSync(stamp, "utf8") === digest) return join(folder, "bin");
  rmSync(folder, { recursive: true, force: true });
  if (!answers(python, ["-c", "import sys; sys.exit(sys.version_info < (3, 10))"]))
    throw new CommandError(`"${python}" is no Python of version 3.10 or newer. PYTHON_TOOLS names another.`);
  if (!succeeds(python, ["-m", "venv", ...(withItsPackages ? ["--system-site-packages"] : []), folder]))
    throw new CommandError(`"${python} -m venv" failed. On Debian: apt-get install -y python3-venv`);
  if (!succeeds(join(folder, "bin/pip"), ["install", "--quiet", "--disable-pip-version-check", ...(asListed ? ["--no-deps"] : []), "-r", requirements]))
    throw new CommandError(`The tools of ${relative(root, requirements)} can't be installed: is a package index of Python reachable?`);
  writeFileSync(stamp, digest);
  return join(folder, "bin");
}
