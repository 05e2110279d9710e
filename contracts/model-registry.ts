import { z } from "zod";

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

/** `GET /models`: the networks of the catalogue, each with its newest ten versions in the registry, newest first. */
export const modelList = z.strictObject({ models: z.array(z.strictObject({ model: modelId, versions: z.array(registeredVersion) })) });
export type ModelList = z.infer<typeof modelList>;

/** Body of `POST /models/{model}/versions/{modelVersion}/decision`. */
export const modelDecision = z.strictObject({
  approval: approval.exclude(["PendingManualApproval"]),
  /** What the version was when it was looked at. If it is otherwise by now, the answer is 412. */
  from: approval,
  reason: z.string().trim().min(1, "must say why").max(1000, "must have at most 1000 characters"),
});
export type ModelDecision = z.infer<typeof modelDecision>;
