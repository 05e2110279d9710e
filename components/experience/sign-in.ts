import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import { roles, type Scope, scopeName, scopePrefix, scopes } from "../../contracts/access.ts";
import { PlatformComponent } from "../component.ts";
import { type FunctionSettings, PlatformFunction } from "../compute/platform-function.ts";
import { physicalName, type Removal } from "../place.ts";
import { type IdentityProvider, providerInputs } from "./identity-provider.ts";
import type { WebFirewall } from "./web-firewall.ts";

export interface SignInArgs {
  /** Also of the function that grants scopes. */
  settings: FunctionSettings;
  removal: Removal;
  /** First part of the sign-in pages' address, unique among all customers of the Region: `<prefix>.auth.<region>.amazoncognito.com`. */
  domainPrefix: string;
  /** Where the page is that people come back to: `https://review.example.org`. */
  origins: readonly pulumi.Input<string>[];
  /** Minutes that an access token lives: 15 to 60. @default 30 */
  accessMinutes?: number;
  /** Hours after which people must sign in again: 8 to 12. @default 8 */
  sessionHours?: number;
  /** Directories of hospitals whose people sign in there. None, if absent. */
  identityProviders?: readonly IdentityProvider[];
  /** Guards the sign-in pages: a `REGIONAL` one. */
  firewall: WebFirewall;
}

/**
 * Who people are: a user pool that asks everyone for a second factor, with threat protection and short sessions. Nobody signs
 * up: an administrator invites people and puts each into the group of a role, and tokens carry what the roles give. HIPAA 164.308(a)(3)(ii)(A), 164.308(a)(5)(ii)(C),
 * (D), 164.312(a)(2)(i), (iii), (d).
 *
 * People of a federated hospital bring no second factor of ours: their directory must ask for one.
 */
export class SignIn extends PlatformComponent {
  readonly userPoolId: pulumi.Output<string>;
  /** The page's client: what tokens for the API are issued to. */
  readonly clientId: pulumi.Output<string>;
  /** Who issues tokens: `https://cognito-idp.<region>.amazonaws.com/<pool>`. */
  readonly issuer: pulumi.Output<string>;
  /** Origin of the sign-in pages, known before they are made. */
  readonly origin: string;

  constructor(name: string, args: SignInArgs, opts?: pulumi.ComponentResourceOptions) {
    super("svp:experience:SignIn", name, opts);
    this.#check(args);
    this.origin = `https://${args.domainPrefix}.auth.${args.settings.place.region}.amazoncognito.com`;

    const grants = this.#grants(args);
    const pool = this.#pool(name, args, grants);
    this.#letPoolAsk(pool, grants);
    this.#protect(pool, args);
    this.#groups(pool);
    const client = this.#client(pool, args);
    this.#pages(pool, client, args);

    this.userPoolId = pool.id;
    this.clientId = client.id;
    this.issuer = pulumi.interpolate`https://${pool.endpoint}`;
    this.registerOutputs({ userPoolId: this.userPoolId, clientId: this.clientId, issuer: this.issuer, origin: this.origin });
  }

  #check({ domainPrefix, origins, accessMinutes = 30, sessionHours = 8, identityProviders = [] }: SignInArgs): void {
    // Cognito reserves these words (Developer Guide, "Using the Amazon Cognito domain").
    if (!/^[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?$/.test(domainPrefix) || /aws|amazon|cognito/.test(domainPrefix))
      this.reject("domainPrefix", `must be lower-case letters, digits and hyphens, without "aws", "amazon" or "cognito", not "${domainPrefix}".`);
    if (origins.length === 0) this.reject("origins", "must name at least one page.");
    const limits = { accessMinutes: [accessMinutes, 15, 60], sessionHours: [sessionHours, 8, 12] } as const;
    for (const [property, [value, least, most]] of Object.entries(limits)) {
      if (!Number.isInteger(value) || value < least || value > most) this.reject(property, `must be a whole number from ${least} to ${most}, not ${value}.`);
    }
    const names = identityProviders.map(({ name }) => name);
    const wrong = names.find((name, i) => !/^[A-Za-z0-9_-]{1,32}$/.test(name) || names.indexOf(name) !== i);
    if (wrong !== undefined) this.reject("identityProviders", `must each have a name of its own, 1 to 32 letters, digits, - or _, not "${wrong}".`);
  }

