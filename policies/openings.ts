import type { Statement } from "./documents.ts";
import { isDenied } from "./requests.ts";
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

/** Accounts that a statement names, as principals or in its conditions, and that are not known. */
function foreignAccounts({ principals, conditions }: Statement, known: readonly (string | undefined)[]): string[] {
  const bounds = Object.values(conditions).flatMap((keys) => Object.entries(keys).flatMap(([key, values]) => (Object.hasOwn(stranger, key) ? values : [])));
  const accounts = [...principals.map(accountOf), ...bounds.map((value) => /^(?:arn:[^:]*:[^:]*:[^:]*:)?(\d{12})(?::|$)/.exec(value)?.[1])];
  return accounts.filter((account) => account !== undefined && !known.includes(account)).map((account) => `account ${account}`);
}

/** Whether all that a statement allows a stranger is denied by another. */
const isTakenBack = ({ actions, resources }: Statement, all: readonly Statement[]): boolean =>
  actions.length > 0 &&
  resources.length > 0 &&
  actions.every((action) => resources.every((resource) => isDenied(all, { action, resource, context: stranger })));
