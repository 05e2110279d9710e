import type { PolicyResource, StackValidationPolicy } from "@pulumi/policy";
import { accountsOf, ofType } from "../../accounts.ts";
import { hipaa } from "../../controls.ts";
import { judgeEach } from "../../given.ts";

/** An image that was sound when it was pushed is looked at again with every weakness that becomes known: Amazon Inspector does that for the whole registry (ECR User Guide, "Enhanced scanning"). */
export const registryIsScannedAllTheTime: StackValidationPolicy = {
  name: "ecr-registry-is-scanned-all-the-time",
  description: "Registries that hold images must scan all of them whenever a weakness becomes known.",
  enforcementLevel: "mandatory",
  severity: "high",
  framework: hipaa("164.308(a)(5)(ii)(B)", "164.308(a)(1)(ii)(A)", "164.308(a)(8)"),
  tags: ["ecr", "vulnerabilities", "presence", "nprm-2025"],
  remediationSteps: "Make our RegistryScanning in the account.",
  validateStack: ({ resources, notApplicable }, report) => {
    const accounts = accountsOf(resources).filter(({ resources: own }) => ofType(own, "aws:ecr/repository:Repository").length > 0);
    if (accounts.length === 0) notApplicable("The stack has no repository.");
    judgeEach(accounts, ({ name, urn, resources: own }) => {
      const configurations = ofType(own, "aws:ecr/registryScanningConfiguration:RegistryScanningConfiguration");
      if (!configurations.some(scansAll))
        report(`Account "${name}" does not scan all its images all the time; scanType must be ENHANCED with CONTINUOUS_SCAN of *.`, urn);
    });
  },
};

interface Rule {
  readonly scanFrequency?: string;
  readonly repositoryFilters?: readonly { readonly filter?: string }[];
}

const scansAll = ({ props }: PolicyResource): boolean =>
  props["scanType"] === "ENHANCED" &&
  ((props["rules"] ?? []) as Rule[]).some(
    ({ scanFrequency, repositoryFilters = [] }) => scanFrequency === "CONTINUOUS_SCAN" && repositoryFilters.some(({ filter }) => filter === "*"),
  );
