import type { Analysis } from "../../../contracts/analysis.ts";
import type { FrameIndex } from "../../../contracts/frame-table.ts";
import type { Measures } from "../../../contracts/measures.ts";
import { type EvidenceItem, type ReportEvidence, reportSizes } from "../../../contracts/report.ts";

/** Most bytes of it. */
const { evidenceBytes: mostBytes } = reportSizes;

/** Most items of one kind and label; of more, the longest. */
const mostAlike = 5;

type Span = { startFrame: number; endFrame: number };
type Found = Omit<EvidenceItem, "span" | "value" | "unit"> & Span;

/** The analysis and its measures as what a report may say: in the order of importance while there is room, then in the order of time. */
export function evidenceOf(
  analysis: Analysis,
  measures: Measures | null,
  frames: FrameIndex,
  digests: Pick<ReportEvidence, "analysisSha256" | "measuresSha256">,
): ReportEvidence {
  const spans = foundIn(analysis, measures).map((found) => spanItem(found, frames));
  const alike = new Map<string, EvidenceItem[]>();
  for (const item of [...spans].sort((a, b) => lengthOf(b) - lengthOf(a))) {
    const key = JSON.stringify([item.kind, item.type, item.label, item.needsReview]);
    alike.set(key, [...(alike.get(key) ?? []), item]);
  }
  const chosen = [...alike.values()].flatMap((items) => items.slice(0, mostAlike)).sort((a, b) => priority(a) - priority(b) || lengthOf(b) - lengthOf(a));
  const whole = spanItem({ ...named("operation", "operation", "video", null), startFrame: 0, endFrame: analysis.media.source.frameCount }, frames);
  const kept = [whole, ...coverageItems(analysis)];
  let bytes = Buffer.byteLength(JSON.stringify(kept));
  const told = measureItems(measures);
  const wanted = [...told, ...chosen].sort((a, b) => priority(a) - priority(b));
  const room = wanted.filter((item) => {
    const size = Buffer.byteLength(JSON.stringify(item)) + 1;
    if (bytes + size > mostBytes) return false;
    bytes += size;
    return true;
  });
  const keptSpans = room.filter(({ span }) => span !== null).sort(byTime);
  return {
    schema: "report-evidence/1.0",
    caseId: analysis.caseId,
    runId: analysis.runId,
    ...digests,
    syntheticOnly: analysis.producers.some(({ syntheticOnly }) => syntheticOnly),
    items: [...kept, ...keptSpans, ...room.filter(({ span }) => span === null)],
    leftOut: spans.length + told.length - room.length,
    untold: [...new Set((measures?.measures ?? []).filter(({ value }) => value === null).map(({ name }) => name))],
    uncalibrated: analysis.producers.filter(({ kind, calibration }) => kind === "model" && calibration === null).map(({ id }) => id),
  };
}

const named = (id: string, kind: EvidenceItem["kind"], type: string, label: string | null, needsReview = false) => ({
  id,
  kind,
  type,
  label: label === null || label.trim() === "" ? null : label,
  needsReview,
});

/** Everything of the timeline that is somewhere. What a person has rejected is not said again. */
function foundIn({ segments, events, gate }: Analysis, measures: Measures | null): Found[] {
  const place = ({ startFrame, endFrame, confidence }: Span & { confidence: number | null }) => ({ startFrame, endFrame, confidence });
  return [
    ...segments.map((one) => ({ ...named(one.id, "segment", one.level, one.label, one.review === "needs-review"), ...place(one), review: one.review })),
    ...events.map((one) => ({ ...named(one.id, "event", one.type, one.label, one.review === "needs-review"), ...place(one), review: one.review })),
    ...gate.outOfBody.map((one, i) => ({
      ...named(`out-of-body-${i + 1}`, "out-of-body", "out-of-body", null),
      ...place({ ...one, confidence: one.score }),
      review: "unreviewed",
    })),
    ...(measures?.findings ?? []).map((one) => ({
      ...named(one.id, "finding", one.type, one.label, one.review === "needs-review"),
      ...place(one),
      review: one.review,
    })),
  ]
    .filter(({ review }) => review !== "rejected")
    .map(({ review: _, ...found }) => found);
}

function spanItem({ startFrame, endFrame, ...item }: Found, frames: FrameIndex): EvidenceItem {
  const seconds = { startSeconds: frames.secondsOf(startFrame), endSeconds: frames.endSecondsOf(endFrame) };
  return { ...item, span: { startFrame, endFrame, ...seconds }, value: null, unit: null };
}

const coverageItems = ({ coverage }: Analysis): EvidenceItem[] =>
  coverage.map(({ analyser, share }) => ({ ...named(`coverage/${analyser}`, "coverage", "coverage", analyser), span: null, value: share, unit: "share" }));

/** What could be told. That one instrument or one phase was not there is said in the measures: a report has no room for each. */
const measureItems = (measures: Measures | null): EvidenceItem[] =>
  (measures?.measures ?? [])
    .filter(({ value, of }) => value !== null && !(value === 0 && of !== null))
    .map(({ id, name, of, unit, value }) => ({ ...named(id, "measure", name, of), span: null, value, unit }));

const lengthOf = ({ span }: EvidenceItem): number => (span ? span.endFrame - span.startFrame : 0);
const byTime = (a: EvidenceItem, b: EvidenceItem): number =>
  (a.span?.startFrame ?? 0) - (b.span?.startFrame ?? 0) || (a.span?.endFrame ?? 0) - (b.span?.endFrame ?? 0) || (a.id < b.id ? -1 : 1);

/** What goes in first: what a surgeon is asked to look at, phases, measures, then the rest. Pictures' cuts come last. */
function priority({ needsReview, kind, type }: EvidenceItem): number {
  if (needsReview) return 0;
  if (kind === "segment" && type !== "shot") return 1;
  if (kind === "measure") return 2;
  return type === "shot" ? 4 : 3;
}
