import { type Adoption, adoption, type Held, type HeldBox } from "../../../contracts/adoption.ts";
import { type Analysis, type DetectionChunk, detectionChunk } from "../../../contracts/analysis.ts";
import { type AnnotationSet, annotationSet } from "../../../contracts/annotation-set.ts";
import { type CorrectedView, corrected, personProducer, recorded, uncorrected, vocabularyOf } from "../../../contracts/corrected-view.ts";
import { correctable, objections } from "../../../contracts/correction-rules.ts";
import {
  type Change,
  type Correction,
  type CorrectionReceipt,
  type CorrectionSet,
  correctionRequest,
  type DrawnMask,
  type DrawnObject,
} from "../../../contracts/corrections.ts";
import { annotationSetKey } from "../../../contracts/keys.ts";
import { type HeldFrame, type MaskAdoption, maskAdoption, maskFrames } from "../../../contracts/mask-adoption.ts";
import { objectionsInEnglish } from "../../../contracts/objections.ts";
import type { FrameSpan } from "../../../contracts/primitives.ts";
import { callerOf } from "../../runtime/caller.ts";
import { InvalidInput, Outdated } from "../../runtime/errors.ts";
import { type HttpRequest, jsonBody, route, Versioned, versionExpected } from "../../runtime/http.ts";
import { caseScene, trackLabels, trackSpans } from "../../runtime/interchange/case-scene.ts";
import { overlaps } from "../../runtime/interchange/scene.ts";
import { type Lake, readZipped } from "../../runtime/lake.ts";
import { log } from "../../runtime/log.ts";
import { analysedCase, type CaseDeps } from "../analysed-case.ts";
import type { CorrectionLog } from "../correction-log.ts";
import type { FrameDoubt, ReviewQueue } from "../review-queue.ts";

export interface Deps extends CaseDeps {
  lake: Pick<Lake, "json" | "bytes">;
  newId(): string;
  log: Pick<CorrectionLog, "all" | "add">;
  queue: ReviewQueue;
  now(): Date;
}

/** JSON of a set that DynamoDB's item of 400 KB has room for, whatever it adds of its own. */
const mostBytes = 250_000;

const tooMuch = (): InvalidInput => new InvalidInput("That is too much to be saved at once. Save it in parts.");

/** `POST /cases/{caseId}/corrections`: keeps what a person corrected, all of it or nothing. */
export const createHandler = (deps: Deps) =>
  route(async (request) => {
    const { expected, wanted } = read(request);
    const { sub: createdBy } = callerOf(request);
    const analysis = await analysedCase(deps, request);
    const { caseId, runId } = analysis;
    const { contentSha256 } = analysis.provenance;
    if (wanted.runId !== runId || wanted.contentSha256 !== contentSha256)
      throw new Outdated("The case was analysed again: what was corrected is an analysis that it has no longer. Read the case again.");
    const sets = await deps.log.all(caseId, runId);
    const newest = sets.at(-1)?.version ?? 0;
    if (newest !== expected) throw overtaken(expected, newest);
    const view = corrected(
      uncorrected(analysis),
      sets.flatMap(({ corrections }) => corrections),
    );
    const base: Base = { analysis, of: correctable(analysis, vocabularyOf(analysis)), view, trackLabels: once(() => trackLabels(deps.lake, analysis)) };
    const { changes, notes } = wanted.changes === undefined ? await adopted(deps, base, sets, wanted.annotationSet as string) : { ...wanted, notes: undefined };
    const corrections = await checked(deps, base, changes as readonly Change[]);
    const version = expected + 1;
    const set: CorrectionSet = {
      ...{ schema: "correction-set/1.0", caseId, runId, contentSha256, version, createdBy, corrections },
      createdAt: deps.now().toISOString(),
    };
    if (Buffer.byteLength(JSON.stringify(set)) > mostBytes) throw tooMuch();
    if (!(await deps.log.add(set))) throw overtaken(expected, version);
    for (const [{ kind, id }, isSettled] of [...judgements(corrections), ...(await judgedFrames(deps, analysis, corrections))])
      await deps.queue.settle({ caseId, runId, kind, id }, isSettled);
    log("corrections saved", { caseId, runId, correctionCount: corrections.length });
    const receipt: CorrectionReceipt = { caseId, runId, version, count: corrections.length, ...(notes && { notes: [...notes] }) };
    return new Versioned(receipt, version);
  }, 201);

/** What corrections are made on: the analysis, what of it can be corrected, and what holds. */
interface Base {
  readonly analysis: Analysis;
  readonly of: ReturnType<typeof correctable>;
  readonly view: CorrectedView;
  /** Labels of the analysis's tracks; read when they are first asked for. */
  readonly trackLabels: () => ReturnType<typeof trackLabels>;
}

function once<T>(make: () => T): () => T {
  let made: { readonly value: T } | undefined;
  return () => {
    made ??= { value: make() };
    return made.value;
  };
}

