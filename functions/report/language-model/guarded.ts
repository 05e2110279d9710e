import { ApplyGuardrailCommand, type BedrockRuntimeClient } from "@aws-sdk/client-bedrock-runtime";
import { textUnitsOf } from "../../../contracts/report-cost.ts";
import { type LanguageModel, wordsOf } from "./language-model.ts";

/**
 * Characters that the guardrail reads at a time: it charges and meters in units of 1,000 characters, and refuses requests of more than its quota
 * (Amazon Bedrock endpoints and quotas, "On-demand ApplyGuardrail ... text units per second": 25).
 */
const mostCharacters = 20_000;

/**
 * The same guardrail for a model that Bedrock does not run: it reads what the model is told and shown in words before it is asked, and what it
 * answers before anybody reads that (Amazon Bedrock User Guide, "Use the ApplyGuardrail API in your application"). Of pictures it sees nothing;
 * they are thumbnails of what everybody is shown, with text covered.
 */
export function guarded(client: Pick<BedrockRuntimeClient, "send">, model: LanguageModel): LanguageModel {
  /** Reads a text, as far as it passes. */
  const read = async (source: "INPUT" | "OUTPUT", text: string): Promise<{ passes: boolean; textUnits: number }> => {
    let textUnits = 0;
    for (let from = 0; from < text.length; from += mostCharacters) {
      const piece = text.slice(from, from + mostCharacters);
      textUnits += textUnitsOf(piece);
      const { action } = await client.send(
        new ApplyGuardrailCommand({
          guardrailIdentifier: model.guardrail.id,
          guardrailVersion: model.guardrail.version,
          source,
          content: [{ text: { text: piece } }],
        }),
      );
      if (action !== "NONE") return { passes: false, textUnits };
    }
    return { passes: true, textUnits };
  };
  const held = (tokens: { input: number; output: number }, textUnits: number) => ({ ended: "INTERVENED", text: "", tokens, textUnits }) as const;
  return {
    ...model,
    async ask(question) {
      const shown = await read("INPUT", wordsOf(question));
      if (!shown.passes) return held({ input: 0, output: 0 }, shown.textUnits);
      const answer = await model.ask(question);
      const said = await read("OUTPUT", answer.text);
      const textUnits = shown.textUnits + said.textUnits;
      return said.passes ? { ...answer, textUnits } : held(answer.tokens, textUnits);
    },
  };
}
