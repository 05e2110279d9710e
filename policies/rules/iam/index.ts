import type { Policies } from "@pulumi/policy";
import { accountHasStrongPasswordPolicy } from "./account-has-strong-password-policy.ts";
import { boundaryDeniesWhatNoRoleMayDo } from "./boundary-denies-what-no-role-may-do.ts";
import { functionRoleLeavesNetworkToLambda } from "./function-role-leaves-network-to-lambda.ts";
import { openidProviderIsApproved } from "./openid-provider-is-approved.ts";
import { peopleAreDeniedOriginalVideos } from "./people-are-denied-original-videos.ts";
import { peopleAreNoUsers } from "./people-are-no-users.ts";
import { policyAsksForTheKeysOfItsConditions } from "./policy-asks-for-the-keys-of-its-conditions.ts";
import { policyChangesNoIdentities } from "./policy-changes-no-identities.ts";
import { policyGrantsNoDataActionOnEveryResource } from "./policy-grants-no-data-action-on-every-resource.ts";
import { policyGrantsNoWildcardAction } from "./policy-grants-no-wildcard-action.ts";
import { policyPassesNamedRolesToNamedServices } from "./policy-passes-named-roles-to-named-services.ts";
import { policyRegistersNetworksForApproval } from "./policy-registers-networks-for-approval.ts";
import { policyTakesNamedRoles } from "./policy-takes-named-roles.ts";
import { policyUsesKeysThroughServices } from "./policy-uses-keys-through-services.ts";
import { readingOfVideosByPeopleIsTold } from "./reading-of-videos-by-people-is-told.ts";
import { roleAsksPeopleForSecondFactor } from "./role-asks-people-for-second-factor.ts";
import { roleHasPoliciesOfItsOwn } from "./role-has-policies-of-its-own.ts";
import { roleIsBounded } from "./role-is-bounded.ts";
import { roleIsTakenInNamedWays } from "./role-is-taken-in-named-ways.ts";
import { roleServesOwnAccountOnly } from "./role-serves-own-account-only.ts";
import { roleSessionEndsWithinTheHour } from "./role-session-ends-within-the-hour.ts";
import { roleTrustsKnownAccounts } from "./role-trusts-known-accounts.ts";
import { roleTrustsPinnedWorkflows } from "./role-trusts-pinned-workflows.ts";

export const iamRules: Policies = [
  accountHasStrongPasswordPolicy,
  boundaryDeniesWhatNoRoleMayDo,
  functionRoleLeavesNetworkToLambda,
  openidProviderIsApproved,
  peopleAreDeniedOriginalVideos,
  peopleAreNoUsers,
  policyAsksForTheKeysOfItsConditions,
  policyChangesNoIdentities,
  policyGrantsNoDataActionOnEveryResource,
  policyGrantsNoWildcardAction,
  policyPassesNamedRolesToNamedServices,
  policyRegistersNetworksForApproval,
  policyTakesNamedRoles,
  policyUsesKeysThroughServices,
  readingOfVideosByPeopleIsTold,
  roleAsksPeopleForSecondFactor,
  roleHasPoliciesOfItsOwn,
  roleIsBounded,
  roleIsTakenInNamedWays,
  roleServesOwnAccountOnly,
  roleSessionEndsWithinTheHour,
  roleTrustsKnownAccounts,
  roleTrustsPinnedWorkflows,
];
