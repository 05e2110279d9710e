/**
 * SageMaker instance families whose instances carry local NVMe disks. The hardware encrypts those, and SageMaker refuses
 * a volume key for them (API reference: ProcessingClusterConfig and TransformResources `VolumeKmsKeyId`, CreateEndpointConfig
 * `KmsKeyId`). Families: EC2 user guide, "Instance store volumes", among those that SageMaker offers.
 */
export const localNvmeFamilies = {
  asOf: "2026-06-30",
  /** Accelerated families, by name. */
  families: ["g4dn", "g5", "g6", "g6e", "gr6", "g7", "g7e", "p3dn", "p4d", "p4de", "p5", "p5e", "p5en", "p6-b200", "trn1", "trn1n", "trn2"],
  /** General families say it with a `d` after the generation: m5d, c6gd, r7gd. */
  pattern: /^[cmr]\d[a-z]*d[a-z]*$/,
} as const;

/** Whether an instance type such as `ml.g5.xlarge` has local NVMe disks. */
export function hasLocalNvme(instanceType: string): boolean {
  const family = instanceType.split(".")[1] ?? "";
  return (localNvmeFamilies.families as readonly string[]).includes(family) || localNvmeFamilies.pattern.test(family);
}
