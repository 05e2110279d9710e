import type { Statement } from "./documents.ts";
import { isDenied, mayMeet } from "./requests.ts";
import { accountOf, isService, letsInStrangers, stranger } from "./strangers.ts";

/**
 * Whom the policy of a resource lets in that its own account does not know, in words: everybody, another account, or a service
 * on behalf of any account. Accounts that the stack's configuration approves are no strangers.
 */
export function strangersIn(statements: readonly Statement[], own: string | undefined, approved: readonly string[] = []): string[] {
  return statements
    .filter((statement) => statement.effect === "Allow" && !isTakenBack(statement, statements))
    .flatMap((statement) =>
      [...new Set([...unbound(statement), ...foreignAccounts(statement, [own, ...approved])])].map((who) => `lets in ${who} (${statement.sid})`),
    );
}

/**
 * What a policy allows more widely than it must, in words: all actions of a service, or what any service may do on behalf of the
 * account, where `aws:SourceArn` and the like are the only bound.
 */
export function wideGrantsIn(statements: readonly Statement[]): string[] {
  return statements
    .filter(({ effect }) => effect === "Allow")
    .flatMap(({ sid, actions, notActions, principals, conditions }) => {
      const wide = [...actions.filter((action) => action.includes("*")), ...notActions.map((action) => `all but ${action}`)];
      const keys = Object.values(conditions).flatMap(Object.keys);
      const bySourceOnly = keys.some((key) => key.startsWith("aws:source")) && !keys.some((key) => key.startsWith("aws:principal"));
      return [
        ...(wide.length > 0 ? [`allows ${wide.join(", ")} (${sid}); it must name actions`] : []),
        ...(principals.includes("*") && bySourceOnly ? [`lets in any service (${sid}); it must name its principal`] : []),
      ];
    });
}

/** Everybody and services, where no condition says on whose behalf. */
function unbound(statement: Statement): string[] {
  if (!letsInStrangers(statement)) return [];
  const { principals } = statement;
  if (principals.length === 0) return ["everybody but those whom it names"];
  return principals.flatMap((principal) =>
    principal === "*"
      ? ["everybody"]
      : isService(principal)
        ? [`${principal} on behalf of any account`]
        : accountOf(principal) === undefined
          ? [principal]
          : [],
  );
}

/** Whether a statement lets in everybody, or all but some, by conditions that say nothing of who they are: all identities of an account, or of an organisation. */
export const letsInEverybody = (statement: Statement): boolean =>
  (statement.principals.length === 0 || statement.principals.includes("*")) &&
  mayMeet(statement, { "aws:principalarn": "arn:aws:iam::000000000000:role/anybody" });

/** What the denials among statements say of a condition key, but for whether a request has it. */
export const deniedBy = (statements: readonly Statement[], key: string): string[] =>
  statements
    .filter(({ effect }) => effect === "Deny")
    .flatMap(({ conditions }) => Object.entries(conditions).flatMap(([operator, keys]) => (operator === "Null" ? [] : (keys[key] ?? []))));

/** Accounts that a statement names, as principals or in its conditions, and that are not known. */
export function foreignAccounts({ principals, conditions }: Statement, known: readonly (string | undefined)[]): string[] {
  const bounds = Object.values(conditions).flatMap((keys) =>
    Object.entries(keys).flatMap(([key, values]) => (Object.hasOwn(stranger, key) || key.startsWith("kms:encryptioncontext:") ? values : [])),
  );
  const accounts = [...principals.map(accountOf), ...bounds.map((value) => /^(?:arn:[^:]*:[^:]*:[^:]*:)?(\d{12})(?::|$)/.exec(value)?.[1])];
  return accounts.filter((account) => account !== undefined && !known.includes(account)).map((account) => `account ${account}`);
}

/** Whether all that a statement allows a stranger is denied by another. */
const isTakenBack = ({ actions, resources }: Statement, all: readonly Statement[]): boolean =>
  actions.length > 0 &&
  resources.length > 0 &&
  actions.every((action) => resources.every((resource) => isDenied(all, { action, resource, context: stranger })));
