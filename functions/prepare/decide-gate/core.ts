import type { PictureSearch, TextRegion } from "../../../contracts/gate.ts";
import { around, touch } from "../boxes.ts";
import { atMost } from "../fewer.ts";
import type { SampledPicture } from "../pictures.ts";

/**
 * Regions that a gate lists at most: each is an inserted image of the review job, whose settings pass through the state
 * machine, and that takes 256 KiB in all (Step Functions quotas). A picture with more text than that is covered in larger pieces.
 */
const mostRegions = 200;

/** What is wrong with the search of the pictures: sentences, all of them. */
export function searchFaults(found: PictureSearch["pictures"], wanted: readonly SampledPicture[]): string[] {
  const missing = wanted.filter(({ index, frame }) => !found.some((picture) => picture.index === index && picture.frame === frame)).length;
  const surplus = found.length - (wanted.length - missing);
  const faults: string[] = [];
  if (missing > 0) faults.push(`The search for burnt-in text left out ${missing} of ${wanted.length} pictures; all are needed.`);
  if (surplus > 0) faults.push(`The search for burnt-in text has ${surplus} pictures that nobody asked for.`);
  return faults;
}

/**
 * Regions with text over time. Text that is seen in a picture may have come at any moment since the picture before, and may
 * stay until the one after. What touches from one picture to the next is one region, as large as both. What an absent picture would have
 * shown is covered whole, from the picture before to the end.
 */
export function textRegions(found: PictureSearch["pictures"], sampled: readonly SampledPicture[], frameCount: number, most = mostRegions): TextRegion[] {
  let regions: (TextRegion & { lastIndex: number })[] = [];
  for (const { index, text } of [...found].sort((a, b) => a.index - b.index)) {
    for (const box of text) {
      const seen = { ...box, startFrame: sampled[index - 1]?.frame ?? 0, endFrame: sampled[index + 1]?.frame ?? frameCount };
      const same = regions.filter((region) => region.lastIndex >= index - 1 && touch(region, box));
      regions = [...regions.filter((region) => !same.includes(region)), { ...around(seen, ...same), lastIndex: index }];
    }
  }
  const unseen = found
    .filter(({ absent }) => absent)
    .map(({ index }) => ({ x: 0, y: 0, width: 1, height: 1, score: 1, startFrame: sampled[index - 1]?.frame ?? 0, endFrame: frameCount }));
  const plain = [...regions.map(({ lastIndex, ...region }) => region), ...unseen].sort(inOrder);
  return atMost(most, plain, around);
}

const inOrder = (a: TextRegion, b: TextRegion): number => a.startFrame - b.startFrame || a.y - b.y || a.x - b.x;
