import * as aws from "@pulumi/aws";
import { type ResourceValidationPolicy, validateResourceOfType } from "@pulumi/policy";
import { hipaa } from "../../controls.ts";
import { hasLocalNvme } from "../../data/local-nvme-families.ts";
import { objectsIn, type State, statesOf } from "../../documents.ts";

type Values = Readonly<Record<string, unknown>>;

/**
 * Processing and transform jobs exist only as states of a machine; their networks and keys are judged there.
 *
 * A job's cluster may be an expression that picks it from data of the definition, so every cluster that the definition
 * writes out, wherever it stands, must be encrypted.
 */
export const sagemakerJobsAreIsolatedAndEncrypted: ResourceValidationPolicy = {
  name: "sfn-sagemaker-jobs-are-isolated-and-encrypted",
  description:
    "SageMaker jobs that a state machine starts must run without a network, encrypt their output with a customer-managed key, and name a volume key exactly where the hardware does not encrypt.",
  enforcementLevel: "mandatory",
  severity: "critical",
  framework: hipaa("164.312(a)(2)(iv)", "164.312(e)(1)"),
  tags: ["sfn", "sagemaker", "encryption"],
  remediationSteps:
    "Set NetworkConfig.EnableNetworkIsolation and EnableInterContainerTrafficEncryption, KmsKeyId of the output, and VolumeKmsKeyId unless the instance has local NVMe disks.",
  validateResource: validateResourceOfType(aws.sfn.StateMachine, (machine, _args, report) => {
    const definition: unknown = JSON.parse(machine.definition);
    const jobs = [...statesOf(definition)].filter(({ resource }) => /:sagemaker:create(Processing|Transform)Job/.test(resource));
    const clusters = [...objectsIn(definition)].filter(isCluster);
    for (const job of jobs) {
      for (const problem of [...problemsOfJob(job), ...(clusters.length === 0 ? ["names no instance type that can be judged"] : [])]) {
        report(`State "${job.name}" ${problem}.`);
      }
    }
    if (jobs.length > 0) for (const problem of new Set(clusters.flatMap(problemsOfCluster))) report(problem);
  }),
};

function problemsOfJob({ resource, arguments: values }: State): string[] {
  const problems: string[] = [];
  if (resource.includes("createProcessingJob")) {
    const network = within(values, "NetworkConfig");
    for (const flag of ["EnableNetworkIsolation", "EnableInterContainerTrafficEncryption"]) {
      if (network[flag] !== true) problems.push(`must set NetworkConfig.${flag} to true`);
    }
    if (!isNamed(within(values, "ProcessingOutputConfig"), "KmsKeyId")) problems.push("must set ProcessingOutputConfig.KmsKeyId");
  } else if (!isNamed(within(values, "TransformOutput"), "KmsKeyId")) problems.push("must set TransformOutput.KmsKeyId");
  return problems;
}

const isCluster = (value: Values): boolean => typeof value["InstanceType"] === "string" && value["InstanceType"].startsWith("ml.");

function problemsOfCluster(cluster: Values): string[] {
  const instanceType = String(cluster["InstanceType"]);
  const keyed = isNamed(cluster, "VolumeKmsKeyId");
  if (hasLocalNvme(instanceType))
    return keyed ? [`A cluster of ${instanceType} names a VolumeKmsKeyId; its disks encrypt themselves and SageMaker refuses a key.`] : [];
  return keyed ? [] : [`A cluster of ${instanceType} must set VolumeKmsKeyId.`];
}

const within = (values: Values, key: string): Values => (typeof values[key] === "object" && values[key] !== null ? (values[key] as Values) : {});

/** Given as a value or, in the JSONPath dialect, as a path (`KmsKeyId.$`). */
const isNamed = (values: Values, key: string): boolean => [key, `${key}.$`].some((name) => typeof values[name] === "string" && values[name] !== "");
