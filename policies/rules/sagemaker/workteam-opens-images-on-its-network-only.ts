import * as aws from "@pulumi/aws";
import { type ResourceValidationPolicy, validateResourceOfType } from "@pulumi/policy";
import { hipaa } from "../../controls.ts";

/** The portal shows images by signed links. Bound to the network, a link that is passed on opens nothing. */
export const workteamOpensImagesOnItsNetworkOnly: ResourceValidationPolicy = {
  name: "sagemaker-workteam-opens-images-on-its-network-only",
  description: "SageMaker work teams must open images only on the network that the portal was opened on.",
  enforcementLevel: "mandatory",
  severity: "medium",
  framework: hipaa("164.312(a)(1)", "164.312(d)"),
  tags: ["sagemaker", "network"],
  remediationSteps: "Set workerAccessConfiguration.s3Presign.iamPolicyConstraints.sourceIp or vpcSourceIp Enabled, as our PrivateWorkforce does.",
  validateResource: validateResourceOfType(aws.sagemaker.Workteam, ({ workerAccessConfiguration }, args, report) => {
    const bound = workerAccessConfiguration?.s3Presign?.iamPolicyConstraints;
    if (bound?.sourceIp !== "Enabled" && bound?.vpcSourceIp !== "Enabled")
      report(`Work team "${args.name}" opens images anywhere; iamPolicyConstraints.sourceIp or vpcSourceIp must be Enabled.`);
  }),
};
