import { GetObjectTaggingCommand, PutObjectCommand } from "@aws-sdk/client-s3";
import { eicar } from "../../services/guardduty/eicar.ts";
import { type Assertion, eventsOf, type Subject, type ToldEvent } from "../assertion.ts";

const page = (title: string): string => `GuardDuty User Guide, ${title}`;
const [telling, tagging, status, role] = [
  page("Monitoring S3 object scans with Amazon EventBridge"),
  page("Monitoring S3 object scans with GuardDuty managed tags"),
  page("S3 object potential scan status and result status"),
  page("Create or update IAM role policy"),
];
const result = "GuardDuty Malware Protection Object Scan Result";

type Protected = Awaited<ReturnType<Subject["protectedBucket"]>>;

/** Puts an object, and waits for so many results of scans; gives what GuardDuty told, and the object's tags. */
async function scanned({ s3, sqs }: Subject, { bucket: Bucket, queueUrl }: Protected, Key: string, Body: string, results = 1) {
  const { VersionId = "", ETag = "" } = await s3.send(new PutObjectCommand({ Bucket, Key, Body }));
  const told = await eventsOf(sqs, queueUrl, (events) => events.filter((event) => event["detail-type"] === result).length >= results);
  const { TagSet = [] } = await s3.send(new GetObjectTaggingCommand({ Bucket, Key, VersionId }));
  return { told, versionId: VersionId, eTag: ETag.replaceAll('"', ""), tags: TagSet.map((tag) => [tag.Key, tag.Value]) };
}
const statusOf = ({ detail: { scanStatus, scanResultDetails } }: ToldEvent) => {
  const { scanResultStatus, threats } = scanResultDetails as { scanResultStatus: string; threats: readonly { name: string }[] | null };
  return [scanStatus, scanResultStatus, threats?.length ?? 0];
};

const assertions: Omit<Assertion, "service" | "notAtAws">[] = [
  {
    id: "guardduty-result",
    says: "EventBridge is told of a scan as a result of the plan, with the version of the object, the scan's status and its result.",
    source: telling,
    expected: [
      { source: "aws.guardduty", type: result, isOfPlan: true },
      {
        schemaVersion: "1.0",
        scanStatus: "COMPLETED",
        resourceType: "S3_OBJECT",
        s3ObjectDetails: { bucketName: true, objectKey: "raw/a", eTag: true, versionId: true, s3Throttled: false },
        scanResultDetails: { scanResultStatus: "NO_THREATS_FOUND", threats: null },
      },
    ],
    async observe(subject) {
      const made = await subject.protectedBucket();
      const { told, versionId, eTag } = await scanned(subject, made, "raw/a", "clean");
      return told.flatMap(({ source, "detail-type": type, resources, detail }) => {
        const of = detail["s3ObjectDetails"] as { bucketName: string; eTag: string; versionId: string };
        const same = { bucketName: of.bucketName === made.bucket, eTag: of.eTag === eTag, versionId: of.versionId === versionId };
        return [
          { source, type, isOfPlan: resources.length === 1 && resources[0] === made.planArn },
          { ...detail, s3ObjectDetails: { ...of, ...same } },
        ];
      });
    },
  },
  {
    id: "guardduty-threat",
    says: "Of a threat the result is THREATS_FOUND, with its name; the scan has completed.",
    source: `${telling}; ${status}`,
    expected: [["COMPLETED", "THREATS_FOUND", 1]],
    async observe(subject) {
      return (await scanned(subject, await subject.protectedBucket(), "raw/a", eicar)).told.map(statusOf);
    },
  },
  {
    id: "guardduty-tag",
    says: "The version is tagged with the result under GuardDutyMalwareScanStatus.",
    source: tagging,
    expected: [[["GuardDutyMalwareScanStatus", "NO_THREATS_FOUND"]], [["GuardDutyMalwareScanStatus", "THREATS_FOUND"]]],
    async observe(subject) {
      const made = await subject.protectedBucket();
      const clean = await scanned(subject, made, "raw/a", "clean");
      return [clean.tags, (await scanned(subject, made, "raw/a", eicar)).tags];
    },
  },
  {
    id: "guardduty-prefix",
    says: "What does not come under the plan's prefixes is not scanned.",
    source: page("Enabling Malware Protection for S3 for your bucket"),
    expected: [["raw/b"], []],
    async observe(subject) {
      const made = await subject.protectedBucket();
      const other = await scanned(subject, made, "other/a", eicar, 0);
      const { told } = await scanned(subject, made, "raw/b", "clean");
      return [told.map(({ detail }) => (detail["s3ObjectDetails"] as { objectKey: string }).objectKey), other.tags];
    },
  },
  {
    id: "guardduty-role-reads",
    says: "GuardDuty reads as the plan's role: of an object that this may not read the scan is skipped, ACCESS_DENIED.",
    source: `${role}; ${status}`,
    expected: [["SKIPPED", "ACCESS_DENIED", 0]],
    async observe(subject) {
      return (await scanned(subject, await subject.protectedBucket({ mayRead: false }), "raw/a", eicar)).told.map(statusOf);
    },
  },
  {
    id: "guardduty-role-tags",
    says: "GuardDuty tags as the plan's role: where this may not, the object has no tag, and EventBridge is told that the action after the scan failed.",
    source: `${role}; ${telling}`,
    expected: ["GuardDuty Malware Protection Object Scan Result", "GuardDuty Malware Protection Post Scan Action Failed", "ACCESS_DENIED", "no tag"],
    async observe(subject) {
      const { told, tags } = await scanned(subject, await subject.protectedBucket({ mayTag: false }), "raw/a", "clean");
      const reasons = told.flatMap(({ detail }) => (detail["postScanActions"] as { failureReason: string }[] | undefined) ?? []);
      return [...told.map((event) => event["detail-type"]).sort(), ...reasons.map(({ failureReason }) => failureReason), tags.length === 0 ? "no tag" : tags];
    },
  },
];

export const guarddutyAssertions: readonly Assertion[] = assertions.map((one) => ({
  service: "GuardDuty",
  notAtAws: "nothing here calls GuardDuty, whose plans are made by programs",
  ...one,
}));
