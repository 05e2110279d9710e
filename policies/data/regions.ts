/**
 * Regions that patients' data may lie in: those of the United States that are open to every customer of AWS. AWS's Business Associate
 * Addendum names no Regions; state law and contracts with hospitals do, so compare with them before data come, and every year.
 */
export const approvedRegions = {
  asOf: "2026-06-30",
  source: "https://docs.aws.amazon.com/global-infrastructure/latest/regions/aws-regions.html",
  names: ["us-east-1", "us-east-2", "us-west-1", "us-west-2"],
} as const;
