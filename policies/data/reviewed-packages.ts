/**
 * Packages of Pulumi whose providers somebody has looked at: who makes them, and what they reach. A provider runs with the rights of
 * whoever deploys. Before one is added: read its source or trust its maker, pin it in package.json, and say here why.
 */
export const reviewedPackages = {
  asOf: "2026-11-26",
  source: "https://www.pulumi.com/registry/",
  /** Package -> why it may run. */
  packages: {
    aws: "Pulumi's provider of AWS: makes everything here.",
    awsx: "Pulumi's components on AWS: builds and pushes the image of the endpoints.",
    "docker-build": "Pulumi's provider of Docker, which awsx builds the image with. Reaches the builder and our registry.",
    pulumi: "Stacks, references between them, and providers.",
    random: "Pulumi's provider of random values; reaches nothing.",
    svp: "The components of this platform.",
    tls: "Pulumi's provider of keys and certificates; reaches nothing.",
  },
} as const;
