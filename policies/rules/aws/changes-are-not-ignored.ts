import type { ResourceValidationPolicy } from "@pulumi/policy";
import { hipaa } from "../../controls.ts";

/** Properties that something else changes for a reason, and that open nothing: type -> properties. */
const harmless: Readonly<Record<string, readonly string[]>> = {
  // EC2 puts a subnet there by itself when it loses its own ACL.
  "aws:ec2/defaultNetworkAcl:DefaultNetworkAcl": ["subnetIds"],
  // Scaling sets them.
  "aws:ecs/service:Service": ["desiredCount"],
};

/** A change that somebody makes past the program is undone by the next deployment: what is ignored would stay. */
export const changesAreNotIgnored: ResourceValidationPolicy = {
  name: "aws-changes-are-not-ignored",
  description: "Resources must not ignore changes of what keeps them safe.",
  enforcementLevel: "mandatory",
  severity: "medium",
  framework: hipaa("164.308(a)(1)(ii)(D)", "164.308(a)(8)", "164.312(c)(1)"),
  tags: ["aws", "integrity"],
  remediationSteps: "Take the property out of the option ignoreChanges.",
  validateResource: ({ type, name, opts, notApplicable }, report) => {
    if (!type.startsWith("aws:")) notApplicable("Only resources of the AWS provider are changed past a program.");
    const ignored = opts.ignoreChanges.filter((property) => !(harmless[type] ?? []).includes(property));
    if (ignored.length > 0) report(`"${name}" ignores changes of ${ignored.join(", ")}; ignoreChanges must not name them.`);
  },
};
