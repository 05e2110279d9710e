import type { ResourceValidationPolicy } from "@pulumi/policy";
import { hipaa } from "../../controls.ts";
import { secretsIn } from "../../secrets.ts";
import { judgeContainers } from "./containers.ts";

/** Whoever may look at a task definition reads its environment. */
export const containerEnvironmentHoldsNoSecret: ResourceValidationPolicy = {
  name: "ecs-container-environment-holds-no-secret",
  description: "The environment of ECS containers must hold no secret and nothing that identifies a person.",
  enforcementLevel: "mandatory",
  severity: "critical",
  framework: hipaa("164.312(a)(1)", "164.308(a)(5)(ii)(D)", "164.514(b)(2)(i)"),
  tags: ["ecs", "secrets", "phi"],
  remediationSteps: "Name the secret in secrets, which ECS fetches from Secrets Manager when the container starts.",
  validateResource: judgeContainers(({ environment = [] }, say) => {
    const values = Object.fromEntries(environment.map(({ name, value }) => [name, value]));
    for (const { path, what } of secretsIn(values)) say(`holds ${what} in ${path}`);
  }),
};
