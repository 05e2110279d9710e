import type { PolicyComplianceFramework } from "@pulumi/policy";

/** Paragraphs of the HIPAA Security Rule (45 CFR Part 164, Subpart C, as of the 2013 Omnibus Rule) that rules cite, with their titles. */
export const sections = {
  "164.308(a)(1)(ii)(B)": "Risk management",
  "164.308(a)(3)(i)": "Workforce security",
  "164.308(a)(4)(ii)(B)": "Access authorization",
  "164.308(a)(7)(ii)(A)": "Data backup plan",
  "164.308(b)(1)": "Business associate contracts",
  "164.312(a)(1)": "Access control",
  "164.312(a)(2)(iv)": "Encryption and decryption",
  "164.312(b)": "Audit controls",
  "164.312(c)(1)": "Integrity",
  "164.312(e)(1)": "Transmission security",
  "164.312(e)(2)(i)": "Integrity controls",
  "164.312(e)(2)(ii)": "Encryption in transit",
  "164.316(b)(2)(i)": "Time limit of documentation",
  "164.502(b)": "Minimum necessary",
} as const;

export type Section = keyof typeof sections;

/** Cites paragraphs; shown with every violation and in the table of controls. */
export function hipaa(...cited: readonly [Section, ...Section[]]): PolicyComplianceFramework {
  return {
    name: "HIPAA Security Rule",
    version: "45 CFR Part 164",
    reference: cited.join(", "),
    specification: cited.map((section) => sections[section]).join("; "),
  };
}
