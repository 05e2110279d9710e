import { Failure, type Reason, reasonsFor } from "../data/failure.ts";
import type { FrameClock } from "./clock.ts";
import type { Overlay, OverlaySettings } from "./overlay.ts";

/** What there is to know of the player between two pictures. */
export interface PlayerState {
  /** Source frame of the picture in view; null before the first. */
  readonly frame: number | null;
  readonly isPlaying: boolean;
  readonly rate: number;
  /** Whether boxes or masks of the picture in view are still being read. */
  readonly isOverlayLoading: boolean;
  /** Why the video can't be shown. */
  readonly error: PlayerError | null;
}
export interface PlayerError {
  /** Why, as far as the platform or the browser says: both in their own words. */
  readonly reasons: readonly Reason[];
  /** Whether the site does not let this browser have the video, although it was just given leave: it has kept no cookies. */
  readonly isRefused: boolean;
}

/** Speeds that the player goes through. Browsers play no slower than a sixteenth. */
export const rates = [0.1, 0.25, 0.5, 1, 1.5, 2, 4, 8] as const;

/** How often listeners hear of a playing video: often enough to read, seldom enough not to compete with the drawing. */
const tellEvery = 100;
/** A video that fails again sooner than this, in milliseconds, fails for another reason than an old link. */
const leastBetweenOpenings = 30_000;
/** How often a paused video is asked for its picture before it stays as it is, and the milliseconds in between. */
const mostTries = 20;
const betweenTries = 25;

export interface PlayerArgs {
  readonly video: HTMLVideoElement;
  readonly canvas: HTMLCanvasElement;
  readonly clock: FrameClock;
  readonly overlay: Overlay;
  readonly settings: OverlaySettings;
  /** Where the video is, once it may be asked for. */
  readonly link: () => Promise<string>;
  /** Whether the site refuses what such a link leads to. */
  readonly isRefused: (link: string) => Promise<boolean>;
  /** Source frame to show first. */
  readonly startFrame: number;
}

/**
 * Plays the review video onto a canvas, picture and overlay in one drawing. The frame's number comes from the timestamp of the
 * very picture that is drawn, so that neither can be ahead of the other: what a browser says of its position is up to some
 * frames off (`docs/decisions/0034-*`).
 */
export class Player {
  readonly clock: FrameClock;
  readonly #video: HTMLVideoElement;
  readonly #canvas: HTMLCanvasElement;
  readonly #context: CanvasRenderingContext2D;
  readonly #overlay: Overlay;
  readonly #link: () => Promise<string>;
  readonly #isRefused: (link: string) => Promise<boolean>;
  readonly #listeners = new Set<() => void>();
  readonly #followers = new Set<(frame: number) => void>();
  readonly #end = new AbortController();
  #settings: OverlaySettings;
  #state: PlayerState = { frame: null, isPlaying: false, rate: 1, isOverlayLoading: false, error: null };
  #callback = 0;
  #told = 0;
  #opened = Number.NEGATIVE_INFINITY;
  /** Review frame that is being gone to: steps add up on it, whatever is still on the screen. */
  #wanted: number | undefined;
  /** Review frame to show once the video is open. Until then nothing is drawn: which frame a picture is can't be told. */
  #openAt: number;
  #isReady = false;
  /** Review frame in view. */
  #shown = 0;

