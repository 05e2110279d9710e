import type { Place } from "../place.ts";
import type { Conditions } from "../security/policy.ts";
import type { Trust } from "./trusted-role.ts";

/**
 * How people who take a role prove who they are. None is a user of IAM (HIPAA 164.312(a)(2)(i)), each has given a second factor
 * (164.312(d)):
 *
 * - `samlProvider`: ARN of the account's SAML provider. The identity provider sets the session tag `mfa` to `true` once the second factor
 *   is given; AWS does not learn it in any other way.
 * - `permissionSet`: name of a permission set of IAM Identity Center that is assigned in this account. Identity Center asks for the second
 *   factor itself ("Prompt users for MFA: every time they sign in"); roles that it opens carry no sign of it.
 * - `principals`: ARNs of users or roles elsewhere in the organisation whose sessions carry the sign of a second factor. For access that
 *   must work while the identity provider does not.
 */
export type People = { readonly samlProvider: string } | { readonly permissionSet: string } | { readonly principals: readonly string[] };

/** What is wrong with the description of people; undefined if nothing is. */
export function mistakeIn(people: People): string | undefined {
  if ("samlProvider" in people)
    return /^arn:aws:iam::\d{12}:saml-provider\/[\w.-]+$/.test(people.samlProvider)
      ? undefined
      : `must name the ARN of a SAML provider, not "${people.samlProvider}".`;
  if ("permissionSet" in people)
    return /^[\w+=,.@-]{1,32}$/.test(people.permissionSet) ? undefined : `must name a permission set, without a wildcard, not "${people.permissionSet}".`;
  if (people.principals.length === 0) return "must name at least one principal.";
  const wrong = people.principals.find((arn) => !/^arn:aws:iam::\d{12}:(user|role)\/[^*?]+$/.test(arn));
  return wrong === undefined ? undefined : `must name ARNs of users or roles, without a wildcard, not "${wrong}".`;
}

/** An hour: as long as a session, so that no one enters on the second factor of this morning. */
const secondFactorSeconds = "3600";

/** The trust of a role in these people. `more` narrows it. */
export function trustIn(people: People, place: Place, more: Readonly<Record<string, string>> = {}): Trust {
  if ("samlProvider" in people) {
    return {
      Sid: "PeopleSignInWithSaml",
      Principal: { Federated: people.samlProvider },
      Action: ["sts:AssumeRoleWithSAML", "sts:TagSession"],
      Condition: {
        StringEquals: {
          "SAML:aud": ["https://signin.aws.amazon.com/saml", `https://${place.region}.signin.aws.amazon.com/saml`],
          "aws:RequestTag/mfa": "true",
          ...more,
        },
      },
    };
  }
  if ("permissionSet" in people) {
    return {
      Sid: "PeopleSignInWithIdentityCenter",
      Principal: { AWS: `arn:aws:iam::${place.accountId}:root` },
      Action: ["sts:AssumeRole"],
      Condition: {
        ArnLike: { "aws:PrincipalArn": permissionSetRole(people.permissionSet, place) },
        ...(Object.keys(more).length > 0 && { StringEquals: more }),
      },
    };
  }
  const condition: Conditions = {
    Bool: { "aws:MultiFactorAuthPresent": "true" },
    NumericLessThan: { "aws:MultiFactorAuthAge": secondFactorSeconds },
    StringEquals: { "aws:PrincipalOrgID": place.organizationId, ...more },
  };
  return { Sid: "PeopleSignInWithSecondFactor", Principal: { AWS: people.principals }, Action: ["sts:AssumeRole"], Condition: condition };
}

/**
 * Role that Identity Center makes of a permission set: under a path that only it can write to, with 16 digits of its own at the end. So many
 * question marks, because a star would let in permission sets whose names begin alike.
 */
const permissionSetRole = (name: string, { accountId }: Place): string =>
  `arn:aws:iam::${accountId}:role/aws-reserved/sso.amazonaws.com/*AWSReservedSSO_${name}_${"?".repeat(16)}`;
