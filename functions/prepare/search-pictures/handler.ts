import type { TextDetection } from "@aws-sdk/client-rekognition";
import type { z } from "zod";
import type { PictureSearch } from "../../../contracts/gate.ts";
import { pictureSearchKey, screenedPictureKey, segmentManifestKey } from "../../../contracts/keys.ts";
import { segmentManifest } from "../../../contracts/media.ts";
import { searchPicturesRequest, type searchPicturesResponse } from "../../../contracts/steps.ts";
import { InvalidInput } from "../../runtime/errors.ts";
import type { Lake } from "../../runtime/lake.ts";
import { log } from "../../runtime/log.ts";
import { parseInput } from "../../runtime/parse.ts";
import { readOutOfBody } from "../out-of-body.ts";
import { insidePatient, partOf, sampledPictures } from "../pictures.ts";
import { textBoxes } from "./core.ts";

export interface Deps {
  lake: Pick<Lake, "json" | "lines" | "putJson">;
  /** What Rekognition reads in a picture of the lake. */
  detectText(key: string): Promise<readonly TextDetection[]>;
}

/**
 * Pictures that are looked at side by side. With two parts at a time this stays below the 25 calls a second that an account
 * has in most Regions where it has few (Rekognition quotas); what is throttled is tried again.
 */
const sideBySide = 4;

/** State SearchPictures: finds burnt-in text in one part of the sampled pictures, those outside the patient left alone. */
export const createHandler =
  ({ lake, detectText }: Deps) =>
  async (event: unknown): Promise<z.infer<typeof searchPicturesResponse>> => {
    const { caseId, runId, screening, part } = parseInput(searchPicturesRequest, event);
    const { frameRate, frameCount } = await lake.json(segmentManifestKey(caseId, runId), segmentManifest);
    const outside = await readOutOfBody(lake, screening, frameCount);
    if ("reasons" in outside) throw new InvalidInput(...outside.reasons);
    const wanted = partOf(insidePatient(sampledPictures(frameRate, frameCount), outside.spans), part);
    const pictures: PictureSearch["pictures"] = [];
    for (let i = 0; i < wanted.length; i += sideBySide) {
      const found = wanted.slice(i, i + sideBySide).map(async ({ index, frame }) => {
        const text = textBoxes(await detectText(screenedPictureKey(caseId, runId, index)));
        return { index, frame, text };
      });
      pictures.push(...(await Promise.all(found)));
    }
    const search: PictureSearch = { schema: "picture-search/1.0", part, pictures };
    await lake.putJson(pictureSearchKey(caseId, runId, part), search);
    const withText = pictures.filter(({ text }) => text.length > 0).length;
    log("pictures searched", { caseId, runId, frameCount: pictures.length, textCount: withText });
    return { searched: pictures.length, withText };
  };
