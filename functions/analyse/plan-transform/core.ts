import type { Gate } from "../../../contracts/gate.ts";
import { type SegmentManifest, samplingStep } from "../../../contracts/media.ts";
import type { Rational } from "../../../contracts/primitives.ts";
import { BrokenContract } from "../../runtime/errors.ts";
import type { SegmentLook } from "../segments.ts";

/** Longest value of a variable that a transform job gives its container (CreateTransformJob, Environment). */
const mostCharacters = 10_240;

/**
 * What the container must know of a video to do with each segment what is right for it (`VIDEO_WORK` of `models/serving/serve.ts`):
 * a transform job can say nothing with a single segment. `times` are the rendition's.
 */
export function videoWork(
  model: string,
  sampleRate: number,
  { frameRate, frameCount }: SegmentManifest,
  { outOfBody }: Pick<Gate, "outOfBody">,
  times: { readonly timebase: Rational; readonly pts: ArrayLike<number> },
): string {
  const { timebase, pts } = times;
  const text = [
    `model=${model}`,
    `step=${samplingStep(frameRate, sampleRate)}`,
    `first-pts=${pts[0]}`,
    `frame-ticks=${frameRate.den * timebase.den}/${frameRate.num * timebase.num}`,
    `frames=${frameCount}`,
    ...(outOfBody.length === 0 ? [] : [`excluded=${outOfBody.map(({ startFrame, endFrame }) => `${startFrame}-${endFrame}`).join(",")}`]),
  ].join(";");
  if (text.length > mostCharacters) throw new BrokenContract(`${outOfBody.length} spans outside the patient are more than a transform job can be told of.`);
  return text;
}

/**
 * A manifest of SageMaker (S3DataSource, ManifestFile): a prefix, and names below it. A segment in which nothing is to be looked at is
 * not among them. Throws a BrokenContract unless all segments lie in one folder.
 */
export function transformManifest(looks: readonly SegmentLook[]): (string | { prefix: string })[] {
  const folders = new Set(looks.map(({ uri }) => uri.replace(/[^/]*$/, "")));
  const [prefix] = folders;
  if (prefix === undefined || folders.size > 1) throw new BrokenContract(`The segments lie in ${folders.size} folders, not in one.`);
  return [{ prefix }, ...looks.map(({ uri }) => uri.slice(prefix.length))];
}
