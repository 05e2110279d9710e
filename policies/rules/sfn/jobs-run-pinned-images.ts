import type { ResourceValidationPolicy } from "@pulumi/policy";
import { hipaa } from "../../controls.ts";
import { problemOfImage, type RegistriesConfig, registriesSchema } from "../../images.ts";
import { imagesOf } from "../sagemaker/jobs.ts";
import { jobsOfTask, startsJob } from "./sagemaker-tasks.ts";
import { judgeTasks } from "./tasks.ts";

/** What sees patients' videos is what was built and scanned, and not what somebody pushed since. */
export const jobsRunPinnedImages: ResourceValidationPolicy = {
  name: "sfn-jobs-run-pinned-images",
  description: "SageMaker jobs that a state machine starts must run images of a private registry, named by digest.",
  enforcementLevel: "mandatory",
  severity: "high",
  framework: hipaa("164.312(c)(1)", "164.308(a)(5)(ii)(B)", "164.308(b)(1)"),
  tags: ["sfn", "sagemaker", "supply-chain"],
  remediationSteps: "Set AppSpecification.ImageUri or AlgorithmSpecification.TrainingImage to imageUri of our ImageRegistry.",
  configSchema: registriesSchema,
  validateResource: judgeTasks({ wanted: startsJob, without: "no task that starts a job of SageMaker" }, (task, say, args) => {
    for (const image of (jobsOfTask(task) ?? []).flatMap(imagesOf)) {
      const problem = problemOfImage(image, args.getConfig<RegistriesConfig>());
      if (problem !== undefined) say(problem);
    }
  }),
};
