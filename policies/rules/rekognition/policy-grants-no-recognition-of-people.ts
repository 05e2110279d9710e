import type { ResourceValidationPolicy } from "@pulumi/policy";
import { hipaa } from "../../controls.ts";
import { grantsOf } from "../iam/grants.ts";
import { type AllowedOperationsConfig, allowedOperations, allowedOperationsSchema } from "./operations.ts";

/** Nobody can ask Rekognition for faces or known people, whatever code he writes. */
export const policyGrantsNoRecognitionOfPeople: ResourceValidationPolicy = {
  name: "rekognition-policy-grants-no-recognition-of-people",
  description: "IAM policies must allow no operations of Rekognition but those that find shots, technical cues and burnt-in text.",
  enforcementLevel: "mandatory",
  severity: "critical",
  framework: hipaa("164.514(b)(2)(i)", "164.502(b)", "164.308(a)(4)(ii)(B)"),
  tags: ["rekognition", "iam", "phi", "least-privilege"],
  remediationSteps: "Name DetectText, StartSegmentDetection and GetSegmentDetection only, as our PrivacyGate and RekognitionBranch do.",
  configSchema: allowedOperationsSchema,
  validateResource: (args, report) => {
    const { operations = allowedOperations } = args.getConfig<AllowedOperationsConfig>();
    const named = operations.map((operation) => `rekognition:${operation}`.toLowerCase());
    for (const { sid, actions, notActions } of grantsOf(args)) {
      const others = actions.filter((action) => /^(rekognition:|[^:]*[*?])/i.test(action) && !named.includes(action.toLowerCase()));
      if (others.length > 0) report(`"${args.name}" allows ${others.join(", ")} (${sid}); of Rekognition it may allow ${operations.join(", ")}.`);
      if (notActions.length > 0 && !notActions.some((action) => ["*", "rekognition:*"].includes(action.toLowerCase())))
        report(`"${args.name}" allows all of Rekognition (${sid}); it may allow ${operations.join(", ")}.`);
    }
  },
};
