import type { PolicyResource } from "@pulumi/policy";
import { refersTo } from "../../relations.ts";
import type { Subjects } from "../../subjects.ts";

export const acls: Subjects = { types: ["aws:wafv2/webAcl:WebAcl"], noun: "Firewall" };

/** A rule of a firewall, as far as rules here look at it. */
export interface AclRule {
  readonly name?: string;
  readonly priority: number;
  readonly action?: Readonly<Record<string, unknown>>;
  readonly overrideAction?: Readonly<Record<string, unknown>>;
  readonly statement?: {
    readonly managedRuleGroupStatement?: {
      readonly name: string;
      readonly vendorName: string;
      readonly scopeDownStatement?: object;
      readonly ruleActionOverrides?: readonly { readonly name: string; readonly actionToUse?: Readonly<Record<string, unknown>> }[];
    };
    readonly rateBasedStatement?: { readonly limit: number; readonly evaluationWindowSec?: number; readonly scopeDownStatement?: object };
  };
  readonly visibilityConfig?: { readonly sampledRequestsEnabled?: boolean; readonly cloudwatchMetricsEnabled?: boolean };
}

/** The rules of a firewall, those included that are resources of their own. */
export function rulesOf(acl: PolicyResource, resources: readonly PolicyResource[]): AclRule[] {
  const apart = resources.filter((resource) => resource.type === "aws:wafv2/webAclRule:WebAclRule" && refersTo(resource, "webAclArn", acl, ["arn"]));
  return [...((acl.props["rules"] ?? []) as AclRule[]), ...apart.map(({ props }) => props as unknown as AclRule)];
}
