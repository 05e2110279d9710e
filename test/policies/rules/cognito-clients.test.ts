import * as aws from "@pulumi/aws";
import type { Policies } from "@pulumi/policy";
import { expect } from "chai";
import { clientChangesNamedAttributesOnly } from "../../../policies/rules/cognito/client-changes-named-attributes-only.ts";
import { clientEndsSessionsSoon } from "../../../policies/rules/cognito/client-ends-sessions-soon.ts";
import { clientKeepsPasswordsAndTokensPrivate } from "../../../policies/rules/cognito/client-keeps-passwords-and-tokens-private.ts";
import { identityProviderIsReachedOverTls } from "../../../policies/rules/cognito/identity-provider-is-reached-over-tls.ts";
import { applications, violations } from "../../support/policies.ts";

type Opts = { provider: aws.Provider };
type Program = (opts: Opts) => unknown;

const client =
  (args: Partial<aws.cognito.UserPoolClientArgs> = {}) =>
  (opts: Opts) =>
    new aws.cognito.UserPoolClient("c", { userPoolId: "p", ...args }, opts);
const soon = {
  accessTokenValidity: 60,
  idTokenValidity: 3600,
  refreshTokenValidity: 12,
  tokenValidityUnits: { accessToken: "minutes", idToken: "seconds", refreshToken: "hours" },
  enableTokenRevocation: true,
  refreshTokenRotation: { feature: "ENABLED" },
};
const secret = { preventUserExistenceErrors: "ENABLED" };
const provider = (providerType: string, providerDetails: Record<string, string>) => (opts: Opts) =>
  new aws.cognito.IdentityProvider("d", { userPoolId: "p", providerName: "d", providerType, providerDetails }, opts);

