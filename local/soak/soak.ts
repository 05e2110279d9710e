import { randomUUID } from "node:crypto";
import { analysis as analysisSchema } from "../../contracts/analysis.ts";
import { type CorrectionList, correctionList, correctionReceipt } from "../../contracts/corrections.ts";
import { analysisKey } from "../../contracts/keys.ts";
import { callApi } from "../cli/call-api.ts";
import { isTerminal } from "../cli/client.ts";
import type { Accepted } from "./invariants.ts";
import type { Power } from "./power.ts";

export interface SoakOptions {
  readonly video: string;
  readonly cases: number;
  /** How often the power is cut while cases are analysed. */
  readonly cuts: number;
  /** Corrections that are made of each case. */
  readonly corrections: number;
  readonly tell: (line: string) => void;
}

/** Cases under way at a time. */
const atATime = 2;
/** Longest that anybody insists on something, milliseconds. */
const patience = 15 * 60_000;

/** Does something until it succeeds, as a person would: disturbed, or with the power off, it is tried again. */
async function insist<T>(attempt: () => Promise<T>): Promise<T> {
  for (const since = Date.now(); ; ) {
    try {
      return await attempt();
    } catch (error) {
      if (Date.now() - since > patience) throw error;
      await new Promise((wake) => setTimeout(wake, 300));
    }
  }
}

/** Has videos uploaded, analysed and corrected while the power is cut now and then. */
export async function soak(power: Power, { video, cases, cuts, corrections, tell }: SoakOptions): Promise<Accepted[]> {
  const accepted: Accepted[] = [];
  const underWay = new Map<string, number>();
  // Cuts are spread over the run by how many states all runs have entered: some thirty for a case.
  const cutAt = Array.from({ length: cuts }, (_, i) => Math.round(((i + 0.5) * cases * 30) / cuts));
  let isCutting = false;
  let left = cases;

  const watch = async (caseId: string): Promise<{ status: string; runId: string | null }> => {
    for (;;) {
      const item = await insist(() => power.client.case(caseId));
      if (item?.runId) {
        underWay.set(caseId, (await insist(() => power.client.statesEntered(item.runId as string))).length);
        const entered = [...underWay.values()].reduce((sum, count) => sum + count, 0);
        if (!isCutting && cutAt[0] !== undefined && entered >= cutAt[0]) {
          isCutting = true;
          cutAt.shift();
          tell(`The power is cut after ${entered} states.`);
          await power.cut();
          isCutting = false;
        }
        const isRunning = (await insist(() => power.client.execution(item.runId as string)))?.status === "RUNNING";
        if (isTerminal(item.status) && !isRunning) return { status: item.status, runId: item.runId };
      }
      await new Promise((wake) => setTimeout(wake, 100));
    }
  };

  const one = async (): Promise<void> => {
    while (left > 0) {
      left--;
      const token = randomUUID();
      const caseId = await insist(() => power.client.upload(video, () => undefined, { token }));
      const { status, runId } = await watch(caseId);
      const contentSha256 = status === "COMPLETE" ? await insist(() => contentOf(power, caseId, runId as string)) : null;
      const corrected = contentSha256 === null ? { acknowledged: [], kept: [] } : await correct(power, caseId, runId as string, contentSha256, corrections);
      accepted.push({ caseId, runId, status, contentSha256, corrected });
      tell(`Case ${accepted.length} of ${cases}: ${status}`);
    }
  };
  await Promise.all(Array.from({ length: atATime }, one));
  return accepted;
}

async function contentOf({ client }: Power, caseId: string, runId: string): Promise<string> {
  const json = await client.object({ bucket: client.processedBucket, key: analysisKey(caseId, runId) });
  return analysisSchema.parse(JSON.parse(json.toString())).provenance.contentSha256;
}

/** Adds findings one after the other, each with an identifier of its own, which is sent again until it is acknowledged. */
async function correct(power: Power, caseId: string, runId: string, contentSha256: string, count: number): Promise<Accepted["corrected"]> {
  const acknowledged: string[] = [];
  for (let i = 0; i < count; i++) {
    const id = randomUUID();
    const added = { type: "bleeding", label: "bleeding", startFrame: 2 * i, endFrame: 2 * i + 1 };
    await insist(async () => {
      const { version, sets } = await readCorrections(power, caseId);
      // The answer of an earlier attempt may have been lost.
      if (!idsOf(sets).includes(id)) {
        const request = { runId, contentSha256, changes: [{ kind: "add", target: { kind: "event", id }, after: added }] };
        await callApi(`${power.session.api}/cases/${caseId}/corrections`, correctionReceipt, "POST", request, { "if-match": `"${version}"` });
      }
      acknowledged.push(id);
    });
  }
  return { acknowledged, kept: idsOf((await insist(() => readCorrections(power, caseId))).sets) };
}

async function readCorrections({ session }: Power, caseId: string): Promise<Pick<CorrectionList, "version" | "sets">> {
  const sets: CorrectionList["sets"] = [];
  for (let after = 0; ; ) {
    const list = await callApi(`${session.api}/cases/${caseId}/corrections?after=${after}`, correctionList, "GET");
    sets.push(...list.sets);
    if (list.next === null) return { version: list.version, sets };
    after = list.next;
  }
}

const idsOf = (sets: CorrectionList["sets"]): string[] =>
  sets.flatMap(({ corrections }) => corrections.flatMap((one) => (one.kind === "add" ? [String(one.target.id)] : [])));
