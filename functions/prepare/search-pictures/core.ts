import type { TextDetection } from "@aws-sdk/client-rekognition";
import type { TextBox } from "../../../contracts/gate.ts";
import { BrokenContract } from "../../runtime/errors.ts";
import { type Box, joined } from "../boxes.ts";

/**
 * Words of one picture that Rekognition finds at most (Rekognition Developer Guide, "Guidelines and quotas": DetectText).
 * Where it finds as many, it may have left some out.
 */
const mostWords = 100;
/** Letters reach beyond their box, and a screen's next character comes and goes beside them: this share of the box's height is added all around. */
const padding = 0.5;

/**
 * Where text stands in a picture, lines and words alike: padded, and boxes that touch are one. What it says is read by nobody.
 * A picture with as many words as Rekognition can tell is text everywhere.
 */
export function textBoxes(detections: readonly TextDetection[]): TextBox[] {
  if (detections.filter(({ Type }) => Type === "WORD").length >= mostWords) return [{ x: 0, y: 0, width: 1, height: 1, score: 1 }];
  const boxes = detections.map(({ Geometry, Confidence }) => {
    const { Left, Top, Width, Height } = Geometry?.BoundingBox ?? {};
    if (Left === undefined || Top === undefined || Width === undefined || Height === undefined || Confidence === undefined)
      throw new BrokenContract("Rekognition found text and doesn't say where, or how surely.");
    return { ...padded({ x: Left, y: Top, width: Width, height: Height }), score: Math.min(1, Confidence / 100) };
  });
  return joined(boxes);
}

/** The box with room around it, inside the picture. Rekognition's boxes may reach beyond the picture's edge. */
function padded({ x, y, width, height }: Box): Box {
  const room = padding * height;
  const [left, top] = [Math.max(0, x - room), Math.max(0, y - room)];
  const [right, bottom] = [Math.min(1, x + width + room), Math.min(1, y + height + room)];
  return { x: left, y: top, width: Math.max(0, right - left), height: Math.max(0, bottom - top) };
}
