import { bytesOfPart, partsOf } from "../../../contracts/upload.ts";
import type { Part } from "../multipart.ts";
import { ranges } from "../uploads.ts";

/** Why parts don't make up a video of so many bytes: every missing part, every part of a wrong size, and what they add up to. None if they do. */
export function faultsOf(parts: readonly Part[], bytes: number): string[] {
  const { partCount } = partsOf(bytes);
  const arrived = new Map(parts.map((part) => [part.number, part.bytes]));
  const missing = Array.from({ length: partCount }, (_, i) => i + 1).filter((number) => !arrived.has(number));
  const sum = parts.reduce((total, part) => total + part.bytes, 0);
  return [
    ...(missing.length > 0 ? [`Of ${partCount} parts ${missing.length} ${missing.length === 1 ? "is" : "are"} missing: ${ranges(missing)}.`] : []),
    ...parts.flatMap(({ number, bytes: size }) => {
      if (number > partCount) return [`Part ${number} is one too many.`];
      const wanted = bytesOfPart(number, bytes);
      return size === wanted ? [] : [`Part ${number} has ${size} bytes; it must have ${wanted}.`];
    }),
    ...(sum === bytes ? [] : [`The parts have ${sum} bytes together; the video was announced with ${bytes}.`]),
  ];
}