/** Segments and events that people judged, by the last that was said: settled, or open again. */
function judgements(corrections: readonly Correction[]): [{ kind: "segment" | "event"; id: string }, boolean][] {
  const last = new Map<string, [{ kind: "segment" | "event"; id: string }, boolean]>();
  for (const { kind, target, after } of corrections) {
    if (target.kind !== "segment" && target.kind !== "event") continue;
    last.set(`${target.kind} ${target.id}`, [{ kind: target.kind, id: target.id }, !(kind === "judge" && after === "unreviewed")]);
  }
  return [...last.values()];
}

/** Frames with boxes or outlines that people were asked about and drew something in, or judged a track of; by the last that was said. */
async function judgedFrames({ lake, queue }: Deps, analysis: Analysis, corrections: readonly Correction[]): Promise<[FrameDoubt, boolean][]> {
  const said = corrections.filter(({ target }) => target.kind === "object" || target.kind === "mask" || target.kind === "track");
  if (said.length === 0) return [];
  const asked = await queue.frames(analysis.caseId, analysis.runId);
  if (asked.length === 0) return [];
  const tracks = said.some(({ target }) => target.kind === "track") ? await trackSpans(lake, analysis) : [];
  const spans = said.map((correction) => spanOf(correction, tracks));
  return asked.flatMap((frame): [FrameDoubt, boolean][] => {
    const last = spans.findLast((span) => span.kind === frame.kind && overlaps(span, frame));
    return last ? [[frame, last.isSettled]] : [];
  });
}

/** What a correction of boxes or outlines is about, from its first to its last frame, and whether it says something or takes it back. */
function spanOf({ kind, target, before, after }: Correction, tracks: readonly FrameSpan[]) {
  if (target.kind === "track") {
    const { startFrame, endFrame } = tracks[Number(target.id)] as FrameSpan;
    return { kind: "boxes" as const, startFrame, endFrame, isSettled: !(kind === "judge" && after === "unreviewed") };
  }
  const frames = framesOf((after ?? before) as DrawnObject | DrawnMask | null);
  return {
    kind: target.kind === "mask" ? ("outlines" as const) : ("boxes" as const),
    ...{ startFrame: Math.min(...frames), endFrame: Math.max(...frames) + 1, isSettled: after !== null },
  };
}

const framesOf = (drawn: DrawnObject | DrawnMask | null): number[] =>
  drawn === null ? [] : "keyframes" in drawn ? drawn.keyframes.map(({ frame }) => frame) : [drawn.frame, ...(drawn.later ?? []).map(({ frame }) => frame)];

const overtaken = (expected: number, newest: number): Outdated =>
  new Outdated(`Somebody saved corrections meanwhile: they have version ${newest}, and yours were made on version ${expected}. Read them, then save again.`);

/** What the request says: every reason why it can't be understood. */
function read(request: HttpRequest) {
  const reasons: string[] = [];
  const tried = <T>(part: () => T): T | undefined => {
    try {
      return part();
    } catch (error) {
      if (!(error instanceof InvalidInput)) throw error;
      reasons.push(...error.reasons);
      return undefined;
    }
  };
  const expected = tried(() => versionExpected(request));
  const wanted = tried(() => jsonBody(request, correctionRequest));
  if (expected === undefined || wanted === undefined) throw new InvalidInput(...reasons);
  return { expected, wanted };
}

/** Boxes of an analysis that there is memory for, with those of a set; and masks that there is time for. */
const mostBoxes = 250_000;
const mostMasks = 100_000;

/** What a set of imported annotations changes of what holds. Throws InvalidInput if that is nothing, or it is of another analysis. */
async function adopted(deps: Deps, { analysis, of, view, ...base }: Base, sets: readonly CorrectionSet[], setId: string): Promise<Adoption> {
  const { lake, newId } = deps;
  const { caseId, runId, provenance, media, detections, masks } = analysis;
  const set = await lake.json(annotationSetKey(caseId, runId, setId), annotationSet);
  if (set.contentSha256 !== provenance.contentSha256) throw new InvalidInput("The set speaks of another analysis of the case.");
  const boxCount = detections.reduce((sum, one) => sum + one.boxCount, set.boxes.length);
  const maskCount = masks.reduce((sum, one) => sum + one.maskCount, set.masks.length);
  const tooMany = (count: number, what: string, most: number): string[] =>
    count > most ? [`The analysis and the set have ${count} ${what}; sets of ${most} with the analysis can be adopted.`] : [];
  const reasons = [...tooMany(boxCount, "boxes", mostBoxes), ...(set.masks.length > 0 ? tooMany(maskCount, "masks", mostMasks) : [])];
  if (reasons.length > 0) throw new InvalidInput(...reasons);
  const scene = await caseScene(lake, { caseId, runId }, { startFrame: 0, endFrame: media.source.frameCount }, sets);
  const boxes: HeldBox[] = [];
  const lookedAt: number[] = [];
  for await (const { frame, items } of scene.boxes()) {
    lookedAt.push(frame);
    for (const { label, x, y, width, height, track, producer } of items)
      boxes.push({ frame, label: scene.labels[label] as string, box: [x, y, width, height], track, producer: scene.sources[producer] as string });
  }
  const correctableEvents = new Set(view.events.map(({ id }) => id));
  const held: Held = {
    ...{ view, boxes, lookedAt, trackCount: of.trackCount, trackLabels: await base.trackLabels(), raster: media.raster },
    fixedEvents: scene.events.map(({ id }) => id).filter((id) => !correctableEvents.has(id)),
  };
  const isAllowed = (before: CorrectedView, change: Change): boolean => objections(of, before, change, corrected(before, [change])).length === 0;
  const [told, outlines] = [adoption(held, set, isAllowed, newId), await adoptedMasks(deps, { analysis, view }, sets, set)];
  const found = { changes: [...told.changes, ...outlines.changes], notes: [...told.notes, ...outlines.notes] };
  if (found.changes.length === 0) throw new InvalidInput("The set says nothing else than what holds: there is nothing to adopt.", ...found.notes);
  return found;
}

