import { type Place, physicalName, regionalArn } from "../place.ts";
import { allow, type Statement } from "../security/policy.ts";
import { deny } from "./data-scientist.ts";

/** Actions that read what people's data say. */
const readingData = [
  "dynamodb:BatchGetItem",
  "dynamodb:GetItem",
  "dynamodb:Query",
  "dynamodb:Scan",
  "kms:Decrypt",
  "logs:FilterLogEvents",
  "logs:GetLogEvents",
  "logs:StartQuery",
  "s3:GetObject",
  "s3:GetObjectVersion",
];

/** What IAM and the services of audit know no resources for. */
const lookups = [
  "access-analyzer:ListAnalyzers",
  "access-analyzer:ListFindingsV2",
  "cloudtrail:DescribeTrails",
  "cloudtrail:GetEventSelectors",
  "cloudtrail:GetTrailStatus",
  "cloudtrail:LookupEvents",
  "config:DescribeComplianceByConfigRule",
  "config:DescribeConfigurationRecorders",
  "config:DescribeConfigurationRecorderStatus",
  "config:DescribeConformancePackCompliance",
  "config:GetComplianceDetailsByConfigRule",
  "config:GetConformancePackComplianceDetails",
  "config:GetResourceConfigHistory",
  "config:ListDiscoveredResources",
  "guardduty:GetFindings",
  "guardduty:ListDetectors",
  "guardduty:ListFindings",
  "iam:GenerateCredentialReport",
  "iam:GetAccountAuthorizationDetails",
  "iam:GetAccountSummary",
  "iam:GetCredentialReport",
  "securityhub:GetFindings",
];

/**
 * What an auditor may do: see how everything is configured, who did what and what was found, and change or read none of it.
 * HIPAA 164.308(a)(1)(ii)(D), 164.308(a)(8), 164.312(b).
 */
export const auditorStatements = (place: Place): Statement[] => [
  allow("LookUp", lookups, ["*"]),
  allow(
    "LookAtBuckets",
    ["s3:GetBucketLogging", "s3:GetBucketPolicy", "s3:GetBucketPublicAccessBlock", "s3:GetBucketVersioning", "s3:GetEncryptionConfiguration"],
    [`arn:aws:s3:::${physicalName(place, "*")}`],
  ),
  allow("LookAtKeys", ["kms:DescribeKey", "kms:GetKeyPolicy", "kms:GetKeyRotationStatus"], [regionalArn(place, "kms", "key/*")]),
  deny("NeverReadData", readingData, ["*"]),
];
