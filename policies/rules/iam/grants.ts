import type { ResourceValidationArgs } from "@pulumi/policy";
import { type Statement, statementsOf } from "../../documents.ts";

const policyTypes = new Set(["Policy", "RolePolicy", "UserPolicy", "GroupPolicy"].map((name) => `aws:iam/${name[0]!.toLowerCase()}${name.slice(1)}:${name}`));

/** The statements by which an identity policy allows something; says not applicable for any other resource. */
export function grantsOf({ type, props, notApplicable }: ResourceValidationArgs): Statement[] {
  const documents: unknown[] = policyTypes.has(type)
    ? [props["policy"]]
    : type === "aws:iam/role:Role"
      ? ((props["inlinePolicies"] ?? []) as { policy?: unknown }[]).map(({ policy }) => policy)
      : notApplicable("The resource holds no identity policy.");
  return documents
    .filter((document) => document !== undefined)
    .flatMap(statementsOf)
    .filter(({ effect }) => effect === "Allow");
}
