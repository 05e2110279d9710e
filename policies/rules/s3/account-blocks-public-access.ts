import type { StackValidationPolicy } from "@pulumi/policy";
import { accountsOf, ofType } from "../../accounts.ts";
import { hipaa } from "../../controls.ts";
import { judgeEach, knownText } from "../../given.ts";
import { s3Types } from "./buckets.ts";
import { publicAccessSwitches, switchesOff } from "./public-access.ts";

/** No bucket of an account can be made public, whoever makes it and however: what a bucket's own block leaves to a mistake, the account's does not. */
export const accountBlocksPublicAccess: StackValidationPolicy = {
  name: "s3-account-blocks-public-access",
  description: "Accounts with S3 buckets must block public access to all of them in all four ways.",
  enforcementLevel: "mandatory",
  severity: "critical",
  framework: hipaa("164.308(a)(3)(i)", "164.308(a)(4)(ii)(A)", "164.308(a)(4)(ii)(C)", "164.312(a)(1)", "164.312(e)(1)"),
  tags: ["s3", "public-access", "presence"],
  remediationSteps: `Make an AccountBaseline in the account, or an AccountPublicAccessBlock with ${publicAccessSwitches.join(", ")} set to true.`,
  validateStack: ({ resources, notApplicable }, report) => {
    const accounts = accountsOf(resources).filter((account) => ofType(account.resources, ...s3Types("Bucket")).length > 0);
    if (accounts.length === 0) notApplicable("The stack has no bucket.");
    judgeEach(accounts, (account) => {
      const [block] = ofType(account.resources, "aws:s3/accountPublicAccessBlock:AccountPublicAccessBlock").filter(({ props }) =>
        [account.id, undefined].includes(knownText(props, "accountId")),
      );
      const open = switchesOff(block);
      if (open.length > 0) report(`Account "${account.name}" does not set ${open.join(", ")} for all its buckets.`, block?.urn ?? account.urn);
    });
  },
};
