import type { PolicyComplianceFramework } from "@pulumi/policy";
import { type SectionId, sections } from "./data/security-rule.ts";

/** Cites paragraphs; shown with every violation and in the table of controls. */
export function hipaa(...cited: readonly [SectionId, ...SectionId[]]): PolicyComplianceFramework {
  return {
    name: "HIPAA Security Rule",
    version: "45 CFR Part 164",
    reference: cited.join(", "),
    specification: cited.map((section) => sections[section].title).join("; "),
  };
}
