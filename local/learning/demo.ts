import { randomUUID } from "node:crypto";
import { SageMakerClient } from "@aws-sdk/client-sagemaker";
import { z } from "zod";
import type { Analysis } from "../../contracts/analysis.ts";
import { correctionReceipt } from "../../contracts/corrections.ts";
import { type DatasetDiff, datasetDiff } from "../../contracts/dataset-diff.ts";
import { datasetBuildResult } from "../../contracts/dataset-version.ts";
import { modelDescriptionKey } from "../../contracts/keys.ts";
import { model as modelSchema } from "../../contracts/model.ts";
import { modelQuality } from "../../contracts/model-quality.ts";
import { registeredVersion } from "../../contracts/model-registry.ts";
import { callApi } from "../cli/call-api.ts";
import { PlatformClient } from "../cli/client.ts";
import { CommandError } from "../cli/command.ts";
import { contentOf } from "../cli/dataset-files.ts";
import { fetchFound } from "../cli/found.ts";
import type { Session } from "../cli/session.ts";
import { correctionsOf, sharesFor, truePhases } from "./demo-cases.ts";
import { type Trained, trainBy, versionBy, versionsIn } from "./pipeline-client.ts";

/** The network that the demonstration trains again, and the dataset that it learns from. */
const network = "phase-classifier";
const dataset = "phases";

/** What the quality gate decided on (`models/training/judge.py`). */
export const gateDocument = z.object({
  schema: z.literal("training-gate/1.0"),
  headline: z.string(),
  candidate: z.number(),
  incumbent: z.number(),
  score: z.number(),
  gain: z.number(),
  faults: z.int(),
  reasons: z.array(z.string()),
  version: z.string(),
  sha256: z.string(),
});
export type GateDocument = z.infer<typeof gateDocument>;

/** A training that ended, with what its gate decided on. */
export interface Run extends Trained {
  readonly gate: GateDocument;
  /** Measure of each phase before and after, from 0 to 1. */
  readonly perPhase: readonly { readonly label: string; readonly before: number; readonly after: number }[];
}

export interface LoopResult {
  readonly dataset: { readonly before: string; readonly after: string; readonly diff: DatasetDiff; readonly saidByPeople: number };
  /** Of a network that had no time to learn: refused. */
  readonly refused: Run;
  readonly trained: Run;
  readonly registered: {
    readonly version: number;
    readonly statusBefore: string;
    readonly statusAfter: string;
    readonly facts: Readonly<Record<string, string>>;
  };
  /** Versions in the registry after the refused training, and after the other. */
  readonly versions: { readonly afterRefusal: number; readonly afterTraining: number };
  readonly inUse: { readonly before: string; readonly after: string };
  /** What the analysis after that was made with, and how much it looked at. */
  readonly next: { readonly caseId: string; readonly version: string; readonly digest: string | null; readonly coverage: Analysis["coverage"] };
}

export interface LoopOptions {
  readonly session: Session;
  /** A video of the operation that people correct. */
  readonly clip: string;
  /** Steps of the training that is to be better. */
  readonly steps: string;
  tell(line: string): void;
}