  constructor(args: PlayerArgs) {
    this.#video = args.video;
    this.#canvas = args.canvas;
    const context = args.canvas.getContext("2d", { alpha: false });
    if (!context) throw new Failure(({ failures }) => failures.noCanvas);
    this.#context = context;
    this.clock = args.clock;
    this.#overlay = args.overlay;
    this.#settings = args.settings;
    this.#link = args.link;
    this.#isRefused = args.isRefused;
    this.#openAt = this.clock.toReview(args.startFrame);
    this.#shown = this.#openAt;
    const { signal } = this.#end;
    const on = (event: string, listener: () => void) => this.#video.addEventListener(event, listener, { signal });
    on("play", () => this.#change({ isPlaying: true }));
    on("pause", () => this.#change({ isPlaying: false }));
    on("ratechange", () => this.#change({ rate: this.#video.playbackRate }));
    on("error", () => void this.#open());
    for (const event of ["loadeddata", "canplay"]) on(event, () => this.#begin());
    on("seeked", () => this.#arrived());
    on("progress", () => this.#tell());
    this.#follow();
    void this.#open();
  }

  get state(): PlayerState {
    return this.#state;
  }
  /** Calls back after every change, ten times a second at most while the video plays. */
  subscribe = (listener: () => void): (() => void) => {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  };
  /** Calls back for every picture that is drawn, in the same task. */
  onPicture(follower: (frame: number) => void): () => void {
    this.#followers.add(follower);
    return () => this.#followers.delete(follower);
  }

  /** Spans of the video that are there to be played, in source frames, half-open. */
  buffered(): { startFrame: number; endFrame: number }[] {
    const { buffered } = this.#video;
    return Array.from({ length: buffered.length }, (_, i) => ({
      startFrame: this.clock.toSource(this.clock.at(buffered.start(i))),
      endFrame: this.clock.toSource(this.clock.at(buffered.end(i))) + 1,
    }));
  }

  toggle(): void {
    if (this.#video.paused) void this.#video.play().catch((error: Error) => this.#fail(reasonsFor(error)));
    else this.#video.pause();
  }
  pause(): void {
    this.#video.pause();
  }
  /** Plays at a speed; starts if the video stands still. */
  shuttle(rate: number): void {
    this.setRate(rate);
    if (this.#video.paused) this.toggle();
  }
  setRate(rate: number): void {
    this.#video.playbackRate = rate;
  }
  /** Shows a source frame or, where the review video dropped it, the one shown in its place. */
  goTo(sourceFrame: number): void {
    this.#seek(this.clock.toReview(sourceFrame));
  }
  /** Moves by frames of the video and stops there. */
  step(frames: number): void {
    this.#video.pause();
    this.#seek(this.#target + frames);
  }
  skip(seconds: number): void {
    this.#seek(this.clock.at(this.clock.startOf(this.#target) + seconds));
  }

  show(settings: OverlaySettings): void {
    this.#settings = settings;
    this.repaint();
  }

  /** Draws the picture in view anew: something of the overlay has arrived, or is to be left out. */
  repaint(): void {
    this.#draw(() => true);
  }

  /** The picture in view with its overlay, as a PNG. */
  still(): Promise<Blob> {
    return new Promise((made, failed) => {
      this.#canvas.toBlob((blob) => (blob ? made(blob) : failed(new Failure(({ failures }) => failures.noPicture))), "image/png");
    });
  }

  close(): void {
    this.#end.abort();
    this.#video.cancelVideoFrameCallback(this.#callback);
    this.#video.removeAttribute("src");
    this.#video.load();
    this.#listeners.clear();
    this.#followers.clear();
  }

  /** Opens the video, where one was in it. A machine that slept comes back when the leave to have it is over: then the browser's next question fails, and another leave answers it. */
  async #open(): Promise<void> {
    const now = performance.now();
    if (now - this.#opened < leastBetweenOpenings) {
      this.#fail(this.#video.error?.message ? [this.#video.error.message] : []);
      const isRefused = await this.#isRefused(this.#video.src).catch(() => false);
      if (isRefused) this.#fail([], isRefused);
      return;
    }
    this.#opened = now;
    this.#openAt = this.#target;
    this.#isReady = false;
    const wasPlaying = this.#state.isPlaying;
    try {
      const link = await this.#link();
      if (this.#end.signal.aborted) return;
      this.#video.src = link;
      this.#change({ error: null });
      if (wasPlaying) await this.#video.play();
    } catch (error) {
      this.#fail(reasonsFor(error as Error));
    }
  }

  /** Learns from the first picture where the video's time begins, and goes to where it is to be opened. */
  #begin(): void {
    // Nothing was sought yet: this is the first picture. A browser that has lost it again says so once it is back.
    if (this.#isReady || !this.#withPicture((_picture, time) => this.clock.startsAt(time))) return;
    this.#isReady = true;
    this.#wanted = undefined;
    this.#seek(this.#openAt);
  }

  /** Review frame in view, or the one that is being gone to. */
  get #target(): number {
    return this.#isReady ? (this.#wanted ?? this.#shown) : this.#openAt;
  }

  #seek(reviewFrame: number): void {
    const wanted = this.clock.clamp(reviewFrame);
    if (!this.#isReady) {
      this.#openAt = wanted;
      return;
    }
    // While one seek is under way the browser would drop it for the next; only the last one matters.
    const isBusy = this.#wanted !== undefined;
    this.#wanted = wanted;
    if (!isBusy) this.#go(wanted);
  }

  /** Asks for a picture and, at the same time, for what was found on it. */
  #go(wanted: number): void {
    this.#video.currentTime = this.clock.middleOf(wanted);
    this.#overlay.prepare(this.clock.toSource(wanted), this.#settings);
  }

  #arrived(): void {
    const wanted = this.#wanted;
    if (wanted === undefined) return;
    if (this.clock.at(this.#video.currentTime) !== wanted) this.#go(wanted);
    else {
      this.#shown = wanted;
      this.#wanted = undefined;
      this.#draw(() => this.#shown === wanted);
    }
  }

  /** Draws, and tries again until it is the picture that is wanted. The browser's own call for it can fail to come while nothing else on the page moves, and come before it has one. */
  #draw(isWanted: () => boolean, tries = mostTries): void {
    if (this.#end.signal.aborted || this.#video.seeking || (this.#paint(undefined) && isWanted())) return;
    // What plays is drawn with its next picture.
    if (this.#video.paused && tries > 0) setTimeout(() => this.#draw(isWanted, tries - 1), betweenTries);
  }

  #follow(): void {
    this.#callback = this.#video.requestVideoFrameCallback((_now, { mediaTime }) => {
      this.#paint(mediaTime);
      this.#follow();
    });
  }

  /** Draws picture and overlay in one task. The number is that of the picture drawn. False if there was none to draw. */
  #paint(mediaTime: number | undefined): boolean {
    const { videoWidth: width, videoHeight: height } = this.#video;
    if (!this.#isReady || width === 0 || height === 0) return false;
    const isDrawn = this.#withPicture((picture, time) => {
      if (this.#canvas.width !== width || this.#canvas.height !== height) Object.assign(this.#canvas, { width, height });
      this.#context.drawImage(picture, 0, 0, width, height);
      this.#shown = this.clock.at(time);
    }, mediaTime);
    // The picture before stays, with its own overlay, until there is another.
    if (!isDrawn) return false;
    const frame = this.clock.toSource(this.#shown);
    const isOverlayLoading = this.#overlay.draw(this.#context, { width, height }, frame, this.#settings);
    this.#canvas.dataset["frame"] = String(frame);
    for (const follower of this.#followers) follower(frame);
    const isTold = this.#video.paused || performance.now() - this.#told > tellEvery;
    this.#state = { ...this.#state, frame, isOverlayLoading };
    if (isTold) this.#tell();
    return true;
  }

  /**
   * The picture in view and its media time: its own or, where there is no `VideoFrame`, what the browser says of the video. False if there is none at
   * the moment: a video that is sought, or whose data ran out, can lose its picture after the browser has announced it.
   */
  #withPicture(use: (picture: CanvasImageSource, mediaTime: number) => void, mediaTime = this.#video.currentTime): boolean {
    if (this.#video.readyState < HTMLMediaElement.HAVE_CURRENT_DATA) return false;
    if (typeof VideoFrame !== "function") {
      use(this.#video, mediaTime);
      return true;
    }
    let picture: VideoFrame;
    try {
      picture = new VideoFrame(this.#video);
    } catch (error) {
      // A video can be ready and have no picture to give all the same (w3c/webcodecs, issue 487).
      if ((error as Error).name === "InvalidStateError") return false;
      throw error;
    }
    use(picture, picture.timestamp / 1e6);
    picture.close();
    return true;
  }

  #fail(reasons: readonly Reason[], isRefused = false): void {
    this.#change({ error: { reasons, isRefused } });
  }
  #change(change: Partial<PlayerState>): void {
    this.#state = { ...this.#state, ...change };
    this.#tell();
  }
  #tell(): void {
    this.#told = performance.now();
    for (const listener of this.#listeners) listener();
  }
}
