import { InvokeCommand, type LambdaClient } from "@aws-sdk/client-lambda";
import { type ChatRequest, chatResponse } from "../../../contracts/chat-completions.ts";
import { BrokenContract, Misconfigured, TryAgain } from "../../runtime/errors.ts";
import { parseStoredJson } from "../../runtime/parse.ts";
import { chatRequestOf, modelAnswerOf } from "./chat-completions.ts";
import type { LanguageModel } from "./language-model.ts";

export interface ThirdPartyModel extends Pick<LanguageModel, "modelId" | "guardrail"> {
  readonly vendor: string;
  /** The one function that has a way to the company, and nothing else: `report/ask-third-party`. */
  readonly functionName: string;
}

/** What that function may fail with, by the name that Lambda reports. */
const causes: Readonly<Record<string, new (message: string) => Error>> = { TryAgain, Misconfigured, BrokenContract };

/** A model of a company other than AWS. Who asks has no way to it, and hands the question to the function that has. */
export const thirdPartyModel = (client: Pick<LambdaClient, "send">, { modelId, guardrail, vendor, functionName }: ThirdPartyModel): LanguageModel => ({
  ...{ modelId, guardrail, vendor },
  async ask(question) {
    const request: ChatRequest = chatRequestOf(modelId, question);
    const { FunctionError, Payload } = await client.send(new InvokeCommand({ FunctionName: functionName, Payload: JSON.stringify(request) }));
    const text = new TextDecoder().decode(Payload);
    if (FunctionError !== undefined) throw failureOf(text);
    return modelAnswerOf(parseStoredJson(chatResponse, text, `The answer of ${functionName}`));
  },
});

/** What the function failed with. One that Lambda ended, for its time or memory, may do better the next time. */
function failureOf(payload: string): Error {
  const { errorType, errorMessage } = JSON.parse(payload) as { errorType?: string; errorMessage?: string };
  const Cause = causes[errorType ?? ""] ?? TryAgain;
  return new Cause(errorMessage ?? "The function that asks the third party failed.");
}
