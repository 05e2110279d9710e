import {
  malwareScanGb,
  mediaConvertMinute,
  rekognitionLabelMinute,
  rekognitionSegmentMinute,
  rekognitionThousandPictures,
  stateTransition,
} from "../../contracts/prices.ts";

/**
 * List prices of what the platform stands on: US dollars, us-east-1, on demand, without free tiers, discounts and taxes.
 * What functions need too is in `contracts/prices.ts`, with the date that both files share.
 */
export interface Price {
  readonly usd: number;
  /** What one of it is: "key-month", "GB", "1,000 requests". */
  readonly unit: string;
  /** "page": read on a page that quotes the price list, named beside it. "memory": known, not looked up; check it before you rely on it. */
  readonly source: "page" | "memory";
}

/** Hours of an average month, as AWS's own calculator counts them. */
export const monthHours = 730;

const page = (usd: number, unit: string): Price => ({ usd, unit, source: "page" });
const memory = (usd: number, unit: string): Price => ({ usd, unit, source: "memory" });
const million = "million requests";

export const prices = {
  // Keys and secrets. KMS: cloudburn.io/blog/aws-kms-pricing, 2026-03.
  key: page(1, "key-month"),
  secret: memory(0.4, "secret-month"),
  advancedParameter: memory(0.05, "parameter-month"),

  // Network. Endpoints and addresses: factualminds.com/blog/amazon-vpc-pricing-endpoints-peering-transit-gateway, 2026-06.
  natGateway: memory(0.045, "hour"),
  interfaceEndpoint: page(0.01, "zone-hour"),
  publicAddress: page(0.005, "hour"),
  hostedZone: memory(0.5, "zone-month"),

  // Web application firewall.
  webAcl: memory(5, "ACL-month"),
  webAclRule: memory(1, "rule-month"),
  paidRuleGroup: memory(10, "group-month"),
  dedicatedCertificate: memory(600, "certificate-month"),

  // Monitoring.
  alarmMetric: memory(0.1, "alarm-metric-month"),
  highResolutionAlarmMetric: memory(0.3, "alarm-metric-month"),
  compositeAlarm: memory(0.5, "alarm-month"),
  dashboard: memory(3, "dashboard-month"),
  customMetric: memory(0.3, "metric-month"),

  // Audit. Config: hykell.com/?p=3828 and cloudgauge.app/blog/governance-cost-trap.html.
  configurationItem: page(0.003, "item"),
  ruleEvaluation: page(0.001, "evaluation"),
  managementEvents: memory(4, "million events"),
  flowLogAnalysis: memory(1, "GB"),
  securityCheck: memory(0.001, "check"),
  classifiedBucket: memory(0.1, "bucket-month"),
  unusedAccessRole: memory(0.2, "role-month"),
  malwareScan: memory(malwareScanGb, "GB"),

  // Messages and requests.
  queueRequests: memory(0.4, million),
  putRequests: memory(5, million),
  getRequests: memory(0.4, million),
  regionTransfer: memory(0.02, "GB"),
  functionGbSecond: memory(0.0000133334, "GB-second"),
  functionRequests: memory(0.2, million),

  // Containers.
  armVcpuHour: memory(0.03238, "vCPU-hour"),
  armGbHour: memory(0.00356, "GB-hour"),
  x86VcpuHour: memory(0.04048, "vCPU-hour"),
  x86GbHour: memory(0.004445, "GB-hour"),
  imageStorage: memory(0.1, "GB-month"),

  // Tables with provisioned capacity.
  readUnit: memory(0.00013, "unit-hour"),
  writeUnit: memory(0.00065, "unit-hour"),
  backupStorage: memory(0.05, "GB-month"),

  // Learning.
  trackingServerSmall: memory(0.642, "hour"),
  reservedTranscoding: memory(400, "slot-month"),

  // Video, read 2026-10 where `contracts/prices.ts` gives a page.
  sdOutput: page(mediaConvertMinute.sd, "output minute"),
  hdOutput: page(mediaConvertMinute.hd, "output minute"),
  detectText: memory(rekognitionThousandPictures, "1,000 pictures"),
  segmentDetection: memory(rekognitionSegmentMinute, "minute and type"),
  labelDetection: memory(rekognitionLabelMinute, "minute"),
  videoAnalysis: memory(0.1, "minute"),
  transition: page(stateTransition, "transition"),
} as const satisfies Readonly<Record<string, Price>>;

/** S3, per GB-month by storage class. Standard and Deep Archive: go-cloud.io/?p=10624. */
export const storageClasses: Readonly<Record<string, Price>> = {
  STANDARD: page(0.023, "GB-month"),
  // Its frequent tier; what is not read moves to the infrequent tier after 30 days and to the archive tier after 90.
  INTELLIGENT_TIERING: memory(0.023, "GB-month"),
  STANDARD_IA: memory(0.0125, "GB-month"),
  ONEZONE_IA: memory(0.01, "GB-month"),
  GLACIER_IR: memory(0.004, "GB-month"),
  GLACIER: memory(0.0036, "GB-month"),
  DEEP_ARCHIVE: page(0.00099, "GB-month"),
};
/** What objects in INTELLIGENT_TIERING cost that nobody reads, by days since they came there. */
export const unreadTiers: readonly { readonly afterDays: number; readonly storageClass: string }[] = [
  { afterDays: 30, storageClass: "STANDARD_IA" },
  { afterDays: 90, storageClass: "GLACIER_IR" },
];
