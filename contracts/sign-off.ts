import { z } from "zod";
import { caseId, runId, sha256 } from "./primitives.ts";
import { reportLanguage } from "./report.ts";

/**
 * A surgeon's signature under a report: of these very words, with corrections up to a version. Append-only: what changes afterwards
 * leaves it as it is, and makes it outdated.
 */
export const signOff = z.strictObject({
  schema: z.literal("report-sign-off/1.0"),
  caseId,
  runId,
  language: reportLanguage,
  /** SHA-256 of the report's document as it is stored. */
  reportSha256: sha256,
  /** Version of the corrections that the surgeon has seen; 0 if nothing was corrected. */
  correctionsVersion: z.int().nonnegative(),
  signedAt: z.iso.datetime(),
  /** The user pool's opaque identifier. */
  signedBy: z.string().min(1),
});
export type SignOff = z.infer<typeof signOff>;

/** Body of `POST /cases/{caseId}/report/sign-off`: what is signed, as `GET /cases/{caseId}/report` told it. If it is otherwise by now, the answer is 412. */
export const signOffRequest = z.strictObject({
  language: reportLanguage,
  reportSha256: signOff.shape.reportSha256,
  correctionsVersion: signOff.shape.correctionsVersion,
});
export type SignOffRequest = z.infer<typeof signOffRequest>;

/** A signature as it is told. */
export const toldSignOff = z.strictObject({
  reportSha256: signOff.shape.reportSha256,
  correctionsVersion: signOff.shape.correctionsVersion,
  signedAt: signOff.shape.signedAt,
  signedBy: signOff.shape.signedBy,
  /** What happened since: the report was written anew, the case was corrected. */
  isOutdated: z.boolean(),
});
export type ToldSignOff = z.infer<typeof toldSignOff>;
