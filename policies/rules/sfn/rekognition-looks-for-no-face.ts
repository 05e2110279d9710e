import type { ResourceValidationPolicy } from "@pulumi/policy";
import { hipaa } from "../../controls.ts";
import { type AllowedOperationsConfig, allowedOperations, allowedOperationsSchema } from "../rekognition/operations.ts";
import { judgeTasks } from "./tasks.ts";

/** A face is an identifier of a patient or of staff, and no analysis of an operation needs one. */
export const rekognitionLooksForNoFace: ResourceValidationPolicy = {
  name: "sfn-rekognition-looks-for-no-face",
  description: "State machines must ask Rekognition for shots, technical cues and burnt-in text only, never for faces or known people.",
  enforcementLevel: "mandatory",
  severity: "critical",
  framework: hipaa("164.514(b)(2)(i)", "164.502(b)", "164.312(a)(1)"),
  tags: ["sfn", "rekognition", "phi"],
  remediationSteps: "Call detectText, startSegmentDetection and getSegmentDetection only.",
  configSchema: allowedOperationsSchema,
  validateResource: judgeTasks({ wanted: ({ service }) => service === "rekognition", without: "no task of Rekognition" }, ({ operation }, say, args) => {
    const { operations = allowedOperations } = args.getConfig<AllowedOperationsConfig>();
    if (!operations.some((allowed) => allowed.toLowerCase() === operation.toLowerCase()))
      say(`asks Rekognition to ${operation}; it may ask for ${operations.join(", ")}`);
  }),
};
