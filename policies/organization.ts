import type { Statement } from "./documents.ts";
import { accountOf, letsInStrangers } from "./strangers.ts";

/**
 * Whom the policy of a resource lets in whether or not they are of the organisation, in words. Other accounts than the resource's own may be
 * let in by their number only together with a condition that holds for the organisation alone: an account that leaves it is out.
 */
export function outsidersIn(statements: readonly Statement[], own: string | undefined): string[] {
  return statements
    .filter((statement) => statement.effect === "Allow" && letsInStrangers(statement))
    .flatMap(({ sid, principals }) =>
      (principals.length === 0 ? ["all but some"] : principals.map((principal) => (principal === "*" ? "everybody" : principal)))
        .filter((principal) => own === undefined || accountOf(principal) !== own)
        .map((who) => `lets in ${who}, of whatever organisation (${sid}); the statement must have a condition by aws:PrincipalOrgID`),
    );
}
