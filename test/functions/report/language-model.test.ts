import type { ApplyGuardrailCommandInput, BedrockRuntimeClient, ConverseCommandInput } from "@aws-sdk/client-bedrock-runtime";
import type { InvokeCommandInput, LambdaClient } from "@aws-sdk/client-lambda";
import { type InvokeEndpointCommandInput, ModelError, type SageMakerRuntimeClient, ValidationError } from "@aws-sdk/client-sagemaker-runtime";
import { Ajv } from "ajv";
import { expect } from "chai";
import { chatRequest } from "../../../contracts/chat-completions.ts";
import { answerDraft } from "../../../contracts/question.ts";
import { modelDraft } from "../../../functions/report/draft-report/answer.ts";
import { answerSchema } from "../../../functions/report/language-model/answer-schema.ts";
import { bedrockModel } from "../../../functions/report/language-model/bedrock.ts";
import { chatRequestOf, modelAnswerOf } from "../../../functions/report/language-model/chat-completions.ts";
import { endpointModel } from "../../../functions/report/language-model/endpoint.ts";
import { guarded } from "../../../functions/report/language-model/guarded.ts";
import { type LanguageModel, type ModelAnswer, type ModelQuestion, writtenBy } from "../../../functions/report/language-model/language-model.ts";
import { thirdPartyModel } from "../../../functions/report/language-model/third-party.ts";
import { failure } from "../../support/failure.ts";

const guardrail = { id: "g1", version: "3" };
const jpeg = Uint8Array.of(0xff, 0xd8, 0xff);
const question: ModelQuestion = {
  system: "You answer.",
  parts: [{ text: "When?" }, { jpeg }],
  mostTokens: 1000,
  answer: { name: "answer", schema: answerDraft },
};

