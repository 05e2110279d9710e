import * as aws from "@pulumi/aws";
import type { ResourceValidationPolicy } from "@pulumi/policy";
import { hipaa } from "../../controls.ts";

/** Full-face pictures and what is computed from them identify patients and staff: 45 CFR 164.514(b)(2)(i)(P) and (Q). */
export const facesAreNotKept: ResourceValidationPolicy = {
  name: "rekognition-faces-are-not-kept",
  description: "Rekognition must keep no collection of faces, and search no stream for faces.",
  enforcementLevel: "mandatory",
  severity: "critical",
  framework: hipaa("164.514(b)(2)(i)", "164.502(b)", "164.312(a)(1)"),
  tags: ["rekognition", "phi"],
  remediationSteps: "Take the collection out; shots and technical cues need none.",
  validateResource: (args, report) => {
    const { name, notApplicable } = args;
    const processor = args.asType(aws.rekognition.StreamProcessor);
    if (args.isType(aws.rekognition.Collection)) report(`Collection "${name}" keeps faces; there must be none.`);
    else if (processor === undefined) notApplicable("Only collections and stream processors look for faces.");
    else if (processor.settings?.faceSearch !== undefined) report(`Stream processor "${name}" searches for faces; settings.faceSearch must be left out.`);
  },
};
