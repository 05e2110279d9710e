import type { ResourceValidationPolicy } from "@pulumi/policy";
import { hipaa } from "../../controls.ts";
import { matches } from "../../requests.ts";
import { grantsOf } from "./grants.ts";

/** Services whose actions reach patient data and can be granted resource by resource. */
const dataServices = /^(s3|dynamodb|kms|sqs|sns|states|lambda|logs|secretsmanager):/i;

/** Actions of SageMaker that do: many others of it know no resources. */
const dataActions = [
  "CreatePresignedDomainUrl",
  "CreateProcessingJob",
  "CreateTrainingJob",
  "CreateTransformJob",
  "GetRecord",
  "InvokeEndpoint",
  "InvokeEndpointAsync",
].map((name) => `sagemaker:${name}`);

/**
 * What Step Functions and API Gateway need to set up the delivery of their logs. None of these reads or writes an event,
 * and IAM knows no resource to name for them (Step Functions developer guide, "Logging to CloudWatch Logs").
 */
const logDelivery = /^logs:((Create|Delete|Get|Update)LogDelivery|ListLogDeliveries|DescribeLogGroups|DescribeResourcePolicies|PutResourcePolicy)$/;

/** Tells names of buckets, nothing in them; IAM knows no resource to name for it (AWS Backup needs it to find what it backs up). */
const namesOnly = new Set(["s3:ListAllMyBuckets"]);

const reaches = (action: string): boolean =>
  (dataServices.test(action) && !logDelivery.test(action) && !namesOnly.has(action)) || dataActions.some((known) => matches(action, known));

/** Resources of strangers: a pattern that fits one of them names nothing. */
const strangers = [
  "s3:::stranger",
  "s3:::stranger/object",
  ...["dynamodb", "kms", "lambda", "logs", "sagemaker", "secretsmanager", "sns", "sqs", "states"].map(
    (service) => `${service}:us-east-1:999999999999:stranger:stranger/stranger`,
  ),
].map((rest) => `arn:aws:${rest}`);
const isEverything = (pattern: string): boolean => strangers.some((arn) => matches(pattern, arn));

/** Whatever reaches data is granted on named resources. */
export const policyGrantsNoDataActionOnEveryResource: ResourceValidationPolicy = {
  name: "iam-policy-grants-no-data-action-on-every-resource",
  description: "IAM policies must name the resources on which they allow actions that reach data.",
  enforcementLevel: "mandatory",
  severity: "critical",
  framework: hipaa(
    "164.308(a)(3)(i)",
    "164.308(a)(3)(ii)(A)",
    "164.308(a)(4)(ii)(A)",
    "164.308(a)(4)(ii)(B)",
    "164.308(a)(4)(ii)(C)",
    "164.312(a)(1)",
    "164.502(b)",
  ),
  tags: ["iam", "least-privilege"],
  remediationSteps: "Give the statement the ARNs of the resources, with a prefix for objects.",
  validateResource: (args, report) => {
    for (const { sid, actions, resources, notResources } of grantsOf(args)) {
      const reaching = actions.filter(reaches);
      if (reaching.length === 0) continue;
      if (resources.some(isEverything)) report(`"${args.name}" allows ${reaching.join(", ")} on every resource (${sid}).`);
      if (notResources.length > 0) report(`"${args.name}" allows ${reaching.join(", ")} on everything but ${notResources.join(", ")} (${sid}).`);
    }
  },
};
