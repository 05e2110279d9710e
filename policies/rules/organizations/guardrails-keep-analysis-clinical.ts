import type { StackValidationPolicy } from "@pulumi/policy";
import { hipaa } from "../../controls.ts";
import { requiredSchema } from "../../required.ts";
import { attempt, type Forbidden, judgeGuardrails } from "./guardrails.ts";

/** Full-face pictures and biometric identifiers are among what de-identification removes: 164.514(b)(2)(i)(P), (Q). */
const faces = [
  "CompareFaces",
  "CreateStreamProcessor",
  "CreateCollection",
  "DetectFaces",
  "GetCelebrityInfo",
  "IndexFaces",
  "RecognizeCelebrities",
  "SearchFacesByImage",
  "SearchUsers",
  "StartMediaAnalysisJob",
  "StartFaceSearch",
  "StartPersonTracking",
];

/** Service Authorization Reference, "Amazon SageMaker": who creates these says whether they are isolated, and where they run. */
const jobs = ["CreateHyperParameterTuningJob", "CreateModel", "CreateProcessingJob", "CreateTrainingJob"];
const isolated = { "sagemaker:networkisolation": "true" };
const inside = { "sagemaker:vpcsubnets": "subnet-1" };

const forbidden: readonly Forbidden[] = [
  ...faces.map((operation) => ({ what: `rekognition:${operation}`, request: attempt(`rekognition:${operation}`) })),
  ...jobs.flatMap((operation) => [
    { what: `sagemaker:${operation} without isolation`, request: attempt(`sagemaker:${operation}`, { ...inside, "sagemaker:networkisolation": undefined }) },
    { what: `sagemaker:${operation} with isolation off`, request: attempt(`sagemaker:${operation}`, { ...inside, "sagemaker:networkisolation": "false" }) },
    { what: `sagemaker:${operation} outside a network`, request: attempt(`sagemaker:${operation}`, { ...isolated, "sagemaker:vpcsubnets": undefined }) },
  ]),
  ...["CreateDomain", "UpdateDomain"].map((operation) => ({
    what: `sagemaker:${operation} with a way to the internet`,
    request: attempt(`sagemaker:${operation}`, { "sagemaker:appnetworkaccesstype": "PublicInternetOnly" }),
  })),
  {
    what: "sagemaker:CreateNotebookInstance with a way to the internet",
    request: attempt("sagemaker:CreateNotebookInstance", { "sagemaker:directinternetaccess": "Enabled" }),
  },
];

/** Nobody can look for faces, and nothing that sees patients' data runs with a way out. */
export const guardrailsKeepAnalysisClinical: StackValidationPolicy = {
  name: "organizations-guardrails-keep-analysis-clinical",
  description: "Service-control policies must deny looking for faces, and running SageMaker without isolation or outside a network.",
  enforcementLevel: "mandatory",
  severity: "high",
  framework: hipaa("164.308(a)(1)(ii)(B)", "164.312(e)(1)", "164.502(b)", "164.514(b)(2)(i)"),
  tags: ["organizations", "guardrails", "minimum-necessary", "presence"],
  remediationSteps: "Add `Guardrails` for every account.",
  configSchema: requiredSchema,
  validateStack: (args, report) => {
    judgeGuardrails(args, report, () => forbidden);
  },
};
