import * as aws from "@pulumi/aws";
import { type ResourceValidationPolicy, validateResourceOfType } from "@pulumi/policy";
import { hipaa } from "../../controls.ts";
import { isCustomerKey } from "../../given.ts";

/** Tables are encrypted with a customer key. */
export const tableIsEncryptedWithCustomerKey: ResourceValidationPolicy = {
  name: "dynamodb-table-is-encrypted-with-customer-key",
  description: "DynamoDB tables must be encrypted with a customer-managed KMS key.",
  enforcementLevel: "mandatory",
  severity: "high",
  framework: hipaa("164.312(a)(2)(iv)", "164.312(e)(2)(ii)"),
  tags: ["dynamodb", "encryption"],
  remediationSteps: "Make the table a CaseTable, or set serverSideEncryption.enabled and serverSideEncryption.kmsKeyArn.",
  validateResource: validateResourceOfType(aws.dynamodb.Table, (table, args, report) => {
    const encryption = table.serverSideEncryption;
    if (encryption?.enabled !== true || !isCustomerKey(encryption, "kmsKeyArn")) report(`Table "${args.name}" has no customer-managed key.`);
  }),
};
