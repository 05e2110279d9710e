import type { Policies } from "@pulumi/policy";
import { accessanalyzerRules } from "./accessanalyzer/index.ts";
import { apigatewayRules } from "./apigateway/index.ts";
import { awsRules } from "./aws/index.ts";
import { backupRules } from "./backup/index.ts";
import { bedrockRules } from "./bedrock/index.ts";
import { budgetsRules } from "./budgets/index.ts";
import { cloudfrontRules } from "./cloudfront/index.ts";
import { cloudtrailRules } from "./cloudtrail/index.ts";
import { cloudwatchRules } from "./cloudwatch/index.ts";
import { codebuildRules } from "./codebuild/index.ts";
import { codepipelineRules } from "./codepipeline/index.ts";
import { cognitoRules } from "./cognito/index.ts";
import { configRules } from "./config/index.ts";
import { dynamodbRules } from "./dynamodb/index.ts";
import { ebsRules } from "./ebs/index.ts";
import { ecrRules } from "./ecr/index.ts";
import { ecsRules } from "./ecs/index.ts";
import { eventsRules } from "./events/index.ts";
import { guarddutyRules } from "./guardduty/index.ts";
import { iamRules } from "./iam/index.ts";
import { kmsRules } from "./kms/index.ts";
import { lambdaRules } from "./lambda/index.ts";
import { macieRules } from "./macie/index.ts";
import { mediaconvertRules } from "./mediaconvert/index.ts";
import { organizationsRules } from "./organizations/index.ts";
import { packRules } from "./pack/index.ts";
import { rekognitionRules } from "./rekognition/index.ts";
import { s3Rules } from "./s3/index.ts";
import { sagemakerRules } from "./sagemaker/index.ts";
import { secretsmanagerRules } from "./secretsmanager/index.ts";
import { securityhubRules } from "./securityhub/index.ts";
import { sfnRules } from "./sfn/index.ts";
import { snsRules } from "./sns/index.ts";
import { sqsRules } from "./sqs/index.ts";
import { vpcRules } from "./vpc/index.ts";
import { wafv2Rules } from "./wafv2/index.ts";

/** Every rule of the pack, by service; `waive` takes out what waivers cover. */
export const rules: Policies = [
  ...accessanalyzerRules,
  ...apigatewayRules,
  ...awsRules,
  ...backupRules,
  ...bedrockRules,
  ...budgetsRules,
  ...cloudfrontRules,
  ...cloudtrailRules,
  ...cloudwatchRules,
  ...codebuildRules,
  ...codepipelineRules,
  ...cognitoRules,
  ...configRules,
  ...dynamodbRules,
  ...ebsRules,
  ...ecrRules,
  ...ecsRules,
  ...eventsRules,
  ...guarddutyRules,
  ...iamRules,
  ...kmsRules,
  ...lambdaRules,
  ...macieRules,
  ...mediaconvertRules,
  ...organizationsRules,
  ...packRules,
  ...rekognitionRules,
  ...s3Rules,
  ...sagemakerRules,
  ...secretsmanagerRules,
  ...securityhubRules,
  ...sfnRules,
  ...snsRules,
  ...sqsRules,
  ...vpcRules,
  ...wafv2Rules,
];
