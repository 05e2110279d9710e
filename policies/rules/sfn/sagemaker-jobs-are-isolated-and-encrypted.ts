import type { ResourceValidationPolicy } from "@pulumi/policy";
import { hipaa } from "../../controls.ts";
import { problemsOfJob } from "../sagemaker/jobs.ts";
import { jobsOfTask, startsJob } from "./sagemaker-tasks.ts";
import { judgeTasks } from "./tasks.ts";

/**
 * Processing and transform jobs exist only as states of a machine; their networks and keys are judged there.
 *
 * A setting that is computed counts as missing: it could turn out wrong. A job's cluster may be computed only by taking it from what the
 * state is given, where all that it may be is written out in the definition (`inputs.ts`): the items of a map, where every one is judged.
 */
export const sagemakerJobsAreIsolatedAndEncrypted: ResourceValidationPolicy = {
  name: "sfn-sagemaker-jobs-are-isolated-and-encrypted",
  description:
    "SageMaker jobs that a state machine starts must run without a way to the internet, inside a VPC, encrypt their output with a customer-managed key, and name a volume key exactly where the hardware does not encrypt.",
  enforcementLevel: "mandatory",
  severity: "critical",
  framework: hipaa("164.312(a)(1)", "164.312(a)(2)(iv)", "164.312(e)(1)", "164.312(e)(2)(ii)"),
  tags: ["sfn", "sagemaker", "encryption", "network"],
  remediationSteps:
    "Build the state with processFrames of components/analysis, or set NetworkConfig, the KmsKeyId of the output, and VolumeKmsKeyId unless the instance has local NVMe disks.",
  validateResource: judgeTasks({ wanted: startsJob, without: "no task that starts a job of SageMaker" }, (task, say) => {
    const jobs = jobsOfTask(task);
    if (jobs === undefined) say(`calls ${task.operation} of SageMaker, which nothing here judges`);
    else for (const job of jobs) for (const problem of problemsOfJob(job)) say(problem);
  }),
};
