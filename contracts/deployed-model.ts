import { z } from "zod";
import { sha256 } from "./primitives.ts";

/** A version of a network, and where it came from. */
export const deployedVersion = z.strictObject({
  /** ARN of the model package; null of what the program itself brought. */
  package: z.string().startsWith("arn:").nullable(),
  version: z.string().regex(/^\d+\.\d+\.\d+$/),
  /** Digest of its `model.onnx`. */
  sha256,
});
export type DeployedVersion = z.infer<typeof deployedVersion>;

/**
 * `deployed-models/<id>/record.json` of the models bucket: which versions of a network were put into use one over the other, the one in
 * use last. Its files lie under `deployed-models/<id>/<sha256>/`, so that each can be put back. What is in use is what
 * `models/<id>/model.json` says: a release of the program may lay another there.
 */
export const deploymentRecord = z.strictObject({
  schema: z.literal("deployment-record/1.0"),
  model: z.string().min(1),
  versions: z.array(deployedVersion).min(1),
  /** Execution that wrote this. */
  deployment: z.string().min(1),
});
export type DeploymentRecord = z.infer<typeof deploymentRecord>;

/** What is to be put into use, and what it takes the place of. */
export const modelSwitch = z.strictObject({
  model: z.string().min(1),
  to: deployedVersion,
  /** Folder of the models bucket that holds its `model.json` and `model.onnx`. */
  from: z.string().endsWith("/"),
  /** What was in use when it was decided. */
  replaces: deployedVersion,
});
export type ModelSwitch = z.infer<typeof modelSwitch>;

/** What follows from what a person said of a version. */
export const modelRuling = z.discriminatedUnion("verdict", [
  /** An approved version that may be tried, and put into use if it answers. */
  z.strictObject({ verdict: z.literal("DEPLOY"), switch: modelSwitch }),
  /** The version in use was rejected: the one before it comes back. */
  z.strictObject({ verdict: z.literal("PUT_BACK"), switch: modelSwitch }),
  /** Nothing is to be done, and why. */
  z.strictObject({ verdict: z.literal("NOTHING"), reason: z.string().min(1) }),
  /** An approved version that must not be used: every reason, a sentence each. */
  z.strictObject({ verdict: z.literal("REFUSED"), reasons: z.array(z.string().min(1)).min(1) }),
]);
export type ModelRuling = z.infer<typeof modelRuling>;
