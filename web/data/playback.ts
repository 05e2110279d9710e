import type { PlaybackGrant } from "../../contracts/playback.ts";

/** How long before its end, in milliseconds, a leave is asked for anew, and how often that is looked at. */
const marginMs = 3 * 60 * 1000;
const lookMs = 30_000;

/** The browser's leave to have the video of a case: cookies that no script can read, renewed before they run out. */
export class Playback {
  readonly #grant: () => Promise<PlaybackGrant>;
  readonly #now: () => number;
  #until = 0;
  #asked: Promise<void> | undefined;

  constructor(grant: () => Promise<PlaybackGrant>, now: () => number = Date.now) {
    this.#grant = grant;
    this.#now = now;
  }

  /** Resolves once the video may be asked for, for a while yet. What failed is asked again by the next who wants it. */
  granted(): Promise<void> {
    if (this.#until - this.#now() > marginMs) return Promise.resolve();
    this.#asked ??= this.#grant()
      .then(({ until }) => {
        this.#until = Date.parse(until);
      })
      .finally(() => {
        this.#asked = undefined;
      });
    return this.#asked;
  }

  /** Keeps the leave while the video is open: a browser asks for it piece by piece, for as long as somebody looks. */
  keepUntil(end: AbortSignal): void {
    // What fails now is asked again at the next look; before the leave runs out there are several.
    const timer = setInterval(() => void this.granted().catch(() => undefined), lookMs);
    end.addEventListener("abort", () => clearInterval(timer), { once: true });
  }
}

/** Whether the site refuses a video to this browser: that cookies were not kept is told to nobody until it is asked for. */
export async function isRefusedAt(link: string): Promise<boolean> {
  const { status } = await fetch(link, { method: "HEAD", cache: "no-store" });
  return status === 403;
}
