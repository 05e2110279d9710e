import { z } from "zod";
import { modelId } from "./model-registry.ts";

/** What came of looking at one network of the account before. */
export const promotionOutcome = z.discriminatedUnion("status", [
  /** A version was copied and registered here; it waits for somebody's approval. */
  z.strictObject({ status: z.literal("OFFERED"), model: modelId, package: z.string().startsWith("arn:"), version: z.string() }),
  z.strictObject({ status: z.literal("NOTHING"), model: modelId, reason: z.string().min(1) }),
  /** What lies there is not what was approved there: every reason, a sentence each. */
  z.strictObject({ status: z.literal("REFUSED"), model: modelId, reasons: z.array(z.string().min(1)).min(1) }),
]);
export type PromotionOutcome = z.infer<typeof promotionOutcome>;

/** `training/promoted/<id>/<sha256>/promotion.json` of the models bucket: that a version of the account before was offered here. */
export const promotionRecord = z.strictObject({
  schema: z.literal("promotion/1.0"),
  /** ARN of the version in the account that it comes from, and of the one here. */
  from: z.string().startsWith("arn:"),
  package: z.string().startsWith("arn:"),
});
