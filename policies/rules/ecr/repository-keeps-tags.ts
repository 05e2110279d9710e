import type { ResourceValidationPolicy } from "@pulumi/policy";
import { hipaa } from "../../controls.ts";

/** What a tag names stays what it named when it was scanned and approved. Repositories that ECR makes from a template are judged by it. */
export const repositoryKeepsTags: ResourceValidationPolicy = {
  name: "ecr-repository-keeps-tags",
  description: "ECR repositories must not let a tag be moved to another image.",
  enforcementLevel: "mandatory",
  severity: "high",
  framework: hipaa("164.312(c)(1)", "164.312(c)(2)", "164.308(a)(5)(ii)(B)"),
  tags: ["ecr", "integrity", "supply-chain"],
  remediationSteps: "Use our ImageRegistry, or set imageTagMutability IMMUTABLE without exclusions.",
  validateResource: ({ type, name, props, notApplicable }, report) => {
    const kind = kinds[type] ?? notApplicable("Only repositories and templates of such hold images.");
    judge(props["imageTagMutability"], `${kind} "${name}"`, report);
  },
};

const kinds: Readonly<Record<string, string>> = {
  "aws:ecr/repository:Repository": "Repository",
  "aws:ecr/repositoryCreationTemplate:RepositoryCreationTemplate": "Template",
};

function judge(mutability: string | undefined, subject: string, report: (message: string) => void): void {
  if (mutability !== "IMMUTABLE") report(`${subject} has imageTagMutability ${mutability ?? "MUTABLE"}; it must be IMMUTABLE.`);
}
