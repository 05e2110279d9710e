import type { Policies } from "@pulumi/policy";
import { awsRules } from "./aws/index.ts";
import { cloudwatchRules } from "./cloudwatch/index.ts";
import { dynamodbRules } from "./dynamodb/index.ts";
import { iamRules } from "./iam/index.ts";
import { kmsRules } from "./kms/index.ts";
import { lambdaRules } from "./lambda/index.ts";
import { packRules } from "./pack/index.ts";
import { s3Rules } from "./s3/index.ts";
import { sfnRules } from "./sfn/index.ts";
import { sqsRules } from "./sqs/index.ts";

/** Every rule of the pack, by service; `waive` takes out what waivers cover. */
export const rules: Policies = [
  ...awsRules,
  ...cloudwatchRules,
  ...dynamodbRules,
  ...iamRules,
  ...kmsRules,
  ...lambdaRules,
  ...packRules,
  ...s3Rules,
  ...sfnRules,
  ...sqsRules,
];
