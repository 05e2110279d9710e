import * as aws from "@pulumi/aws";
import { expect } from "chai";
import type { SignInArgs } from "../../../components/experience/sign-in.ts";
import { failure } from "../../support/failure.ts";
import type { Deployed } from "../../support/pulumi.ts";
import { parts } from "../parts.ts";
import { inAccount } from "../place.ts";
import { signIn } from "./people.ts";

const grantsArn = "arn:aws:lambda:us-east-1:111111111111:function:svp-unit-serve-grant-scopes";

const make = (more: Partial<SignInArgs> = {}): Promise<Deployed> =>
  inAccount((opts) => {
    const { userPoolId, clientId, issuer, origin } = signIn(parts(opts).settings, opts, more);
    return { userPoolId, clientId, issuer, origin };
  });

describe("SignIn", () => {
  it("asks everyone for a long password and a second factor, and lets nobody sign up", async () => {
    const stack = await make();
    const pool = stack.one(aws.cognito.UserPool, "sign-in");
    expect(pool.inputs).to.deep.equal({
      name: "svp-unit-sign-in",
      userPoolTier: "PLUS",
      lambdaConfig: { preTokenGenerationConfig: { lambdaArn: grantsArn, lambdaVersion: "V2_0" } },
      userPoolAddOns: { advancedSecurityMode: "ENFORCED" },
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
      accountRecoverySetting: { recoveryMechanisms: [{ name: "admin_only", priority: 1 }] },
      usernameAttributes: ["email"],
      autoVerifiedAttributes: ["email"],
      usernameConfiguration: { caseSensitive: false },
      userAttributeUpdateSettings: { attributesRequireVerificationBeforeUpdates: ["email"] },
      deletionProtection: "ACTIVE",
    });
    expect(pool.protect).to.equal(true);
  });

  it("lets the pool, and nobody else, ask what a person's roles give", async () => {
    const stack = await make();
    expect(stack.one(aws.lambda.Permission, "sign-in-grants-permission").inputs).to.deep.equal({
      statementId: "user-pool",
      action: "lambda:InvokeFunction",
      function: "svp-unit-serve-grant-scopes",
      principal: "cognito-idp.amazonaws.com",
      sourceArn: stack.one(aws.cognito.UserPool, "sign-in").outputs["arn"],
    });
    expect(stack.one(aws.lambda.Function, "serve-grant-scopes").inputs).to.include({ timeout: 5, memorySize: 256 });
  });

  it("gives the page short sessions by the code flow, without a secret and without a password to the API", async () => {
    const stack = await make();
    const userPoolId = stack.one(aws.cognito.UserPool, "sign-in").id;
    expect(stack.one(aws.cognito.UserPoolClient, "sign-in-client").inputs).to.deep.equal({
      userPoolId,
      name: "svp-unit-review-page",
      generateSecret: false,
      allowedOauthFlowsUserPoolClient: true,
      allowedOauthFlows: ["code"],
      allowedOauthScopes: [
        "openid",
        "svp/cases.read",
        "svp/cases.export",
        "svp/cases.write",
        "svp/corrections.write",
        "svp/reports.sign",
        "svp/cases.admin",
        "svp/datasets.read",
        "svp/models.read",
        "svp/models.approve",
        "svp/audit.read",
        "svp/images.infer",
      ],
      supportedIdentityProviders: ["COGNITO"],
      callbackUrls: ["https://review.example.org/"],
      logoutUrls: ["https://review.example.org/"],
      explicitAuthFlows: ["ALLOW_USER_SRP_AUTH"],
      refreshTokenRotation: { feature: "ENABLED", retryGracePeriodSeconds: 10 },
      accessTokenValidity: 30,
      idTokenValidity: 30,
      refreshTokenValidity: 8,
      tokenValidityUnits: { accessToken: "minutes", idToken: "minutes", refreshToken: "hours" },
      authSessionValidity: 3,
      enableTokenRevocation: true,
      preventUserExistenceErrors: "ENABLED",
      readAttributes: ["email"],
      writeAttributes: ["email"],
    });
    expect(stack.one(aws.cognito.ResourceServer, "sign-in-scopes").inputs).to.deep.equal({
      userPoolId,
      identifier: "svp",
      name: "svp-unit-api",
      scopes: [
        { scopeName: "cases.read", scopeDescription: "See cases, their analyses and their videos" },
        { scopeName: "cases.export", scopeDescription: "Take results out of the platform as files" },
        { scopeName: "cases.write", scopeDescription: "Upload videos, and say what cases show" },
        { scopeName: "corrections.write", scopeDescription: "Correct what analyses found" },
        { scopeName: "reports.sign", scopeDescription: "Sign reports" },
        { scopeName: "cases.admin", scopeDescription: "Delete cases, and go on with what failed" },
        { scopeName: "datasets.read", scopeDescription: "See what networks are trained and tested with" },
        { scopeName: "models.read", scopeDescription: "See versions of networks, and whether they are approved" },
        { scopeName: "models.approve", scopeDescription: "Approve and reject versions of networks" },
        { scopeName: "audit.read", scopeDescription: "See who saw what of which case" },
        { scopeName: "images.infer", scopeDescription: "Have a single image analyzed" },
      ],
    });
  });

  it("has a group for each role", async () => {
    const stack = await make();
    expect(stack.ofType(aws.cognito.UserGroup).map(({ name, inputs }) => [name, inputs["name"], inputs["description"]])).to.deep.equal([
      ["sign-in-surgeon", "surgeon", "Reviews operations"],
      ["sign-in-researcher", "researcher", "Studies analyses"],
      ["sign-in-ml-engineer", "ml-engineer", "Tries networks"],
      ["sign-in-admin", "admin", "Runs the platform"],
    ]);
  });

  it("blocks stolen passwords and takeovers, logs both, and stands behind a firewall", async () => {
    const stack = await make();
    const { id: userPoolId, outputs } = stack.one(aws.cognito.UserPool, "sign-in");
    expect(stack.one(aws.cognito.RiskConfiguration, "sign-in-risk").inputs).to.deep.equal({
      userPoolId,
      compromisedCredentialsRiskConfiguration: { actions: { eventAction: "BLOCK" } },
      accountTakeoverRiskConfiguration: {
        actions: {
          lowAction: { eventAction: "MFA_REQUIRED", notify: false },
          mediumAction: { eventAction: "MFA_REQUIRED", notify: false },
          highAction: { eventAction: "BLOCK", notify: false },
        },
      },
    });
    const log = stack.one(aws.cloudwatch.LogGroup, "sign-in-log");
    expect(log.inputs).to.deep.equal({
      name: "/aws/vendedlogs/cognito/svp-unit-sign-in",
      kmsKeyId: stack.one(aws.kms.Key, "keys-logs").outputs["arn"],
      retentionInDays: 2192,
    });
    expect(stack.one(aws.cognito.LogDeliveryConfiguration, "sign-in-logging").inputs).to.deep.equal({
      userPoolId,
      logConfigurations: [{ eventSource: "userAuthEvents", logLevel: "INFO", cloudWatchLogsConfiguration: { logGroupArn: log.outputs["arn"] } }],
    });
    expect(stack.one(aws.wafv2.WebAclAssociation, "sign-in-firewall").inputs).to.deep.equal({
      resourceArn: outputs["arn"],
      webAclArn: stack.one(aws.wafv2.WebAcl, "sign-in-firewall").outputs["arn"],
    });
  });

  it("shows its own sign-in pages, and says where and who it is", async () => {
    const stack = await make();
    const userPoolId = stack.one(aws.cognito.UserPool, "sign-in").id;
    const clientId = stack.one(aws.cognito.UserPoolClient, "sign-in-client").id;
    expect(stack.one(aws.cognito.UserPoolDomain, "sign-in-domain").inputs).to.deep.equal({ userPoolId, domain: "svp-unit", managedLoginVersion: 2 });
    expect(stack.one(aws.cognito.ManagedLoginBranding, "sign-in-branding").inputs).to.deep.equal({ userPoolId, clientId, useCognitoProvidedValues: true });
    expect(stack.outputs).to.deep.equal({
      userPoolId,
      clientId,
      issuer: `https://cognito-idp.us-east-1.amazonaws.com/${userPoolId}`,
      origin: "https://svp-unit.auth.us-east-1.amazoncognito.com",
    });
    expect(userPoolId).to.match(/^us-east-1_[0-9a-zA-Z]{9}$/);
  });

  it("lets hospitals' own directories vouch for their people", async () => {
    const stack = await make({
      identityProviders: [
        { kind: "SAML", name: "StElsewhere", metadataUrl: "https://idp.example.org/metadata.xml" },
        { kind: "OIDC", name: "County", issuer: "https://login.example.net", clientId: "svp", clientSecret: "hush" },
      ],
    });
    const userPoolId = stack.one(aws.cognito.UserPool, "sign-in").id;
    expect(stack.ofType(aws.cognito.IdentityProvider).map(({ name, inputs }) => [name, inputs])).to.deep.equal([
      [
        "sign-in-stelsewhere",
        {
          userPoolId,
          providerName: "StElsewhere",
          providerType: "SAML",
          providerDetails: { MetadataURL: "https://idp.example.org/metadata.xml", IDPSignout: "true", RequestSigningAlgorithm: "rsa-sha256" },
          attributeMapping: { email: "http://schemas.xmlsoap.org/ws/2005/05/identity/claims/emailaddress" },
        },
      ],
      [
        "sign-in-county",
        {
          userPoolId,
          providerName: "County",
          providerType: "OIDC",
          providerDetails: {
            oidc_issuer: "https://login.example.net",
            client_id: "svp",
            client_secret: "hush",
            authorize_scopes: "openid email",
            attributes_request_method: "GET",
          },
          attributeMapping: { email: "email", username: "sub" },
        },
      ],
    ]);
    expect(stack.one(aws.cognito.UserPoolClient, "sign-in-client").inputs["supportedIdentityProviders"]).to.deep.equal(["COGNITO", "StElsewhere", "County"]);
  });

  it("can be destroyed where data need not outlive the stack", async () => {
    const pool = (await make({ removal: "destroy" })).one(aws.cognito.UserPool, "sign-in");
    expect(pool.inputs["deletionProtection"]).to.equal("INACTIVE");
    expect(pool.protect).to.equal(false);
  });

  it("refuses long sessions, reserved names and pages of nobody", async () => {
    const error = async (more: Partial<SignInArgs>) => (await failure(make(more))).message;
    expect(await error({ accessMinutes: 61 })).to.contain('svp:experience:SignIn "sign-in": accessMinutes must be a whole number from 15 to 60, not 61.');
    expect(await error({ accessMinutes: 14 })).to.contain("not 14.");
    expect(await error({ sessionHours: 13 })).to.contain("sessionHours must be a whole number from 8 to 12, not 13.");
    for (const domainPrefix of ["my-aws-login", "Svp", "-svp", ""]) expect(await error({ domainPrefix })).to.contain(`not "${domainPrefix}".`);
    expect(await error({ origins: [] })).to.contain("origins must name at least one page.");
    const saml = (name: string) => ({ kind: "SAML", name, metadataUrl: "https://idp.example.org" }) as const;
    for (const names of [["a b"], ["a", "a"]])
      expect(await error({ identityProviders: names.map(saml) })).to.contain(
        `identityProviders must each have a name of its own, 1 to 32 letters, digits, - or _, not "${names[0]}".`,
      );
  });
});
