import type { StackValidationPolicy } from "@pulumi/policy";
import { hipaa } from "../../controls.ts";
import { type Statement, statementsOf } from "../../documents.ts";
import { judgeEach } from "../../given.ts";
import { companionsOf } from "../../relations.ts";

/** Every bucket's policy denies whatever does not come over TLS. */
export const bucketRefusesRequestsWithoutTls: StackValidationPolicy = {
  name: "s3-bucket-refuses-requests-without-tls",
  description: "S3 buckets must deny every request that is not made over TLS.",
  enforcementLevel: "mandatory",
  severity: "high",
  framework: hipaa("164.312(e)(1)", "164.312(e)(2)(i)", "164.312(e)(2)(ii)"),
  tags: ["s3", "transit"],
  remediationSteps: "Add a BucketPolicy with a statement that denies s3:* to everybody, on the bucket and its objects, where aws:SecureTransport is false.",
  validateStack: ({ resources }, report) => {
    judgeEach(
      resources.filter(({ type }) => type === "aws:s3/bucket:Bucket"),
      (bucket) => {
        const policies = companionsOf(bucket, resources, "aws:s3/bucketPolicy:BucketPolicy");
        const denied = policies.flatMap(({ props }) => statementsOf(props["policy"])).filter(deniesPlainHttp);
        const covered = new Set(denied.flatMap(({ resources: arns }) => arns.map((arn) => (arn.endsWith("/*") ? "objects" : "bucket"))));
        if (!covered.has("bucket") || !covered.has("objects")) report(`Bucket "${bucket.name}" accepts requests without TLS.`, bucket.urn);
      },
    );
  },
};

const deniesPlainHttp = ({ effect, principals, actions, conditions }: Statement): boolean =>
  effect === "Deny" && principals.includes("*") && actions.includes("s3:*") && conditions["Bool"]?.["aws:securetransport"]?.includes("false") === true;
