import type { ResourceValidationPolicy } from "@pulumi/policy";
import { hipaa } from "../../controls.ts";
import { isGiven } from "../../given.ts";

/** What the provider keeps in the stack's state, which whoever deploys reads; its write-only arguments it does not keep. */
const kept = ["secretString", "secretBinary"];

/** The value of a secret stands in no program and in no state file: whoever operates the platform puts it there, or AWS makes it. */
export const secretValueStaysOutOfTheProgram: ResourceValidationPolicy = {
  name: "secretsmanager-secret-value-stays-out-of-the-program",
  description: "Values of secrets must be no part of the program or of its state.",
  enforcementLevel: "mandatory",
  severity: "high",
  framework: hipaa("164.308(a)(4)(ii)(B)", "164.308(a)(5)(ii)(D)", "164.312(a)(1)"),
  tags: ["secretsmanager", "secrets"],
  remediationSteps: "Put the value in by hand, as PlaybackKeys describes, let a rotation make it, or use secretStringWo.",
  validateResource: ({ type, name, props, notApplicable }, report) => {
    if (type !== "aws:secretsmanager/secretVersion:SecretVersion") notApplicable("The resource is no value of a secret.");
    const given = kept.filter((argument) => isGiven(props, argument));
    if (given.length > 0) report(`"${name}" sets ${given.join(", ")}; the value must stay out of the program.`);
  },
};
