import type { StackValidationPolicy } from "@pulumi/policy";
import { accountIdOf } from "../../accounts.ts";
import { hipaa } from "../../controls.ts";
import { foreignAccounts, letsInEverybody } from "../../openings.ts";
import { isService, letsInStrangers, whom } from "../../strangers.ts";
import { bucketStatements, judgeBuckets } from "./buckets.ts";

interface Config {
  readonly accounts: readonly string[];
}

/**
 * A bucket's policy lets in nobody unnamed, to nothing unnamed, and AWS services only for resources of known accounts: a service that acts
 * for everybody would otherwise write, or read, for everybody (IAM User Guide, "The confused deputy problem").
 */
export const bucketLetsInNamedPrincipals: StackValidationPolicy = {
  name: "s3-bucket-lets-in-named-principals",
  description: "Policies of S3 buckets must name whom they let in, to do what and for whom, and bind AWS services to known accounts.",
  enforcementLevel: "mandatory",
  severity: "critical",
  framework: hipaa("164.308(a)(3)(i)", "164.308(a)(4)(ii)(B)", "164.308(b)(1)", "164.312(a)(1)", "164.312(d)"),
  tags: ["s3", "least-privilege", "confused-deputy"],
  remediationSteps:
    "Name principals, actions and objects, give statements for AWS services a condition on aws:SourceAccount or aws:SourceArn, approve accounts in the setting accounts.",
  configSchema: { properties: { accounts: { type: "array", items: { type: "string" }, default: [] } } },
  validateStack: (args, report) => {
    const { accounts = [] } = args.getConfig<Partial<Config>>();
    judgeBuckets(args, report, (bucket, say) => {
      for (const statement of bucketStatements(bucket, args.resources)) {
        if (statement.effect !== "Allow") continue;
        const { principals, actions, notActions, resources, notResources, sid } = statement;
        const unbound = letsInEverybody(statement) || (principals.some(isService) && letsInStrangers(statement));
        if (unbound) say(`lets in ${whom(statement)} for whatever resource (${sid}).`);
        for (const account of foreignAccounts(statement, [accountIdOf(bucket.provider), ...accounts])) say(`lets in ${account} (${sid}).`);
        const wide = [...actions.filter((action) => /^(\*|[^:]*:[*?]+)$/.test(action)), ...(notActions.length > 0 ? [`all but ${notActions.join(", ")}`] : [])];
        if (wide.length > 0) say(`allows ${wide.join(", ")}; it must name the actions (${sid}).`);
        if (resources.includes("*") || notResources.length > 0) say(`allows what it does on whatever objects (${sid}).`);
      }
    });
  },
};