describe("functions/report/language-model", () => {
  describe("answerSchema", () => {
    it("holds a model to the shape of an answer, without bounds that services do not take", () => {
      const sentences = {
        type: "array",
        items: {
          type: "object",
          properties: { text: { type: "string" }, cites: { type: "array", items: { type: "string" } } },
          ...{ required: ["text", "cites"], additionalProperties: false },
        },
      };
      expect(answerSchema(answerDraft)).to.deep.equal({ type: "object", properties: { sentences }, required: ["sentences"], additionalProperties: false });
    });

    it("is a schema that drafts keep, and others do not", () => {
      const keeps = new Ajv().compile(answerSchema(modelDraft));
      expect(keeps({ sections: [{ id: "course", sentences: [{ text: "It ran.", cites: ["segment-1"] }] }] })).to.equal(true);
      for (const wrong of [{}, { sections: [{ id: "poem", sentences: [] }] }, { sections: [], more: 1 }])
        expect(keeps(wrong), JSON.stringify(wrong)).to.equal(false);
    });
  });

  describe("a model of Bedrock", () => {
    const asked: ConverseCommandInput[] = [];
    const model = (structured: boolean, stopReason = "end_turn") =>
      bedrockModel(
        {
          send: async ({ input }: { input: ConverseCommandInput }) => {
            asked.push(input);
            return {
              stopReason,
              output: { message: { role: "assistant", content: [{ text: "{" }, { text: "}" }] } },
              usage: { inputTokens: 7, outputTokens: 3 },
            };
          },
        } as unknown as BedrockRuntimeClient,
        { modelId: "a-model", guardrail, structured },
      );

    it("is asked behind the guardrail, with texts and pictures in order, and held to the schema where it can be", async () => {
      const answer = await model(true).ask(question);
      expect(answer).to.deep.equal({ ended: "COMPLETE", reason: "end_turn", text: "{}", tokens: { input: 7, output: 3 }, textUnits: 2 });
      const { outputConfig, ...rest } = asked.pop() as ConverseCommandInput;
      expect(rest).to.deep.equal({
        modelId: "a-model",
        system: [{ text: "You answer." }],
        messages: [{ role: "user", content: [{ text: "When?" }, { image: { format: "jpeg", source: { bytes: jpeg } } }] }],
        inferenceConfig: { temperature: 0, maxTokens: 1000 },
        guardrailConfig: { guardrailIdentifier: "g1", guardrailVersion: "3" },
      });
      const { type, structure } = outputConfig?.textFormat ?? {};
      expect([type, structure?.jsonSchema?.name]).to.deep.equal(["json_schema", "answer"]);
      expect(JSON.parse(structure?.jsonSchema?.schema ?? "")).to.deep.equal(answerSchema(answerDraft));
      await model(false).ask(question);
      expect(asked.pop()).not.to.have.property("outputConfig");
    });

    it("ends in words of the platform's own", async () => {
      const ended = async (stopReason: string) => (await model(false, stopReason).ask(question)).ended;
      expect(await Promise.all(["end_turn", "max_tokens", "guardrail_intervened", "content_filtered"].map(ended))).to.deep.equal([
        "COMPLETE",
        "CUT_OFF",
        "INTERVENED",
        "OTHER",
      ]);
    });
  });

  describe("Chat Completions", () => {
    it("puts a question as the API wants it", () => {
      expect(chatRequest.parse(chatRequestOf("large-1", question))).to.deep.equal({
        model: "large-1",
        messages: [
          { role: "system", content: "You answer." },
          {
            role: "user",
            content: [
              { type: "text", text: "When?" },
              { type: "image_url", image_url: { url: "data:image/jpeg;base64,/9j/" } },
            ],
          },
        ],
        temperature: 0,
        max_completion_tokens: 1000,
        response_format: { type: "json_schema", json_schema: { name: "answer", strict: true, schema: answerSchema(answerDraft) } },
      });
    });

    it("reads answers, cut off, filtered and refused ones too", () => {
      const said = (finish_reason: string, refusal: string | null = null) =>
        modelAnswerOf({ choices: [{ finish_reason, message: { content: "{}", refusal } }], usage: { prompt_tokens: 5, completion_tokens: 2 } });
      expect(said("stop")).to.deep.equal({ ended: "COMPLETE", reason: "stop", text: "{}", tokens: { input: 5, output: 2 }, textUnits: 0 });
      expect([said("length").ended, said("content_filter").ended, said("tool_calls").ended]).to.deep.equal(["CUT_OFF", "INTERVENED", "OTHER"]);
      expect([said("stop", "I won't.").ended, said("stop", "I won't.").reason]).to.deep.equal(["OTHER", "refusal"]);
    });
  });

  describe("the guardrail before a model that Bedrock does not run", () => {
    const complete: ModelAnswer = { ended: "COMPLETE", text: "x".repeat(45_000), tokens: { input: 5, output: 2 }, textUnits: 0 };
    function behind(holds: (input: ApplyGuardrailCommandInput) => boolean) {
      const read: string[] = [];
      let questions = 0;
      const model: LanguageModel = {
        ...{ modelId: "large-1", guardrail, vendor: "Example" },
        ask: async () => {
          questions += 1;
          return complete;
        },
      };
      const send = async ({ input }: { input: ApplyGuardrailCommandInput }) => {
        expect([input.guardrailIdentifier, input.guardrailVersion]).to.deep.equal(["g1", "3"]);
        read.push(`${input.source} ${input.content?.[0]?.text?.text?.length}`);
        return { action: holds(input) ? "GUARDRAIL_INTERVENED" : "NONE" };
      };
      return { model: guarded({ send } as unknown as BedrockRuntimeClient, model), read, asked: () => questions };
    }

    it("reads all that is asked and answered, a piece at a time", async () => {
      const { model, read } = behind(() => false);
      expect(await model.ask(question)).to.deep.equal({ ...complete, textUnits: 46 });
      expect(read).to.deep.equal(["INPUT 5", "OUTPUT 20000", "OUTPUT 20000", "OUTPUT 5000"]);
      expect([model.modelId, model.vendor]).to.deep.equal(["large-1", "Example"]);
    });

    it("keeps a question from the model, and an answer from whoever asked", async () => {
      const inputs = behind(({ source }) => source === "INPUT");
      expect(await inputs.model.ask(question)).to.deep.equal({ ended: "INTERVENED", text: "", tokens: { input: 0, output: 0 }, textUnits: 1 });
      expect(inputs.asked()).to.equal(0);
      const outputs = behind(({ source }) => source === "OUTPUT");
      expect(await outputs.model.ask(question)).to.deep.equal({ ended: "INTERVENED", text: "", tokens: { input: 5, output: 2 }, textUnits: 21 });
    });
  });

  describe("a model of the organisation's own", () => {
    const model = (answer: string | Error, asked: InvokeEndpointCommandInput[] = []) =>
      endpointModel(
        {
          send: async ({ input }: { input: InvokeEndpointCommandInput }) => {
            asked.push(input);
            if (typeof answer !== "string") throw answer;
            return { Body: new TextEncoder().encode(answer) };
          },
        } as unknown as SageMakerRuntimeClient,
        { modelId: "surgical-vlm", modelVersion: "2", guardrail, endpointName: "endpoint" },
      );

    it("is asked by its endpoint, as the API wants it, and named with its version", async () => {
      const asked: InvokeEndpointCommandInput[] = [];
      const said = { choices: [{ finish_reason: "stop", message: { content: "{}" } }], usage: { prompt_tokens: 5, completion_tokens: 2, total_tokens: 7 } };
      const own = model(JSON.stringify(said), asked);
      const answer = await own.ask(question);
      expect(answer).to.deep.equal({ ended: "COMPLETE", reason: "stop", text: "{}", tokens: { input: 5, output: 2 }, textUnits: 0 });
      const [{ Body, ...rest } = {}] = asked as [InvokeEndpointCommandInput];
      expect(rest).to.deep.equal({ EndpointName: "endpoint", ContentType: "application/json", Accept: "application/json" });
      expect(JSON.parse(Body as string)).to.deep.equal(chatRequestOf("surgical-vlm", question));
      expect(writtenBy(own, "1.2.0", answer)).to.deep.equal({
        ...{ kind: "language-model", id: "surgical-vlm", modelVersion: "2", version: "1.2.0", guardrail, tokens: { input: 5, output: 2 }, textUnits: 0 },
      });
    });

    it("fails as what it met may pass or not, in words that hold nothing of what was asked", async () => {
      const $metadata = {};
      const modelError = (OriginalStatusCode?: number) =>
        new ModelError({
          $metadata,
          message: "Received error with message secret",
          OriginalMessage: "secret",
          ...(OriginalStatusCode !== undefined && { OriginalStatusCode }),
        });
      const failed = async (answer: string | Error) => {
        const error = await failure(model(answer).ask(question));
        expect(error.message).not.to.include("secret");
        expect(error.cause).to.equal(undefined);
        return error.name;
      };
      const names = (statuses: readonly (number | undefined)[]) => Promise.all(statuses.map((status) => failed(modelError(status))));
      expect(await names([undefined, 0, 408, 429, 500, 503])).to.deep.equal(Array(6).fill("TryAgain"));
      expect(await names([404])).to.deep.equal(["Misconfigured"]);
      expect(await names([400, 413])).to.deep.equal(["BrokenContract", "BrokenContract"]);
      expect(await failed(new ValidationError({ $metadata, message: "Endpoint endpoint not found." }))).to.equal("Misconfigured");
      expect(await Promise.all(["secret", "{}", '{"choices":[]}'].map(failed))).to.deep.equal(Array(3).fill("BrokenContract"));
      const denied = Object.assign(new Error("No."), { name: "AccessDeniedException" });
      expect(await failure(model(denied).ask(question))).to.equal(denied);
    });
  });

  describe("a model of a third party", () => {
    const model = (answer: { FunctionError?: string; Payload: unknown }, asked: InvokeCommandInput[] = []) =>
      thirdPartyModel(
        {
          send: async ({ input }: { input: InvokeCommandInput }) => {
            asked.push(input);
            return { ...answer, Payload: new TextEncoder().encode(JSON.stringify(answer.Payload)) };
          },
        } as unknown as LambdaClient,
        { modelId: "large-1", guardrail, vendor: "Example", functionName: "ask" },
      );

    it("is asked by the one function that has a way to it", async () => {
      const asked: InvokeCommandInput[] = [];
      const answer = { choices: [{ finish_reason: "stop", message: { content: "{}" } }] };
      expect(await model({ Payload: answer }, asked).ask(question)).to.deep.equal({
        ended: "COMPLETE",
        reason: "stop",
        text: "{}",
        tokens: { input: 0, output: 0 },
        textUnits: 0,
      });
      expect(asked.map(({ FunctionName }) => FunctionName)).to.deep.equal(["ask"]);
      expect(JSON.parse(asked[0]?.Payload as string)).to.deep.equal(chatRequestOf("large-1", question));
    });

    it("fails as that function does; one that Lambda ended may do better the next time", async () => {
      const failed = async (errorType: string) =>
        (await failure(model({ FunctionError: "Unhandled", Payload: { errorType, errorMessage: "It is so." } }).ask(question))).name;
      expect(await Promise.all(["TryAgain", "Misconfigured", "BrokenContract", "Sandbox.Timedout"].map(failed))).to.deep.equal([
        "TryAgain",
        "Misconfigured",
        "BrokenContract",
        "TryAgain",
      ]);
      expect((await failure(model({ Payload: { choices: [] } }).ask(question))).name).to.equal("BrokenContract");
    });
  });
});
