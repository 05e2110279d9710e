import { z } from "zod";
import { parseUri, renditionsPrefix } from "./keys.ts";

/** First part of the addresses of videos on the site; behind it stands what their keys have behind {@link renditionsPrefix}. */
export const mediaPath = "/media";

/** Seconds that a browser may ask for a video before it must ask for leave anew. */
export const playbackSeconds = 15 * 60;

/** Path on the site of a rendition, from its `s3://` location. */
export function mediaPathOf(uri: string): string {
  const { key } = parseUri(uri);
  if (!key.startsWith(renditionsPrefix)) throw new Error("Only renditions are shown on the site.");
  return `${mediaPath}/${key.slice(renditionsPrefix.length)}`;
}

/** Path on the site of all that people may see of one analysis: what is covered, and not the analysis rendition beside it. */
export const reviewFolder = (caseId: string, runId: string): string => `${mediaPath}/${caseId}/${runId}/review/`;

/** `POST /cases/{caseId}/playback`: the cookies that come along open the case's review video until then. */
export const playbackGrant = z.strictObject({ until: z.iso.datetime() });
export type PlaybackGrant = z.infer<typeof playbackGrant>;
