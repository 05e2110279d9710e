/* Runs in the browser: parts of the page by themselves, so that nothing else is timed. */
import type { DetectionChunk, MaskChunk } from "../../../contracts/analysis.ts";
import { Api } from "../../../web/data/api.ts";
import { putPart } from "../../../web/data/upload/put-part.ts";
import { Uploader } from "../../../web/data/upload/uploader.ts";
import { drawLanes, type Lane, laneHeight } from "../../../web/player/lanes.ts";
import { Overlay, type OverlaySettings } from "../../../web/player/overlay.ts";

export interface OverlayWork {
  readonly width: number;
  readonly height: number;
  readonly frames: number;
  readonly media: ConstructorParameters<typeof Overlay>[0]["analysis"]["media"];
  readonly detections: ConstructorParameters<typeof Overlay>[0]["analysis"]["detections"];
  readonly masks: ConstructorParameters<typeof Overlay>[0]["analysis"]["masks"];
  readonly detectionChunk: DetectionChunk;
  readonly maskChunk: MaskChunk;
}

const canvasOf = (width: number, height: number): { pen: CanvasRenderingContext2D; settle: () => void } => {
  const canvas = Object.assign(document.createElement("canvas"), { width, height });
  document.body.replaceChildren(canvas);
  const pen = canvas.getContext("2d", { alpha: false });
  if (!pen) throw new Error("The browser has no canvas to draw on.");
  // Reading a pixel waits until all that was asked for is drawn.
  return { pen, settle: () => void pen.getImageData(0, 0, 1, 1) };
};

export const probe = {
  /** Milliseconds that the overlay of each frame takes until it is drawn. */
  async overlay({ width, height, frames, detectionChunk, maskChunk, ...analysis }: OverlayWork): Promise<number[]> {
    const settings: OverlaySettings = { boxes: true, masks: true, hidden: new Set(), leastConfidence: 0, maskOpacity: 0.45 };
    const overlay = new Overlay({
      analysis,
      readDetections: async () => detectionChunk,
      readMasks: async () => maskChunk,
      onLoad: () => undefined,
      onError: (error) => {
        throw error;
      },
    });
    const { pen, settle } = canvasOf(width, height);
    overlay.draw(pen, { width, height }, 0, settings);
    await new Promise((wake) => setTimeout(wake, 50));
    const took: number[] = [];
    for (let frame = 0; frame < frames; frame++) {
      pen.fillRect(0, 0, width, height);
      settle();
      const start = performance.now();
      const isLoading = overlay.draw(pen, { width, height }, frame, settings);
      settle();
      took.push(performance.now() - start);
      if (isLoading || overlay.boxesOn(frame, settings).boxes.length === 0) throw new Error(`Nothing was drawn on frame ${frame}.`);
    }
    return took;
  },

  /** Milliseconds of each redraw of all lanes, until it is drawn. */
  lanes(lanes: readonly Lane[], frameCount: number, width: number, times: number): number[] {
    const { pen, settle } = canvasOf(width, lanes.length * laneHeight);
    return Array.from({ length: times }, () => {
      const start = performance.now();
      pen.clearRect(0, 0, width, lanes.length * laneHeight);
      drawLanes(pen, lanes, frameCount, width, { text: "#ffffff", track: "#222222" });
      settle();
      return performance.now() - start;
    });
  },

  /** Seconds that an upload of this size takes over as many connections. */
  async upload(api: string, bytes: number, connections: number): Promise<number> {
    const piece = crypto.getRandomValues(new Uint8Array(65536));
    const file = new Blob(Array.from({ length: bytes / piece.length }, () => piece));
    const uploader = new Uploader({
      api: new Api(api, { signsIn: false, subject: null, may: () => true, headers: async () => ({}), signOut: async () => undefined }),
      records: { get: async () => undefined, all: async () => [], put: async () => undefined, remove: async () => undefined },
      ...{ put: putPart, file, fileName: "noise.mp4", facts: {}, connections },
    });
    const start = performance.now();
    await uploader.run();
    if (uploader.state.phase !== "done" || uploader.state.retries > 0) throw uploader.state.error ?? new Error(`The upload is ${uploader.state.phase}.`);
    return (performance.now() - start) / 1000;
  },
};

Object.assign(globalThis, { probe });
