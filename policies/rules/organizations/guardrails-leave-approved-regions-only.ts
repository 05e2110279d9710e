import type { StackValidationPolicy } from "@pulumi/policy";
import { hipaa } from "../../controls.ts";
import { approvedRegions } from "../../data/regions.ts";
import { requiredSchema } from "../../required.ts";
import { attempt, type Guarded, judgeGuardrails } from "./guardrails.ts";

interface Config {
  readonly regions: readonly string[];
}

const defaultRegions: readonly string[] = approvedRegions.names;

/** What makes or moves patients' data. */
const actions = [
  "acm:RequestCertificate",
  "dynamodb:CreateTable",
  "ec2:RunInstances",
  "kms:CreateKey",
  "logs:CreateLogGroup",
  "rekognition:StartLabelDetection",
  "s3:CreateBucket",
  "sagemaker:CreateTrainingJob",
  "wafv2:CreateWebACL",
];

/** Nothing can be made where contracts do not allow it, whoever tries: guardrails are asked about a Region that nobody knows, and whatever they except. */
export const guardrailsLeaveApprovedRegionsOnly: StackValidationPolicy = {
  name: "organizations-guardrails-leave-approved-regions-only",
  description: "Service-control policies must deny every Region that is not approved.",
  enforcementLevel: "mandatory",
  severity: "critical",
  framework: hipaa("164.308(a)(1)(ii)(B)", "164.308(b)(1)", "164.310(d)(1)"),
  tags: ["organizations", "guardrails", "residency", "presence"],
  remediationSteps: "Add `Guardrails` with Regions of policies/data/regions.ts.",
  configSchema: {
    properties: { ...requiredSchema.properties, regions: { type: "array", items: { type: "string" }, minItems: 1, default: [...defaultRegions] } },
  },
  validateStack: (args, report) => {
    const { regions = defaultRegions } = args.getConfig<Partial<Config>>();
    judgeGuardrails(args, report, (guarded) => {
      const others = new Set(["xx-elsewhere-1", ...named(guarded)].filter((region) => !regions.includes(region)));
      return [...others].flatMap((region) =>
        actions.map((action) => ({ what: `${action} in ${region}`, request: attempt(action, { "aws:requestedregion": region }) })),
      );
    });
  },
};

/** The Regions that any statement names. */
const named = (guarded: readonly Guarded[]): string[] =>
  guarded.flatMap(({ statements }) => statements.flatMap(({ conditions }) => Object.values(conditions).flatMap((keys) => keys["aws:requestedregion"] ?? [])));
