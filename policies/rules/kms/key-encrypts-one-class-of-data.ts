import type { PolicyResource, StackValidationPolicy } from "@pulumi/policy";
import { ofType } from "../../accounts.ts";
import { holdsCases } from "../../classification.ts";
import { hipaa } from "../../controls.ts";
import { refersTo } from "../../relations.ts";
import { judgeAll } from "../../subjects.ts";
import { bucketNamedBy, isCopy, receivesLogs, s3Types } from "../s3/buckets.ts";

/**
 * Who may read one class of data reads no other by its key: videos, what is made of them, datasets and networks have a key each, and
 * logs have another. Copies in another Region are read only when the first is lost, and may share one.
 */
export const keyEncryptsOneClassOfData: StackValidationPolicy = {
  name: "kms-key-encrypts-one-class-of-data",
  description: "KMS keys must encrypt one class of data: one bucket that may hold cases, and no logs beside cases.",
  enforcementLevel: "mandatory",
  severity: "medium",
  framework: hipaa("164.308(a)(4)(ii)(B)", "164.308(a)(4)(ii)(C)", "164.312(a)(1)", "164.312(a)(2)(iv)", "164.502(b)"),
  tags: ["kms", "separation-of-duties"],
  remediationSteps: "Give each bucket, and the logs, a key of DataKeys.",
  validateStack: (args, report) => {
    const { resources } = args;
    judgeAll(args, report, { types: ["aws:kms/key:Key"], noun: "Key" }, (key, say) => {
      const usedBy = (types: readonly string[], property: string): PolicyResource[] =>
        ofType(resources, ...types).filter((resource) => refersTo(resource, property, key, ["arn", "id", "keyId"]));
      const buckets = usedBy(s3Types("BucketServerSideEncryptionConfiguration"), "rules")
        .flatMap((configuration) => bucketNamedBy(configuration, "bucket", resources) ?? [])
        .filter((bucket) => holdsCases(bucket) && !isCopy(bucket, resources));
      const tables = usedBy(["aws:dynamodb/table:Table"], "serverSideEncryption").filter(holdsCases);
      const logs = usedBy(["aws:cloudwatch/logGroup:LogGroup"], "kmsKeyId");
      // Logs of several kinds are one class.
      if (buckets.length > 1 && !buckets.every((bucket) => receivesLogs(bucket, resources)))
        say(`encrypts the buckets ${names(buckets)}; each must have a key of its own.`);
      if (logs.length > 0 && buckets.length + tables.length > 0)
        say(`encrypts ${names([...buckets, ...tables])} and the logs ${names(logs)}; logs must have a key of their own.`);
    });
  },
};

const names = (resources: readonly PolicyResource[]): string => resources.map(({ name }) => name).join(", ");
