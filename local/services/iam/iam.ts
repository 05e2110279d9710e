import { createHmac } from "node:crypto";
import { type Caller, ServiceError } from "../../wire/service.ts";
import type { Authorizer, Credentials } from "../seams.ts";
import { type Context, holds } from "./conditions.ts";
import { arnMatches, arnParts, globMatches } from "./patterns.ts";
import { parsePolicy, type Statement } from "./policy.ts";

/** One action pattern of one statement of a role's policy. */
export interface Grant {
  readonly role: string;
  readonly policy: string;
  /** `Sid`, or the statement's number. */
  readonly statement: string;
  readonly action: string;
}

export interface Iam extends Authorizer {
  /** Declares a role, or replaces the trust policy and the boundary of one. */
  putRole(role: { arn: string; trustPolicy: unknown; permissionsBoundary?: string | undefined }): void;
  /** Declares a managed policy, or replaces its document. */
  putManagedPolicy(policyArn: string, document: unknown): void;
  /** Attaches an inline policy to a declared role, or replaces it. */
  putRolePolicy(roleArn: string, name: string, document: unknown): void;
  /** Sets the policy of a bucket, queue, key or function. */
  putResourcePolicy(resourceArn: string, document: unknown): void;
  /** The operator of the local cloud: may do everything that no statement denies. */
  readonly administrator: { readonly caller: Caller; readonly credentials: Credentials };
  /** Credentials of a role for a caller of any account, if its trust policy lets it; whether the caller's own policies do is the caller's account's to say. Throws AccessDenied. */
  takeRole(caller: Caller, roleArn: string): Credentials;
  /** Who signs with this access key; undefined if nobody does. */
  resolve(accessKeyId: string): { readonly caller: Caller; readonly credentials: Credentials } | undefined;
  /** Grants of all roles, by whether a call ever needed them. Only grants that allow. */
  usage(): { readonly unused: readonly Grant[]; readonly used: readonly Grant[] };
}

interface Role {
  readonly arn: string;
  readonly credentials: Credentials;
  trust: readonly Statement[];
  /** ARN of the managed policy that bounds the role. */
  boundary: string | undefined;
  readonly policies: Map<string, readonly Statement[]>;
}

/** How far a statement's principals reach the caller. A statement for the whole account needs the identity policy to agree. */
type Reach = "caller" | "account" | "nobody";

/**
 * The roles and resource policies of one account, and their evaluation:
 * https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_evaluation-logic.html
 * @param options.organizationId of which the account, and every other that a principal belongs to, is taken to be a member.
 * @param options.seed mixed into every secret, so that only who knows it can sign; the same seed gives the same credentials.
 */
