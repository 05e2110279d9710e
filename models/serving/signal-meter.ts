import type { FrameSpan } from "../../contracts/primitives.ts";
import { cueRules, type SignalSeries } from "./cues.ts";
import type { FrameReader } from "./frame-reader.ts";
import { meanDifference, measure, signalHeight, signalWidth } from "./signal-measures.ts";

/** Bytes of one frame that the meter takes. */
export const signalFrameBytes = signalWidth * signalHeight;

/**
 * Measures a span of consecutive frames. Keeps two pictures: the frame before, for cuts, and the frame in which the
 * current stillness began, so that a slow drift is not taken for a freeze.
 */
export class SignalMeter {
  readonly #series: SignalSeries & Record<"change" | "still" | "black" | "dark" | "clipped" | "blur", Float32Array>;
  #before = new Uint8Array(signalFrameBytes);
  readonly #reference = new Uint8Array(signalFrameBytes);
  #referenceIsBefore = true;
  #count = 0;

  constructor(span: FrameSpan) {
    const values = (): Float32Array => new Float32Array(span.endFrame - span.startFrame);
    this.#series = { startFrame: span.startFrame, change: values(), still: values(), black: values(), dark: values(), clipped: values(), blur: values() };
  }

  /** Takes the next frame. Gives back a picture that the caller may write the frame after it into; the one given in is the meter's now. */
  add(luma: Uint8Array<ArrayBuffer>): Uint8Array<ArrayBuffer> {
    const frame = this.#count++;
    const { change, still, black, dark, clipped, blur } = this.#series;
    if (frame > 0) {
      change[frame] = meanDifference(luma, this.#before);
      const drift = this.#referenceIsBefore ? (change[frame] as number) : meanDifference(luma, this.#reference);
      const isStill = drift <= cueRules.freeze.difference;
      still[frame] = isStill ? 1 : 0;
      // The picture in which a stillness began must outlive the frames that follow it.
      if (isStill && this.#referenceIsBefore) this.#reference.set(this.#before);
      this.#referenceIsBefore = !isStill;
    }
    const measured = measure(luma);
    black[frame] = measured.black;
    dark[frame] = measured.dark;
    clipped[frame] = measured.clipped;
    blur[frame] = measured.blur;
    const free = this.#before;
    this.#before = luma;
    return free;
  }

  /** What was measured so far. */
  series(): SignalSeries {
    const { startFrame, ...measures } = this.#series;
    const soFar = (values: Float32Array): Float32Array => values.subarray(0, this.#count);
    const { change, still, black, dark, clipped, blur } = measures;
    return { startFrame, change: soFar(change), still: soFar(still), black: soFar(black), dark: soFar(dark), clipped: soFar(clipped), blur: soFar(blur) };
  }
}

/**
 * Measures every frame of the given spans and hands over each span's series once it is whole, or once no more frames come. Frames outside the
 * spans are read and not looked at. Returns how many frames came.
 */
export async function measureSignals(
  reader: FrameReader,
  spans: readonly FrameSpan[],
  onSeries: (series: SignalSeries) => void,
  onProgress?: (framesDone: number) => void,
): Promise<number> {
  let picture = new Uint8Array(signalFrameBytes);
  let frame = 0;
  let open: { span: FrameSpan; meter: SignalMeter } | undefined;
  const ahead = [...spans];
  while (await reader.read(picture)) {
    if (ahead[0]?.startFrame === frame) {
      const span = ahead.shift() as FrameSpan;
      open = { span, meter: new SignalMeter(span) };
    }
    if (open) picture = open.meter.add(picture);
    frame++;
    if (open && frame === open.span.endFrame) {
      onSeries(open.meter.series());
      open = undefined;
    }
    onProgress?.(frame);
  }
  if (open && frame > open.span.startFrame) onSeries(open.meter.series());
  return frame;
}
