import * as aws from "@pulumi/aws";
import type { Policies } from "@pulumi/policy";
import { expect } from "chai";
import { detectorIsOn } from "../../../policies/rules/guardduty/detector-is-on.ts";
import { detectorWatchesData } from "../../../policies/rules/guardduty/detector-watches-data.ts";
import { guarddutyRules } from "../../../policies/rules/guardduty/index.ts";
import { malwareScanTagsWhatItFound } from "../../../policies/rules/guardduty/malware-scan-tags-what-it-found.ts";
import { organizationIsWatched } from "../../../policies/rules/guardduty/organization-is-watched.ts";
import { uploadsAreScanned } from "../../../policies/rules/guardduty/uploads-are-scanned.ts";
import { applications, violations } from "../../support/policies.ts";

type Opts = { provider: aws.Provider };
type Program = (opts: Opts) => unknown;

const features = ["EBS_MALWARE_PROTECTION", "LAMBDA_NETWORK_LOGS", "S3_DATA_EVENTS"];
const approved = ["us-east-1", "us-east-2", "us-west-1", "us-west-2"];
const bucket: Program = (opts) => new aws.s3.Bucket("b", {}, opts);

interface Watched {
  regions?: readonly string[];
  own?: readonly string[];
  ofMembers?: readonly string[];
  status?: string;
  autoEnable?: string;
  members?: string | undefined;
  otherDetector?: string;
}
const watched =
  (change: Watched = {}): Program =>
  (opts) => {
    const { regions = ["us-east-1"], own = features, ofMembers = features, status = "ENABLED", autoEnable = "ALL", otherDetector } = change;
    const members = "members" in change ? change.members : "ALL";
    for (const region of regions) {
      const { id } = new aws.guardduty.Detector(`d-${region}`, { region, findingPublishingFrequency: "FIFTEEN_MINUTES" }, opts);
      const detectorId = otherDetector ?? id;
      for (const name of own) new aws.guardduty.DetectorFeature(`${name}-${region}`, { region, detectorId, name, status }, opts);
      for (const name of ofMembers)
        new aws.guardduty.OrganizationConfigurationFeature(`${name}-members-${region}`, { region, detectorId, name, autoEnable }, opts);
      if (members !== undefined)
        new aws.guardduty.OrganizationConfiguration(`o-${region}`, { region, detectorId, autoEnableOrganizationMembers: members }, opts);
    }
  };
const detector =
  (change: aws.guardduty.DetectorArgs): Program =>
  (opts) =>
    new aws.guardduty.Detector("d", change, opts);

const plan = (bucketName: string, objectPrefixes?: string[], status: string | undefined = "ENABLED"): Program => {
  return (opts) =>
    new aws.guardduty.MalwareProtectionPlan(
      "p",
      {
        role: "arn:aws:iam::111111111111:role/scan",
        protectedResource: { s3Bucket: { bucketName, ...(objectPrefixes && { objectPrefixes }) } },
        ...(status !== "" && { actions: [{ taggings: [{ status }] }] }),
      },
      opts,
    );
};
const uploads =
  ({
    cors = ["PUT"],
    eventbridge = false,
    classification = "phi",
    pattern,
  }: {
    cors?: string[];
    eventbridge?: boolean;
    classification?: string;
    pattern?: object;
  } = {}): Program =>
  (opts) => {
    const raw = new aws.s3.Bucket("raw", { bucket: "raw", tags: { "data-classification": classification } }, opts);
    if (cors.length > 0)
      new aws.s3.BucketCorsConfiguration("c", { bucket: raw.id, corsRules: [{ allowedMethods: cors, allowedOrigins: ["https://review.example.org"] }] }, opts);
    if (eventbridge) new aws.s3.BucketNotification("n", { bucket: raw.id, eventbridge }, opts);
    if (pattern) new aws.cloudwatch.EventRule("r", { eventPattern: JSON.stringify(pattern) }, opts);
  };
const both =
  (...programs: Program[]): Program =>
  (opts) => {
    for (const program of programs) program(opts);
  };
const created = (...keys: object[]) => ({ source: ["aws.s3"], detail: { bucket: { name: ["raw"] }, ...(keys.length > 0 && { object: { key: keys } }) } });
const found = (prefix: string) => ({ source: ["aws.guardduty"], detail: { s3ObjectDetails: { bucketName: ["raw"], objectKey: [{ prefix }] } } });
const unscanned = 'Bucket "raw" takes uploads that nothing scans; a MalwareProtectionPlan must name it.';

