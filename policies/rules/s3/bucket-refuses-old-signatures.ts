import type { StackValidationPolicy } from "@pulumi/policy";
import { hipaa } from "../../controls.ts";
import { bucketDenies, bucketStatements, judgeBuckets, receivesLogs } from "./buckets.ts";

interface Config {
  readonly maximumMilliseconds: number;
}

/** A quarter of an hour. */
const defaultMilliseconds = 15 * 60 * 1000;

/**
 * A signed URL that leaks is soon of no use: the bucket's policy denies signatures that are older, whatever life the signer gave
 * them (S3 API Reference, "Amazon S3 Signature Version 4 authentication specific policy keys"). Nobody signs URLs for logs.
 */
export const bucketRefusesOldSignatures: StackValidationPolicy = {
  name: "s3-bucket-refuses-old-signatures",
  description: "S3 buckets must deny requests whose signature is older than a quarter of an hour.",
  enforcementLevel: "mandatory",
  severity: "high",
  framework: hipaa("164.312(a)(1)", "164.312(a)(2)(iii)", "164.312(d)", "164.312(e)(1)"),
  tags: ["s3", "signed-urls"],
  remediationSteps: "Make the bucket an EncryptedBucket, or let its policy deny s3:* on its objects to everybody where s3:signatureAge is greater.",
  configSchema: { properties: { maximumMilliseconds: { type: "integer", minimum: 1000, default: defaultMilliseconds } } },
  validateStack: (args, report) => {
    const { resources } = args;
    const { maximumMilliseconds = defaultMilliseconds } = args.getConfig<Partial<Config>>();
    judgeBuckets(
      args,
      report,
      (bucket, say) => {
        const context = { "s3:signatureage": String(maximumMilliseconds + 1) };
        if (!bucketDenies(bucket, bucketStatements(bucket, resources), { context }))
          say(`accepts signatures older than ${maximumMilliseconds} ms; its policy must deny them.`);
      },
      { only: (bucket) => !receivesLogs(bucket, resources), none: "The stack has no bucket but for logs." },
    );
  },
};
