/** Shots and technical cues of a video: nothing of what Rekognition answers here is about a person. */
export const allowedOperations: readonly string[] = ["GetSegmentDetection", "StartSegmentDetection"];

export const allowedOperationsSchema = {
  properties: { operations: { type: "array" as const, items: { type: "string" as const }, default: [...allowedOperations] } },
};
export interface AllowedOperationsConfig {
  readonly operations?: readonly string[];
}
