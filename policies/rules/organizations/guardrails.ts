import type { PolicyResource, StackValidationArgs } from "@pulumi/policy";
import { ofType } from "../../accounts.ts";
import { approvedRegions } from "../../data/regions.ts";
import { type Statement, statementsOf } from "../../documents.ts";
import { refersTo } from "../../relations.ts";
import { isDeniedToHolder, type Request } from "../../requests.ts";
import { onlyWhereRequired } from "../../required.ts";

/** An account, or a unit of accounts, and what service-control policies say of all its principals. */
export interface Guarded {
  /** `111122223333`, `ou-...` or `r-...`. */
  readonly target: string;
  readonly statements: readonly Statement[];
}

/** Policies of an organisation of one type, with the targets that they are attached to. */
export function attachedPolicies(resources: readonly PolicyResource[], type: string): { policy: PolicyResource; targets: string[] }[] {
  const attachments = ofType(resources, "aws:organizations/policyAttachment:PolicyAttachment");
  return ofType(resources, "aws:organizations/policy:Policy")
    .filter(({ props }) => (props["type"] ?? "SERVICE_CONTROL_POLICY") === type)
    .map((policy) => ({
      policy,
      targets: attachments.filter((attachment) => refersTo(attachment, "policyId", policy, ["id"])).map(({ props }) => props["targetId"] as string),
    }));
}

const isRoot = (target: string): boolean => target.startsWith("r-");

/** Every target that any policy of the organisation is attached to; its root only where there is no other. */
export function targetsOf(resources: readonly PolicyResource[]): string[] {
  const all = [...new Set(ofType(resources, "aws:organizations/policyAttachment:PolicyAttachment").map(({ props }) => props["targetId"] as string))];
  const below = all.filter((target) => !isRoot(target));
  return (below.length > 0 ? below : all).sort();
}

/** Whether a policy reaches a target: it is attached to it, or to the organisation's root. */
export const reaches = (targets: readonly string[], target: string): boolean => targets.some((attached) => attached === target || isRoot(attached));

/** The targets of the organisation, each with the statements of every service-control policy that reaches it. */
export function guardedTargets(resources: readonly PolicyResource[]): Guarded[] {
  const policies = attachedPolicies(resources, "SERVICE_CONTROL_POLICY").map(({ policy, targets }) => ({
    targets,
    statements: statementsOf(policy.props["content"]),
  }));
  return targetsOf(resources).map((target) => ({
    target,
    statements: policies.flatMap(({ targets, statements }) => (reaches(targets, target) ? statements : [])),
  }));
}

/** A request that guardrails must deny, made by a role that nobody knows in the first approved Region, unless its context says otherwise. */
export function attempt(action: string, context: Request["context"] = {}, resource = "*"): Request {
  const usual = { "aws:principalarn": "arn:aws:iam::111122223333:role/anybody", "aws:requestedregion": approvedRegions.names[0] };
  return { action, resource, context: { ...usual, ...context } };
}

/** Something that guardrails must deny, in words. */
export interface Forbidden {
  readonly what: string;
  readonly request: Request;
}

/** Reports, of every target of the organisation, what its guardrails do not keep it from. */
export function judgeGuardrails(
  args: StackValidationArgs,
  report: (message: string) => void,
  forbidden: (guarded: readonly Guarded[]) => readonly Forbidden[],
): void {
  onlyWhereRequired(args);
  const guarded = guardedTargets(args.resources);
  if (guarded.length === 0) report("No service-control policy is attached to any account of the organisation.");
  const all = forbidden(guarded);
  for (const { target, statements } of guarded) {
    const allowed = all.filter(({ request }) => !isDeniedToHolder(statements, request)).map(({ what }) => what);
    if (allowed.length > 0) report(`Guardrails do not keep ${target} from ${allowed.join(", ")}.`);
  }
}

/** The approved Regions that guardrails leave open to any of their targets; all of them where there are no guardrails. */
export function openRegions(resources: readonly PolicyResource[]): string[] {
  const guarded = guardedTargets(resources);
  const isOpen = (region: string): boolean =>
    guarded.length === 0 || guarded.some(({ statements }) => !isDeniedToHolder(statements, attempt("s3:CreateBucket", { "aws:requestedregion": region })));
  return approvedRegions.names.filter(isOpen);
}
