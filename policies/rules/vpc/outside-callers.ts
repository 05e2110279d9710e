import type { PolicyResource } from "@pulumi/policy";
import { isGiven } from "../../given.ts";
import { referrers } from "../../relations.ts";
import { today } from "../../waivers.ts";
import { joiningActions } from "../iam/function-role-leaves-network-to-lambda.ts";
import { allowing, roleType, statementsIn } from "../iam/grants.ts";

/**
 * All that a function may be granted that has a way out of the network: its log and trace, joining the network, keeping what it failed on, and
 * reading the key that it shows to whom it calls. With it nobody's data can be read, so that it can send no more than it is handed.
 */
const harmless = [
  ...["logs:CreateLogStream", "logs:PutLogEvents", "xray:PutTelemetryRecords", "xray:PutTraceSegments"],
  ...joiningActions,
  ...["sqs:SendMessage", "kms:Decrypt", "kms:GenerateDataKey", "secretsmanager:GetSecretValue"],
];

/**
 * The functions of a stack that may call somebody outside: each has an agreement with whom it calls (`AGREEMENT_SIGNED_ON`, HIPAA 164.308(b)(1),
 * 164.314(a)), and a role of its own that reads nothing of any case. They are looked for when somebody first asks: few stacks have a way out, and
 * what is unknown in a preview throws at each who asks, and at nobody else.
 */
export function outsideCallers(resources: readonly PolicyResource[]): () => readonly PolicyResource[] {
  let found: readonly PolicyResource[] | undefined;
  return () => {
    found ??= search(resources);
    return found;
  };
}

function search(resources: readonly PolicyResource[]): PolicyResource[] {
  const roles = resources.filter(({ type }) => type === roleType);
  const taken = referrers(roles, ["arn"]);
  const named = referrers(roles, ["name", "id"]);
  const grants = Map.groupBy(
    resources.filter((resource) => resource.type !== roleType && statementsIn(resource).length > 0),
    (policy) => named(policy, "role")?.urn,
  );
  const attached = new Set(
    resources.filter(({ type }) => type === "aws:iam/rolePolicyAttachment:RolePolicyAttachment").map((attachment) => named(attachment, "role")?.urn),
  );
  return resources.filter((fn) => {
    if (fn.type !== "aws:lambda/function:Function" || !hasAgreement(fn)) return false;
    const role = taken(fn, "role");
    if (role === undefined || attached.has(role.urn) || isGiven(role.props, "managedPolicyArns")) return false;
    const statements = [role, ...(grants.get(role.urn) ?? [])].flatMap(allowing);
    return (
      statements.length > 0 && statements.every(({ actions, notActions }) => notActions.length === 0 && actions.every((action) => harmless.includes(action)))
    );
  });
}

function hasAgreement({ props }: PolicyResource): boolean {
  const environment = Object.getOwnPropertyDescriptor(props, "environment")?.value as { variables?: Record<string, unknown> } | undefined;
  const signedOn = environment?.variables?.["AGREEMENT_SIGNED_ON"];
  return typeof signedOn === "string" && signedOn <= today();
}
