import { type PlaybackGrant, playbackSeconds, reviewFolder } from "../../../contracts/playback.ts";
import { caseId as caseIdSchema } from "../../../contracts/primitives.ts";
import { InvalidInput, NotFound } from "../../runtime/errors.ts";
import { route, WithCookies } from "../../runtime/http.ts";
import { summaryOf } from "../summary.ts";
import type { KeepView } from "../views.ts";
import { type KeyIds, signedCookies } from "./signed-cookies.ts";

export interface Deps {
  /** The case's summary item, if there is one. */
  summary(caseId: string): Promise<unknown>;
  /** In PEM. */
  privateKey(): Promise<string>;
  keyIds: KeyIds;
  /** Origin of the site: `https://...`, without a path. */
  site: string;
  keepView: KeepView;
  now(): Date;
}

/**
 * `POST /cases/{caseId}/playback`: lets the sender's browser have the case's review video for a while. No script of a page can read the cookies,
 * and they go along to the videos of this one analysis only. HIPAA 164.312(a)(1), (d).
 */
export const createHandler = (deps: Deps) =>
  route(async (request) => {
    const id = caseIdSchema.safeParse(request.pathParameters["caseId"]);
    if (!id.success) throw new InvalidInput("The case's identifier isn't a UUID.");
    const { caseId, runId, status } = summaryOf(await deps.summary(id.data));
    if (runId === null || (status !== "COMPLETE" && status !== "PARTIAL")) throw new NotFound("The case has no review video.");
    await deps.keepView(request, caseId, "case");
    const until = new Date(deps.now().getTime() + playbackSeconds * 1000);
    const folder = reviewFolder(caseId, runId);
    const cookies = signedCookies(`${deps.site}${folder}*`, until, await deps.privateKey(), deps.keyIds);
    const terms = `Path=${folder}; Max-Age=${playbackSeconds}; Secure; HttpOnly; SameSite=Strict`;
    return new WithCookies(
      { until: until.toISOString() } satisfies PlaybackGrant,
      [...cookies].map(([name, value]) => `${name}=${value}; ${terms}`),
    );
  }, 201);
