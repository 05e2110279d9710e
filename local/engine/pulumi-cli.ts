import { spawn } from "node:child_process";
import { chmodSync, copyFileSync, existsSync, mkdirSync, readdirSync, readFileSync, symlinkSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { join } from "node:path";
import { text } from "node:stream/consumers";
import { root } from "../root.ts";

/** What a command of the CLI came to. */
export interface Outcome {
  readonly code: number;
  readonly out: string;
  readonly err: string;
}

/** The version of `@pulumi/pulumi` that the program is written for: CLI and SDK are released together. */
export const pulumiVersion: string = createRequire(import.meta.url)("@pulumi/pulumi/package.json").version;

/** A tool that is needed and not there. */
export class MissingTool extends Error {
  override readonly name = "MissingTool";
}

/**
 * The Pulumi CLI of the program's version, built from its Go module, with a language host of ours beside it. Kept in `folder`: built
 * once. Calls `onBuild` if it has to be built, which takes minutes.
 * Rejects with a MissingTool without Go, with Go's own words if it can't be built.
 */
export async function buildPulumiCli(folder: string, onBuild: () => void): Promise<string> {
  const bin = join(folder, "bin");
  const cli = join(bin, `pulumi-${pulumiVersion}`);
  mkdirSync(bin, { recursive: true });
  if (!existsSync(cli)) {
    onBuild();
    const module = join(folder, "module");
    mkdirSync(module, { recursive: true });
    writeFileSync(join(module, "go.mod"), "module local/pulumi-cli\n\ngo 1.25\n");
    // A tool that nothing imports would be dropped from go.mod again.
    writeFileSync(join(module, "tools.go"), '//go:build tools\n\npackage tools\n\nimport _ "github.com/pulumi/pulumi/pkg/v3/cmd/pulumi"\n');
    await go(module, ["get", `github.com/pulumi/pulumi/pkg/v3@v${pulumiVersion}`]);
    const flags = `-s -w -X github.com/pulumi/pulumi/sdk/v3/go/common/version.Version=v${pulumiVersion}`;
    await go(module, ["build", "-mod=mod", "-tags", "osusergo,grpcnotrace", "-ldflags", flags, "-o", cli, "github.com/pulumi/pulumi/pkg/v3/cmd/pulumi"]);
  }
  copyFileSync(cli, join(bin, "pulumi"));
  const host = join(bin, "pulumi-language-nodejs");
  writeFileSync(host, `#!/bin/sh\nexec "${process.execPath}" "${join(import.meta.dirname, "language-host.ts")}" "$@"\n`);
  chmodSync(host, 0o755);
  return bin;
}

async function go(cwd: string, args: readonly string[]): Promise<void> {
  let outcome: Outcome;
  try {
    outcome = await command("go", args, { cwd, env: { ...process.env, CGO_ENABLED: "0", GOFLAGS: "" } });
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT")
      throw new MissingTool("Go is not installed. The Pulumi CLI is built from its Go module with Go 1.25 or newer: https://go.dev/doc/install.");
    throw error;
  }
  if (outcome.code !== 0) throw new Error(`go ${args[0]} failed:\n${outcome.err}`);
}

async function command(file: string, args: readonly string[], options: { cwd: string; env: NodeJS.ProcessEnv }): Promise<Outcome> {
  const child = spawn(file, args, { ...options, stdio: ["ignore", "pipe", "pipe"] });
  const ended = new Promise<number>((resolve, reject) => {
    child.once("error", reject);
    child.once("close", (code) => resolve(code ?? 1));
  });
  const [out, err, code] = await Promise.all([text(child.stdout), text(child.stderr), ended]);
  return { code, out, err };
}

export interface WorkspaceOptions {
  /** Folder with the CLI and the language host. */
  readonly bin: string;
  /** An empty folder: project, state and the CLI's own files lie in it. */
  readonly folder: string;
  /** Where the providers listen. */
  readonly ports: { readonly aws: number; readonly awsx: number };
}

/** A copy of the project, whose stacks the CLI keeps in a folder: nothing of the repository changes, and no account is needed. */
export class PulumiWorkspace {
  /** Folder of the copy. */
  readonly project: string;
  readonly #env: NodeJS.ProcessEnv;

  constructor({ bin, folder, ports }: WorkspaceOptions) {
    this.project = join(folder, "project");
    const state = join(folder, "state");
    for (const path of [this.project, state]) mkdirSync(path, { recursive: true });
    // The CLI writes into the stacks' files; all else is the repository's own.
    for (const name of readdirSync(root)) {
      if (/^Pulumi\..*yaml$/.test(name)) writeFileSync(this.file(name), readFileSync(join(root, name)));
      else if (!name.startsWith(".")) symlinkSync(join(root, name), this.file(name));
    }
    this.#env = {
      ...process.env,
      PATH: `${bin}:${process.env["PATH"]}`,
      PULUMI_HOME: join(folder, "home"),
      PULUMI_BACKEND_URL: `file://${state}`,
      PULUMI_CONFIG_PASSPHRASE: "",
      PULUMI_SKIP_UPDATE_CHECK: "true",
      PULUMI_DISABLE_AUTOMATIC_PLUGIN_ACQUISITION: "true",
      // The whole state is otherwise written after every resource, which took more than half of the time. Nobody resumes what breaks off here.
      PULUMI_EXPERIMENTAL: "true",
      PULUMI_SKIP_CHECKPOINTS: "true",
      PULUMI_DEBUG_PROVIDERS: `aws:${ports.aws},awsx:${ports.awsx}`,
      NO_COLOR: "1",
    };
  }

  /** A file of the project's copy. */
  file(name: string): string {
    return join(this.project, name);
  }

  /** Runs a command of the CLI, without questions. */
  pulumi(...args: string[]): Promise<Outcome> {
    return command("pulumi", [...args, "--non-interactive"], { cwd: this.project, env: this.#env });
  }
}
