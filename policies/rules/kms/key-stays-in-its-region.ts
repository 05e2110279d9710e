import type { ResourceValidationPolicy } from "@pulumi/policy";
import { hipaa } from "../../controls.ts";

interface Config {
  readonly allowed: boolean;
}

const keys = ["aws:kms/key:Key", "aws:kms/externalKey:ExternalKey"];
const replicas = ["aws:kms/replicaKey:ReplicaKey", "aws:kms/replicaExternalKey:ReplicaExternalKey"];

/** The material of a key lies in one Region. A key for several could be copied later to any, out of reach of this Region's rules. */
export const keyStaysInItsRegion: ResourceValidationPolicy = {
  name: "kms-key-stays-in-its-region",
  description: "KMS keys must not be multi-Region keys where the stack's configuration does not allow it.",
  enforcementLevel: "mandatory",
  severity: "medium",
  framework: hipaa("164.308(a)(1)(ii)(B)", "164.308(b)(1)", "164.312(a)(2)(iv)"),
  tags: ["kms", "residency"],
  remediationSteps: "Set multiRegion false, and give copies in another Region a key of their own, as BucketReplication does.",
  configSchema: { properties: { allowed: { type: "boolean", default: false } } },
  validateResource: ({ type, name, props, getConfig, notApplicable }, report) => {
    if (![...keys, ...replicas].includes(type)) notApplicable("The resource is no key.");
    if (getConfig<Partial<Config>>().allowed) return;
    if (replicas.includes(type)) report(`Key "${name}" is the copy of a key of another Region; it must be a key of its own.`);
    else if (props["multiRegion"] === true) report(`Key "${name}" can be copied to other Regions; multiRegion must be false.`);
  },
};
