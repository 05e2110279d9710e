import * as sdk from "@aws-sdk/client-bedrock-runtime";
import { type Call, notImplemented, type OperationService, ServiceError } from "../../wire/service.ts";
import { assertImplemented } from "../jobs/request.ts";
import type { Faults } from "../seams.ts";
import { type Mistake, mistakes, writeDraft } from "./drafter.ts";

/** The one model there is: sentences by rule. What it wrote says so by this name. */
export const localDrafter = "svp.local-drafter-v1:0";

export interface Guardrail {
  readonly id: string;
  readonly arn: string;
}

export interface Bedrock {
  readonly service: OperationService;
  putGuardrail(guardrail: Guardrail): void;
  /** Publishes a version; the declared one, so that a second start makes no other. */
  putGuardrailVersion(guardrailArn: string, version: string): void;
}

const invalid = (message: string): ServiceError => new ServiceError("ValidationException", message);

/**
 * Bedrock's Converse with one model that is none. A published guardrail must be named, and its use be allowed; it looks for nothing here, because
 * what this model reads and writes are the platform's own words. For tests, a `Faults` of service "bedrock" and one of these jobs makes
 * the next call err: "throttle", "guardrail", or a mistake of the drafter.
 */
export function createBedrock({ region, faults }: { region: string; faults: Faults }): Bedrock {
  const guardrails = new Map<string, Guardrail & { versions: Set<string> }>();

  async function converse(input: sdk.ConverseRequest, call: Call): Promise<sdk.ConverseResponse> {
    const { modelId = "", guardrailConfig, messages = [], system = [], inferenceConfig } = input;
    const { guardrailIdentifier = "", guardrailVersion = "" } = guardrailConfig ?? {};
    const guardrail = guardrails.get(guardrailIdentifier);
    const context = guardrail === undefined ? {} : { "bedrock:GuardrailIdentifier": `${guardrail.arn}:${guardrailVersion}` };
    call.authorize("bedrock:InvokeModel", `arn:aws:bedrock:${region}::foundation-model/${modelId}`, context);
    assertImplemented("Converse", input, ["modelId", "messages", "system", "inferenceConfig", "guardrailConfig"]);
    if (modelId !== localDrafter) throw invalid(`The provided model identifier is invalid: "${modelId}"; the only model here is ${localDrafter}.`);
    if (guardrail === undefined || !guardrail.versions.has(guardrailVersion))
      throw invalid(`There is no guardrail "${guardrailIdentifier}" of version "${guardrailVersion}".`);
    call.authorize("bedrock:ApplyGuardrail", guardrail.arn);
    const temperature = inferenceConfig?.temperature ?? 0;
    if (!(temperature >= 0 && temperature <= 1)) throw invalid(`inferenceConfig.temperature is ${temperature}; it must be 0 to 1.`);
    const [message, ...others] = messages;
    if (message?.role !== "user" || others.length > 0) throw invalid("The local drafter reads exactly one message, of role user.");

    if (faults.take("bedrock", "throttle") !== undefined)
      throw new ServiceError("ThrottlingException", "Too many requests, please wait before trying again.", 429);
    const told = system.map(({ text = "" }) => text).join("\n");
    const asked = (message.content ?? []).map((block, i) => textOf(block, i)).join("\n");
    const intervened = faults.take("bedrock", "guardrail") !== undefined;
    const mistake = mistakes.find((one): one is Mistake => faults.take("bedrock", one) !== undefined);
    const text = intervened ? "The guardrail held the answer back." : writeDraft(told, asked, mistake);
    const [inputTokens, outputTokens] = [tokensOf(told + asked), tokensOf(text)];
    return {
      output: { message: { role: "assistant", content: [{ text }] } },
      stopReason: intervened ? "guardrail_intervened" : "end_turn",
      usage: { inputTokens, outputTokens, totalTokens: inputTokens + outputTokens },
      metrics: { latencyMs: 0 },
    };
  }

  return {
    service: { kind: "operations", signingName: "bedrock", sdk, operations: { Converse: converse } },
    putGuardrail: (guardrail) => guardrails.set(guardrail.id, { ...guardrail, versions: guardrails.get(guardrail.id)?.versions ?? new Set() }),
    putGuardrailVersion(guardrailArn, version) {
      const found = [...guardrails.values()].find(({ arn }) => arn === guardrailArn);
      if (found === undefined) throw invalid(`There is no guardrail ${guardrailArn}.`);
      found.versions.add(version);
    },
  };
}

/** The text of a block; pictures are accepted, and not looked at. */
function textOf(block: sdk.ContentBlock, i: number): string {
  if (block.text !== undefined) return block.text;
  const { format, source } = block.image ?? {};
  if (format === undefined) throw notImplemented(`messages.0.content.${i}: only texts and images are read`);
  if (format !== "jpeg") throw notImplemented(`messages.0.content.${i}.image.format "${format}"; it reads jpeg`);
  const { bytes } = source ?? {};
  if (bytes === undefined || bytes[0] !== 0xff || bytes[1] !== 0xd8) throw invalid(`messages.0.content.${i}.image is no JPEG.`);
  return "";
}

/** About: a token is some four bytes. */
const tokensOf = (text: string): number => Math.ceil(Buffer.byteLength(text) / 4);
