import type { PolicyResource, StackValidationPolicy } from "@pulumi/policy";
import { ofType } from "../../accounts.ts";
import { hipaa } from "../../controls.ts";
import { knownText } from "../../given.ts";
import { judgeAll } from "../../subjects.ts";
import { clientTypes } from "../cognito/clients.ts";

interface Config {
  /** Addresses of issuers elsewhere that are trusted besides. */
  readonly issuers: readonly string[];
}

/**
 * A token says who somebody is because its issuer is known to ask for a password and a second factor: the user pool of the stack, whose
 * rules are judged. Whoever can name another issuer in an authorizer signs in as anybody.
 */
export const authorizerTrustsOwnPool: StackValidationPolicy = {
  name: "apigateway-authorizer-trusts-own-pool",
  description: "JWT authorizers of API Gateway must trust a Cognito user pool of the stack, and tokens for its clients only.",
  enforcementLevel: "mandatory",
  severity: "critical",
  framework: hipaa("164.312(d)", "164.312(a)(1)", "164.312(a)(2)(i)"),
  tags: ["apigateway", "authentication"],
  remediationSteps:
    "Use CaseApi, or set jwtConfiguration.issuer to the endpoint of the pool, and audiences to the IDs of its clients; a named issuer elsewhere is a setting.",
  configSchema: { properties: { issuers: { type: "array", items: { type: "string", pattern: "^https://" }, default: [] } } },
  validateStack: (args, report) => {
    const { issuers = [] } = args.getConfig<Partial<Config>>();
    // What is not made yet has no address: then it counts that a pool's output goes there.
    const own = ofType(args.resources, poolType).flatMap(({ props }) => knownText(props, "endpoint") ?? []);
    const where = ({ props }: PolicyResource): boolean => props["authorizerType"] === "JWT";
    judgeAll(args, report, { types: ["aws:apigatewayv2/authorizer:Authorizer"], noun: "Authorizer", where }, (authorizer, say) => {
      const jwt = Object.getOwnPropertyDescriptor(authorizer.props, "jwtConfiguration")?.value as object | undefined;
      const issuer = knownText(jwt, "issuer");
      if (issuer !== undefined && issuers.includes(issuer)) return;
      const isFrom = (...types: string[]): boolean => authorizer.propertyDependencies["jwtConfiguration"]?.some(({ type }) => types.includes(type)) === true;
      const isOwn = issuer === undefined || own.length === 0 ? isFrom(poolType) : own.some((endpoint) => issuer === `https://${endpoint}`);
      if (!isOwn) say(`trusts ${issuer ?? "an issuer"}, which is no user pool of the stack.`);
      if (!isFrom(...clientTypes)) say("takes tokens for others than clients of the stack.");
    });
  },
};

const poolType = "aws:cognito/userPool:UserPool";
