/* How uploads are cut, apart from their schemas: the page brings no validator along. */

/** Smallest part that we ask for, so that a small file isn't cut into crumbs: 16 MiB. */
const leastPartBytes = 16 * 2 ** 20;
/** Parts that an upload is cut into at most. S3 takes 10,000 (S3 User Guide, "Multipart upload limits"); the rest is room. */
export const mostParts = 9000;
/** Parts that one request signs: a link has 1.5 KB, an answer of Lambda 6 MB at most. */
export const partsPerPage = 100;
/** How long a signed link of a part lives. */
export const partLinkSeconds = 15 * 60;

/** Bytes of every part but the last, and how many parts there are. */
export function partsOf(bytes: number): { partSize: number; partCount: number } {
  const partSize = Math.max(leastPartBytes, Math.ceil(bytes / mostParts));
  return { partSize, partCount: Math.ceil(bytes / partSize) };
}

/** Bytes of one part of an upload; parts are counted from 1. */
export const bytesOfPart = (number: number, bytes: number): number => {
  const { partSize } = partsOf(bytes);
  return Math.min(partSize, bytes - (number - 1) * partSize);
};
