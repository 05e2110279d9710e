import { InvokeEndpointCommand, ModelError, type SageMakerRuntimeClient, ValidationError } from "@aws-sdk/client-sagemaker-runtime";
import { chatResponse } from "../../../contracts/chat-completions.ts";
import { BrokenContract, Misconfigured, TryAgain } from "../../runtime/errors.ts";
import { parseStored } from "../../runtime/parse.ts";
import { chatRequestOf, modelAnswerOf } from "./chat-completions.ts";
import type { LanguageModel } from "./language-model.ts";

export interface EndpointModel extends Pick<LanguageModel, "modelId" | "guardrail"> {
  readonly modelVersion: string;
  readonly endpointName: string;
}

/**
 * A model of the organisation's own behind a real-time endpoint of SageMaker, whose container answers to the Chat Completions API at `/invocations`.
 * A question with eight thumbnails is far below the 25 MB that a request may have, and an answer must come within 60 seconds
 * (SageMaker Developer Guide, "Real-time inference"; API Reference, InvokeEndpoint).
 */
export const endpointModel = (
  client: Pick<SageMakerRuntimeClient, "send">,
  { modelId, modelVersion, guardrail, endpointName }: EndpointModel,
): LanguageModel => ({
  ...{ modelId, modelVersion, guardrail },
  async ask(question) {
    const asked = {
      ...{ EndpointName: endpointName, ContentType: "application/json", Accept: "application/json" },
      Body: JSON.stringify(chatRequestOf(modelId, question)),
    };
    const { Body } = await client.send(new InvokeEndpointCommand(asked)).catch((error: unknown) => {
      throw failureOf(error, endpointName);
    });
    return modelAnswerOf(parseStored(chatResponse, jsonOf(new TextDecoder().decode(Body)), `The answer of ${endpointName}`));
  },
});

/**
 * In words of the platform's own, without the error as a cause: what a container writes of one may repeat what it was sent. A container that took too long, died or could
 * not be reached has no status, or none that is an answer.
 */
function failureOf(error: unknown, endpointName: string): unknown {
  if (error instanceof ValidationError) return new Misconfigured(`${endpointName} is not in service, or refuses requests of this form.`);
  if (!(error instanceof ModelError)) return error;
  const status = error.OriginalStatusCode ?? 0;
  if (status < 400 || status === 408 || status === 429 || status >= 500) return new TryAgain(`The model of ${endpointName} does not answer (HTTP ${status}).`);
  if (status === 404) return new Misconfigured(`${endpointName} serves no model of the name that reports ask for.`);
  return new BrokenContract(`The model of ${endpointName} refuses the question (HTTP ${status}).`);
}

/** Undefined if it is none: what a parser says of that may repeat it. */
function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