  /** Scopes are the client's, whoever signs in: this leaves each person those of his or her roles. */
  #grants({ settings }: SignInArgs): PlatformFunction {
    return new PlatformFunction(
      {
        settings,
        handler: "serve/grant-scopes",
        description: "Leaves in a token what the person's roles give",
        timeoutSeconds: 5, // Cognito waits no longer
        memoryMb: 256,
        environment: {},
        statements: [],
      },
      { parent: this },
    );
  }

  #letPoolAsk(pool: aws.cognito.UserPool, grants: PlatformFunction): void {
    new aws.lambda.Permission(
      this.childName("grants-permission"),
      {
        statementId: "user-pool",
        action: "lambda:InvokeFunction",
        function: grants.functionName,
        principal: "cognito-idp.amazonaws.com",
        sourceArn: pool.arn,
      },
      this.child(),
    );
  }

  #pool(name: string, { settings, removal }: SignInArgs, grants: PlatformFunction): aws.cognito.UserPool {
    return new aws.cognito.UserPool(
      name,
      {
        name: physicalName(settings.place, name),
        userPoolTier: "PLUS", // the only one with threat protection
        lambdaConfig: { preTokenGenerationConfig: { lambdaArn: grants.arn, lambdaVersion: "V2_0" } },
        userPoolAddOns: { advancedSecurityMode: "ENFORCED" },
        // Remembering devices, which would excuse them from the second factor, stays off.
        mfaConfiguration: "ON",
        softwareTokenMfaConfiguration: { enabled: true },
        passwordPolicy: {
          minimumLength: 14,
          requireLowercase: true,
          requireNumbers: true,
          requireSymbols: true,
          requireUppercase: true,
          passwordHistorySize: 24,
          temporaryPasswordValidityDays: 1,
        },
        adminCreateUserConfig: { allowAdminCreateUserOnly: true },
        // A mailbox is no proof of identity: an administrator resets passwords.
        accountRecoverySetting: { recoveryMechanisms: [{ name: "admin_only", priority: 1 }] },
        // People sign in with their e-mail address; tokens and logs name them by an opaque id.
        usernameAttributes: ["email"],
        autoVerifiedAttributes: ["email"],
        usernameConfiguration: { caseSensitive: false },
        userAttributeUpdateSettings: { attributesRequireVerificationBeforeUpdates: ["email"] },
        deletionProtection: removal === "retain" ? "ACTIVE" : "INACTIVE",
      },
      this.child({ protect: removal === "retain" }),
    );
  }

  /** Blocks what threat protection finds, keeps a log of it, and puts the firewall in front. */
  #protect(pool: aws.cognito.UserPool, { settings, firewall }: SignInArgs): void {
    const silently = (eventAction: string) => ({ eventAction, notify: false });
    new aws.cognito.RiskConfiguration(
      this.childName("risk"),
      {
        userPoolId: pool.id,
        compromisedCredentialsRiskConfiguration: { actions: { eventAction: "BLOCK" } },
        accountTakeoverRiskConfiguration: {
          actions: { lowAction: silently("MFA_REQUIRED"), mediumAction: silently("MFA_REQUIRED"), highAction: silently("BLOCK") },
        },
      },
      this.child(),
    );
    const log = new aws.cloudwatch.LogGroup(
      this.childName("log"),
      { name: `/aws/vendedlogs/cognito/${physicalName(settings.place, "sign-in")}`, kmsKeyId: settings.key.arn, retentionInDays: settings.logRetentionDays },
      this.child(),
    );
    new aws.cognito.LogDeliveryConfiguration(
      this.childName("logging"),
      { userPoolId: pool.id, logConfigurations: [{ eventSource: "userAuthEvents", logLevel: "INFO", cloudWatchLogsConfiguration: { logGroupArn: log.arn } }] },
      this.child(),
    );
    new aws.wafv2.WebAclAssociation(this.childName("firewall"), { resourceArn: pool.arn, webAclArn: firewall.arn }, this.child());
  }

  #groups(pool: aws.cognito.UserPool): void {
    for (const [role, { description }] of Object.entries(roles)) {
      new aws.cognito.UserGroup(this.childName(role), { userPoolId: pool.id, name: role, description }, this.child());
    }
  }

  #client(
    pool: aws.cognito.UserPool,
    { settings, origins, accessMinutes = 30, sessionHours = 8, identityProviders = [] }: SignInArgs,
  ): aws.cognito.UserPoolClient {
    const api = new aws.cognito.ResourceServer(
      this.childName("scopes"),
      {
        userPoolId: pool.id,
        identifier: scopePrefix,
        name: physicalName(settings.place, "api"),
        scopes: Object.entries(scopes).map(([scope, scopeDescription]) => ({ scopeName: scope, scopeDescription })),
      },
      this.child(),
    );
    const providers = identityProviders.map(
      (provider) =>
        new aws.cognito.IdentityProvider(this.childName(provider.name.toLowerCase()), { userPoolId: pool.id, ...providerInputs(provider) }, this.child()),
    );
    const pages = origins.map((origin) => pulumi.interpolate`${origin}/`);
    return new aws.cognito.UserPoolClient(
      this.childName("client"),
      {
        userPoolId: pool.id,
        name: physicalName(settings.place, "review-page"),
        // A page keeps no secret: it proves itself with PKCE, which Cognito takes from any client of the code flow.
        generateSecret: false,
        allowedOauthFlowsUserPoolClient: true,
        allowedOauthFlows: ["code"],
        allowedOauthScopes: ["openid", ...(Object.keys(scopes) as Scope[]).map(scopeName)],
        supportedIdentityProviders: ["COGNITO", ...providers.map(({ providerName }) => providerName)],
        callbackUrls: pages,
        logoutUrls: pages,
        // No flow that sends a password to the API as it is. Such sign-ins get no scope, so the HTTP API refuses them.
        explicitAuthFlows: ["ALLOW_USER_SRP_AUTH"],
        // A refresh token is used once: a stolen one shows.
        refreshTokenRotation: { feature: "ENABLED", retryGracePeriodSeconds: 10 },
        accessTokenValidity: accessMinutes,
        idTokenValidity: accessMinutes,
        refreshTokenValidity: sessionHours,
        tokenValidityUnits: { accessToken: "minutes", idToken: "minutes", refreshToken: "hours" },
        authSessionValidity: 3,
        enableTokenRevocation: true,
        preventUserExistenceErrors: "ENABLED",
        readAttributes: ["email"],
        writeAttributes: ["email"],
      },
      this.child({ dependsOn: [api] }),
    );
  }

  /** The sign-in pages. The second version shows nothing until a client has a branding. */
  #pages(pool: aws.cognito.UserPool, client: aws.cognito.UserPoolClient, { domainPrefix }: SignInArgs): void {
    new aws.cognito.UserPoolDomain(this.childName("domain"), { userPoolId: pool.id, domain: domainPrefix, managedLoginVersion: 2 }, this.child());
    new aws.cognito.ManagedLoginBranding(
      this.childName("branding"),
      { userPoolId: pool.id, clientId: client.id, useCognitoProvidedValues: true },
      this.child(),
    );
  }
}
