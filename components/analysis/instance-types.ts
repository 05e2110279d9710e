import * as pulumi from "@pulumi/pulumi";
import type { Analyser } from "../../contracts/model.ts";
import type { Values } from "./asl.ts";

/**
 * Families whose instances come with local NVMe disks. Those encrypt themselves in hardware, and SageMaker refuses a volume key for
 * them (API reference: ProcessingClusterConfig.VolumeKmsKeyId, CreateEndpointConfig.KmsKeyId). Families: EC2 instance types with
 * instance store among SageMaker's.
 */
const families =
  /^ml\.(g4dn|g5|g6f?|g6e|gr6f?|g7|g7e|p3dn|p4d|p4de|p5|p5e|p5en|p6-b200|p6-b300|p6e-gb200|trn1|trn1n|trn2|i[3-9][a-z]*|[cmrx]\d[a-z]*d[a-z]*)\./;

/** Whether an instance type's disks are encrypted by the hardware, so that no volume key may be named. */
export const hasLocalDisks = (instanceType: string): boolean => families.test(instanceType);

/**
 * Families on which SageMaker serves networks with NVIDIA's driver 470, for CUDA 11.4, unless another machine image is asked for (Developer Guide,
 * "Best practices to minimize interruptions during GPU driver upgrades"). CUDA 12, of which a serving image for GPUs is made
 * (`models/serving/Dockerfile`), needs 525 or newer (NVIDIA, "CUDA Compatibility", "Minor Version Compatibility"). Later families come with a newer one;
 * processing jobs know no such choice (API reference: ProcessingClusterConfig).
 */
const oldDrivers = /^ml\.(g4dn|g5)\./;

/** The machine image of a transform job: driver 535 where it would be an older one (API reference: TransformResources.TransformAmiVersion). */
const transformImage = (instanceType: string): { TransformAmiVersion?: string } =>
  oldDrivers.test(instanceType) ? { TransformAmiVersion: "al2-ami-sagemaker-batch-gpu-535" } : {};

/** The machine image of an endpoint: driver 535, CUDA 12.2, where it would be an older one (API reference: ProductionVariant.InferenceAmiVersion). */
export const inferenceImage = (instanceType: string): { inferenceAmiVersion?: string } =>
  oldDrivers.test(instanceType) ? { inferenceAmiVersion: "al2-ami-sagemaker-inference-gpu-2" } : {};

/** The instances of a transform job. A volume key is named exactly where the hardware has none. */
export const transformResources = ({ instanceType, instances = 1 }: Pick<Analyser, "instanceType" | "instances">, keyArn: pulumi.Input<string>): Values => ({
  InstanceType: instanceType,
  InstanceCount: instances,
  ...transformImage(instanceType),
  ...(!hasLocalDisks(instanceType) && { VolumeKmsKeyId: keyArn }),
});

/** GB of the disk that a job copies its video to. */
const volumeGb = 50;

/**
 * The cluster of a processing job: one instance of the first type, or of the next that SageMaker has. A volume key is
 * named exactly where the hardware has none, so the types of one job must agree about that. Throws a RunError if they don't.
 */
export function cluster(instanceTypes: readonly [string, ...string[]], keyArn: pulumi.Input<string>): Values {
  const [first, ...others] = instanceTypes;
  const kinds = new Set(instanceTypes.map(hasLocalDisks));
  if (kinds.size > 1)
    throw new pulumi.RunError(
      `One job can't fall back between ${instanceTypes.join(", ")}: some encrypt their disks themselves and refuse a key, others need one.`,
    );
  return {
    InstanceCount: 1,
    VolumeSizeInGB: volumeGb,
    ...(others.length === 0 ? { InstanceType: first } : { InstancePreferences: instanceTypes.map((InstanceType) => ({ InstanceType })) }),
    ...(!hasLocalDisks(first) && { VolumeKmsKeyId: keyArn }),
  };
}
