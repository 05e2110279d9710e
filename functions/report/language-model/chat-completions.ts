import type { ChatRequest, ChatResponse } from "../../../contracts/chat-completions.ts";
import { answerSchema } from "./answer-schema.ts";
import type { ModelAnswer, ModelPart, ModelQuestion } from "./language-model.ts";

/** A question as the Chat Completions API puts it. */
export const chatRequestOf = (model: string, { system, parts, mostTokens, answer }: ModelQuestion): ChatRequest => ({
  model,
  messages: [
    { role: "system", content: system },
    { role: "user", content: parts.map(contentOf) },
  ],
  temperature: 0,
  max_completion_tokens: mostTokens,
  response_format: { type: "json_schema", json_schema: { name: answer.name, strict: true, schema: answerSchema(answer.schema) as Record<string, unknown> } },
});

const contentOf = (part: ModelPart): ChatRequest["messages"][1]["content"][number] =>
  "text" in part
    ? { type: "text", text: part.text }
    : { type: "image_url", image_url: { url: `data:image/jpeg;base64,${Buffer.from(part.jpeg).toString("base64")}` } };

const endings: Readonly<Record<string, ModelAnswer["ended"]>> = { stop: "COMPLETE", length: "CUT_OFF", content_filter: "INTERVENED" };

/** Its answer, which no guardrail has read yet. A refusal in words of the model's own is none. */
export function modelAnswerOf({ choices: [choice], usage }: ChatResponse): ModelAnswer {
  const { finish_reason: reason, message } = choice as ChatResponse["choices"][number];
  const refused = message.refusal !== undefined && message.refusal !== null;
  return {
    ended: refused ? "OTHER" : (endings[reason ?? ""] ?? "OTHER"),
    reason: refused ? "refusal" : (reason ?? "no reason"),
    text: message.content ?? "",
    tokens: { input: usage?.prompt_tokens ?? 0, output: usage?.completion_tokens ?? 0 },
    textUnits: 0,
  };
}