/** Plays the whole loop through the platform's own ways in, and proves each turn of it. Throws a CommandError that says which went wrong. */
export async function playLoop({ session, clip, steps, tell }: LoopOptions): Promise<LoopResult> {
  const client = new PlatformClient(session);
  const registry = new SageMakerClient({ endpoint: session.endpoint, region: session.region, credentials: session.credentials });
  const bucket = session.outputs["modelsBucket"] as string;
  const group = `svp-local-${network}`;
  const analyse = async (): Promise<string> => {
    const { caseId, status, reasons } = await client.settled(await client.upload(clip, () => undefined), () => undefined);
    if (status !== "COMPLETE" && status !== "PARTIAL") throw new CommandError(`The analysis ended as ${status}: ${(reasons ?? []).join(" ")}`);
    return caseId;
  };

  tell("1. Three operations are analysed with the network in use.");
  const before = await inUse(client, bucket);
  let caseIds: string[] = await Promise.all([analyse(), analyse(), analyse()]);
  let shares = sharesFor(caseIds);
  // Seldom: hashes so close to one another that no whole percent lies between them.
  while (shares === undefined) {
    caseIds = [...caseIds.slice(1), await analyse()];
    shares = sharesFor(caseIds);
  }
  const build = async (bump: "minor" | "patch") => {
    const request = { name: dataset, task: "frame-classification", classes: before.labels, cases: caseIds, framesPerSecond: 2, shares, bump };
    return datasetBuildResult.parse(await client.execute("datasetMachineArn", randomUUID(), request));
  };

  tell("2. A dataset version is built of what the network said.");
  const first = await build("minor");
  tell("3. A surgeon corrects the phases of all three, and the next version is built.");
  for (const caseId of caseIds) {
    const found = await fetchFound(client, caseId);
    const runId = (await client.case(caseId))?.runId;
    const body = { runId, contentSha256: found.analysis.provenance.contentSha256, changes: correctionsOf(found, truePhases()) };
    await callApi(`${session.api}/cases/${caseId}/corrections`, correctionReceipt, "POST", body, { "if-match": '"0"' });
  }
  const second = await build("patch");
  if (second.status !== "BUILT") throw new CommandError("The corrections made no new version of the dataset.");
  const content = await contentOf(client, second);
  const diff = datasetDiff(await contentOf(client, first), content);

  const train = async (told: { Minutes: string } | { Steps: string }): Promise<Run> => {
    const parameters = { Dataset: second.name, DatasetVersion: second.version, Reason: "demo", ...told };
    const trained = await trainBy(registry, `svp-local-train-${network}`, parameters, (step) => tell(`   ${step}`));
    return { ...trained, ...(await judgement(client, bucket, trained)) };
  };
  tell("4. The training pipeline runs with a network that has no time to learn: the gate must refuse it.");
  const refused = await train({ Minutes: "0" });
  const afterRefusal = (await versionsIn(registry, group)).length;
  if (refused.status !== "Failed" || afterRefusal !== 0) throw new CommandError(`A worse network was not refused: the execution ended as ${refused.status}.`);
  tell(`5. It runs again, for ${steps} steps.`);
  const trained = await train({ Steps: steps });
  const afterTraining = (await versionsIn(registry, group)).length;
  if (trained.packageArn === undefined)
    throw new CommandError(`Nothing was registered: ${trained.failureReason ?? trained.status}: ${JSON.stringify(trained.gate)}`);

  tell("6. A person approves the version, and it is put into use.");
  const pending = await versionBy(registry, trained.packageArn);
  const decision = { approval: "Approved", reason: `Better in ${trained.gate.headline}.`, from: "PendingManualApproval" };
  const path = `/models/${network}/versions/${pending.ModelPackageVersion}/decision`;
  const decided = await callApi(`${session.api}${path}`, registeredVersion, "POST", decision);
  await until("The approved version was not put into use", async () => (await inUse(client, bucket)).sha256 === trained.gate.sha256);
  const after = await inUse(client, bucket);

  tell("7. The next operation is analysed.");
  const caseId = await analyse();
  const { analysis } = await fetchFound(client, caseId);
  const used = analysis.producers.find(({ id }) => id === network);
  if (used?.digest !== trained.gate.sha256) throw new CommandError(`The next analysis was made with version ${used?.version}, not with ${after.version}.`);
  return {
    dataset: { before: first.version, after: second.version, diff, saidByPeople: content.frames.filter(({ phase }) => phase?.origin.by === "person").length },
    ...{ refused, trained, versions: { afterRefusal, afterTraining } },
    registered: {
      version: pending.ModelPackageVersion as number,
      statusBefore: String(pending.ModelApprovalStatus),
      statusAfter: decided.approval,
      facts: pending.CustomerMetadataProperties ?? {},
    },
    inUse: { before: before.version, after: after.version },
    next: { caseId, version: used.version, digest: used.digest, coverage: analysis.coverage },
  };
}

const inUse = async (client: PlatformClient, bucket: string) =>
  modelSchema.parse(JSON.parse((await client.object({ bucket, key: modelDescriptionKey(network) })).toString()));

/** What an execution measured. Throws a CommandError where it did not come that far. */
async function judgement(client: PlatformClient, bucket: string, { executionId, failureReason }: Trained): Promise<Pick<Run, "gate" | "perPhase">> {
  const read = async (name: string): Promise<unknown> => {
    const found = await client.objectIfThere({ bucket, key: `training/${network}/${executionId}/quality/${name}.json` });
    if (found === undefined) throw new CommandError(failureReason ?? `The execution left no ${name}.json.`);
    return JSON.parse(found.toString());
  };
  const [candidate, incumbent] = [modelQuality.parse(await read("quality")), modelQuality.parse(await read("incumbent"))];
  const labels = [...new Set([...Object.keys(incumbent.perClass), ...Object.keys(candidate.perClass)])];
  const f1 = (quality: typeof candidate, label: string): number => quality.perClass[label]?.["f1"]?.value ?? 0;
  return {
    gate: gateDocument.parse(await read("gate")),
    perPhase: labels.map((label) => ({ label, before: f1(incumbent, label), after: f1(candidate, label) })),
  };
}

const patience = 120_000;

async function until(otherwise: string, isSo: () => Promise<boolean>): Promise<void> {
  for (let waited = 0; !(await isSo()); waited += 250) {
    if (waited > patience) throw new CommandError(`${otherwise} within ${patience / 1000} seconds.`);
    await new Promise((wake) => setTimeout(wake, 250));
  }
}
