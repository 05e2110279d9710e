import type { ResourceValidationPolicy } from "@pulumi/policy";
import { hipaa } from "../../controls.ts";
import { routeSettingsOf, stage } from "./stages.ts";

/** Traces of data write whole requests and answers into a log (API Gateway Developer Guide, "Set up CloudWatch logging for REST APIs"). */
export const stageTracesNoData: ResourceValidationPolicy = {
  name: "apigateway-stage-traces-no-data",
  description: "API Gateway stages must not log requests and answers as they are.",
  enforcementLevel: "mandatory",
  severity: "critical",
  framework: hipaa("164.502(b)", "164.312(a)(1)"),
  tags: ["apigateway", "phi"],
  remediationSteps: "Leave dataTraceEnabled out, or set it to false.",
  validateResource: ({ type, name, props, notApplicable }, report) => {
    const settings =
      type === "aws:apigateway/methodSettings:MethodSettings"
        ? [props["settings"] as { dataTraceEnabled?: boolean }]
        : type === stage
          ? routeSettingsOf(props)
          : notApplicable("The resource says nothing of an API's logs.");
    if (settings.some(({ dataTraceEnabled }) => dataTraceEnabled === true))
      report(`"${name}" logs requests and answers as they are; dataTraceEnabled must be false.`);
  },
};