/** The same of its masks, as outlines. */
async function adoptedMasks(
  { lake, newId }: Deps,
  { analysis, view }: Pick<Base, "analysis" | "view">,
  sets: readonly CorrectionSet[],
  set: AnnotationSet,
): Promise<MaskAdoption> {
  const frames = maskFrames(set);
  if (frames === null) return { changes: [], notes: [] };
  const span = { startFrame: frames.first, endFrame: frames.last + 1 };
  // What people drew is looked at as far as it goes.
  for (const frame of [...view.masks.values()].flatMap(framesOf)) {
    span.startFrame = Math.min(span.startFrame, frame);
    span.endFrame = Math.max(span.endFrame, frame + 1);
  }
  const scene = await caseScene(lake, analysis, span, sets);
  async function* held(): AsyncGenerator<HeldFrame> {
    for await (const { frame, items } of scene.masks()) {
      const named = items.map((mask) => ({ ...mask, label: scene.labels[mask.label] as string, producer: scene.sources[mask.producer] as string }));
      yield { frame, masks: named.filter(({ producer }) => producer !== personProducer) };
    }
  }
  const found = await maskAdoption({ view, raster: analysis.media.raster }, held(), set, newId, mostBytes);
  if (found === null) throw tooMuch();
  return found;
}

/** Each change with what held before it. Throws InvalidInput with all that speaks against them. */
async function checked({ lake }: Deps, { analysis, of, view, ...base }: Base, changes: readonly Change[]): Promise<Correction[]> {
  const labels = changes.some(({ target }) => target.kind === "track") ? await base.trackLabels() : [];
  const chunks = chunkReader(lake);
  const reasons: string[] = [];
  const corrections: Correction[] = [];
  let before = view;
  for (const [i, change] of changes.entries()) {
    const after = corrected(before, [change]);
    const against = [...objections(of, before, change, after).map((objection) => objection(objectionsInEnglish)), ...(await unfound(chunks, analysis, change))];
    if (against.length > 0) {
      reasons.push(...against.map((reason) => `Change ${i + 1}: ${reason}`));
      continue;
    }
    corrections.push(recorded(before, change, labels));
    before = after;
  }
  if (reasons.length > 0) throw new InvalidInput(...reasons);
  return corrections;
}

/** Reads chunks of detections. A set changes box after box of one chunk: the last of each network is kept. */
function chunkReader(lake: Deps["lake"]): (producer: string, uri: string) => Promise<DetectionChunk> {
  const kept = new Map<string, { readonly uri: string; readonly chunk: DetectionChunk }>();
  return async (producer, uri) => {
    const last = kept.get(producer);
    if (last?.uri === uri) return last.chunk;
    const chunk = await readZipped(lake, uri, detectionChunk);
    kept.set(producer, { uri, chunk });
    return chunk;
  };
}

/** A box of no track that was to be replaced must be where the change says. */
async function unfound(read: ReturnType<typeof chunkReader>, { detections }: Analysis, change: Change): Promise<string[]> {
  const replaces = change.kind === "draw-box" ? change.after?.replaces : undefined;
  if (!replaces || "track" in replaces) return [];
  const { producer, frame, box } = replaces;
  const found = detections.find((one) => one.producer === producer);
  if (!found) return [];
  const chunk = found.chunks.find(({ startFrame, endFrame }) => startFrame <= frame && frame < endFrame);
  const missing = [`${producer} found no such box in frame ${frame} that belongs to no track.`];
  if (!chunk) return missing;
  const { frames, offsets, ...columns } = await read(producer, chunk.uri);
  const at = frames.indexOf(frame);
  for (let b = offsets[at] ?? 0; at >= 0 && b < (offsets[at + 1] as number); b++)
    if (columns.track[b] === -1 && box.every((value, i) => columns.box[4 * b + i] === value)) return [];
  return missing;
}
