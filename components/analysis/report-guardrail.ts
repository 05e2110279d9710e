import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import { PlatformComponent } from "../component.ts";
import { type Place, physicalName } from "../place.ts";
import type { EncryptionKey } from "../security/encryption-key.ts";
import { allow, type Statement } from "../security/policy.ts";

export interface ReportGuardrailArgs {
  place: Place;
  key: EncryptionKey;
}

/** Identifiers of 45 CFR 164.514(b)(2)(i) that guardrails know (Bedrock User Guide, "Remove PII from conversations"). */
const identifiers = [
  ...["ADDRESS", "AGE", "DRIVER_ID", "EMAIL", "IP_ADDRESS", "LICENSE_PLATE", "NAME", "PHONE"],
  ...["US_PASSPORT_NUMBER", "US_SOCIAL_SECURITY_NUMBER", "VEHICLE_IDENTIFICATION_NUMBER"],
];

const topics = [
  {
    name: "Diagnosis",
    definition: "Naming a disease, its stage or its outlook, or saying that a patient has one.",
    examples: ["The gallbladder is cancerous."],
  },
  { name: "Advice", definition: "Telling anybody how a patient is to be treated or followed up.", examples: ["The patient should be given antibiotics."] },
  { name: "Judgement", definition: "Judging how well a person or a team operated.", examples: ["The surgeon worked carelessly."] },
];

/**
 * What stands between the platform and a language model: nothing that identifies a person, no diagnosis, no advice, no judgement. HIPAA 164.502(b).
 *
 * It checks no grounding: that check knows neither Chinese nor answers as long as a report, unless calls leave the Region (Bedrock API reference,
 * "GuardrailContextualGroundingTierConfig"); the platform's own holds every sentence against its evidence.
 */
export class ReportGuardrail extends PlatformComponent {
  readonly guardrailId: pulumi.Output<string>;
  readonly version: pulumi.Output<string>;
  readonly #arn: pulumi.Output<string>;
  readonly #place: Place;
  readonly #key: EncryptionKey;

  constructor(name: string, { place, key }: ReportGuardrailArgs, opts?: pulumi.ComponentResourceOptions) {
    super("svp:analysis:ReportGuardrail", name, opts);
    const guardrail = new aws.bedrock.Guardrail(
      name,
      {
        name: physicalName(place, name),
        description: "What a language model is told and says for a report",
        kmsKeyArn: key.arn,
        blockedInputMessaging: "The guardrail held the question back.",
        blockedOutputsMessaging: "The guardrail held the answer back.",
        sensitiveInformationPolicyConfig: { piiEntitiesConfigs: identifiers.map((type) => ({ type, action: "BLOCK" })) },
        topicPolicyConfig: { topicsConfigs: topics.map((topic) => ({ ...topic, type: "DENY" })) },
      },
      this.child(),
    );
    const version = new aws.bedrock.GuardrailVersion(
      this.childName("version"),
      { guardrailArn: guardrail.guardrailArn, description: "Used by the report", skipDestroy: false },
      this.child(),
    );
    this.#place = place;
    this.#key = key;
    this.#arn = guardrail.guardrailArn;
    this.guardrailId = guardrail.guardrailId;
    this.version = version.version;
    this.registerOutputs({ guardrailId: this.guardrailId, version: this.version });
  }

  /** Statements that allow asking one model of Bedrock, and only behind this version of the guardrail (Bedrock User Guide, "Enforce the use of specific guardrails"). */
  allowAsk(modelArn: string): Statement[] {
    const behind = { StringEquals: { "bedrock:GuardrailIdentifier": pulumi.interpolate`${this.#arn}:${this.version}` } };
    return [allow("AskModel", ["bedrock:InvokeModel"], [modelArn], behind), ...this.allowApply()];
  }

  /**
   * Statements that allow putting something past the guardrail. Whoever does must be allowed the key as well, directly: it is not known by which
   * service the request comes (Bedrock User Guide, "Create a customer managed key for your guardrail").
   */
  allowApply(): Statement[] {
    return [
      allow("PassGuardrail", ["bedrock:ApplyGuardrail"], [this.#arn]),
      allow("OpenGuardrail", ["kms:Decrypt"], [this.#key.arn], { StringEquals: { "kms:CallerAccount": this.#place.accountId } }),
    ];
  }
}
