import { hipaaEligible } from "../../contracts/hipaa-eligible-services.ts";
import { bedrockModels } from "./bedrock-models.ts";
import { conformanceRules } from "./conformance-rules.ts";
import { egress } from "./egress-hosts.ts";
import { lambdaRuntimes } from "./lambda-runtimes.ts";
import { localNvmeFamilies } from "./local-nvme-families.ts";
import { logIdentifiers } from "./log-identifiers.ts";
import { phiPatterns } from "./phi-patterns.ts";
import { approvedRegions } from "./regions.ts";
import { reviewedPackages } from "./reviewed-packages.ts";
import { reviewedTypes } from "./reviewed-types.ts";
import { securityRule } from "./security-rule.ts";

/** Data that rules judge by and that the world changes without telling us. */
export interface DatedData {
  readonly name: string;
  /** The day on which it was last compared with its source: `2026-11-25`. */
  readonly asOf: string;
  readonly source: string;
  /** What to do to bring it up to date. */
  readonly refresh: string;
}

const dated = (name: string, { asOf, source }: Pick<DatedData, "asOf" | "source">, refresh: string): DatedData => ({ name, asOf, source, refresh });

/** Every dated body of data, in order of name. */
export const datedData: readonly DatedData[] = [
  dated(
    "Approved Regions",
    approvedRegions,
    "Compare with the contracts of the hospitals and the Regions of AWS in the United States; edit policies/data/regions.ts and svp:regions of Pulumi.shared.yaml.",
  ),
  dated(
    "Bedrock models for patients' data",
    bedrockModels,
    "Read what the page says of each model's retention and sharing; edit policies/data/bedrock-models.ts.",
  ),
  dated(
    "Business associates",
    egress,
    "Go through the register: take out whose contract has ended, and note the new end of those that were renewed; edit policies/data/egress-hosts.ts.",
  ),
  dated(
    "Config rules of AWS's HIPAA pack",
    conformanceRules,
    "Compare the rules of AWS's pack with policies/data/conformance-rules.ts and components/security/conformance-packs.ts; edit both.",
  ),
  dated(
    "HIPAA Security Rule",
    securityRule,
    "Read Subpart C at the source, and whether the rule proposed in 2025 (90 FR 898) is final; edit policies/data/security-rule.ts.",
  ),
  dated(
    "HIPAA-eligible services of AWS",
    hipaaEligible,
    "Compare every service on the page with contracts/hipaa-eligible-services.ts by its IAM prefix; edit it, and deploy stack shared for the guardrails.",
  ),
  dated(
    "Identifiers that CloudWatch Logs masks",
    logIdentifiers,
    "Look for new kinds of identifiers of people on the page; edit policies/data/log-identifiers.ts and components/security/account-baseline.ts.",
  ),
  dated("Instance families with local NVMe disks", localNvmeFamilies, "Compare the families with the source; edit policies/data/local-nvme-families.ts."),
  dated(
    "Lambda runtimes that are kept up to date",
    lambdaRuntimes,
    "Take out what the page says is deprecated within a year; edit policies/data/lambda-runtimes.ts.",
  ),
  dated("Patterns of what identifies people", phiPatterns, "Compare with the eighteen identifiers of the paragraph; edit policies/data/phi-patterns.ts."),
  dated(
    "Reviewed packages",
    reviewedPackages,
    "Look at what changed in each package since, and whether it is still needed; edit policies/data/reviewed-packages.ts.",
  ),
  dated("Reviewed types of resources", reviewedTypes, "See that rules still judge what matters of each type, then run `npm run reviewed-types`."),
];

/** Name -> day on which it was last compared with its source. */
export const dataVersions: Readonly<Record<string, string>> = Object.fromEntries(datedData.map(({ name, asOf }) => [name, asOf]));
