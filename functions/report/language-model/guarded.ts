import { ApplyGuardrailCommand, type BedrockRuntimeClient } from "@aws-sdk/client-bedrock-runtime";
import type { LanguageModel } from "./language-model.ts";

/**
 * Characters that the guardrail reads at a time: it charges and meters in units of 1,000 characters, and refuses requests of more than its quota
 * (Amazon Bedrock endpoints and quotas, "On-demand ApplyGuardrail ... text units per second": 25).
 */
const mostCharacters = 20_000;

/**
 * The same guardrail for a model that Bedrock does not run: it reads what the model is told and shown in words before it is asked, and what it
 * answers before anybody reads that (Amazon Bedrock User Guide, "Use the ApplyGuardrail API in your application"). Of pictures it sees nothing;
 * they are the thumbnails that everybody is shown, with text covered.
 */
export function guarded(client: Pick<BedrockRuntimeClient, "send">, model: LanguageModel): LanguageModel {
  const passes = async (source: "INPUT" | "OUTPUT", text: string): Promise<boolean> => {
    for (let from = 0; from < text.length; from += mostCharacters) {
      const { action } = await client.send(
        new ApplyGuardrailCommand({
          guardrailIdentifier: model.guardrail.id,
          guardrailVersion: model.guardrail.version,
          source,
          content: [{ text: { text: text.slice(from, from + mostCharacters) } }],
        }),
      );
      if (action !== "NONE") return false;
    }
    return true;
  };
  const held = (tokens: { input: number; output: number }) => ({ ended: "INTERVENED", text: "", tokens }) as const;
  return {
    ...model,
    async ask(question) {
      const shown = question.parts.flatMap((part) => ("text" in part ? [part.text] : [])).join("\n");
      if (!(await passes("INPUT", shown))) return held({ input: 0, output: 0 });
      const answer = await model.ask(question);
      return (await passes("OUTPUT", answer.text)) ? answer : held(answer.tokens);
    },
  };
}
