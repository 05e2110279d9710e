import type { StackValidationPolicy } from "@pulumi/policy";
import { accountsOf } from "../../accounts.ts";
import { hipaa } from "../../controls.ts";
import { judgeEach } from "../../given.ts";
import { textsIn } from "./texts.ts";

interface Config {
  readonly accounts: readonly string[];
}

const accountsByDefault: readonly string[] = [];

const inArn = /\barn:aws[a-z-]*:[a-z0-9-]*:[a-z0-9-]*:(\d{12}):/g;
/** Properties that hold the number of an account, and nothing else. */
const isAccount = /(account(id)?s?|targetid)$/i;

/**
 * Whatever a resource names, in an ARN, a policy or a setting, is the organisation's: a topic that is told, a key, a role, a bucket
 * that is delivered to, an account that is let in. The accounts that the stack makes something in are known; others are listed.
 */
export const resourceNamesKnownAccounts: StackValidationPolicy = {
  name: "aws-resource-names-known-accounts",
  description: "Resources must name accounts of the organisation only.",
  enforcementLevel: "mandatory",
  severity: "high",
  framework: hipaa("164.308(a)(4)(ii)(B)", "164.308(b)(1)", "164.312(a)(1)", "164.312(e)(1)"),
  tags: ["aws", "business-associates", "access"],
  remediationSteps: "Correct the ARN, or list the account in the setting accounts if it is the organisation's.",
  configSchema: { properties: { accounts: { type: "array", items: { type: "string", pattern: "^\\d{12}$" }, default: [...accountsByDefault] } } },
  validateStack: ({ resources, getConfig, notApplicable }, report) => {
    const { accounts = accountsByDefault } = getConfig<Partial<Config>>();
    const own = accountsOf(resources).flatMap(({ id }) => id ?? []);
    if (own.length === 0) notApplicable("The stack makes nothing in an account that is known.");
    const known = new Set([...own, ...accounts]);
    judgeEach(
      resources.filter(({ type }) => type.startsWith("aws:")),
      ({ name, urn, props }) => {
        const strangers = new Map<string, string>();
        for (const { path, value } of textsIn(props)) {
          const named = value.includes("arn:aws") ? [...value.matchAll(inArn)].map(([, account]) => account!) : [];
          if (isAccount.test(path.at(-1) ?? "") && /^\d{12}$/.test(value)) named.push(value);
          for (const account of named) if (!known.has(account)) strangers.set(account, path.join("."));
        }
        for (const [account, path] of strangers)
          report(`"${name}" names account ${account} in ${path}; it must be one of ${[...known].sort().join(", ")}.`, urn);
      },
    );
  },
};
