import { mediaPath } from "../../contracts/playback.ts";

/** Where the site keeps what: everything else is the page. */
export const sitePaths = { api: "/api", media: mediaPath } as const;

/** The API knows nothing of `/api`, nor the bucket of `/media`. CloudFront checks cookies before, against the address that the browser asked for. */
export const dropFirstSegment = `function handler(event) {
  event.request.uri = event.request.uri.replace(/^\\/[^/]*/, "");
  return event.request;
}
`;
