import { pictureStepSeconds, picturesPerPart } from "../../contracts/gate.ts";
import type { FrameSpan, Rational } from "../../contracts/primitives.ts";

/** A picture of the source that is searched for text, and the frame of the analysis rendition that it shows. */
export interface SampledPicture {
  readonly index: number;
  readonly frame: number;
}

/** The pictures of a video: its first frame, then one every {@link pictureStepSeconds}. All arithmetic but the rounding to a frame is on integers. */
export function sampledPictures(rate: Rational, frameCount: number): SampledPicture[] {
  const pictures: SampledPicture[] = [];
  for (let index = 0; index * pictureStepSeconds * rate.num <= (frameCount - 1) * rate.den; index++) {
    pictures.push({ index, frame: Math.round((index * pictureStepSeconds * rate.num) / rate.den) });
  }
  return pictures;
}

/** Those that show the inside of the patient: nobody searches the others. */
export const insidePatient = (pictures: readonly SampledPicture[], outOfBody: readonly FrameSpan[]): SampledPicture[] =>
  pictures.filter(({ frame }) => !outOfBody.some((span) => span.startFrame <= frame && frame < span.endFrame));

/** Those of one part. */
export const partOf = (pictures: readonly SampledPicture[], part: number): SampledPicture[] =>
  pictures.filter(({ index }) => Math.floor(index / picturesPerPart) === part);
