import * as aws from "@pulumi/aws";
import type { Policies } from "@pulumi/policy";
import { expect } from "chai";
import { eventDataStoreKeepsAuditTrail } from "../../../policies/rules/cloudtrail/event-data-store-keeps-audit-trail.ts";
import { cloudtrailRules } from "../../../policies/rules/cloudtrail/index.ts";
import { organizationHasTrail } from "../../../policies/rules/cloudtrail/organization-has-trail.ts";
import { trailIsArchivedInAnotherAccount } from "../../../policies/rules/cloudtrail/trail-is-archived-in-another-account.ts";
import { trailIsEncryptedWithCustomerKey } from "../../../policies/rules/cloudtrail/trail-is-encrypted-with-customer-key.ts";
import { trailIsWatched } from "../../../policies/rules/cloudtrail/trail-is-watched.ts";
import { trailRecordsAdministration } from "../../../policies/rules/cloudtrail/trail-records-administration.ts";
import { trailRecordsEveryRegion } from "../../../policies/rules/cloudtrail/trail-records-every-region.ts";
import { trailRecordsUseOfData } from "../../../policies/rules/cloudtrail/trail-records-use-of-data.ts";
import { trailValidatesItsFiles } from "../../../policies/rules/cloudtrail/trail-validates-its-files.ts";
import { applications, violations } from "../../support/policies.ts";

type Opts = { provider: aws.Provider };
type Program = (opts: Opts) => unknown;

const keyArn = "arn:aws:kms:us-east-1:111111111111:key/1";
const field = (name: string, more: object) => ({ field: name, ...more });
const administration = { fieldSelectors: [field("eventCategory", { equals: ["Management"] })] };
const dataOf = (type: string, ...more: { field: string }[]) => ({
  fieldSelectors: [field("eventCategory", { equals: ["Data"] }), field("resources.type", { equals: [type] }), ...more],
});
const types = [
  "AWS::DynamoDB::Table",
  "AWS::Lambda::Function",
  "AWS::S3::Object",
  "AWS::SageMaker::Endpoint",
  "AWS::SageMaker::ExperimentTrialComponent",
  "AWS::SageMaker::FeatureGroup",
];
const whole: aws.cloudtrail.TrailArgs = {
  s3BucketName: "archive",
  kmsKeyId: keyArn,
  isOrganizationTrail: true,
  isMultiRegionTrail: true,
  enableLogFileValidation: true,
  cloudWatchLogsGroupArn: "arn:aws:logs:us-east-1:111111111111:log-group:trail:*",
  cloudWatchLogsRoleArn: "arn:aws:iam::111111111111:role/trail",
  advancedEventSelectors: [administration, ...types.map((type) => dataOf(type))],
};
const trail =
  (change: Partial<aws.cloudtrail.TrailArgs> = {}): Program =>
  (opts) =>
    new aws.cloudtrail.Trail("t", { ...whole, ...change }, opts);
const chosen = (...advancedEventSelectors: { fieldSelectors: { field: string }[] }[]) => trail({ advancedEventSelectors });
const classic = (...eventSelectors: aws.types.input.cloudtrail.TrailEventSelector[]) => trail({ advancedEventSelectors: [], eventSelectors });
const store =
  (change: aws.cloudtrail.EventDataStoreArgs): Program =>
  (opts) =>
    new aws.cloudtrail.EventDataStore("s", change, opts);
const administrationLeftOut = (what: string) =>
  `Trail "t" leaves out ${what} events of administration; advancedEventSelectors must choose eventCategory Management, and nothing narrower.`;
const useLeftOut = (type: string, what = "reads and writes") => `Trail "t" leaves out ${what} of ${type}; a selector must choose all of them.`;
const others = types.filter((type) => type !== "AWS::S3::Object").map((type) => dataOf(type));

