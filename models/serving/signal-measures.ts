/** Size of the picture that the technical signals are measured on: 8-bit luma, full range. */
export const signalWidth = 320;
export const signalHeight = 180;
const pixels = signalWidth * signalHeight;

/** Luma up to which a pixel counts as black: a tenth of full scale, as ffmpeg's `blackdetect` (`pixel_black_th`) has it. */
export const blackLuma = 25;
/** Luma up to which a pixel shows no detail that a surgeon could use: a fifth of full scale. */
export const darkLuma = 51;
/** Luma from which a pixel is clipped: the sensor's top 2 %. */
export const clippedLuma = 250;

/** What is measured on one frame. Shares and strengths are in 0..1. */
export interface SignalMeasures {
  /** Share of pixels with luma of at most {@link blackLuma}. */
  readonly black: number;
  /** Share of pixels with luma of at most {@link darkLuma}. */
  readonly dark: number;
  /** Share of pixels with luma of at least {@link clippedLuma}. */
  readonly clipped: number;
  /** {@link blurEffect}; 0 for a picture without any gradient. */
  readonly blur: number;
}

/** The shares and the blur of one picture of {@link signalWidth} x {@link signalHeight}. */
export function measure(luma: Uint8Array): SignalMeasures {
  let black = 0;
  let dark = 0;
  let clipped = 0;
  for (let i = 0; i < pixels; i++) {
    const value = luma[i] as number;
    if (value <= darkLuma) {
      dark++;
      if (value <= blackLuma) black++;
    } else if (value >= clippedLuma) clipped++;
  }
  return { black: black / pixels, dark: dark / pixels, clipped: clipped / pixels, blur: blurEffect(luma) };
}

/** Mean absolute difference of two pictures' luma as a share of full scale (256, as ffmpeg's `scdet` and `freezedetect` divide). */
export function meanDifference(a: Uint8Array, b: Uint8Array): number {
  let sum = 0;
  for (let i = 0; i < pixels; i++) {
    const difference = (a[i] as number) - (b[i] as number);
    sum += difference < 0 ? -difference : difference;
  }
  return sum / pixels / 256;
}

/** Taps of the low-pass that {@link blurEffect} compares with. */
const taps = 9;
/** Every such line is measured: a blurred picture is blurred on all of them, and the measure costs a quarter. */
const lineStep = 4;

/**
 * Blur of a picture in 0..1, independent of its contrast: the share of its gradients that a further low-pass
 * leaves as they are. Crété, Dolmiere, Ladret, Nicolas: "The blur effect: perception and estimation with a new
 * no-reference perceptual blur metric", SPIE 6492 (2007), with a box of 9 taps along the lines and the columns;
 * the blurrier direction counts.
 */
export function blurEffect(luma: Uint8Array): number {
  return Math.max(blurAlong(luma, signalHeight, signalWidth, signalWidth, 1), blurAlong(luma, signalWidth, signalHeight, 1, signalWidth));
}

function blurAlong(luma: Uint8Array, lines: number, length: number, lineStride: number, stride: number): number {
  let gradients = 0;
  let lost = 0;
  for (let line = 0; line < lines; line += lineStep) {
    const start = line * lineStride;
    // The box over [x, x + taps) minus the box over [x - 1, x + taps - 1) is one difference: no running sum is needed.
    for (let x = 1; x + taps <= length; x++) {
      const at = start + (x + 4) * stride;
      const here = (luma[at] as number) - (luma[at - stride] as number);
      const smooth = (luma[start + (x + taps - 1) * stride] as number) - (luma[start + (x - 1) * stride] as number);
      const gradient = here < 0 ? -here : here;
      const kept = (smooth < 0 ? -smooth : smooth) / taps;
      gradients += gradient;
      if (gradient > kept) lost += gradient - kept;
    }
  }
  return gradients === 0 ? 0 : (gradients - lost) / gradients;
}
