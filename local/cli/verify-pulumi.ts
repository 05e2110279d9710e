import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { analysis as analysisContract } from "../../contracts/analysis.ts";
import { analysisKey } from "../../contracts/keys.ts";
import { readProject } from "../deploy/project.ts";
import type { Properties } from "../deploy/provider.ts";
import { serveProvider } from "../engine/provider-server.ts";
import { buildPulumiCli, MissingTool, PulumiWorkspace, pulumiVersion } from "../engine/pulumi-cli.ts";
import { destroyStack, type StackVerdict, verifyStack } from "../engine/verify-stack.ts";
import { openPlatform } from "../platform.ts";
import { liveProvider } from "../provider/live.ts";
import { offlineProvider } from "../provider/offline.ts";
import { root } from "../root.ts";
import { PlatformClient } from "./client.ts";
import { CommandError, main, UsageError } from "./command.ts";
import { verdictDocument } from "./verdict-document.ts";
import { keepPage } from "./verified-page.ts";

const document = "docs/pulumi-engine.md";
/** Where the CLI is kept between runs: beside what other tools keep. */
const cache = join(root, "node_modules/.cache/pulumi-cli");
const sample = join(root, "samples/laparoscopy.mp4");

await main({
  help: `
npm run verify:pulumi [-- STACK] [--write] [--no-analysis]

Holds what this machine does without the Pulumi CLI against the real one, without an account: builds the CLI ${pulumiVersion} from its
Go module (minutes, once), attaches the local provider to it, and takes every stack, or the one that is named, through a first
preview, an update with the policy pack, a preview of no change, a comparison with the offline run, a preview of changed
configuration and a destroy. Then it deploys the local cloud with "pulumi up" and analyses the sample on it.
Without a stack it also fails where ${document} is no longer what it would write.

  --write         write ${document}
  --no-analysis   leave the local cloud and the sample out
  -h, --help      this text

Needs Go 1.25 or newer and what "pulumi up" needs: npm install --no-save --force @img/sharp-linux-arm64@0.35.5 @img/sharp-libvips-linux-arm64@1.3.4
Exit code: 0 nothing differs; 1 something does, or a tool is missing; 2 wrong usage.`,
  options: { write: { type: "boolean" }, "no-analysis": { type: "boolean" } },
  positionals: ["STACK"],
  optional: true,
  async run({ write, "no-analysis": noAnalysis }, [only]) {
    const { stacks } = readProject(root);
    if (only !== undefined && !stacks.includes(only)) throw new UsageError(`There is no stack "${only}"; the stacks are ${stacks.join(", ")}.`);
    if (write && (only !== undefined || noAnalysis)) throw new UsageError("--write needs all stacks and the analysis.");
    // Others refer to `shared`.
    const wanted = ["shared", ...stacks.filter((stack) => stack !== "shared" && (only === undefined || stack === only))];
    const bin = await cli();
    const verdicts = await withFolder((folder) => verifyStacks(bin, folder, wanted));
    const analysed = noAnalysis ? undefined : await withFolder((folder) => analyseOnEngine(bin, folder));
    const failures = verdicts.flatMap((verdict) => verdict.failures.map((failure) => `${verdict.stack}: ${failure}`));
    failures.push(...(analysed ?? []).map((failure) => `local: ${failure}`));
    if (analysed !== undefined && only === undefined && failures.length === 0) {
      const text = verdictDocument(verdicts, pulumiVersion);
      failures.push(...(await keepPage(root, document, text, { write, script: "verify:pulumi" })));
    }
    for (const failure of failures) process.stdout.write(`${failure}\n`);
    if (failures.length > 0) return 1;
    process.stdout.write(`The engine agrees in ${verdicts.map(({ stack }) => stack).join(", ")}.\n`);
    return 0;
  },
});

async function cli(): Promise<string> {
  try {
    return await buildPulumiCli(cache, () => process.stderr.write(`Building the Pulumi CLI ${pulumiVersion} from its Go module; this takes minutes, once.\n`));
  } catch (error) {
    if (error instanceof MissingTool) throw new CommandError(error.message);
    throw error;
  }
}

async function withFolder<T>(work: (folder: string) => Promise<T>): Promise<T> {
  const folder = await mkdtemp(join(tmpdir(), "svp-pulumi-"));
  try {
    return await work(folder);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

async function verifyStacks(bin: string, folder: string, stacks: readonly string[]): Promise<StackVerdict[]> {
  const { previewStack } = await import("./preview-stack.ts");
  await using servers = await serveProvider(offlineProvider());
  const workspace = new PulumiWorkspace({ bin, folder, ports: servers.ports });
  // Paths of the functions' code are inputs: both sides run in the copy of the project.
  process.chdir(workspace.project);
  const verdicts: StackVerdict[] = [];
  for (const stack of stacks) {
    const offline = await previewStack(workspace.project, stack);
    verdicts.push(await verifyStack(workspace, stack, offline, (step) => process.stderr.write(`${stack}: ${step}\n`)));
  }
  // What others refer to goes last.
  for (const stack of [...stacks].reverse()) {
    process.stderr.write(`${stack}: destroy\n`);
    const failures = await destroyStack(workspace, stack);
    const at = verdicts.findIndex((verdict) => verdict.stack === stack);
    const verdict = verdicts[at] as StackVerdict;
    verdicts[at] = { ...verdict, failures: [...verdict.failures, ...failures] };
  }
  process.chdir(root);
  return verdicts;
}

/** Deploys the local cloud with the CLI and analyses the sample on it. Answers with what went wrong. */
async function analyseOnEngine(bin: string, folder: string): Promise<string[]> {
  const platform = await openPlatform({
    root,
    dataDir: join(folder, "data"),
    async deployLocal(cloud): Promise<Properties> {
      await using servers = await serveProvider(liveProvider(cloud));
      const workspace = new PulumiWorkspace({ bin, folder: join(folder, "pulumi"), ports: servers.ports });
      for (const stack of ["shared", "local"]) {
        process.stderr.write(`local cloud: pulumi up of ${stack}\n`);
        for (const args of [
          ["stack", "init", `organization/svp/${stack}`],
          ["up", "--stack", stack, "--yes", "--skip-preview"],
        ]) {
          const { code, out, err } = await workspace.pulumi(...args);
          if (code !== 0) throw new CommandError(`pulumi ${args[0]} of ${stack} failed:\n${out}\n${err}`);
        }
      }
      return JSON.parse((await workspace.pulumi("stack", "output", "--stack", "local", "--json", "--show-secrets")).out) as Properties;
    },
  });
  try {
    process.stderr.write("local cloud: analysis of the sample\n");
    const client = new PlatformClient(platform.session);
    const caseId = await client.upload(sample, () => undefined);
    const settled = await client.settled(caseId, () => undefined);
    if (settled.status !== "COMPLETE") return [`The sample's analysis ended as ${settled.status}: ${settled.reasons.join(" ")}`];
    const content = await client.object({ bucket: client.processedBucket, key: analysisKey(caseId, settled.runId as string) });
    analysisContract.parse(JSON.parse(content.toString()));
    return [];
  } finally {
    await platform.close();
  }
}