export function createIam(options: { accountId?: string; organizationId?: string; seed?: string } = {}): Iam {
  const { accountId = "000000000000", organizationId = "o-local000000", seed = "" } = options;
  const roles = new Map<string, Role>();
  const resourcePolicies = new Map<string, readonly Statement[]>();
  const managedPolicies = new Map<string, readonly Statement[]>();
  const usedGrants = new Set<string>();

  const administratorArn = `arn:aws:iam::${accountId}:user/local-administrator`;
  const administrator = { caller: { arn: administratorArn }, credentials: credentialsFor(seed, administratorArn) };
  const byAccessKey = new Map([[administrator.credentials.accessKeyId, administrator]]);

  const roleOf = (arn: string): Role => {
    const role = roles.get(arn);
    if (!role) throw new ServiceError("NoSuchEntity", `No role ${arn} was declared.`, 404);
    return role;
  };

  /** Throws unless the trust policy of a role lets a principal, reached in one of these ways, take it. */
  function trusted(role: Role, caller: Caller, ways: readonly Reach[], context: Context): void {
    const full = fullContext(organizationId, caller, context);
    const matching = role.trust.filter(
      (statement) =>
        ways.includes(reach(statement, caller)) &&
        statement.actions.some((pattern) => globMatches(pattern, "sts:AssumeRole", "i")) &&
        statement.conditions.every((condition) => holds(condition, full)),
    );
    if (matching.length === 0 || matching.some(({ effect }) => effect === "Deny"))
      throw denied(caller, "sts:AssumeRole", role.arn, "its trust policy does not allow it");
  }

  return {
    administrator,
    resolve: (accessKeyId) => byAccessKey.get(accessKeyId),
    credentialsOf: (roleArn) => roleOf(roleArn).credentials,

    putRole({ arn, trustPolicy, permissionsBoundary: boundary }) {
      if (boundary !== undefined && !managedPolicies.has(boundary)) throw new ServiceError("NoSuchEntity", `No policy ${boundary} was declared.`, 404);
      const trust = parsePolicy(`trust policy of role ${arn}`, "trust", trustPolicy);
      const known = roles.get(arn);
      if (known) {
        known.trust = trust;
        known.boundary = boundary;
        return;
      }
      const credentials = credentialsFor(seed, arn);
      roles.set(arn, { arn, credentials, trust, boundary, policies: new Map() });
      byAccessKey.set(credentials.accessKeyId, { caller: { arn }, credentials });
    },

    putManagedPolicy(policyArn, document) {
      managedPolicies.set(policyArn, parsePolicy(`policy ${policyArn}`, "identity", document));
    },

    putRolePolicy(roleArn, name, document) {
      roleOf(roleArn).policies.set(name, parsePolicy(`policy "${name}" of role ${roleArn}`, "identity", document));
    },

    putResourcePolicy(resourceArn, document) {
      resourcePolicies.set(resourceArn, parsePolicy(`policy of ${resourceArn}`, "resource", document));
    },

    assume(servicePrincipal, roleArn, context = {}) {
      trusted(roleOf(roleArn), { arn: servicePrincipal }, ["caller"], { "aws:SourceAccount": arnParts(roleArn)?.[4] ?? "", ...context });
      return { arn: roleArn };
    },

    takeRole(caller, roleArn) {
      const role = roles.get(roleArn);
      // AWS does not tell which roles there are.
      if (!role) throw denied(caller, "sts:AssumeRole", roleArn, "its trust policy does not allow it");
      trusted(role, caller, ["caller", "account"], {});
      return role.credentials;
    },

    authorize(caller, action, resource, context = {}) {
      const full = fullContext(organizationId, caller, context);
      const applies = (statement: Statement) =>
        covers(statement, action) &&
        statement.resources.some((pattern) => arnMatches(pattern, resource)) &&
        statement.conditions.every((condition) => holds(condition, full));

      const resourcePolicy = policyOf(resourcePolicies, resource);
      const ofResource = (resourcePolicy ?? [])
        .map((statement) => ({ statement, reach: reach(statement, caller) }))
        .filter((entry) => entry.reach !== "nobody" && applies(entry.statement));
      const role = roles.get(caller.arn);
      const ofRole = [...(role?.policies ?? [])].flatMap(([policy, statements]) => statements.filter(applies).map((statement) => ({ policy, statement })));

      const boundary = role?.boundary === undefined ? undefined : (managedPolicies.get(role.boundary) ?? []).filter(applies);
      const bounding = (boundary ?? []).map((statement) => ({ statement, bounds: true }));
      const denial = [...ofResource, ...ofRole, ...bounding].find(({ statement }) => statement.effect === "Deny");
      if (denial) {
        const place =
          "bounds" in denial ? "the role's permissions boundary" : "policy" in denial ? `policy "${denial.policy}" of the role` : "the resource's policy";
        throw denied(caller, action, resource, `statement ${denial.statement.name} of ${place} denies it`);
      }
      if (caller.arn === administratorArn) return;

      // A boundary allows nothing; what it does not name, neither the role's policies nor a resource's policy for the role can allow.
      const unbounded = boundary === undefined || boundary.length > 0;
      const byResource = ofResource.some((entry) => entry.reach === "caller");
      // A key without a policy has the default one, which leaves the decision to identity policies; one with a policy must say so itself.
      const delegated = !resource.startsWith("arn:aws:kms:") || resourcePolicy === undefined || ofResource.some((entry) => entry.reach === "account");
      if (delegated) {
        for (const { policy, statement } of ofRole) {
          for (const pattern of statement.actions) {
            if (globMatches(pattern, action, "i")) usedGrants.add(grantKey({ role: caller.arn, policy, statement: statement.name, action: pattern }));
          }
        }
      }
      if (unbounded && (byResource || (delegated && ofRole.length > 0))) return;
      throw denied(
        caller,
        action,
        resource,
        !unbounded
          ? "the role's permissions boundary does not allow it"
          : ofRole.length > 0
            ? "the key's policy neither allows it nor lets identity policies decide"
            : role
              ? `no policy of the role or of the resource allows it`
              : "no policy of the resource allows it",
      );
    },

    usage() {
      const grants = [...roles.values()].flatMap((role) =>
        [...role.policies].flatMap(([policy, statements]) =>
          statements
            .filter(({ effect }) => effect === "Allow")
            .flatMap((statement) => statement.actions.map((action) => ({ role: role.arn, policy, statement: statement.name, action }))),
        ),
      );
      return { unused: grants.filter((grant) => !usedGrants.has(grantKey(grant))), used: grants.filter((grant) => usedGrants.has(grantKey(grant))) };
    },
  };
}

