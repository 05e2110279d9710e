import type { StackValidationPolicy } from "@pulumi/policy";
import { hipaa } from "../../controls.ts";
import { objectsIn } from "../../documents.ts";
import { isGiven } from "../../given.ts";
import { judgeAll } from "../../subjects.ts";
import { type AclRule, acls, rulesOf } from "./acls.ts";

interface Config {
  readonly groups: readonly string[];
  readonly mayCount: readonly string[];
}

/**
 * Rules of AWS that may only count: hospitals reach the internet through proxies in data centres, and send images and SAML answers of
 * more than 8 KB (AWS WAF Developer Guide, "AWS Managed Rules rule groups list").
 */
const defaults: Config = {
  groups: ["AWSManagedRulesAmazonIpReputationList", "AWSManagedRulesAnonymousIpList", "AWSManagedRulesKnownBadInputsRuleSet", "AWSManagedRulesCommonRuleSet"],
  mayCount: ["HostingProviderIPList", "SizeRestrictions_BODY"],
};

/** A firewall blocks what AWS knows as attacks. What a rule of AWS only counts must be blocked later, by the label that it leaves. */
export const aclBlocksKnownAttacks: StackValidationPolicy = {
  name: "wafv2-acl-blocks-known-attacks",
  description: "Web ACLs must block what AWS's managed rule groups find, for every request.",
  enforcementLevel: "mandatory",
  severity: "high",
  framework: hipaa("164.312(a)(1)", "164.308(a)(5)(ii)(B)", "164.308(a)(1)(ii)(B)"),
  tags: ["wafv2", "attacks", "nprm-2025"],
  remediationSteps: "Use WebFirewall, or add the managed rule groups with overrideAction none, without scopeDownStatement.",
  configSchema: {
    properties: {
      groups: { type: "array", items: { type: "string" }, default: [...defaults.groups] },
      mayCount: { type: "array", items: { type: "string" }, default: [...defaults.mayCount] },
    },
  },
  validateStack: (args, report) => {
    const { groups, mayCount } = { ...defaults, ...args.getConfig<Partial<Config>>() };
    judgeAll(args, report, acls, (acl, say) => {
      if (isGiven(acl.props, "ruleJson")) say("keeps rules in ruleJson, where nobody sees them; they must stand in rules.");
      const rules = rulesOf(acl, args.resources);
      const blocking = rules.filter(blocksAsGroup);
      const missing = groups.filter((name) => !blocking.some(({ statement }) => statement?.managedRuleGroupStatement?.name === name));
      if (missing.length > 0) say(`does not block what ${missing.join(", ")} finds.`);
      const laterLabels = labelsBlockedBy(rules);
      for (const { priority, statement } of blocking) {
        const counted = (statement?.managedRuleGroupStatement?.ruleActionOverrides ?? []).filter(({ actionToUse }) => actionToUse?.["block"] === undefined);
        for (const { name } of counted) {
          if (!mayCount.includes(name) && !laterLabels.some((label) => label.priority > priority && isLabelOf(name, label.key))) {
            say(`lets pass what ${name} finds; no later rule blocks its label.`);
          }
        }
      }
      const last = Math.max(...blocking.map(({ priority }) => priority));
      for (const { name, priority, action } of rules) {
        if (action?.["allow"] !== undefined && priority < last) say(`lets requests past its other rules by "${name ?? priority}".`);
      }
    });
  },
};

const blocksAsGroup = ({ overrideAction, statement }: AclRule): boolean =>
  statement?.managedRuleGroupStatement?.vendorName === "AWS" &&
  statement.managedRuleGroupStatement.scopeDownStatement === undefined &&
  overrideAction?.["none"] !== undefined;

/** Labels on which a rule blocks: `awswaf:managed:aws:core-rule-set:GenericLFI_Body`. */
const labelsBlockedBy = (rules: readonly AclRule[]): { key: string; priority: number }[] =>
  rules
    .filter(({ action }) => action?.["block"] !== undefined)
    .flatMap(({ priority, statement }) =>
      [...objectsIn(statement)].flatMap(({ labelMatchStatement }) => {
        const { key, scope } = (labelMatchStatement ?? {}) as { key?: string; scope?: string };
        return key === undefined || scope !== "LABEL" ? [] : [{ key, priority }];
      }),
    );

/** A label ends as its rule is named, but for the case of letters. */
const isLabelOf = (rule: string, label: string): boolean => label.toLowerCase().endsWith(`:${rule.toLowerCase()}`);
