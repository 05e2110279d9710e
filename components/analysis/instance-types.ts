import type * as pulumi from "@pulumi/pulumi";

/**
 * Families whose instances come with local NVMe disks. Those encrypt themselves in hardware, and SageMaker refuses a volume key for
 * them (API reference: ProcessingClusterConfig.VolumeKmsKeyId, CreateEndpointConfig.KmsKeyId). Families: EC2 instance types with
 * instance store among SageMaker's.
 */
const families = /^ml\.(g4dn|g5|g6|g6e|gr6|g7|g7e|p3dn|p4d|p4de|p5|p5e|p5en|p6-b200|trn1|trn1n|trn2|[cmr]\d[a-z]*d[a-z]*)\./;

/** Whether an instance type's disks are encrypted by the hardware, so that no volume key may be named. */
export const hasLocalDisks = (instanceType: string): boolean => families.test(instanceType);

/** The volume key of a processing cluster: there must be one exactly where the hardware has none. */
export const volumeKey = (instanceType: string, keyArn: pulumi.Input<string>): { VolumeKmsKeyId?: pulumi.Input<string> } =>
  hasLocalDisks(instanceType) ? {} : { VolumeKmsKeyId: keyArn };
