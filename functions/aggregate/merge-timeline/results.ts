import { type AnalyserResult, analyserResult, type Envelope, type Producer } from "../../../contracts/analyser-result.ts";
import type { Analysis } from "../../../contracts/analysis.ts";
import type { Procedure } from "../../../contracts/case.ts";
import { parseUri } from "../../../contracts/keys.ts";
import type { Subject } from "../../../contracts/model.ts";
import { BrokenContract, NotFound } from "../../runtime/errors.ts";
import type { Lake } from "../../runtime/lake.ts";
import { compare } from "./items.ts";

/** The branch that makes the MP4 people watch. It reports an envelope but finds nothing. */
export const reviewRendition = "review-rendition";

type Output = AnalyserResult["outputs"][number];

/** One branch: its envelope, and its result if it left one. */
export interface Branch {
  envelope: Envelope;
  result: AnalyserResult | undefined;
}

/** A file of results, as far as its producer came: `key` in the lake. */
export interface Finding {
  kind: Output["kind"];
  key: string;
  producer: Producer;
  /** What it is about; null of cues, sprites and tags. */
  subject: Subject | null;
  labels: string[];
  framesDone: number;
  /** Frames between two that it was to look at; absent where it didn't say. */
  frameStep?: number;
  /** Of what tells phases, if it says so. */
  meanPhaseSeconds?: number;
  /** The only procedures that it is about; absent: any. */
  procedures?: readonly Procedure[];
}

/** Reads the account of every branch, in the order of their names, its outputs in that of their producers. A branch that failed may have left one all the same. */
export const readBranches = (lake: Pick<Lake, "json">, envelopes: readonly Envelope[]): Promise<Branch[]> =>
  Promise.all(
    [...envelopes]
      .sort((a, b) => compare(a.analyser, b.analyser))
      .map(async (envelope) => {
        if (envelope.outputPrefix === null || envelope.analyser === reviewRendition) return { envelope, result: undefined };
        const result = await resultAt(lake, parseUri(envelope.outputPrefix).key);
        return { envelope, result: result && { ...result, outputs: result.outputs.toSorted(inOrder) } };
      }),
  );

const inOrder = (a: Pick<Output, "producer" | "kind">, b: Pick<Output, "producer" | "kind">): number =>
  compare(a.producer.id, b.producer.id) || compare(a.kind, b.kind);

/** `result.json` under a prefix, or undefined: it is written last, so without it nobody knows what the folder holds. */
export async function resultAt(lake: Pick<Lake, "json">, prefix: string): Promise<AnalyserResult | undefined> {
  try {
    return await lake.json(`${prefix}result.json`, analyserResult);
  } catch (error) {
    if (error instanceof NotFound) return undefined;
    throw error;
  }
}

/** Whether a finding says anything of the case: its network knows the procedure, or any, or nobody said which it was. */
export const isAbout = ({ procedures }: Finding, procedure: Procedure | null): boolean =>
  procedures === undefined || procedure === null || procedures.includes(procedure);

/**
 * Whether what an output found may be used. One that failed midway counts as far as it came: every line that it counts is true. Thumbnails are
 * drawn whole or not at all.
 */
const isUsed = ({ status, kind, framesDone }: Output): boolean => status === "SUCCEEDED" || (framesDone > 0 && kind !== "sprites");

/**
 * The files that may be merged, in the order of their producers. Throws BrokenContract if two
 * branches ran the same producer: what it found would count twice.
 */
export function findingsOf(branches: readonly Branch[]): Finding[] {
  const findings = branches.flatMap(({ envelope, result }) =>
    (result?.outputs ?? []).filter(isUsed).map(({ kind, file, producer, subject, labels, framesDone, frameStep, meanPhaseSeconds, procedures }) => ({
      ...{ kind, producer, subject, labels, framesDone },
      ...(frameStep !== undefined && { frameStep }),
      ...(meanPhaseSeconds !== undefined && { meanPhaseSeconds }),
      ...(procedures !== undefined && { procedures }),
      analyser: envelope.analyser,
      key: parseUri(envelope.outputPrefix as string).key + file,
    })),
  );
  findings.sort(inOrder);
  for (const [i, { kind, producer, analyser }] of findings.entries()) {
    const before = findings[i - 1];
    if (before?.kind === kind && before.producer.id === producer.id)
      throw new BrokenContract(`${before.analyser} and ${analyser} both ran ${producer.id}: its ${kind} would count twice.`);
  }
  return findings;
}

/** How much of what was wanted a branch did. A branch that nobody called optional is required. */
export function coverageOf({ envelope, result }: Branch, optional: readonly string[]): Analysis["coverage"][number] {
  const { analyser, status, error } = envelope;
  const row = { analyser, status, required: !optional.includes(analyser), error };
  if (status === "SKIPPED") return { ...row, share: 0 };
  if (analyser === reviewRendition) return { ...row, share: status === "SUCCEEDED" ? 1 : 0 };
  if (!result) return { ...row, status: "FAILED", share: 0, error: error ?? "It ended without leaving a result." };
  const wanted = result.outputs.reduce((sum, { framesWanted }) => sum + framesWanted, 0);
  const used = result.outputs.filter(isUsed);
  const done = used.reduce((sum, { framesDone }) => sum + framesDone, 0);
  const failures = result.outputs
    .filter((output) => output.status === "FAILED")
    .map(({ producer, error }) => `${producer.id}: ${error ?? "no cause was given"}`);
  return {
    ...row,
    status: failures.length > 0 ? "FAILED" : status,
    // A branch that knows what it left out knows better than the results that it left.
    share: Math.min(envelope.coverage ?? 1, wanted === 0 ? (used.length > 0 ? 1 : 0) : done / wanted),
    error: [...(error === null ? [] : [error]), ...failures].join(" ") || null,
  };
}

/** COMPLETE if every branch that is required, and was wanted, did all it was asked to. */
export const statusOf = (coverage: Analysis["coverage"]): Analysis["status"] =>
  coverage.every(({ status, share, required }) => !required || status === "SKIPPED" || (status === "SUCCEEDED" && share === 1)) ? "COMPLETE" : "PARTIAL";
