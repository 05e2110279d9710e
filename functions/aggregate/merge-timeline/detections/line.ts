import { type DetectionLine, mostNumbers } from "../../../../contracts/analyser-result.ts";

/**
 * Whether a value is a line of detections, as the contract's schema has it, told without the schema. Of a million boxes an hour the
 * schema takes a third of the whole merge; it is asked only where this says no, for the reasons.
 */
export function isDetectionLine(value: unknown): value is DetectionLine {
  if (typeof value !== "object" || value === null || Array.isArray(value)) return false;
  const { frame, pts, boxes, embedding } = value as Record<string, unknown>;
  if (!isCount(frame) || !Number.isSafeInteger(pts) || !Array.isArray(boxes)) return false;
  for (const box of boxes) if (!isBox(box)) return false;
  if (embedding === undefined) return Object.keys(value).length === 3;
  return isEmbedding(embedding) && Object.keys(value).length === 4;
}

const isEmbedding = (embedding: unknown): boolean =>
  Array.isArray(embedding) && embedding.length >= 1 && embedding.length <= mostNumbers && embedding.every((number) => Number.isFinite(number));

function isBox(box: unknown): boolean {
  if (!Array.isArray(box) || box.length !== 6) return false;
  const [label, score, x, y, width, height] = box as unknown[];
  return (
    isCount(label) &&
    typeof score === "number" &&
    score >= 0 &&
    score <= 1 &&
    Number.isSafeInteger(x) &&
    Number.isSafeInteger(y) &&
    isCount(width) &&
    width > 0 &&
    isCount(height) &&
    height > 0
  );
}

const isCount = (value: unknown): value is number => Number.isSafeInteger(value) && (value as number) >= 0;
