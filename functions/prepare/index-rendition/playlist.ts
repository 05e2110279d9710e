import { BrokenContract } from "../../runtime/errors.ts";

/** Segment names of an HLS media playlist (RFC 8216, 4.3.3) in order. Throws BrokenContract unless it is whole and lists files beside it. */
export function segmentNames(playlist: string): string[] {
  const lines = playlist.split(/\r?\n/).map((line) => line.trim());
  if (lines[0] !== "#EXTM3U") throw new BrokenContract("The playlist doesn't begin with #EXTM3U.");
  if (!lines.includes("#EXT-X-ENDLIST")) throw new BrokenContract("The playlist has no #EXT-X-ENDLIST: it isn't whole.");
  const names = lines.filter((line) => line !== "" && !line.startsWith("#"));
  if (names.length === 0) throw new BrokenContract("The playlist lists no segments.");
  const foreign = names.find((name) => !/^[\w.-]+$/.test(name));
  if (foreign !== undefined) throw new BrokenContract("The playlist lists a segment that isn't a file beside it.");
  return names;
}
