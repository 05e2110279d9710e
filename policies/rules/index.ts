import type { Policies } from "@pulumi/policy";
import { resourceLiesInAllowedRegion } from "./aws/resource-lies-in-allowed-region.ts";
import { logGroupIsEncryptedWithCustomerKey } from "./cloudwatch/log-group-is-encrypted-with-customer-key.ts";
import { logGroupKeepsAuditTrail } from "./cloudwatch/log-group-keeps-audit-trail.ts";
import { tableIsEncryptedWithCustomerKey } from "./dynamodb/table-is-encrypted-with-customer-key.ts";
import { tableRecoversToAnyPoint } from "./dynamodb/table-recovers-to-any-point.ts";
import { policyGrantsNoDataActionOnEveryResource } from "./iam/policy-grants-no-data-action-on-every-resource.ts";
import { policyGrantsNoWildcardAction } from "./iam/policy-grants-no-wildcard-action.ts";
import { keyRotatesEveryYear } from "./kms/key-rotates-every-year.ts";
import { functionEnvironmentIsEncryptedWithCustomerKey } from "./lambda/function-environment-is-encrypted-with-customer-key.ts";
import { bucketBlocksPublicAccess } from "./s3/bucket-blocks-public-access.ts";
import { bucketIsEncryptedWithCustomerKey } from "./s3/bucket-is-encrypted-with-customer-key.ts";
import { bucketKeepsVersions } from "./s3/bucket-keeps-versions.ts";
import { bucketRefusesRequestsWithoutTls } from "./s3/bucket-refuses-requests-without-tls.ts";
import { sagemakerJobsAreIsolatedAndEncrypted } from "./sfn/sagemaker-jobs-are-isolated-and-encrypted.ts";
import { stateMachineIsEncryptedWithCustomerKey } from "./sfn/state-machine-is-encrypted-with-customer-key.ts";
import { stateMachineLogsWithoutExecutionData } from "./sfn/state-machine-logs-without-execution-data.ts";
import { queueIsEncryptedWithCustomerKey } from "./sqs/queue-is-encrypted-with-customer-key.ts";

/** Every rule of the pack, by service and name. */
export const rules: Policies = [
  resourceLiesInAllowedRegion,
  logGroupIsEncryptedWithCustomerKey,
  logGroupKeepsAuditTrail,
  tableIsEncryptedWithCustomerKey,
  tableRecoversToAnyPoint,
  policyGrantsNoDataActionOnEveryResource,
  policyGrantsNoWildcardAction,
  keyRotatesEveryYear,
  functionEnvironmentIsEncryptedWithCustomerKey,
  bucketBlocksPublicAccess,
  bucketIsEncryptedWithCustomerKey,
  bucketKeepsVersions,
  bucketRefusesRequestsWithoutTls,
  sagemakerJobsAreIsolatedAndEncrypted,
  stateMachineIsEncryptedWithCustomerKey,
  stateMachineLogsWithoutExecutionData,
  queueIsEncryptedWithCustomerKey,
];
