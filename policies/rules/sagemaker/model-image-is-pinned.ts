import * as aws from "@pulumi/aws";
import { type ResourceValidationPolicy, validateResourceOfType } from "@pulumi/policy";
import { hipaa } from "../../controls.ts";
import { problemOfImage, type RegistriesConfig, registriesSchema } from "../../images.ts";

/** What answers for pictures of patients is what was built and scanned, and not what somebody pushed since. */
export const modelImageIsPinned: ResourceValidationPolicy = {
  name: "sagemaker-model-image-is-pinned",
  description: "SageMaker models must run images of a private registry, named by digest.",
  enforcementLevel: "mandatory",
  severity: "high",
  framework: hipaa("164.312(c)(1)", "164.308(a)(5)(ii)(B)", "164.308(b)(1)"),
  tags: ["sagemaker", "supply-chain"],
  remediationSteps: "Set the image to imageUri of our ImageRegistry.",
  configSchema: registriesSchema,
  validateResource: validateResourceOfType(aws.sagemaker.Model, ({ primaryContainer, containers = [] }, args, report) => {
    for (const container of [...(primaryContainer ? [primaryContainer] : []), ...containers]) {
      // A version of the registry brings its own image, which was pinned when it was registered.
      if (container.modelPackageName !== undefined) continue;
      const problem = problemOfImage(container.image, args.getConfig<RegistriesConfig>());
      if (problem !== undefined) report(`Model "${args.name}" ${problem}.`);
    }
  }),
};