describe("rules for GuardDuty", () => {
  const cases: [rule: Policies[number], what: string, program: Program, ...messages: string[]][] = [
    [detectorIsOn, "accepts a detector that is on", detector({ enable: true, findingPublishingFrequency: "FIFTEEN_MINUTES" })],
    [
      detectorIsOn,
      "refuses one that is off, and waits as GuardDuty does unless told otherwise",
      detector({ enable: false }),
      'Detector "d" is off; enable must be true.',
      'Detector "d" publishes findings SIX_HOURS; findingPublishingFrequency must be FIFTEEN_MINUTES.',
    ],
    [detectorWatchesData, "accepts every feature", watched({ regions: ["us-east-1", "us-west-2"] })],
    [
      detectorWatchesData,
      "refuses none",
      watched({ own: [], ofMembers: [] }),
      `Detector "d-us-east-1" does not watch ${features.join(", ")} in every account; an OrganizationConfigurationFeature must have autoEnable ALL.`,
      `Detector "d-us-east-1" does not watch ${features.join(", ")}; a DetectorFeature must have status ENABLED.`,
    ],
    [
      detectorWatchesData,
      "refuses features that are off",
      watched({ status: "DISABLED", autoEnable: "NEW" }),
      `Detector "d-us-east-1" does not watch ${features.join(", ")} in every account; an OrganizationConfigurationFeature must have autoEnable ALL.`,
      `Detector "d-us-east-1" does not watch ${features.join(", ")}; a DetectorFeature must have status ENABLED.`,
    ],
    [
      detectorWatchesData,
      "refuses the features of another detector",
      watched({ otherDetector: "other" }),
      `Detector "d-us-east-1" does not watch ${features.join(", ")}; a DetectorFeature must have status ENABLED.`,
    ],
    [detectorWatchesData, "asks a detector that administers nobody for its own alone", watched({ ofMembers: [], members: undefined })],
    [organizationIsWatched, "accepts every Region", watched({ regions: approved })],
    [
      organizationIsWatched,
      "refuses a Region that is left open",
      watched({ regions: approved.slice(0, 3) }),
      "GuardDuty does not watch every account in us-west-2; an OrganizationConfiguration must have autoEnableOrganizationMembers ALL.",
    ],
    [
      organizationIsWatched,
      "refuses new accounts alone",
      watched({ regions: approved, members: "NEW" }),
      `GuardDuty does not watch every account in ${approved.join(", ")}; an OrganizationConfiguration must have autoEnableOrganizationMembers ALL.`,
    ],
    [
      organizationIsWatched,
      "refuses a configuration of no detector",
      watched({ regions: approved, otherDetector: "other" }),
      `GuardDuty does not watch every account in ${approved.join(", ")}; an OrganizationConfiguration must have autoEnableOrganizationMembers ALL.`,
    ],
    [uploadsAreScanned, "accepts a bucket that is scanned", both(uploads(), plan("raw"))],
    [uploadsAreScanned, "refuses a bucket that pages upload to, and nothing scans", uploads(), unscanned],
    [uploadsAreScanned, "refuses a bucket whose objects start work, and nothing scans", uploads({ cors: [], eventbridge: true }), unscanned],
    [uploadsAreScanned, "refuses the plan of another bucket", both(uploads({ cors: ["GET", "POST"] }), plan("other")), unscanned],
    [uploadsAreScanned, "accepts a plan for what starts work", both(uploads({ pattern: created({ prefix: "videos/raw/" }) }), plan("raw", ["videos/"]))],
    [
      uploadsAreScanned,
      "refuses a plan for less than what starts work",
      both(uploads({ pattern: created({ prefix: "videos/" }, { prefix: "stills/" }) }), plan("raw", ["videos/"])),
      'Bucket "raw" starts work on "stills/*", which its MalwareProtectionPlan must name.',
    ],
    [
      uploadsAreScanned,
      "refuses a plan for a part where everything starts work",
      both(uploads({ pattern: created() }), plan("raw", ["videos/"])),
      'Bucket "raw" starts work on "*", which its MalwareProtectionPlan must name.',
    ],
    [uploadsAreScanned, "accepts a plan for what starts work once it is scanned", both(uploads({ pattern: found("videos/raw/") }), plan("raw", ["videos/"]))],
    [
      uploadsAreScanned,
      "refuses a plan for something else than what is waited for",
      both(uploads({ pattern: found("stills/") }), plan("raw", ["videos/"])),
      'Bucket "raw" starts work on "stills/*", which its MalwareProtectionPlan must name.',
    ],
    [uploadsAreScanned, "knows rules about findings", both(uploads({ pattern: { source: ["aws.guardduty"], detail: {} } }), plan("raw", ["videos/"]))],
    [
      uploadsAreScanned,
      "knows rules about other buckets",
      both(uploads({ pattern: { source: ["aws.s3"], detail: { bucket: { name: ["other"] } } } }), plan("raw", ["videos/"])),
    ],
    [uploadsAreScanned, "knows rules about other things", both(uploads({ pattern: { source: ["aws.sts"] } }), plan("raw", ["videos/"]))],
    [malwareScanTagsWhatItFound, "accepts tags", plan("raw")],
    [
      malwareScanTagsWhatItFound,
      "refuses tags that are off",
      plan("raw", undefined, "DISABLED"),
      'Malware protection "p" has tagging DISABLED; it must be ENABLED.',
    ],
    [malwareScanTagsWhatItFound, "refuses none", plan("raw", undefined, ""), 'Malware protection "p" has tagging unset; it must be ENABLED.'],
  ];
  for (const [rule, what, program, ...messages] of cases)
    it(`${rule.name} ${what}`, async () => expect(await violations(rule, program)).to.deep.equal(messages));

  it("take their settings from the configuration", async () => {
    const objects = watched({ own: ["S3_DATA_EVENTS"], ofMembers: ["S3_DATA_EVENTS"] });
    expect(await violations(detectorWatchesData, objects, { [detectorWatchesData.name]: { features: ["S3_DATA_EVENTS"] } })).to.deep.equal([]);
    expect(await applications(organizationIsWatched, bucket, { [organizationIsWatched.name]: { required: false } })).to.equal(0);
  });

  it("judge nothing where there is nothing of their kind", async () => {
    for (const rule of guarddutyRules.filter(({ name }) => name !== organizationIsWatched.name))
      expect(await applications(rule, bucket), rule.name).to.equal(0);
    expect(await applications(uploadsAreScanned, uploads({ cors: ["GET"] }))).to.equal(0);
    expect(await applications(uploadsAreScanned, uploads({ classification: "none" }))).to.equal(0);
  });
});
