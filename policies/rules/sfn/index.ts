import type { Policies } from "@pulumi/policy";
import { activityIsEncryptedWithCustomerKey } from "./activity-is-encrypted-with-customer-key.ts";
import { bedrockCallsNameModelAndGuardrail } from "./bedrock-calls-name-model-and-guardrail.ts";
import { containerTasksRunPrivateAndClosed } from "./container-tasks-run-private-and-closed.ts";
import { definitionHoldsNoSecretOrIdentifier } from "./definition-holds-no-secret-or-identifier.ts";
import { endpointUpdatesWatchAlarms } from "./endpoint-updates-watch-alarms.ts";
import { jobsRunPinnedImages } from "./jobs-run-pinned-images.ts";
import { jobsWriteToBucketsOfTheStack } from "./jobs-write-to-buckets-of-the-stack.ts";
import { mediaConvertJobsEncryptOutputs } from "./media-convert-jobs-encrypt-outputs.ts";
import { mediaConvertJobsKeepOutputsPrivate } from "./media-convert-jobs-keep-outputs-private.ts";
import { namesAndTagsHoldIdentifiersOnly } from "./names-and-tags-hold-identifiers-only.ts";
import { recordedFailuresAreFollowed } from "./recorded-failures-are-followed.ts";
import { rekognitionLooksForNoFace } from "./rekognition-looks-for-no-face.ts";
import { rekognitionSeesReviewRenditionsOnly } from "./rekognition-sees-review-renditions-only.ts";
import { rekognitionWaitsForOptOut } from "./rekognition-waits-for-opt-out.ts";
import { sagemakerJobsAreIsolatedAndEncrypted } from "./sagemaker-jobs-are-isolated-and-encrypted.ts";
import { stateMachineIsEncryptedWithCustomerKey } from "./state-machine-is-encrypted-with-customer-key.ts";
import { stateMachineIsTraced } from "./state-machine-is-traced.ts";
import { stateMachineKeepsItsHistory } from "./state-machine-keeps-its-history.ts";
import { stateMachineLogsWithoutExecutionData } from "./state-machine-logs-without-execution-data.ts";
import { tasksEndInTimeAndReportFailure } from "./tasks-end-in-time-and-report-failure.ts";
import { tasksStayInOwnAccount } from "./tasks-stay-in-own-account.ts";
import { tasksUseEligibleServices } from "./tasks-use-eligible-services.ts";

export const sfnRules: Policies = [
  activityIsEncryptedWithCustomerKey,
  bedrockCallsNameModelAndGuardrail,
  containerTasksRunPrivateAndClosed,
  definitionHoldsNoSecretOrIdentifier,
  endpointUpdatesWatchAlarms,
  jobsRunPinnedImages,
  jobsWriteToBucketsOfTheStack,
  mediaConvertJobsEncryptOutputs,
  mediaConvertJobsKeepOutputsPrivate,
  namesAndTagsHoldIdentifiersOnly,
  recordedFailuresAreFollowed,
  rekognitionLooksForNoFace,
  rekognitionSeesReviewRenditionsOnly,
  rekognitionWaitsForOptOut,
  sagemakerJobsAreIsolatedAndEncrypted,
  stateMachineIsEncryptedWithCustomerKey,
  stateMachineIsTraced,
  stateMachineKeepsItsHistory,
  stateMachineLogsWithoutExecutionData,
  tasksEndInTimeAndReportFailure,
  tasksStayInOwnAccount,
  tasksUseEligibleServices,
];
