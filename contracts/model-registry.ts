import { z } from "zod";
import { modelQuality } from "./model-quality.ts";
import { sha256 } from "./primitives.ts";

/** Whether a version of a network may be used (SageMaker's own words). */
export const approval = z.enum(["PendingManualApproval", "Approved", "Rejected"]);
export type Approval = z.infer<typeof approval>;

/** What a network is called in the catalogue. */
export const modelId = z.string().regex(/^[a-z][a-z0-9-]{0,62}$/, "must be lower-case letters, digits and hyphens");
export const modelVersion = z.string().regex(/^[1-9]\d{0,8}$/, "must be a whole number above 0");

/** A version as the registry has it. */
export const registeredVersion = z.strictObject({
  version: z.int().positive(),
  approval,
  createdAt: z.iso.datetime(),
  description: z.string().nullable(),
  /** What whoever registered it wrote down of it, such as its measures and what it learned from; and who decided, and when. */
  facts: z.record(z.string(), z.string()),
  /** Why it was approved or rejected. */
  reason: z.string().nullable(),
});
export type RegisteredVersion = z.infer<typeof registeredVersion>;

/** A version beside the one in use: what somebody who decides about it looks at. */
export const listedVersion = registeredVersion.extend({
  /** Whether its weights are those that the next analysis reads. */
  isInUse: z.boolean(),
  /** What its evaluation measured. Null if it names no such file, or one that cannot be read: then it is refused once it is approved. */
  quality: modelQuality.nullable(),
});
export type ListedVersion = z.infer<typeof listedVersion>;

/** `GET /models`: the networks of the catalogue, each with what is in use of it, and its newest ten versions in the registry, newest first. */
export const modelList = z.strictObject({
  models: z.array(
    z.strictObject({
      model: modelId,
      /** Semantic version and digest of the weights that the next analysis reads. The program itself may have brought them: then no version here is in use. */
      inUse: z.strictObject({ version: z.string().min(1), sha256 }),
      versions: z.array(listedVersion),
    }),
  ),
});
export type ModelList = z.infer<typeof modelList>;

/** Body of `POST /models/{model}/versions/{modelVersion}/decision`. */
export const modelDecision = z.strictObject({
  approval: approval.exclude(["PendingManualApproval"]),
  /** What the version was when it was looked at. If it is otherwise by now, the answer is 412. */
  from: approval,
  reason: z.string().trim().min(1, "must say why").max(1000, "must have at most 1000 characters"),
});
export type ModelDecision = z.infer<typeof modelDecision>;
