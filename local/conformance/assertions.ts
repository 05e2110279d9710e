import type { Assertion } from "./assertion.ts";
import { cloudwatchAssertions } from "./assertions/cloudwatch.ts";
import { dynamodbAssertions } from "./assertions/dynamodb.ts";
import { eventsAssertions } from "./assertions/events.ts";
import { guarddutyAssertions } from "./assertions/guardduty.ts";
import { redriveAssertions } from "./assertions/redrive.ts";
import { s3Assertions } from "./assertions/s3.ts";
import { sagemakerAssertions } from "./assertions/sagemaker.ts";
import { sagemakerServingAssertions } from "./assertions/sagemaker-serving.ts";
import { sqsAssertions } from "./assertions/sqs.ts";
import { statesAssertions } from "./assertions/states.ts";
import { stsAssertions } from "./assertions/sts.ts";

/** Everything that is held against implementations of AWS's services, service by service. */
export const assertions: readonly Assertion[] = [
  ...s3Assertions,
  ...dynamodbAssertions,
  ...sqsAssertions,
  ...eventsAssertions,
  ...statesAssertions,
  ...redriveAssertions,
  ...sagemakerAssertions,
  ...sagemakerServingAssertions,
  ...stsAssertions,
  ...cloudwatchAssertions,
  ...guarddutyAssertions,
];
