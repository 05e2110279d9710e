import * as aws from "@pulumi/aws";
import type { Policies } from "@pulumi/policy";
import { expect } from "chai";
import { queueIsPaidOnDemand } from "../../../policies/rules/mediaconvert/queue-is-paid-on-demand.ts";
import { facesAreNotKept } from "../../../policies/rules/rekognition/faces-are-not-kept.ts";
import { policyGrantsNoRecognitionOfPeople } from "../../../policies/rules/rekognition/policy-grants-no-recognition-of-people.ts";
import { streamProcessorIsEncryptedWithCustomerKey } from "../../../policies/rules/rekognition/stream-processor-is-encrypted-with-customer-key.ts";
import { streamProcessorSharesNothingWithAws } from "../../../policies/rules/rekognition/stream-processor-shares-nothing-with-aws.ts";
import { violations } from "../../support/policies.ts";

type Opts = { provider: aws.Provider };
type Program = (opts: Opts) => unknown;

const queue =
  (change: Partial<aws.mediaconvert.QueueArgs>): Program =>
  (opts) =>
    new aws.mediaconvert.Queue("q", { name: "q", ...change }, opts);
const policy =
  (statement: object): Program =>
  (opts) =>
    new aws.iam.Policy("p", { policy: JSON.stringify({ Statement: { Sid: "S", Effect: "Allow", Resource: "*", ...statement } }) }, opts);
const processor =
  (change: Partial<aws.rekognition.StreamProcessorArgs>): Program =>
  (opts) =>
    new aws.rekognition.StreamProcessor(
      "s",
      {
        name: "s",
        roleArn: "arn:aws:iam::111111111111:role/s",
        input: { kinesisVideoStream: { arn: "arn:aws:kinesisvideo:us-east-1:111111111111:stream/s/1" } },
        output: { kinesisDataStream: { arn: "arn:aws:kinesis:us-east-1:111111111111:stream/s" } },
        settings: { connectedHome: { labels: ["PERSON"] } },
        ...change,
      } as aws.rekognition.StreamProcessorArgs,
      opts,
    );
const only = "of Rekognition it may allow DetectText, GetSegmentDetection, StartSegmentDetection.";

describe("rules of MediaConvert and Rekognition", () => {
  const cases: [rule: Policies[number], what: string, program: Program, ...messages: string[]][] = [
    [queueIsPaidOnDemand, "accepts what MediaConvert does by itself", queue({})],
    [queueIsPaidOnDemand, "accepts a queue on demand", queue({ pricingPlan: "ON_DEMAND", status: "ACTIVE" })],
    [
      queueIsPaidOnDemand,
      "refuses a reserved queue that is paused",
      queue({ pricingPlan: "RESERVED", status: "PAUSED", reservationPlanSettings: { commitment: "ONE_YEAR", renewalType: "EXPIRE", reservedSlots: 1 } }),
      'Queue "q" is PAUSED; status must be ACTIVE.',
      'Queue "q" is paid by RESERVED; pricingPlan must be ON_DEMAND.',
    ],

    [facesAreNotKept, "accepts a processor that searches for none", processor({})],
    [
      facesAreNotKept,
      "refuses collections",
      (opts) => new aws.rekognition.Collection("c", { collectionId: "c" }, opts),
      'Collection "c" keeps faces; there must be none.',
    ],
    [
      facesAreNotKept,
      "refuses a processor that searches for faces",
      processor({ settings: { faceSearch: { collectionId: "c" } } }),
      'Stream processor "s" searches for faces; settings.faceSearch must be left out.',
    ],
    [streamProcessorIsEncryptedWithCustomerKey, "accepts a key", processor({ kmsKeyId: "arn:aws:kms:us-east-1:111111111111:key/k" })],
    [streamProcessorIsEncryptedWithCustomerKey, "refuses none", processor({}), 'Stream processor "s" has no customer-managed key; kmsKeyId must name one.'],
    [streamProcessorSharesNothingWithAws, "accepts what Rekognition does by itself", processor({})],
    [
      streamProcessorSharesNothingWithAws,
      "refuses sharing",
      processor({ dataSharingPreference: { optIn: true } }),
      'Stream processor "s" shares what it sees with AWS; dataSharingPreference.optIn must be false.',
    ],

    [policyGrantsNoRecognitionOfPeople, "accepts segments", policy({ Action: ["rekognition:StartSegmentDetection", "rekognition:GetSegmentDetection"] })],
    [policyGrantsNoRecognitionOfPeople, "accepts other services", policy({ Action: ["s3:Get*"] })],
    [policyGrantsNoRecognitionOfPeople, "accepts denials", policy({ Effect: "Deny", Action: "rekognition:*" })],
    [policyGrantsNoRecognitionOfPeople, "accepts all but Rekognition", policy({ NotAction: ["rekognition:*"] })],
    [
      policyGrantsNoRecognitionOfPeople,
      "refuses faces, and patterns that may be",
      policy({ Action: ["rekognition:IndexFaces", "rekognition:Start*", "sns:Publish"] }),
      `"p" allows rekognition:IndexFaces, rekognition:Start* (S); ${only}`,
    ],
    [policyGrantsNoRecognitionOfPeople, "refuses everything", policy({ Action: "*" }), `"p" allows * (S); ${only}`],
    [
      policyGrantsNoRecognitionOfPeople,
      "refuses all but something else",
      policy({ NotAction: "iam:*" }),
      '"p" allows all of Rekognition (S); it may allow DetectText, GetSegmentDetection, StartSegmentDetection.',
    ],
  ];
  for (const [rule, what, program, ...messages] of cases) {
    it(`${rule.name} ${what}`, async () => expect(await violations(rule, program)).to.deep.equal(messages));
  }

  it("have settings", async () => {
    const reserved = queue({ pricingPlan: "RESERVED", reservationPlanSettings: { commitment: "ONE_YEAR", renewalType: "EXPIRE", reservedSlots: 1 } });
    expect(await violations(queueIsPaidOnDemand, reserved, { [queueIsPaidOnDemand.name]: { pricingPlans: ["RESERVED"] } })).to.deep.equal([]);
    const labels = policy({ Action: "rekognition:DetectLabels" });
    expect(
      await violations(policyGrantsNoRecognitionOfPeople, labels, { [policyGrantsNoRecognitionOfPeople.name]: { operations: ["DetectLabels"] } }),
    ).to.deep.equal([]);
  });
});
