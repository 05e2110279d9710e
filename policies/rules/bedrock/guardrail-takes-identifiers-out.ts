import * as aws from "@pulumi/aws";
import { type ResourceValidationPolicy, validateResourceOfType } from "@pulumi/policy";
import { hipaa } from "../../controls.ts";

interface Config {
  readonly entities?: readonly string[];
  readonly geographies?: readonly string[];
}

const entities: readonly string[] = [
  "ADDRESS",
  "AGE",
  "DRIVER_ID",
  "EMAIL",
  "IP_ADDRESS",
  "LICENSE_PLATE",
  "NAME",
  "PHONE",
  "US_PASSPORT_NUMBER",
  "US_SOCIAL_SECURITY_NUMBER",
  "VEHICLE_IDENTIFICATION_NUMBER",
];

/** The kinds are those of 45 CFR 164.514(b)(2)(i) that guardrails know (Bedrock User Guide, "Remove PII from conversations"). */
export const guardrailTakesIdentifiersOut: ResourceValidationPolicy = {
  name: "bedrock-guardrail-takes-identifiers-out",
  description: "Bedrock guardrails must block or mask identifiers of people, in what is asked and in what is answered.",
  enforcementLevel: "mandatory",
  severity: "high",
  framework: hipaa("164.502(b)", "164.514(b)(2)(i)"),
  tags: ["bedrock", "phi"],
  remediationSteps: "Give sensitiveInformationPolicyConfig a piiEntitiesConfig with action ANONYMIZE or BLOCK for each kind that the message names.",
  configSchema: {
    properties: {
      entities: { type: "array", items: { type: "string" }, default: [...entities] },
      geographies: { type: "array", items: { type: "string" }, default: ["us"] },
    },
  },
  validateResource: validateResourceOfType(aws.bedrock.Guardrail, (guardrail, args, report) => {
    const { entities: wanted = entities, geographies = ["us"] } = args.getConfig<Config>();
    const configs = guardrail.sensitiveInformationPolicyConfig?.piiEntitiesConfigs ?? [];
    const missing = wanted.filter((entity) => !configs.some((config) => config.type === entity && takesOut(config)));
    if (missing.length > 0) report(`Guardrail "${args.name}" lets through ${missing.join(", ")}; piiEntitiesConfigs must block or mask them both ways.`);
    const profile = guardrail.crossRegionConfig?.guardrailProfileIdentifier;
    if (profile !== undefined && !geographies.some((geography) => profile.split("/").at(-1)?.startsWith(`${geography}.`)))
      report(`Guardrail "${args.name}" works in the Regions of ${profile}; crossRegionConfig must stay within ${geographies.join(", ")}.`);
  }),
};

interface Entity {
  readonly action: string;
  readonly inputAction?: string | undefined;
  readonly inputEnabled?: boolean | undefined;
  readonly outputAction?: string | undefined;
  readonly outputEnabled?: boolean | undefined;
}

const takesOut = ({ action, inputAction = action, inputEnabled = true, outputAction = action, outputEnabled = true }: Entity): boolean =>
  inputEnabled && outputEnabled && [inputAction, outputAction].every((done) => ["ANONYMIZE", "BLOCK"].includes(done));
