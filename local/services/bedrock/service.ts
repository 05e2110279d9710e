import * as sdk from "@aws-sdk/client-bedrock-runtime";
import { type Call, notImplemented, type OperationService, ServiceError } from "../../wire/service.ts";
import { assertImplemented } from "../jobs/request.ts";
import type { Faults } from "../seams.ts";
import { localDrafter, type Mistake, mistakes, tokensOf, writeDraft } from "./drafter.ts";

export interface Guardrail {
  readonly id: string;
  readonly arn: string;
  /** Key that it is encrypted with; whoever uses it must be allowed to use that too. */
  readonly kmsKeyArn: string;
}

export interface Bedrock {
  readonly service: OperationService;
  putGuardrail(guardrail: Guardrail): void;
  /** Publishes a version; the declared one, so that a second start makes no other. */
  putGuardrailVersion(guardrailArn: string, version: string): void;
}

const invalid = (message: string): ServiceError => new ServiceError("ValidationException", message);

/**
 * Bedrock's Converse with one model that is none, and ApplyGuardrail. A published guardrail must be named, and its use be allowed; it looks for
 * nothing here, because what is read and written are the platform's own words. For tests, a `Faults` of service "bedrock" and one of these jobs makes
 * the next call err: "throttle", "fail", "guardrail", "apply-guardrail", or a mistake of the drafter.
 */
export function createBedrock({ region, faults }: { region: string; faults: Faults }): Bedrock {
  const guardrails = new Map<string, Guardrail & { versions: Set<string> }>();

  /** Checks that a published guardrail is named, and that the caller may use it and its key. */
  function use(identifier: string, version: string, call: Call): void {
    const guardrail = [...guardrails.values()].find(({ id, arn }) => id === identifier || arn === identifier);
    if (guardrail === undefined || !guardrail.versions.has(version)) throw invalid(`There is no guardrail "${identifier}" of version "${version}".`);
    call.authorize("bedrock:ApplyGuardrail", guardrail.arn);
    call.authorize("kms:Decrypt", guardrail.kmsKeyArn);
  }

  async function applyGuardrail(input: sdk.ApplyGuardrailRequest, call: Call): Promise<sdk.ApplyGuardrailResponse> {
    assertImplemented("ApplyGuardrail", input, ["guardrailIdentifier", "guardrailVersion", "source", "content"]);
    const { guardrailIdentifier = "", guardrailVersion = "", content = [] } = input;
    use(guardrailIdentifier, guardrailVersion, call);
    const text = content.map((block, i) => guardedText(block, i)).join("");
    const intervened = faults.take("bedrock", "apply-guardrail") !== undefined;
    const units = Math.ceil(text.length / 1000);
    const usage = { topicPolicyUnits: units, contentPolicyUnits: 0, wordPolicyUnits: 0, sensitiveInformationPolicyUnits: units };
    return {
      ...{
        action: intervened ? "GUARDRAIL_INTERVENED" : "NONE",
        outputs: intervened ? [{ text: "The guardrail held the answer back." }] : [],
        assessments: [],
      },
      usage: { ...usage, sensitiveInformationPolicyFreeUnits: 0, contextualGroundingPolicyUnits: 0 },
    };
  }

  async function converse(input: sdk.ConverseRequest, call: Call): Promise<sdk.ConverseResponse> {
    const { modelId = "", guardrailConfig, messages = [], system = [], inferenceConfig, outputConfig } = input;
    const { guardrailIdentifier = "", guardrailVersion = "" } = guardrailConfig ?? {};
    const guardrail = guardrails.get(guardrailIdentifier);
    const context = guardrail === undefined ? {} : { "bedrock:GuardrailIdentifier": `${guardrail.arn}:${guardrailVersion}` };
    call.authorize("bedrock:InvokeModel", `arn:aws:bedrock:${region}::foundation-model/${modelId}`, context);
    assertImplemented("Converse", input, ["modelId", "messages", "system", "inferenceConfig", "guardrailConfig", "outputConfig"]);
    if (modelId !== localDrafter) throw invalid(`The provided model identifier is invalid: "${modelId}"; the only model here is ${localDrafter}.`);
    use(guardrailIdentifier, guardrailVersion, call);
    checkFormat(outputConfig);
    const temperature = inferenceConfig?.temperature ?? 0;
    if (!(temperature >= 0 && temperature <= 1)) throw invalid(`inferenceConfig.temperature is ${temperature}; it must be 0 to 1.`);
    const [message, ...others] = messages;
    if (message?.role !== "user" || others.length > 0) throw invalid("The local drafter reads exactly one message, of role user.");

    if (faults.take("bedrock", "throttle") !== undefined)
      throw new ServiceError("ThrottlingException", "Too many requests, please wait before trying again.", 429);
    if (faults.take("bedrock", "fail") !== undefined)
      throw new ServiceError("ModelErrorException", "The request failed due to an error while processing the model.", 424);
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
    service: { kind: "operations", signingName: "bedrock", sdk, operations: { Converse: converse, ApplyGuardrail: applyGuardrail } },
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

function guardedText({ text }: sdk.GuardrailContentBlock, i: number): string {
  if (text?.text === undefined) throw notImplemented(`content.${i}: only texts are read`);
  return text.text;
}

/** A schema that an answer must keep is a JSON object of type object that lets in no other properties (Bedrock User Guide, "Get validated JSON results from models"). */
function checkFormat(outputConfig: sdk.OutputConfig | undefined): void {
  if (outputConfig === undefined) return;
  assertImplemented("Converse.outputConfig", outputConfig, ["textFormat"]);
  const { type, structure } = outputConfig.textFormat ?? {};
  const { schema = "", name = "" } = structure?.jsonSchema ?? {};
  if (type !== "json_schema") throw invalid(`outputConfig.textFormat.type is "${type}"; it must be json_schema.`);
  if (!/^[\w-]{1,64}$/.test(name)) throw invalid("outputConfig.textFormat.structure.jsonSchema.name must have 1 to 64 letters, digits, _ or -.");
  const problems = schemaProblems(parsed(schema), "schema");
  if (problems.length > 0) throw invalid(`outputConfig.textFormat.structure.jsonSchema is not taken: ${problems.join("; ")}.`);
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** What of a schema structured outputs do not take: objects that are open, and bounds of lengths and numbers. */
function schemaProblems(node: unknown, at: string): string[] {
  if (typeof node !== "object" || node === null || Array.isArray(node)) return [`${at} is no object`];
  const { type, properties, items, additionalProperties, ...rest } = node as Record<string, unknown>;
  const bounds = ["minLength", "maxLength", "minItems", "maxItems", "minimum", "maximum", "pattern"].filter((key) => key in rest);
  return [
    ...bounds.map((key) => `${at} has ${key}`),
    ...(type === "object" && additionalProperties !== false ? [`${at} must set additionalProperties to false`] : []),
    ...Object.entries((properties ?? {}) as object).flatMap(([name, of]) => schemaProblems(of, `${at}.${name}`)),
    ...(items === undefined ? [] : schemaProblems(items, `${at}.items`)),
  ];
}
