/**
 * Every standard and implementation specification of the HIPAA Security Rule, 45 CFR Part 164, Subpart C, section 164.308 to
 * 164.316, as of the 2013 Omnibus Rule, and the paragraphs of the Privacy Rule that this platform touches.
 *
 * Source: eCFR, Title 45, Part 164. The proposed rule of 2025 (90 FR 898) is not in force and not in this list.
 */
export const securityRule = {
  asOf: "2026-06-30",
  source: "https://www.ecfr.gov/current/title-45/subtitle-A/subchapter-C/part-164",
} as const;

/** Required, addressable (164.306(d): do it, do an equivalent, or document why not), or a standard that has no specifications of its own. */
export type Obligation = "required" | "addressable" | "standard" | "privacy";

export interface Section {
  readonly title: string;
  readonly obligation: Obligation;
  /** Why no program can meet it; absent where rules of the pack speak to it. */
  readonly organisational?: string;
}

const section = (title: string, obligation: Obligation): Section => ({ title, obligation });
const organisational = (title: string, obligation: Obligation, why: string): Section => ({ title, obligation, organisational: why });

export const sections = {
  "164.308(a)(1)(i)": organisational(
    "Security management process",
    "standard",
    "Policies and procedures of the organisation; its technical parts are the specifications below.",
  ),
  "164.308(a)(1)(ii)(A)": section("Risk analysis", "required"),
  "164.308(a)(1)(ii)(B)": section("Risk management", "required"),
  "164.308(a)(1)(ii)(C)": organisational("Sanction policy", "required", "Measures against members of the workforce."),
  "164.308(a)(1)(ii)(D)": section("Information system activity review", "required"),
  "164.308(a)(2)": organisational("Assigned security responsibility", "standard", "Names a person."),
  "164.308(a)(3)(i)": section("Workforce security", "standard"),
  "164.308(a)(3)(ii)(A)": section("Authorization and/or supervision", "addressable"),
  "164.308(a)(3)(ii)(B)": section("Workforce clearance procedure", "addressable"),
  "164.308(a)(3)(ii)(C)": organisational(
    "Termination procedures",
    "addressable",
    "A procedure of the organisation's directory; access ends when its account does.",
  ),
  "164.308(a)(4)(i)": section("Information access management", "standard"),
  "164.308(a)(4)(ii)(A)": section("Isolating health care clearinghouse functions", "required"),
  "164.308(a)(4)(ii)(B)": section("Access authorization", "addressable"),
  "164.308(a)(4)(ii)(C)": section("Access establishment and modification", "addressable"),
  "164.308(a)(5)(i)": organisational("Security awareness and training", "standard", "Training of people; its technical parts are the specifications below."),
  "164.308(a)(5)(ii)(A)": organisational("Security reminders", "addressable", "Training of people."),
  "164.308(a)(5)(ii)(B)": section("Protection from malicious software", "addressable"),
  "164.308(a)(5)(ii)(C)": section("Log-in monitoring", "addressable"),
  "164.308(a)(5)(ii)(D)": section("Password management", "addressable"),
  "164.308(a)(6)(i)": organisational("Security incident procedures", "standard", "Procedures of the organisation."),
  "164.308(a)(6)(ii)": section("Response and reporting", "required"),
  "164.308(a)(7)(i)": section("Contingency plan", "standard"),
  "164.308(a)(7)(ii)(A)": section("Data backup plan", "required"),
  "164.308(a)(7)(ii)(B)": section("Disaster recovery plan", "required"),
  "164.308(a)(7)(ii)(C)": section("Emergency mode operation plan", "required"),
  "164.308(a)(7)(ii)(D)": section("Testing and revision procedures", "addressable"),
  "164.308(a)(7)(ii)(E)": organisational(
    "Applications and data criticality analysis",
    "addressable",
    "A judgement of the organisation about its own applications.",
  ),
  "164.308(a)(8)": section("Evaluation", "standard"),
  "164.308(b)(1)": section("Business associate contracts and other arrangements", "standard"),
  "164.308(b)(3)": organisational("Written contract or other arrangement", "required", "A contract, such as AWS's Business Associate Addendum."),
  "164.310(a)(1)": organisational("Facility access controls", "standard", "Buildings: AWS's, and the organisation's own."),
  "164.310(a)(2)(i)": organisational("Contingency operations", "addressable", "Buildings: AWS's, and the organisation's own."),
  "164.310(a)(2)(ii)": organisational("Facility security plan", "addressable", "Buildings: AWS's, and the organisation's own."),
  "164.310(a)(2)(iii)": organisational("Access control and validation procedures", "addressable", "Buildings: AWS's, and the organisation's own."),
  "164.310(a)(2)(iv)": organisational("Maintenance records", "addressable", "Buildings: AWS's, and the organisation's own."),
  "164.310(b)": organisational("Workstation use", "standard", "Workstations of the organisation."),
  "164.310(c)": organisational("Workstation security", "standard", "Workstations of the organisation."),
  "164.310(d)(1)": section("Device and media controls", "standard"),
  "164.310(d)(2)(i)": section("Disposal", "required"),
  "164.310(d)(2)(ii)": organisational("Media re-use", "required", "Media are AWS's, which destroys them; encrypted data are of no use without their key."),
  "164.310(d)(2)(iii)": section("Accountability", "addressable"),
  "164.310(d)(2)(iv)": section("Data backup and storage", "addressable"),
  "164.312(a)(1)": section("Access control", "standard"),
  "164.312(a)(2)(i)": section("Unique user identification", "required"),
  "164.312(a)(2)(ii)": section("Emergency access procedure", "required"),
  "164.312(a)(2)(iii)": section("Automatic logoff", "addressable"),
  "164.312(a)(2)(iv)": section("Encryption and decryption", "addressable"),
  "164.312(b)": section("Audit controls", "standard"),
  "164.312(c)(1)": section("Integrity", "standard"),
  "164.312(c)(2)": section("Mechanism to authenticate electronic protected health information", "addressable"),
  "164.312(d)": section("Person or entity authentication", "standard"),
  "164.312(e)(1)": section("Transmission security", "standard"),
  "164.312(e)(2)(i)": section("Integrity controls", "addressable"),
  "164.312(e)(2)(ii)": section("Encryption", "addressable"),
  "164.314(a)(1)": section("Business associate contracts or other arrangements", "standard"),
  "164.314(a)(2)(i)": organisational("Business associate contracts", "required", "The content of a contract."),
  "164.314(a)(2)(ii)": organisational("Other arrangements", "required", "Arrangements between authorities."),
  "164.314(a)(2)(iii)": organisational("Business associate contracts with subcontractors", "required", "The content of a contract."),
  "164.314(b)(1)": organisational("Requirements for group health plans", "standard", "Plan documents of health plans."),
  "164.314(b)(2)": organisational("Implementation specifications for group health plans", "required", "Plan documents of health plans."),
  "164.316(a)": organisational("Policies and procedures", "standard", "Documents of the organisation; the evidence of this pack is part of them."),
  "164.316(b)(1)": section("Documentation", "standard"),
  "164.316(b)(2)(i)": section("Time limit", "required"),
  "164.316(b)(2)(ii)": organisational("Availability", "required", "Who in the organisation is given which documents."),
  "164.316(b)(2)(iii)": organisational("Updates", "required", "A periodic review by people; the evidence is made anew with every run."),
  "164.306(d)(3)": section("Addressable implementation specifications: documented reasons", "standard"),
  "164.502(b)": section("Minimum necessary", "privacy"),
  "164.514(b)(2)(i)": section("Identifiers that de-identification removes", "privacy"),
} as const satisfies Readonly<Record<string, Section>>;

export type SectionId = keyof typeof sections;
