import { sprites } from "../../../contracts/analyser-result.ts";
import { type Analysis, analysis } from "../../../contracts/analysis.ts";
import type { CaseDetail } from "../../../contracts/api.ts";
import { analysisKey, parseUri, timelineKey } from "../../../contracts/keys.ts";
import { mediaPathOf } from "../../../contracts/playback.ts";
import { caseId as caseIdSchema } from "../../../contracts/primitives.ts";
import { InvalidInput } from "../../runtime/errors.ts";
import { route } from "../../runtime/http.ts";
import type { Lake } from "../../runtime/lake.ts";
import { summaryOf } from "../summary.ts";
import type { KeepView } from "../views.ts";

export interface Deps {
  lake: Pick<Lake, "json" | "uri">;
  /** The case's summary item, if there is one. */
  summary(caseId: string): Promise<unknown>;
  /** A link that opens an `s3://` object for 15 minutes. */
  link(uri: string): Promise<string>;
  /** Whether the platform has a language model that answers questions. */
  answersQuestions: boolean;
  keepView: KeepView;
}

/** `GET /cases/{caseId}`: the case, its analysis, and links to what the analysis names. */
export const createHandler = (deps: Deps) =>
  route(async (request): Promise<CaseDetail> => {
    const id = caseIdSchema.safeParse(request.pathParameters["caseId"]);
    if (!id.success) throw new InvalidInput("The case's identifier isn't a UUID.");
    const summary = summaryOf(await deps.summary(id.data));
    await deps.keepView(request, summary.caseId, "case");
    const isAnalysed = summary.runId !== null && (summary.status === "COMPLETE" || summary.status === "PARTIAL");
    const found = isAnalysed ? await deps.lake.json(analysisKey(summary.caseId, summary.runId as string), analysis) : null;
    return { case: summary, analysis: found, answersQuestions: deps.answersQuestions, links: await linksOf(deps, found) };
  });

async function linksOf({ lake, link }: Deps, found: Analysis | null): Promise<CaseDetail["links"]> {
  if (found === null)
    return { review: null, frameTable: null, timeline: null, sprites: null, poster: null, detections: {}, masks: {}, scores: {}, tracks: null };
  const { media, detections, masks, scores, tracks } = found;
  const chunksOf = async (found: readonly { producer: string; chunks: readonly { uri: string }[] }[]) =>
    Object.fromEntries(
      await Promise.all(found.map(async ({ producer, chunks }) => [producer, await Promise.all(chunks.map(({ uri }) => link(uri)))] as const)),
    );
  return {
    review: media.renditions.review === null ? null : mediaPathOf(media.renditions.review),
    frameTable: await link(media.frameTable),
    timeline: await link(lake.uri(timelineKey(found.caseId, found.runId))),
    sprites: media.sprites === null ? null : await spriteLinks(lake, link, media.sprites),
    poster: media.poster ? await link(media.poster.uri) : null,
    detections: await chunksOf(detections),
    masks: await chunksOf(masks),
    scores: Object.fromEntries(await Promise.all(scores.map(async ({ producer, uri }) => [producer, await link(uri)] as const))),
    tracks: tracks === null ? null : await link(tracks.uri),
  };
}

async function spriteLinks(lake: Deps["lake"], link: Deps["link"], uri: string): Promise<NonNullable<CaseDetail["links"]["sprites"]>> {
  const { sheets } = await lake.json(parseUri(uri).key, sprites);
  const folder = uri.slice(0, uri.lastIndexOf("/") + 1);
  return { index: await link(uri), sheets: await Promise.all(sheets.map((sheet) => link(folder + sheet))) };
}
