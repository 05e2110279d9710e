import type { TextDetection } from "@aws-sdk/client-rekognition";
import type { z } from "zod";
import { type PictureSearch, pictureSearch } from "../../../contracts/gate.ts";
import { pictureSearchKey, screenedPictureKey, segmentManifestKey } from "../../../contracts/keys.ts";
import { segmentManifest } from "../../../contracts/media.ts";
import { searchPicturesRequest, type searchPicturesResponse } from "../../../contracts/steps.ts";
import { InvalidInput, NotFound } from "../../runtime/errors.ts";
import type { Lake } from "../../runtime/lake.ts";
import { log } from "../../runtime/log.ts";
import { parseInput } from "../../runtime/parse.ts";
import { readOutOfBody } from "../out-of-body.ts";
import { insidePatient, partOf, type SampledPicture, sampledPictures } from "../pictures.ts";
import { textBoxes } from "./core.ts";

export interface Deps {
  lake: Pick<Lake, "json" | "lines" | "putJson">;
  /** What Rekognition reads in a picture of the lake. */
  detectText(key: string): Promise<readonly TextDetection[]>;
  isThere(key: string): Promise<boolean>;
  /** How often a second it may be asked: this analysis's share of what the account has. */
  callsPerSecond: number;
  now(): number;
  wait(milliseconds: number): Promise<unknown>;
}

type Searched = PictureSearch["pictures"][number];

/** Pictures that are looked at side by side, at most. */
const sideBySide = 4;
/** What was found is written down after so many pictures: a part that breaks off goes on from there. */
const savedEach = 20;

/** State SearchPictures: finds burnt-in text in one part of the sampled pictures, those outside the patient left alone. */
export const createHandler =
  (deps: Deps) =>
  async (event: unknown): Promise<z.infer<typeof searchPicturesResponse>> => {
    const { lake } = deps;
    const { caseId, runId, screening, part } = parseInput(searchPicturesRequest, event);
    const { frameRate, frameCount } = await lake.json(segmentManifestKey(caseId, runId), segmentManifest);
    const outside = await readOutOfBody(lake, screening, frameCount);
    if ("reasons" in outside) throw new InvalidInput(...outside.reasons);
    const sampled = sampledPictures(frameRate, frameCount);
    const wanted = partOf(insidePatient(sampled, outside.spans), part);
    const key = pictureSearchKey(caseId, runId, part);
    const before = await searchedBefore(lake, key);
    const pictures = before.filter(({ index, frame }) => wanted.some((one) => one.index === index && one.frame === frame));
    const save = () => lake.putJson(key, { schema: "picture-search/1.0", part, pictures } satisfies PictureSearch);

    const todo = wanted.filter(({ index }) => !pictures.some((one) => one.index === index));
    const turn = paced(deps);
    const search = async ({ index, frame }: SampledPicture): Promise<Searched> => {
      const picture = screenedPictureKey(caseId, runId, index);
      // MediaConvert counts by its own clock: whether a video that ends just behind its last picture has that, it decides.
      const isLast = index > 0 && index === sampled.length - 1;
      if (isLast && !(await deps.isThere(picture))) return { index, frame, text: [], absent: true };
      await turn();
      return { index, frame, text: textBoxes(await deps.detectText(picture)) };
    };
    for (let i = 0; i < todo.length; i += sideBySide) {
      pictures.push(...(await Promise.all(todo.slice(i, i + sideBySide).map(search))));
      if ((i / sideBySide) % (savedEach / sideBySide) === 0) await save();
    }
    await save();
    const withText = pictures.filter(({ text }) => text.length > 0).length;
    log("pictures searched", { caseId, runId, frameCount: pictures.length, textCount: withText });
    return { searched: pictures.filter(({ absent }) => !absent).length, withText };
  };

/** What an attempt at this part found that broke off. */
async function searchedBefore(lake: Deps["lake"], key: string): Promise<Searched[]> {
  try {
    return (await lake.json(key, pictureSearch)).pictures;
  } catch (error) {
    if (error instanceof NotFound) return [];
    throw error;
  }
}

/** Waits until it is one's turn: no more turns begin in a second than calls may. */
function paced({ callsPerSecond, now, wait }: Pick<Deps, "callsPerSecond" | "now" | "wait">): () => Promise<void> {
  let next = now();
  return async () => {
    const mine = Math.max(next, now());
    next = mine + 1000 / callsPerSecond;
    const left = mine - now();
    if (left > 0) await wait(left);
  };
}
