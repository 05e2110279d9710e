import * as aws from "@pulumi/aws";
import type { ResourceValidationArgs } from "@pulumi/policy";
import { type ResourceValidationPolicy, validateResourceOfType } from "@pulumi/policy";
import { accountIdOf } from "../../accounts.ts";
import { hipaa } from "../../controls.ts";
import { statementsOf } from "../../documents.ts";
import { either } from "../../either.ts";
import { outsidersIn } from "../../organization.ts";
import { coversAction } from "../../requests.ts";
import { accountOf } from "../../strangers.ts";

/** Images are fetched by accounts of the platform, and changed by none but their own: whoever pushes decides what sees patients' videos. */
export const repositoryIsClosedToOutsiders: ResourceValidationPolicy = {
  name: "ecr-repository-is-closed-to-outsiders",
  description: "Policies of ECR repositories and registries must let in nobody outside the organisation, and let no other account push.",
  enforcementLevel: "mandatory",
  severity: "critical",
  framework: hipaa("164.312(a)(1)", "164.308(b)(1)", "164.312(c)(1)", "164.308(a)(4)(ii)(B)"),
  tags: ["ecr", "access", "supply-chain"],
  remediationSteps: "Use our ImageRegistry, which binds its readers to the organisation by aws:PrincipalOrgID.",
  validateResource: either(
    validateResourceOfType(aws.ecr.RepositoryPolicy, ({ policy }, args, report) => judge(policy, "repository", args, report)),
    validateResourceOfType(aws.ecr.RegistryPolicy, ({ policy }, args, report) => judge(policy, "registry", args, report)),
    validateResourceOfType(aws.ecr.RepositoryCreationTemplate, ({ repositoryPolicy }, args, report) => {
      if (repositoryPolicy === undefined) args.notApplicable("The template gives no policy.");
      judge(repositoryPolicy, "template", args, report);
    }),
  ),
};

/** Changes what a repository holds, or who may. */
const changes = ["PutImage", "InitiateLayerUpload", "BatchDeleteImage", "DeleteRepository", "SetRepositoryPolicy", "ReplicateImage"].map(
  (action) => `ecr:${action}`,
);

function judge(policy: unknown, what: string, { name, provider }: ResourceValidationArgs, report: (message: string) => void): void {
  const own = accountIdOf(provider);
  const statements = statementsOf(policy);
  for (const problem of outsidersIn(statements, own)) report(`The policy of ${what} "${name}" ${problem}.`);
  for (const statement of statements.filter(({ effect, principals }) => effect === "Allow" && principals.some((who) => accountOf(who) !== own))) {
    const allowed = changes.filter((action) => coversAction(statement, action));
    if (allowed.length > 0) report(`The policy of ${what} "${name}" lets others change images by ${allowed.join(", ")} (${statement.sid}).`);
  }
}