describe("rules for CloudTrail", () => {
  for (const rule of cloudtrailRules)
    it(`${rule.name} accepts a trail of the organisation that records everything`, async () => expect(await violations(rule, trail())).to.deep.equal([]));

  const cases: [rule: Policies[number], what: string, program: Program, ...messages: string[]][] = [
    [trailRecordsEveryRegion, "refuses one Region", trail({ isMultiRegionTrail: false }), 'Trail "t" has isMultiRegionTrail false; it must be true.'],
    [
      trailRecordsEveryRegion,
      "refuses a trail that is off, or without global services",
      trail({ enableLogging: false, includeGlobalServiceEvents: false }),
      'Trail "t" has enableLogging false; it must be true.',
      'Trail "t" has includeGlobalServiceEvents false; it must be true.',
    ],
    [
      trailValidatesItsFiles,
      "refuses files without digests",
      trail({ enableLogFileValidation: false }),
      'Trail "t" has enableLogFileValidation false; it must be true.',
    ],
    [
      trailIsEncryptedWithCustomerKey,
      "refuses CloudTrail's own encryption",
      trail({ kmsKeyId: "alias/aws/cloudtrail" }),
      'Trail "t" has no customer-managed key; kmsKeyId must name one.',
    ],
    [trailIsEncryptedWithCustomerKey, "refuses a store without a key", store({}), 'Event data store "s" has no customer-managed key; kmsKeyId must name one.'],
    [trailIsEncryptedWithCustomerKey, "accepts a store with one", store({ kmsKeyId: keyArn })],
    [
      trailIsWatched,
      "refuses a trail without a log group",
      (opts) => new aws.cloudtrail.Trail("t", { s3BucketName: "archive" }, opts),
      'Trail "t" does not set cloudWatchLogsGroupArn; it must be delivered to a log group.',
      'Trail "t" does not set cloudWatchLogsRoleArn; it must be delivered to a log group.',
    ],
    [trailRecordsAdministration, "accepts what CloudTrail does unless told otherwise", classic()],
    [trailRecordsAdministration, "accepts a classic selector", classic({})],
    [trailRecordsAdministration, "refuses data alone", chosen(dataOf("AWS::S3::Object")), administrationLeftOut("read"), administrationLeftOut("write")],
    [
      trailRecordsAdministration,
      "refuses writes alone",
      chosen({ fieldSelectors: [...administration.fieldSelectors, field("readOnly", { equals: ["false"] })] }),
      administrationLeftOut("read"),
    ],
    [
      trailRecordsAdministration,
      "refuses some services alone",
      chosen({ fieldSelectors: [...administration.fieldSelectors, field("eventSource", { startsWiths: ["s3"] })] }),
      administrationLeftOut("read"),
      administrationLeftOut("write"),
    ],
    [trailRecordsAdministration, "refuses a classic selector of reads", classic({ readWriteType: "ReadOnly" }), administrationLeftOut("write")],
    [
      trailRecordsAdministration,
      "refuses a classic selector without keys' calls",
      classic({ excludeManagementEventSources: ["kms.amazonaws.com"] }),
      administrationLeftOut("read"),
      administrationLeftOut("write"),
    ],
    [
      trailRecordsAdministration,
      "refuses a classic selector of data alone",
      classic({ includeManagementEvents: false }),
      administrationLeftOut("read"),
      administrationLeftOut("write"),
    ],
    [trailRecordsUseOfData, "refuses administration alone", chosen(administration), ...types.map((type) => useLeftOut(type)).sort()],
    [trailRecordsUseOfData, "refuses no selectors", classic(), ...types.map((type) => useLeftOut(type))],
    [
      trailRecordsUseOfData,
      "refuses one bucket alone",
      chosen(...others, dataOf("AWS::S3::Object", field("resources.ARN", { startsWiths: ["arn:aws:s3:::raw/"] }))),
      useLeftOut("AWS::S3::Object"),
    ],
    [
      trailRecordsUseOfData,
      "refuses objects of one ending",
      chosen(...others, dataOf("AWS::S3::Object", field("resources.ARN", { endsWiths: [".mp4"] }))),
      useLeftOut("AWS::S3::Object"),
    ],
    [
      trailRecordsUseOfData,
      "refuses writes alone",
      chosen(...others, dataOf("AWS::S3::Object", field("readOnly", { equals: ["false"] }))),
      useLeftOut("AWS::S3::Object", "reads"),
    ],
    [
      trailRecordsUseOfData,
      "refuses some operations alone",
      chosen(...others, dataOf("AWS::S3::Object", field("eventName", { equals: ["PutObject"] }))),
      useLeftOut("AWS::S3::Object"),
    ],
    [
      trailRecordsUseOfData,
      "refuses a selector of no type, and one that compares with nothing",
      chosen(
        ...others.slice(1),
        { fieldSelectors: [field("eventCategory", { equals: ["Data"] }), field("readOnly", { equals: ["true"] })] },
        dataOf("AWS::S3::Object", field("resources.ARN", {})),
      ),
      useLeftOut("AWS::DynamoDB::Table"),
      useLeftOut("AWS::S3::Object"),
    ],
    [
      trailRecordsUseOfData,
      "accepts leaving out the trail's own bucket",
      chosen(...others, dataOf("AWS::S3::Object", field("resources.ARN", { notStartsWiths: ["arn:aws:s3:::archive/"] }))),
    ],
    [
      trailRecordsUseOfData,
      "refuses leaving out another",
      chosen(...others, dataOf("AWS::S3::Object", field("resources.ARN", { notStartsWiths: ["arn:aws:s3:::archive/", "arn:aws:s3:::raw/"] }))),
      'Trail "t" leaves out arn:aws:s3:::raw/; it must leave out nothing but its own bucket, archive.',
    ],
    [
      trailRecordsUseOfData,
      "accepts classic selectors for what they know",
      classic({
        dataResources: [
          { type: "AWS::S3::Object", values: ["arn:aws:s3:::"] },
          { type: "AWS::Lambda::Function", values: ["arn:aws:lambda"] },
          { type: "AWS::DynamoDB::Table", values: ["arn:aws:dynamodb"] },
        ],
      }),
      useLeftOut("AWS::SageMaker::Endpoint"),
      useLeftOut("AWS::SageMaker::ExperimentTrialComponent"),
      useLeftOut("AWS::SageMaker::FeatureGroup"),
    ],
    [
      trailRecordsUseOfData,
      "refuses a classic selector of one bucket",
      classic({ dataResources: [{ type: "AWS::S3::Object", values: ["arn:aws:s3:::raw/"] }] }),
      ...types.map((type) => useLeftOut(type)),
    ],
    [
      trailIsArchivedInAnotherAccount,
      "refuses the trail's own account",
      (opts) => {
        const bucket = new aws.s3.Bucket("archive", { bucket: "archive" }, opts);
        new aws.cloudtrail.Trail("t", { ...whole, s3BucketName: bucket.bucket }, opts);
      },
      'Trail "t" delivers to bucket "archive" of its own account, 111111111111; it must deliver to another\'s.',
    ],
    [
      trailIsArchivedInAnotherAccount,
      "accepts another account",
      (opts) => {
        const provider = new aws.Provider("archive", { region: "us-east-1", allowedAccountIds: ["222222222222"] });
        const bucket = new aws.s3.Bucket("archive", { bucket: "archive" }, { provider });
        new aws.cloudtrail.Trail("t", { ...whole, s3BucketName: bucket.bucket }, opts);
      },
    ],
    [
      organizationHasTrail,
      "refuses none",
      (opts) => new aws.s3.Bucket("b", {}, opts),
      "The stack must have a trail with isOrganizationTrail true; there is none.",
    ],
    [
      organizationHasTrail,
      "refuses the trail of one account",
      trail({ isOrganizationTrail: false }),
      'The stack must have a trail with isOrganizationTrail true; not only "t".',
    ],
    [eventDataStoreKeepsAuditTrail, "accepts what CloudTrail does unless told otherwise", store({})],
    [
      eventDataStoreKeepsAuditTrail,
      "refuses less, and no protection",
      store({ retentionPeriod: 90, terminationProtectionEnabled: false }),
      'Event data store "s" has terminationProtectionEnabled false; it must be true.',
      'Event data store "s" keeps events 90 days; it must keep them 2192.',
    ],
  ];
  for (const [rule, what, program, ...messages] of cases)
    it(`${rule.name} ${what}`, async () => expect(await violations(rule, program)).to.deep.equal(messages));

  it("take their settings from the configuration", async () => {
    const objects = chosen(dataOf("AWS::S3::Object"));
    expect(await violations(trailRecordsUseOfData, objects, { [trailRecordsUseOfData.name]: { types: ["AWS::S3::Object"] } })).to.deep.equal([]);
    expect(
      await violations(eventDataStoreKeepsAuditTrail, store({ retentionPeriod: 90 }), { [eventDataStoreKeepsAuditTrail.name]: { minimumDays: 90 } }),
    ).to.deep.equal([]);
    expect(await applications(organizationHasTrail, trail(), { [organizationHasTrail.name]: { required: false } })).to.equal(0);
  });

  it("judge nothing where there is nothing of their kind", async () => {
    for (const rule of cloudtrailRules.filter(({ name }) => name !== organizationHasTrail.name))
      expect(await applications(rule, (opts) => new aws.s3.Bucket("b", {}, opts)), rule.name).to.equal(0);
    expect(await applications(trailIsArchivedInAnotherAccount, trail())).to.equal(0);
  });
});
