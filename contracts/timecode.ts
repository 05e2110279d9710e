import { z } from "zod";
import type { Rational } from "./primitives.ts";

/**
 * The timecode that a source gives its first frame (SMPTE ST 12-1): what people who cut with the source count by. It is an offset:
 * the platform itself counts frames from 0.
 */
export const startTimecode = z.strictObject({
  /** As the source writes it: `HH:MM:SS:FF`, or `HH:MM:SS;FF` where numbers of frames are dropped. */
  timecode: z.string().regex(/^\d{2}:\d{2}:\d{2}[:;]\d{2}$/),
  dropFrame: z.boolean(),
  /** Frames, at the source's nominal rate, from timecode zero to the source's first frame. */
  frame: z.int().nonnegative(),
});
export type StartTimecode = z.infer<typeof startTimecode>;

/**
 * Reads a start timecode. Null for what no frame of such a rate has: a number too large, or one that is dropped, or dropping at a rate
 * other than 29.97 and 59.94. Timecode seconds count the rate rounded up; dropping leaves out the first 2 numbers of a minute (4 at 59.94),
 * but not in every tenth (SMPTE ST 12-1, drop-frame).
 */
export function parseStartTimecode(text: string, { num, den }: Rational): StartTimecode | null {
  const [, hours, minutes, seconds, separator, frames] = /^(\d{2}):(\d{2}):(\d{2})([:;])(\d{2})$/.exec(text) ?? [];
  if (separator === undefined) return null;
  const [h, m, s, f] = [hours, minutes, seconds, frames].map(Number) as [number, number, number, number];
  const perSecond = Math.ceil(num / den);
  if (h > 23 || m > 59 || s > 59 || f >= perSecond) return null;
  const counted = ((h * 60 + m) * 60 + s) * perSecond + f;
  if (separator === ":") return { timecode: text, dropFrame: false, frame: counted };
  const dropped = den === 1001 && num === 30_000 ? 2 : den === 1001 && num === 60_000 ? 4 : undefined;
  if (dropped === undefined || (f < dropped && s === 0 && m % 10 !== 0)) return null;
  const minutesBefore = h * 60 + m;
  return { timecode: text, dropFrame: true, frame: counted - dropped * (minutesBefore - Math.floor(minutesBefore / 10)) };
}
