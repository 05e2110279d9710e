import type { ResourceValidationPolicy } from "@pulumi/policy";
import { accountIdOf } from "../../accounts.ts";
import { hipaa } from "../../controls.ts";
import { statementsOf } from "../../documents.ts";
import { isGiven } from "../../given.ts";
import { strangersIn } from "../../openings.ts";

interface Config {
  readonly accounts: readonly string[];
}

const policyType = "aws:secretsmanager/secretPolicy:SecretPolicy";

/** A policy of a secret lets in nobody but its own account, and those that the stack's configuration names; Secrets Manager is asked to refuse public ones. */
export const secretIsClosedToStrangers: ResourceValidationPolicy = {
  name: "secretsmanager-secret-is-closed-to-strangers",
  description: "Policies of secrets must let in nobody but approved accounts, and must block public ones.",
  enforcementLevel: "mandatory",
  severity: "critical",
  framework: hipaa("164.308(a)(3)(i)", "164.308(a)(4)(ii)(B)", "164.308(a)(5)(ii)(D)", "164.308(b)(1)", "164.312(a)(1)"),
  tags: ["secretsmanager", "least-privilege", "public-access"],
  remediationSteps: "Name the principal, or add its account to the setting accounts; set blockPublicPolicy true.",
  configSchema: { properties: { accounts: { type: "array", items: { type: "string" }, default: [] } } },
  validateResource: ({ type, name, props, provider, getConfig, notApplicable }, report) => {
    if (!["aws:secretsmanager/secret:Secret", policyType].includes(type)) notApplicable("The resource is no secret.");
    if (!isGiven(props, "policy")) notApplicable("The secret has no policy: its account's identities alone can be let in.");
    const { accounts = [] } = getConfig<Partial<Config>>();
    for (const opening of strangersIn(statementsOf(props["policy"]), accountIdOf(provider), accounts)) report(`Secret "${name}" ${opening}.`);
    if (type === policyType && props["blockPublicPolicy"] !== true) report(`Secret "${name}" must set blockPublicPolicy to true.`);
  },
};
