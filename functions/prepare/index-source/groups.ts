import { type KeyFrameGroups, segmentSeconds } from "../../../contracts/media.ts";
import type { Rational } from "../../../contracts/primitives.ts";
import type { PacketTable } from "../../runtime/media/packet-table.ts";

/**
 * The groups of pictures of a video, told from its packets as they are decoded. `end` is when the last picture has been shown, in ticks.
 *
 * An open group is one whose key frame is followed by pictures that are shown before it: in H.264 no picture after an IDR in decoding order
 * is shown before it (ITU-T H.264, 7.4.1.2.4 and 3.69), so that key frame is none, and those pictures refer to the group before. What a
 * container can't tell: a key frame that is no IDR and that no such picture follows.
 */
export function groupsOf({ pts, bytes, isKey }: PacketTable["packets"], { timebase, end }: { timebase: Rational; end: number }): KeyFrameGroups {
  const keys: { pts: number; open: boolean; bytesBefore: number }[] = [];
  let total = 0;
  for (let i = 0; i < pts.length; i++) {
    const last = keys.at(-1);
    if (isKey[i] || !last) keys.push({ pts: pts[i] as number, open: false, bytesBefore: total });
    else if ((pts[i] as number) < last.pts) last.open = true;
    total += bytes[i] as number;
  }
  const isSegment = (ticks: number): boolean => ticks * timebase.num >= segmentSeconds * timebase.den;
  let longestTicks = 0;
  let largestSegmentBytes = 0;
  let next = 0;
  for (const [i, key] of keys.entries()) {
    longestTicks = Math.max(longestTicks, (keys[i + 1]?.pts ?? end) - key.pts);
    while (next < keys.length && !isSegment((keys[next] as { pts: number }).pts - key.pts)) next++;
    largestSegmentBytes = Math.max(largestSegmentBytes, (keys[next]?.bytesBefore ?? total) - key.bytesBefore);
  }
  return { count: keys.length, longestTicks, open: keys.filter(({ open }) => open).length, bytes: total, largestSegmentBytes };
}
