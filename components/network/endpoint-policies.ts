import type { Place } from "../place.ts";
import type { ResourceStatement } from "../security/policy.ts";

/**
 * AWS services that compute in the network may call through an interface endpoint, and the actions that may pass it.
 *
 * Functions call `rekognition`, `sagemaker.api` (the registry of networks), `sagemaker.runtime`, `secretsmanager` (the key for videos), `sqs` and `states` ({@link calledByFunctions}). Fargate fetches images and writes
 * logs from inside the network: `ecr.*`, `logs` ({@link reachedByTasks}; Amazon ECS Developer Guide, "Amazon ECS interface VPC endpoints"). Notebooks
 * need `sagemaker.api` and `sagemaker.runtime` (SageMaker Developer Guide, "Connect Studio notebooks in a VPC to external
 * resources"). `bedrock-runtime` is for reports, and so is `lambda` where another company's model writes them. The others are for code of people's own that sends, asks or encrypts itself.
 *
 * Not among them is what AWS does on its own side of the network: Lambda writes the logs, traces and measures of functions, Step
 * Functions calls MediaConvert and Lambda, SageMaker fetches images and writes the logs of jobs.
 */
export const interfaceServices = {
  "bedrock-runtime": ["bedrock:*"],
  "ecr.api": ["ecr:*"],
  "ecr.dkr": ["ecr:*"],
  events: ["events:*"],
  kms: ["kms:*"],
  lambda: ["lambda:InvokeFunction"],
  logs: ["logs:*"],
  rekognition: ["rekognition:*"],
  "sagemaker.api": ["sagemaker:*"],
  "sagemaker.runtime": ["sagemaker:InvokeEndpoint", "sagemaker:InvokeEndpointAsync"],
  secretsmanager: ["secretsmanager:*"],
  sns: ["sns:*"],
  sqs: ["sqs:*"],
  states: ["states:*"],
  sts: ["sts:*"],
} as const satisfies Readonly<Record<string, readonly string[]>>;
export type InterfaceService = keyof typeof interfaceServices;

/** Services that Fargate reaches from inside the network before a task's container runs; without one of these nothing is converted. */
export const reachedByTasks: readonly InterfaceService[] = ["ecr.api", "ecr.dkr", "logs"];

/** Services that the functions of today call; without one of these the platform does not work. */
export const calledByFunctions: readonly InterfaceService[] = ["rekognition", "sagemaker.api", "sagemaker.runtime", "secretsmanager", "sqs", "states"];

/**
 * What may pass an endpoint: requests of the organisation's principals to the organisation's resources. A stolen key of
 * another account, brought into the network, opens nothing, and nothing leaves for a bucket of another organisation
 * ("Building a data perimeter on AWS", whitepaper; HIPAA 164.312(a)(1), (e)(1)).
 *
 * It grants nothing, so that it names all actions of its service. Where an action knows no resource, the caller's own
 * account stands for it. Resources of AWS's own have no organisation, and need a statement each
 * (github.com/aws-samples/data-perimeter-policy-examples, "Service-owned resources").
 */
function perimeter(place: Place, actions: readonly string[]): ResourceStatement {
  return {
    Sid: "OwnPrincipalsReachOwnResources",
    Effect: "Allow",
    Principal: "*",
    Action: actions,
    Resource: ["*"],
    Condition: { StringEquals: { "aws:PrincipalOrgID": place.organizationId, "aws:ResourceOrgID": place.organizationId } },
  };
}

/** Policy of an interface endpoint. */
export const interfacePolicy = (place: Place, service: InterfaceService): ResourceStatement[] => [
  perimeter(place, interfaceServices[service]),
  ...(service === "bedrock-runtime" ? [foundationModels(place)] : []),
];

/** Models that AWS offers in the Region belong to no account. Asking those of another Region would send patients' data there. */
function foundationModels({ region, organizationId }: Place): ResourceStatement {
  return {
    Sid: "FoundationModels",
    Effect: "Allow",
    Principal: "*",
    Action: ["bedrock:InvokeModel", "bedrock:InvokeModelWithResponseStream"],
    Resource: [`arn:aws:bedrock:${region}::foundation-model/*`],
    Condition: { StringEquals: { "aws:PrincipalOrgID": organizationId } },
  };
}

/** Policy of the gateway endpoint of DynamoDB. */
export const dynamoDbPolicy = (place: Place): ResourceStatement[] => [perimeter(place, ["dynamodb:*"])];

/**
 * Policy of the gateway endpoint of S3. Layers of container images lie in a bucket of AWS's, which is fetched with signed
 * links (ECR user guide, "Minimum Amazon S3 bucket permissions for Amazon ECR").
 */
export const s3Policy = (place: Place): ResourceStatement[] => [
  perimeter(place, ["s3:*"]),
  {
    Sid: "ImageLayers",
    Effect: "Allow",
    Principal: "*",
    Action: ["s3:GetObject"],
    Resource: [`arn:aws:s3:::prod-${place.region}-starport-layer-bucket/*`],
  },
];
