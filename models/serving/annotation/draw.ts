import type { Analysis } from "../../../contracts/analysis.ts";
import { clock, colourOf } from "../../../contracts/presentation.ts";
import { cellsOf } from "../../../contracts/run-lengths.ts";
import type { ShownBox } from "./corrected.ts";
import type { DrawnMask } from "./findings.ts";
import type { Color, Picture } from "./picture.ts";

const black: Color = { y: 16, u: 128, v: 128 };
const white: Color = { y: 235, u: 128, v: 128 };

/** The colour of a label: the one it has on the page, too. */
const colorOf = (labels: readonly string[], label: string): Color => inVideo(colourOf(Math.max(0, labels.indexOf(label))));

/** `#rrggbb` as limited-range video (ITU-R BT.709). */
function inVideo(hex: string): Color {
  const [r, g, b] = [1, 3, 5].map((at) => Number.parseInt(hex.slice(at, at + 2), 16) / 255) as [number, number, number];
  const luma = 0.2126 * r + 0.7152 * g + 0.0722 * b;
  return { y: Math.round(16 + 219 * luma), u: Math.round(128 + (224 * (b - luma)) / 1.8556), v: Math.round(128 + (224 * (r - luma)) / 1.5748) };
}

/** What is drawn into one picture. */
export interface Scene {
  readonly frame: number;
  readonly seconds: number;
  readonly boxes: readonly ShownBox[];
  readonly masks: readonly DrawnMask[];
  /** Said beside the frame. */
  readonly note: string;
}

/** Draws findings into a picture: masks, boxes above them, the bar of phases at the bottom, and at the top which frame it is. */
export function draw(picture: Picture, { media, segments }: Analysis, labels: readonly string[], scene: Scene): void {
  for (const { label, runs, width, height } of scene.masks) picture.tint(cellsOf(runs, { width, height }), { width, height }, colorOf(labels, label));
  const [across, down] = [picture.width / media.raster.width, picture.height / media.raster.height];
  for (const { label, score, x, y, width, height, isExact } of scene.boxes) {
    const box = { x: x * across, y: y * down, width: width * across, height: height * down };
    const color = colorOf(labels, label);
    picture.outline(box, color, !isExact);
    picture.text(score === null ? label : `${label} ${score.toFixed(2)}`, box.x, box.y - picture.textSize("").height, color, black);
  }
  const phases = segments.filter(({ level }) => level === "phase");
  const { frameCount } = media.source;
  if (phases.length > 0) phaseBar(picture, phases, frameCount, scene.frame);
  const phase = phases.find(({ startFrame, endFrame }) => scene.frame >= startFrame && scene.frame < endFrame);
  picture.text(`${clock(scene.seconds)} frame ${scene.frame}${phase ? ` ${phase.label}` : ""}${scene.note}`, 0, 0, black, white);
}

/** Height of the bar of phases, in lines. */
const barLines = 4;

/** The whole operation as a strip of its phases, and where in it the picture is. */
function phaseBar(picture: Picture, phases: Analysis["segments"], frameCount: number, frame: number): void {
  const height = barLines * picture.line;
  const y = picture.height - height;
  const names = [...new Set(phases.map(({ label }) => label))];
  const at = (position: number): number => (position * picture.width) / frameCount;
  picture.fill({ x: 0, y, width: picture.width, height }, black);
  for (const { label, startFrame, endFrame } of phases)
    picture.fill({ x: at(startFrame), y, width: at(endFrame) - at(startFrame), height }, colorOf(names, label));
  picture.fill({ x: at(frame) - picture.line / 2, y: y - picture.line, width: picture.line, height: height + picture.line }, white);
}