const grantKey = ({ role, policy, statement, action }: Grant): string => JSON.stringify([role, policy, statement, action]);

const denied = (caller: Caller, action: string, resource: string, reason: string): ServiceError =>
  new ServiceError("AccessDeniedException", `${caller.arn} is not authorized to perform ${action} on ${resource}: ${reason}.`, 403);

/** Credentials that only depend on seed and ARN, in the forms of AWS's temporary ones. */
function credentialsFor(seed: string, arn: string): Credentials {
  const derive = (use: string) => createHmac("sha256", `local-cloud:${seed}`).update(`${use}:${arn}`).digest();
  const letters = [...derive("access-key-id").subarray(0, 16)].map((byte) => "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567"[byte & 31]).join("");
  return {
    accessKeyId: `ASIA${letters}`,
    secretAccessKey: derive("secret-access-key").toString("base64").slice(0, 40),
    sessionToken: derive("session-token").toString("base64"),
  };
}

/** Whether a statement is about an action. */
const covers = ({ actions, notActions }: Statement, action: string): boolean =>
  notActions.length > 0 ? !notActions.some((pattern) => globMatches(pattern, action, "i")) : actions.some((pattern) => globMatches(pattern, action, "i"));

const isService = (caller: Caller): boolean => caller.arn.endsWith(".amazonaws.com");

/** The loopback wire stands for the TLS endpoint of AWS. */
function fullContext(organizationId: string, caller: Caller, context: Context): Context {
  const account = arnParts(caller.arn)?.[4];
  return {
    "aws:SecureTransport": "true",
    "s3:TlsVersion": "1.3",
    "aws:PrincipalIsAWSService": String(isService(caller)),
    ...(isService(caller) ? { "aws:PrincipalServiceName": caller.arn } : { "aws:PrincipalArn": caller.arn }),
    ...(account ? { "aws:PrincipalAccount": account, "aws:PrincipalOrgID": organizationId, "kms:CallerAccount": account } : {}),
    ...context,
  };
}

function reach(statement: Statement, caller: Caller): Reach {
  const { aws = [], services = [] } = statement.principals ?? {};
  if (aws.includes("*") || aws.includes(caller.arn) || services.includes(caller.arn) || (services.includes("*") && isService(caller))) return "caller";
  const account = arnParts(caller.arn)?.[4];
  if (account && (aws.includes(account) || aws.includes(`arn:aws:iam::${account}:root`))) return "account";
  return "nobody";
}

/** The policy of the resource itself, of an object's bucket, or of the function that a version or alias belongs to. */
function policyOf(policies: ReadonlyMap<string, readonly Statement[]>, resource: string): readonly Statement[] | undefined {
  const owner = resource.startsWith("arn:aws:s3:::") ? resource.split("/", 1)[0] : /^(arn:aws:lambda:[^:]*:[^:]*:function:[^:]*):/.exec(resource)?.[1];
  return policies.get(resource) ?? policies.get(owner ?? resource);
}