describe("rules for Cognito's clients and directories", () => {
  const cases: [rule: Policies[number], what: string, program: Program, ...messages: string[]][] = [
    [clientEndsSessionsSoon, "accepts short sessions", client(soon)],
    [
      clientEndsSessionsSoon,
      "refuses what Cognito does by itself",
      client(),
      'Client "c" gets refreshTokens for 43200 minutes; it must be 720 at most.',
      'Client "c" gets tokens that nobody can take back; enableTokenRevocation must be true.',
      'Client "c" uses a refresh token again and again; refreshTokenRotation.feature must be ENABLED.',
    ],
    [
      clientEndsSessionsSoon,
      "refuses long ones",
      client({ ...soon, accessTokenValidity: 61, idTokenValidity: 7200, refreshTokenValidity: 13, authSessionValidity: 15 }),
      'Client "c" gets accessTokens for 61 minutes; it must be 60 at most.',
      'Client "c" gets idTokens for 120 minutes; it must be 60 at most.',
      'Client "c" gets refreshTokens for 780 minutes; it must be 720 at most.',
      'Client "c" leaves 15 minutes to sign in; authSessionValidity must be 5 at most.',
    ],
    [
      clientEndsSessionsSoon,
      "counts in Cognito's own units where none are given",
      client({ ...soon, tokenValidityUnits: {}, accessTokenValidity: 1, idTokenValidity: 2, refreshTokenValidity: 1 }),
      'Client "c" gets idTokens for 120 minutes; it must be 60 at most.',
      'Client "c" gets refreshTokens for 1440 minutes; it must be 720 at most.',
    ],
    [
      clientEndsSessionsSoon,
      "judges clients that AWS makes, too",
      (opts) => new aws.cognito.ManagedUserPoolClient("m", { userPoolId: "p", namePrefix: "AmazonOpenSearch", ...soon, enableTokenRevocation: false }, opts),
      'Client "m" gets tokens that nobody can take back; enableTokenRevocation must be true.',
    ],

    [
      clientKeepsPasswordsAndTokensPrivate,
      "accepts the flow by code",
      client({ ...secret, explicitAuthFlows: ["ALLOW_USER_SRP_AUTH"], allowedOauthFlows: ["code"], callbackUrls: ["https://review.example.org/"] }),
    ],
    [clientKeepsPasswordsAndTokensPrivate, "accepts Cognito's own flows", client(secret)],
    ...["ALLOW_USER_PASSWORD_AUTH", "ALLOW_ADMIN_USER_PASSWORD_AUTH", "USER_PASSWORD_AUTH", "ADMIN_NO_SRP_AUTH"].map(
      (flow): [Policies[number], string, Program, string] => [
        clientKeepsPasswordsAndTokensPrivate,
        `refuses ${flow}`,
        client({ ...secret, explicitAuthFlows: [flow] }),
        `Client "c" sends passwords as they are by ${flow}.`,
      ],
    ),
    [
      clientKeepsPasswordsAndTokensPrivate,
      "refuses tokens in addresses",
      client({ ...secret, allowedOauthFlows: ["code", "implicit"] }),
      'Client "c" takes tokens in addresses; allowedOauthFlows must not hold implicit.',
    ],
    [
      clientKeepsPasswordsAndTokensPrivate,
      "refuses pages without TLS, and unnamed ones",
      client({ ...secret, callbackUrls: ["http://localhost/", "https://review.example.org/"], logoutUrls: ["https://*.example.org/"] }),
      'Client "c" leads to http://localhost/, https://*.example.org/; each page must be named and reached over https.',
    ],
    [clientKeepsPasswordsAndTokensPrivate, "refuses to tell who exists", client(), 'Client "c" tells who exists; preventUserExistenceErrors must be ENABLED.'],

    [clientChangesNamedAttributesOnly, "accepts named attributes", client({ readAttributes: ["email"], writeAttributes: ["email"] })],
    [
      clientChangesNamedAttributesOnly,
      "refuses all",
      client(),
      'Client "c" lets users change every attribute; it must set writeAttributes.',
      'Client "c" reads every attribute; it must set readAttributes.',
    ],
    [
      clientChangesNamedAttributesOnly,
      "refuses attributes of the pool's own",
      client({ readAttributes: ["email"], writeAttributes: ["email", "custom:role"] }),
      'Client "c" lets users change custom:role; writeAttributes must hold no attribute of the pool\'s own.',
    ],

    [
      identityProviderIsReachedOverTls,
      "accepts a SAML directory",
      provider("SAML", { MetadataURL: "https://login.example.org/metadata", RequestSigningAlgorithm: "rsa-sha256" }),
    ],
    [identityProviderIsReachedOverTls, "accepts an OIDC directory", provider("OIDC", { oidc_issuer: "https://login.example.org" })],
    [
      identityProviderIsReachedOverTls,
      "refuses plain addresses",
      provider("OIDC", { oidc_issuer: "http://login.example.org" }),
      'Identity provider "d" has providerDetails.oidc_issuer http://login.example.org; it must be https.',
    ],
    [
      identityProviderIsReachedOverTls,
      "refuses unsigned requests",
      provider("SAML", { MetadataURL: "https://login.example.org/metadata" }),
      'Identity provider "d" gets requests that nobody signed; providerDetails.RequestSigningAlgorithm must be rsa-sha256.',
    ],
  ];
  for (const [rule, what, program, ...messages] of cases)
    it(`${rule.name} ${what}`, async () => expect(await violations(rule, program)).to.deep.equal(messages));

  it("cognito-client-ends-sessions-soon takes other limits", async () => {
    const settings = { accessMinutes: 120, sessionMinutes: 1440, signInMinutes: 15 };
    const args = { ...soon, accessTokenValidity: 120, refreshTokenValidity: 24, authSessionValidity: 15 };
    expect(await violations(clientEndsSessionsSoon, client(args), { [clientEndsSessionsSoon.name]: settings })).to.deep.equal([]);
  });

  it("do not apply to anything else", async () => {
    for (const rule of [clientEndsSessionsSoon, clientKeepsPasswordsAndTokensPrivate, clientChangesNamedAttributesOnly])
      expect(await applications(rule, (opts) => new aws.cognito.UserPool("p", {}, opts))).to.equal(0);
  });
});
