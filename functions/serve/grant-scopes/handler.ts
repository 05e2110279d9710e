import { z } from "zod";
import { scopePrefix, scopesOf } from "../../../contracts/access.ts";
import { parseInput } from "../../runtime/parse.ts";

/** The part we use of what Cognito asks before it issues tokens (Developer Guide, "Pre token generation Lambda trigger", event version 2). */
const tokenRequest = z.looseObject({
  request: z.looseObject({
    scopes: z.array(z.string()).nullish(),
    groupConfiguration: z.looseObject({ groupsToOverride: z.array(z.string()).nullish() }).nullish(),
  }),
});

export interface TokenAnswer {
  response: { claimsAndScopeOverrideDetails: { accessTokenGeneration: { scopesToSuppress: string[] } } };
}

/**
 * Leaves in an access token only the scopes that the person's roles give. A client may ask for any scope, whoever signs in;
 * Cognito itself does not look at groups. Where this fails, nobody signs in.
 */
export async function handler(event: unknown): Promise<TokenAnswer> {
  const { request, ...rest } = parseInput(tokenRequest, event);
  const granted = scopesOf(request.groupConfiguration?.groupsToOverride ?? []);
  const scopesToSuppress = (request.scopes ?? []).filter((scope) => scope.startsWith(`${scopePrefix}/`) && !granted.includes(scope));
  return { ...rest, request, response: { claimsAndScopeOverrideDetails: { accessTokenGeneration: { scopesToSuppress } } } } as TokenAnswer;
}
