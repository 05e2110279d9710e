import { cueLine } from "../../../contracts/analyser-result.ts";
import type { Analysis } from "../../../contracts/analysis.ts";
import { eventType } from "../../../contracts/event-type.ts";
import type { Subject } from "../../../contracts/model.ts";
import type { RunStatistics } from "../../../contracts/run-statistics.ts";
import { BrokenContract } from "../../runtime/errors.ts";
import type { Lake } from "../../runtime/lake.ts";
import { phaseSegments, preferredSeries } from "./classifications/phases.ts";
import { readSeries, type Series, storeSeries } from "./classifications/series.ts";
import { sightings } from "./classifications/sightings.ts";
import { type Cues, mergeCues } from "./cues.ts";
import { type MergedDetections, mergeDetections, storeTracks } from "./detections/merge.ts";
import { compare, numbered } from "./items.ts";
import { measured } from "./looks.ts";
import { type MergedMasks, mergeMasks } from "./masks.ts";
import { presenceEvents } from "./presence.ts";
import type { Finding } from "./results.ts";
import { sharesOf } from "./statistics.ts";
import { mergeTags } from "./tags.ts";
import type { Video } from "./video.ts";

/** What all findings together come to. */
export type Merged = Pick<Analysis, "segments" | "events" | "tags" | "detections" | "tracks" | "masks" | "scores" | "lookedAt" | "busiestFrame"> & {
  statistics: Pick<RunStatistics, "producers" | "shares">;
};

/** Subjects of things that are seen somewhere in the picture, in the order in which the analysis lists them. */
const things = ["instrument", "structure"] as const;
type Thing = (typeof things)[number];
/** Subjects that whole pictures are classified by. The privacy gate's was dealt with before. */
const classified: readonly Subject[] = ["phase", "view", "critical-view", ...things];

/** Merges the findings of all producers, which are in the order of their identifiers. Throws BrokenContract for a subject that a kind of finding can't be about. */
export async function mergeFindings(lake: Pick<Lake, "uri" | "lines" | "put">, findings: readonly Finding[], video: Video): Promise<Merged> {
  checkSubjects(findings);
  const detections: MergedDetections[] = [];
  const masks: MergedMasks[] = [];
  for (const thing of things) {
    const about = findings.filter(({ subject }) => subject === thing);
    const detected = about.filter(({ kind }) => kind === "detections");
    if (detected.length > 0) detections.push(await mergeDetections(lake, detected, thing, video));
    for (const finding of about.filter(({ kind }) => kind === "masks")) masks.push(await mergeMasks(lake, finding, thing, video));
  }
  const series: Series[] = [];
  const scores: Analysis["scores"] = [];
  for (const finding of findings.filter(({ kind }) => kind === "classifications")) {
    const read = await readSeries(lake, finding, video);
    series.push(read);
    scores.push(await storeSeries(lake, read, finding.subject as Subject, video));
  }
  const about = (subject: Subject) => series.filter(({ finding }) => finding.subject === subject);
  const phases = preferredSeries(about("phase"));
  const seen = (["view", ...things] as const).flatMap((subject) => about(subject).flatMap((one) => sightings(one, subject, video)));

  const measuring = findings.filter(({ kind }) => kind === "cues");
  const found = await Promise.all(measuring.map((finding) => readCues(lake, finding)));
  const cues = mergeCues(found, video, new Set(about("view").flatMap(({ finding }) => finding.labels.map(eventType))));
  const tags = await mergeTags(
    lake,
    findings.filter(({ kind }) => kind === "tags"),
    video,
  );
  const presences = [...detections.flatMap((one) => one.presences), ...masks.flatMap((one) => one.presences), ...seen];
  const followed = detections.find(({ tracks }) => tracks !== null);
  const lookedAt = [
    ...detections.flatMap((one) => one.lookedAt),
    ...[...masks, ...series].map((one) => one.lookedAt),
    ...measuring.map((finding) => measured(finding, video)),
  ];
  const statistics = [...detections, ...masks, ...series].flatMap((one) => one.statistics);
  return {
    segments: numbered("segment", [...cues.segments, ...(phases ? phaseSegments(phases, video) : [])]),
    events: numbered("event", [...cues.events, ...presenceEvents(presences, video)]),
    ...(tags && { tags }),
    detections: detections.flatMap((one) => one.detections),
    tracks: followed ? await storeTracks(lake, followed, video) : null,
    masks: masks.map((one) => one.masks),
    scores,
    lookedAt: lookedAt.sort((a, b) => compare(a.producer, b.producer) || compare(a.kind, b.kind)),
    busiestFrame: busiest(detections),
    statistics: { producers: statistics, shares: sharesOf(video, found) },
  };
}

function checkSubjects(findings: readonly Finding[]): void {
  for (const { kind, subject, producer } of findings) {
    const allowed = kind === "classifications" ? classified : kind === "detections" || kind === "masks" ? things : null;
    if (allowed === null || (subject !== null && allowed.includes(subject as Thing))) continue;
    throw new BrokenContract(`${producer.id} gives ${kind} of ${subject ?? "no subject"}; they must be of ${allowed.join(", ")}.`);
  }
}

async function readCues(lake: Pick<Lake, "lines">, { key, producer }: Finding): Promise<Cues> {
  const lines = [];
  for await (const line of lake.lines(key, cueLine)) lines.push(line);
  return { producer, lines };
}

/** The frame with the most boxes, of instruments if there are any; of several, the one whose boxes are surest. */
function busiest(merged: readonly MergedDetections[]): number | null {
  return merged.find((one) => one.busiest !== null)?.busiest?.frame ?? null;
}
