import type { ResourceValidationPolicy } from "@pulumi/policy";
import { hipaa } from "../../controls.ts";
import { problemsOfJob } from "./jobs.ts";
import { judgeJobs } from "./resources.ts";

/** Training, tuning and monitoring jobs, and those that a pipeline's definition writes down, are judged as those of state machines are. */
export const jobsAreIsolatedAndEncrypted: ResourceValidationPolicy = {
  name: "sagemaker-jobs-are-isolated-and-encrypted",
  description:
    "SageMaker jobs must run without a way to the internet, inside a VPC, encrypt their output with a customer-managed key, and name a volume key exactly where the hardware does not encrypt.",
  enforcementLevel: "mandatory",
  severity: "critical",
  framework: hipaa("164.312(a)(1)", "164.312(a)(2)(iv)", "164.312(e)(1)", "164.312(e)(2)(ii)"),
  tags: ["sagemaker", "encryption", "network"],
  remediationSteps:
    "Set EnableNetworkIsolation, EnableInterContainerTrafficEncryption, VpcConfig, KmsKeyId of the output, and VolumeKmsKeyId unless the instance has local NVMe disks.",
  validateResource: judgeJobs((job, say) => {
    for (const problem of problemsOfJob(job)) say(problem);
  }),
};
