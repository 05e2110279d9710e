/**
 * Shots and technical cues of a video, and where text is burnt into its pictures, so that it can be covered. No other answer of
 * Rekognition's protects anybody, and those about faces tell who somebody is.
 */
export const allowedOperations: readonly string[] = ["DetectText", "GetSegmentDetection", "StartSegmentDetection"];

export const allowedOperationsSchema = {
  properties: { operations: { type: "array" as const, items: { type: "string" as const }, default: [...allowedOperations] } },
};
export interface AllowedOperationsConfig {
  readonly operations?: readonly string[];
}
