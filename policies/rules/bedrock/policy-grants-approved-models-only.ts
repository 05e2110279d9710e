import type { ResourceValidationPolicy } from "@pulumi/policy";
import { hipaa } from "../../controls.ts";
import { coversAction } from "../../requests.ts";
import { grantsOf } from "../iam/grants.ts";
import { type ModelsConfig, modelsSchema, problemOfModel } from "./models.ts";

/** Actions that show data to a model. */
const calls = ["InvokeModel", "InvokeModelWithResponseStream", "CreateModelInvocationJob"].map((action) => `bedrock:${action}`);

/** What a role may not call, no code shows a patient's data to: models that keep or share what they are shown, and profiles that answer elsewhere. */
export const policyGrantsApprovedModelsOnly: ResourceValidationPolicy = {
  name: "bedrock-policy-grants-approved-models-only",
  description: "IAM policies must allow calls of approved Bedrock models only, each by its name.",
  enforcementLevel: "mandatory",
  severity: "critical",
  framework: hipaa("164.308(b)(1)", "164.314(a)(1)", "164.502(b)", "164.308(a)(4)(ii)(B)"),
  tags: ["bedrock", "iam", "least-privilege", "residency"],
  remediationSteps: "Name the ARNs of foundation models and inference profiles of policies/data/bedrock-models.ts.",
  configSchema: modelsSchema,
  validateResource: (args, report) => {
    for (const statement of grantsOf(args).filter((granted) => calls.some((action) => coversAction(granted, action)))) {
      const named = statement.notResources.length > 0 ? [`all but ${statement.notResources.join(", ")}`] : statement.resources;
      for (const problem of new Set(named.map((arn) => problemOfModel(arn, args.getConfig<ModelsConfig>())).filter((found) => found !== undefined)))
        report(`"${args.name}" ${problem} (${statement.sid}).`);
    }
  },
};
