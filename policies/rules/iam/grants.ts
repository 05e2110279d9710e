import type { PolicyResource, ResourceValidationArgs, StackValidationArgs } from "@pulumi/policy";
import { type Statement, statementsOf } from "../../documents.ts";
import { judgeEach } from "../../given.ts";
import { refersTo } from "../../relations.ts";
import { coversAction } from "../../requests.ts";

const policyTypes = new Set(["Policy", "RolePolicy", "UserPolicy", "GroupPolicy"].map((name) => `aws:iam/${name[0]!.toLowerCase()}${name.slice(1)}:${name}`));

/** The type of roles, which may hold policies within themselves, and have a boundary. */
export const roleType = "aws:iam/role:Role";

type Holder = Pick<ResourceValidationArgs, "type" | "props">;

const holdsPolicies = ({ type, props }: Holder): boolean => policyTypes.has(type) || (type === roleType && props["inlinePolicies"] !== undefined);

/** The documents of identity policies that a resource holds. */
function documentsIn({ type, props }: Holder): unknown[] {
  const documents: unknown[] = policyTypes.has(type)
    ? [props["policy"]]
    : ((props["inlinePolicies"] ?? []) as { policy?: unknown }[]).map(({ policy }) => policy);
  return documents.filter((document) => document !== undefined);
}

/** The statements of the identity policies that a resource holds. */
export const statementsIn = (holder: Holder): Statement[] => documentsIn(holder).flatMap(statementsOf);

/** The statements by which the identity policies that a resource holds allow something. */
export const allowing = (holder: Holder): Statement[] => statementsIn(holder).filter(({ effect }) => effect === "Allow");

/** The statements by which an identity policy allows something; says not applicable for any other resource. */
export function grantsOf(args: ResourceValidationArgs): Statement[] {
  if (!holdsPolicies(args)) args.notApplicable("The resource holds no identity policy.");
  return allowing(args);
}

/**
 * Judges each statement by which an identity policy of a stack allows one of some actions, but for those of boundaries: a boundary
 * grants nothing by itself. `say` reports what is wrong with one.
 */
export function judgeGrants(
  { resources, notApplicable }: Pick<StackValidationArgs, "resources" | "notApplicable">,
  report: (message: string, urn: string) => void,
  actions: readonly string[],
  judge: (statement: Statement, say: (wrong: string) => void) => void,
): void {
  let granted = false;
  judgeEach(
    resources.filter((resource) => holdsPolicies(resource) && !isBoundaryOnly(resource, resources)),
    (holder) => {
      for (const statement of allowing(holder)) {
        if (!actions.some((action) => coversAction(statement, action))) continue;
        granted = true;
        judge(statement, (wrong) => report(`"${holder.name}" ${wrong} (${statement.sid}).`, holder.urn));
      }
    },
  );
  if (!granted) notApplicable(`No policy of the stack allows ${actions.join(" or ")}.`);
}

/** The resources on which a statement allows something without naming them. */
export const unnamedResources = ({ resources, notResources }: Statement): string[] => [
  ...resources.filter((arn) => /[*?]/.test(arn)),
  ...(notResources.length > 0 ? [`all but ${notResources.join(", ")}`] : []),
];

const attachmentTypes = ["RolePolicyAttachment", "UserPolicyAttachment", "GroupPolicyAttachment", "PolicyAttachment"].map(
  (name) => `aws:iam/${name[0]!.toLowerCase()}${name.slice(1)}:${name}`,
);

/** Whether a policy bounds roles. */
export const isBoundary = (policy: PolicyResource, resources: readonly PolicyResource[]): boolean =>
  policy.type === "aws:iam/policy:Policy" && resources.some((role) => role.type === roleType && refersTo(role, "permissionsBoundary", policy, ["arn", "id"]));

/** Whether a policy bounds roles and is attached to nobody, to whom it would grant what it allows. */
const isBoundaryOnly = (policy: PolicyResource, resources: readonly PolicyResource[]): boolean =>
  isBoundary(policy, resources) &&
  !resources.some(
    (resource) =>
      (attachmentTypes.includes(resource.type) && refersTo(resource, "policyArn", policy, ["arn", "id"])) ||
      (resource.type === roleType && refersTo(resource, "managedPolicyArns", policy, [])),
  );
