import type { Policies } from "@pulumi/policy";
import { clientChangesNamedAttributesOnly } from "./client-changes-named-attributes-only.ts";
import { clientEndsSessionsSoon } from "./client-ends-sessions-soon.ts";
import { clientKeepsPasswordsAndTokensPrivate } from "./client-keeps-passwords-and-tokens-private.ts";
import { identityPoolAdmitsNoGuest } from "./identity-pool-admits-no-guest.ts";
import { identityProviderIsReachedOverTls } from "./identity-provider-is-reached-over-tls.ts";
import { poolAsksForSecondFactor } from "./pool-asks-for-second-factor.ts";
import { poolAsksForStrongPasswords } from "./pool-asks-for-strong-passwords.ts";
import { poolBlocksAttacks } from "./pool-blocks-attacks.ts";
import { poolGrantsScopesByRole } from "./pool-grants-scopes-by-role.ts";
import { poolIsBehindFirewall } from "./pool-is-behind-firewall.ts";
import { poolIsKeptFromDeletion } from "./pool-is-kept-from-deletion.ts";
import { poolKeepsLogOfSignIns } from "./pool-keeps-log-of-sign-ins.ts";
import { poolLetsNobodySignUp } from "./pool-lets-nobody-sign-up.ts";
import { poolRecoversByAdministrator } from "./pool-recovers-by-administrator.ts";
import { poolTellsPeopleApart } from "./pool-tells-people-apart.ts";

export const cognitoRules: Policies = [
  clientChangesNamedAttributesOnly,
  clientEndsSessionsSoon,
  clientKeepsPasswordsAndTokensPrivate,
  identityPoolAdmitsNoGuest,
  identityProviderIsReachedOverTls,
  poolAsksForSecondFactor,
  poolAsksForStrongPasswords,
  poolBlocksAttacks,
  poolGrantsScopesByRole,
  poolIsBehindFirewall,
  poolIsKeptFromDeletion,
  poolKeepsLogOfSignIns,
  poolLetsNobodySignUp,
  poolRecoversByAdministrator,
  poolTellsPeopleApart,
];
