/**
 * Instance families whose instances carry local NVMe disks. The hardware encrypts those (EC2 user guide, "SSD instance store
 * volumes"), and SageMaker refuses a volume key for them (API reference: ProcessingClusterConfig and TransformResources
 * `VolumeKmsKeyId`, CreateEndpointConfig `KmsKeyId`). Every family of EC2 is here, whether SageMaker offers it today or not.
 */
export const localNvmeFamilies = {
  asOf: "2026-08-21",
  /** What `ec2 describe-instance-types` says of instance storage, as Karpenter publishes it. */
  source: "https://karpenter.sh/preview/reference/instance-types/",
  /** Families whose names do not say it. */
  families: [
    "g4ad g4dn g5 g6 g6e g6f g7 g7e gr6 gr6f p3dn p4d p4de p5 p5e p5en p6-b200 p6-b300 p6e-gb200 trn1 trn1n trn2",
    "d3 d3en f2 im4gn is4gen z1d",
  ].flatMap((line) => line.split(" ")),
  /** Other families say it with a `d` after the generation (m5d, c6gd, r7gd, x2idn), and those for storage by their letter (i4i). */
  pattern: /^([cmrx]|hpc)\d[a-z]*d[a-z]*$|^i[3-9][a-z]*$/,
} as const;

/** Whether an instance type such as `ml.g5.xlarge` has local NVMe disks. */
export function hasLocalNvme(instanceType: string): boolean {
  const family = instanceType.split(".")[1] ?? "";
  return localNvmeFamilies.families.includes(family) || localNvmeFamilies.pattern.test(family);
}
