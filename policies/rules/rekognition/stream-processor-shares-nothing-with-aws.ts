import * as aws from "@pulumi/aws";
import { type ResourceValidationPolicy, validateResourceOfType } from "@pulumi/policy";
import { hipaa } from "../../controls.ts";

/** AWS's own learning is no service to us, and no part of what it may do with patients' data. */
export const streamProcessorSharesNothingWithAws: ResourceValidationPolicy = {
  name: "rekognition-stream-processor-shares-nothing-with-aws",
  description: "Rekognition stream processors must not share what they see with AWS for its own learning.",
  enforcementLevel: "mandatory",
  severity: "critical",
  framework: hipaa("164.308(b)(1)", "164.502(b)", "164.314(a)(1)"),
  tags: ["rekognition", "phi"],
  remediationSteps: "Set dataSharingPreference.optIn false.",
  validateResource: validateResourceOfType(aws.rekognition.StreamProcessor, ({ dataSharingPreference: sharing }, args, report) => {
    if (sharing?.optIn === true) report(`Stream processor "${args.name}" shares what it sees with AWS; dataSharingPreference.optIn must be false.`);
  }),
};
