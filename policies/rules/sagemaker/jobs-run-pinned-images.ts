import type { ResourceValidationPolicy } from "@pulumi/policy";
import { hipaa } from "../../controls.ts";
import { problemOfImage, type RegistriesConfig, registriesSchema } from "../../images.ts";
import { imagesOf } from "./jobs.ts";
import { judgeJobs } from "./resources.ts";

/** Networks are trained and watched by what was built and scanned, and not by what somebody pushed since. */
export const jobsRunPinnedImages: ResourceValidationPolicy = {
  name: "sagemaker-jobs-run-pinned-images",
  description: "SageMaker jobs must run images of a private registry, named by digest.",
  enforcementLevel: "mandatory",
  severity: "high",
  framework: hipaa("164.312(c)(1)", "164.308(a)(5)(ii)(B)", "164.308(b)(1)"),
  tags: ["sagemaker", "supply-chain"],
  remediationSteps: "Set the image to imageUri of our ImageRegistry.",
  configSchema: registriesSchema,
  validateResource: judgeJobs((job, say, args) => {
    for (const image of imagesOf(job)) {
      const problem = problemOfImage(image, args.getConfig<RegistriesConfig>());
      if (problem !== undefined) say(problem);
    }
  }),
};
