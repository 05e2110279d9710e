import type { PolicyResource, StackValidationPolicy } from "@pulumi/policy";
import { hipaa } from "../../controls.ts";
import { isGiven } from "../../given.ts";
import { refersTo } from "../../relations.ts";
import { judgeAll } from "../../subjects.ts";
import { pools } from "./pools.ts";

/** Scopes that OpenID Connect and Cognito define: they say who somebody is, and open nothing of ours. */
const standard = ["openid", "email", "phone", "profile", "aws.cognito.signin.user.admin"];
/** Only these can change an access token (Cognito Developer Guide, "Pre token generation Lambda trigger"). */
const versions = ["V2_0", "V3_0"];

/**
 * Cognito gives every user all scopes of the client that he signs in to. Where scopes open an API, a function must leave each person
 * those of his role.
 */
export const poolGrantsScopesByRole: StackValidationPolicy = {
  name: "cognito-pool-grants-scopes-by-role",
  description: "Cognito user pools whose clients ask for scopes of an API must decide by person which of them a token holds.",
  enforcementLevel: "mandatory",
  severity: "high",
  framework: hipaa("164.308(a)(4)(ii)(B)", "164.308(a)(3)(ii)(A)", "164.312(a)(1)", "164.502(b)"),
  tags: ["cognito", "least-privilege"],
  remediationSteps: "Use SignIn, or set lambdaConfig.preTokenGenerationConfig with lambdaVersion V2_0 or newer.",
  validateStack: (args, report) => {
    const where = (pool: PolicyResource): boolean =>
      args.resources.some(
        (resource) =>
          resource.type === "aws:cognito/userPoolClient:UserPoolClient" && refersTo(resource, "userPoolId", pool, ["id"]) && asksForOwnScopes(resource),
      );
    judgeAll(args, report, { ...pools, where }, (pool, say) => {
      const { preTokenGenerationConfig: trigger } = (pool.props["lambdaConfig"] ?? {}) as { preTokenGenerationConfig?: { lambdaVersion?: string } };
      if (!isGiven(trigger, "lambdaArn") || !versions.includes(trigger?.lambdaVersion ?? "")) {
        say("gives everybody all scopes of a client; lambdaConfig.preTokenGenerationConfig must decide, in version V2_0 or newer.");
      }
    });
  },
};

/** Machines have no roles: their scopes are the client's own. */
function asksForOwnScopes({ props }: PolicyResource): boolean {
  const { allowedOauthScopes = [], allowedOauthFlows = [] } = props as { allowedOauthScopes?: string[]; allowedOauthFlows?: string[] };
  return allowedOauthFlows.some((flow) => flow !== "client_credentials") && allowedOauthScopes.some((scope) => !standard.includes(scope));
}
