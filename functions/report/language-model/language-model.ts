import type { z } from "zod";

/** What a language model is asked, whoever runs it. */
export interface ModelQuestion {
  /** What it is told of its task. */
  readonly system: string;
  /** Texts and pictures that it is shown, in order. */
  readonly parts: readonly ModelPart[];
  /** Tokens of an answer, at most. */
  readonly mostTokens: number;
  /** What an answer must be, as JSON: its name, and the schema that it is read by. */
  readonly answer: { readonly name: string; readonly schema: z.ZodType };
}
export type ModelPart = { readonly text: string } | { readonly jpeg: Uint8Array };

/** What a language model answered. */
export interface ModelAnswer {
  /** COMPLETE: it said all that it wanted to. CUT_OFF: the tokens did not suffice. INTERVENED: the guardrail held question or answer back. OTHER: `reason` tells. */
  readonly ended: "COMPLETE" | "CUT_OFF" | "INTERVENED" | "OTHER";
  readonly reason?: string;
  readonly text: string;
  readonly tokens: { readonly input: number; readonly output: number };
  /** Units of text that the guardrail read of question and answer (`contracts/report-cost.ts`). */
  readonly textUnits: number;
}

/** What a question shows in words: what a guardrail reads of it. */
export const wordsOf = ({ parts }: Pick<ModelQuestion, "parts">): string => parts.flatMap((part) => ("text" in part ? [part.text] : [])).join("\n");

/** A language model behind the platform's guardrail. */
export interface LanguageModel {
  readonly modelId: string;
  /** Version of a model of the organisation's own. */
  readonly modelVersion?: string;
  readonly guardrail: { readonly id: string; readonly version: string };
  /** Company other than AWS that answers, under its business associate agreement; absent where the question stays in AWS. */
  readonly vendor?: string;
  /** Throws TryAgain while it is busy or does not answer. */
  ask(question: ModelQuestion): Promise<ModelAnswer>;
}

/** What a report says of the model that wrote it. */
export const writtenBy = ({ modelId, modelVersion, guardrail, vendor }: LanguageModel, version: string, { tokens, textUnits }: ModelAnswer) =>
  ({
    ...({ kind: "language-model", id: modelId, version, guardrail, tokens, textUnits } as const),
    ...(modelVersion !== undefined && { modelVersion }),
    ...(vendor !== undefined && { vendor }),
  }) as const;
