import { type BedrockRuntimeClient, type ContentBlock, ConverseCommand } from "@aws-sdk/client-bedrock-runtime";
import { textUnitsOf } from "../../../contracts/report-cost.ts";
import { answerSchema } from "./answer-schema.ts";
import { type LanguageModel, type ModelAnswer, type ModelPart, wordsOf } from "./language-model.ts";

export interface BedrockModel extends Pick<LanguageModel, "modelId" | "guardrail"> {
  /** Whether the model can be held to a schema; others are told of it in words. */
  readonly structured: boolean;
}

const endings: Readonly<Record<string, ModelAnswer["ended"]>> = { end_turn: "COMPLETE", max_tokens: "CUT_OFF", guardrail_intervened: "INTERVENED" };

/**
 * A model of Amazon Bedrock, asked with Converse, which applies the guardrail itself: to the messages and the answer, not to what the system says.
 *
 * The answer is text that is JSON, not a call of a tool: guardrails do not look at what a tool is called with
 * (Amazon Bedrock User Guide, "Include a guardrail with the Converse API", note on tools).
 */
export const bedrockModel = (client: Pick<BedrockRuntimeClient, "send">, { modelId, guardrail, structured }: BedrockModel): LanguageModel => ({
  modelId,
  guardrail,
  async ask({ system, parts, mostTokens, answer }) {
    const { stopReason, output, usage } = await client.send(
      new ConverseCommand({
        modelId,
        system: [{ text: system }],
        messages: [{ role: "user", content: parts.map(blockOf) }],
        inferenceConfig: { temperature: 0, maxTokens: mostTokens },
        guardrailConfig: { guardrailIdentifier: guardrail.id, guardrailVersion: guardrail.version },
        ...(structured && {
          outputConfig: {
            textFormat: { type: "json_schema", structure: { jsonSchema: { name: answer.name, schema: JSON.stringify(answerSchema(answer.schema)) } } },
          },
        }),
      }),
    );
    const text = (output?.message?.content ?? []).map((block) => block.text ?? "").join("");
    return {
      ended: endings[stopReason ?? ""] ?? "OTHER",
      reason: stopReason ?? "no reason",
      text,
      tokens: { input: usage?.inputTokens ?? 0, output: usage?.outputTokens ?? 0 },
      textUnits: textUnitsOf(wordsOf({ parts })) + textUnitsOf(text),
    };
  },
});

const blockOf = (part: ModelPart): ContentBlock => ("text" in part ? { text: part.text } : { image: { format: "jpeg", source: { bytes: part.jpeg } } });
