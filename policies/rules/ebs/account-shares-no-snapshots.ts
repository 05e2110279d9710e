import type { StackValidationPolicy } from "@pulumi/policy";
import { judgeAccountsWithCases, ofType } from "../../accounts.ts";
import { hipaa } from "../../controls.ts";

const wanted = "block-all-sharing";

/** A snapshot is a copy of a disk that one click opens to the world (EBS User Guide, "Block public access for Amazon EBS snapshots"). */
export const accountSharesNoSnapshots: StackValidationPolicy = {
  name: "ebs-account-shares-no-snapshots",
  description: "Accounts that may hold data of cases must block the public sharing of EBS snapshots, of those shared already too.",
  enforcementLevel: "mandatory",
  severity: "critical",
  framework: hipaa("164.312(a)(1)", "164.308(a)(4)(ii)(A)", "164.308(a)(3)(i)"),
  tags: ["ebs", "public-access", "presence"],
  remediationSteps: `Make an AccountBaseline in the account, or a SnapshotBlockPublicAccess with state ${wanted}.`,
  validateStack: (args, report) =>
    judgeAccountsWithCases(args, report, ({ resources }, say) => {
      const [block] = ofType(resources, "aws:ebs/snapshotBlockPublicAccess:SnapshotBlockPublicAccess");
      const state = block?.props["state"] ?? "unblocked";
      if (state !== wanted) say(`leaves snapshots of EBS ${state}; it must have SnapshotBlockPublicAccess with state ${wanted}.`);
    }),
};
