import { z } from "zod";
import { report, reportLanguage, sentence } from "./report.ts";

/** Most pictures that a question may show: what a model sees well at once, and what is paid for a question. */
export const mostPictures = 4;

/** `POST /cases/{caseId}/questions`: what somebody wants to know of an operation. It is neither kept nor logged by the platform's functions. */
export const questionRequest = z.strictObject({
  question: z.string().trim().min(1, "must ask something").max(500, "must have at most 500 characters"),
  language: reportLanguage,
  /** Frames of the source whose thumbnails the model is shown. */
  frames: z.array(z.int().nonnegative()).max(mostPictures, `must be at most ${mostPictures} frames`).default([]),
});
export type QuestionRequest = z.infer<typeof questionRequest>;

/** What a question is answered with: sentences that passed the check which a report's pass, and why the others did not. */
export const caseAnswer = z.strictObject({
  /**
   * ANSWERED: at least one sentence stands. SILENT: the model found nothing in the timeline that answers. REFUSED: no sentence stands.
   * INTERVENED: the guardrail held question or answer back. UNREADABLE: what came was no answer.
   */
  outcome: z.enum(["ANSWERED", "SILENT", "REFUSED", "INTERVENED", "UNREADABLE"]),
  sentences: z.array(sentence),
  refused: report.shape.refused,
  /** Frames whose pictures the model saw, one for each frame that was asked about: the thumbnail before it. Pictures outside the body are shown to nobody. */
  shown: z.array(z.int().nonnegative()),
  /** Whether every network that the timeline comes from learned from drawn operations only. */
  syntheticOnly: z.boolean(),
  writer: report.shape.writer.omit({ drafts: true, shown: true }),
});
export type CaseAnswer = z.infer<typeof caseAnswer>;

/** What a model hands in for an answer, not yet checked. */
export const answerDraft = z.strictObject({
  sentences: z.array(z.strictObject({ text: z.string().min(1).max(1000), cites: z.array(z.string()).max(20) })).max(10),
});
