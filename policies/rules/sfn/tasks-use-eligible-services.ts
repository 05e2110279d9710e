import type { ResourceValidationPolicy } from "@pulumi/policy";
import { hipaaEligible } from "../../../contracts/hipaa-eligible-services.ts";
import { hipaa } from "../../controls.ts";
import { judgeTasks } from "./tasks.ts";

/** Services that Step Functions calls by another name than IAM does. */
const prefixes: Readonly<Record<string, string>> = {
  activity: "states",
  apigateway: "execute-api",
  bedrockagentruntime: "bedrock",
  bedrockruntime: "bedrock",
  cloudwatchlogs: "logs",
  cognitoidentityprovider: "cognito-idp",
  emr: "elasticmapreduce",
  eventbridge: "events",
  sagemakera2iruntime: "sagemaker",
  sagemakerfeaturestoreruntime: "sagemaker",
  sagemakerruntime: "sagemaker",
  sfn: "states",
};

/**
 * A case goes only where AWS's Business Associate Addendum covers it. Whatever is not known to be eligible is not, and an HTTP task
 * (`http:invoke`) leaves AWS altogether.
 */
export const tasksUseEligibleServices: ResourceValidationPolicy = {
  name: "sfn-tasks-use-eligible-services",
  description: "Tasks of state machines must call HIPAA-eligible services of AWS only.",
  enforcementLevel: "mandatory",
  severity: "critical",
  framework: hipaa("164.308(b)(1)", "164.314(a)(1)", "164.502(b)"),
  tags: ["sfn", "eligibility"],
  remediationSteps: "Call an eligible service, or a PlatformFunction that does; contracts/hipaa-eligible-services.ts has the list and its date.",
  validateResource: judgeTasks({ without: "no task" }, ({ service, resource }, say) => {
    if (!hipaaEligible.prefixes.includes(prefixes[service] ?? service))
      say(`calls ${service || resource}, which AWS does not list as HIPAA-eligible (list of ${hipaaEligible.asOf})`);
  }),
};
