import type { StackValidationPolicy } from "@pulumi/policy";
import { ofType } from "../../accounts.ts";
import { hipaa } from "../../controls.ts";
import { type Statement, statementsOf } from "../../documents.ts";
import { knownText } from "../../given.ts";
import { deniedBy } from "../../openings.ts";
import { stranger } from "../../strangers.ts";
import { bucketDeniesAll, bucketStatements, judgeBuckets, s3Types } from "./buckets.ts";

const outsiders = {
  "anybody of another organisation": stranger,
  "anybody without a name": {
    ...stranger,
    "aws:principalaccount": undefined,
    "aws:principalarn": undefined,
    "aws:principalorgid": undefined,
    "aws:principalorgpaths": undefined,
  },
} as const;

/**
 * Every bucket has a perimeter: its policy denies whoever is outside, so that no later statement, and no policy of another account,
 * lets them in (AWS Whitepaper, "Building a data perimeter on AWS"). Drawn by organisation, account, VPC or endpoint.
 */
export const bucketRefusesOtherOrganizations: StackValidationPolicy = {
  name: "s3-bucket-refuses-other-organizations",
  description: "S3 buckets must deny every request from outside the organisation, or from outside its networks.",
  enforcementLevel: "mandatory",
  severity: "critical",
  framework: hipaa("164.308(a)(3)(i)", "164.308(a)(4)(ii)(A)", "164.308(a)(4)(ii)(B)", "164.308(b)(1)", "164.312(a)(1)", "164.312(e)(1)"),
  tags: ["s3", "perimeter"],
  remediationSteps:
    "Make the bucket an EncryptedBucket, or let its policy deny s3:* to everybody whose aws:PrincipalOrgID is another and who is no AWS service.",
  validateStack: (args, report) => {
    const { resources } = args;
    const policies = ofType(resources, ...s3Types("BucketPolicy")).flatMap(({ props }) => knownText(props, "policy") ?? []);
    const usual = mostFrequent(organizationsIn(policies.flatMap(statementsOf)));
    judgeBuckets(args, report, (bucket, say) => {
      const statements = bucketStatements(bucket, resources);
      for (const [who, context] of Object.entries(outsiders)) if (!bucketDeniesAll(bucket, statements, context)) say(`does not deny ${who}.`);
      // Which organisation is ours no rule knows; that buckets of one stack differ in it is a mistake.
      for (const other of organizationsIn(statements)) if (other !== usual) say(`draws its perimeter around ${other}, the stack's others around ${usual}.`);
    });
  },
};

const organizationsIn = (statements: readonly Statement[]): string[] => deniedBy(statements, "aws:principalorgid");

const mostFrequent = (texts: readonly string[]): string | undefined =>
  [...Map.groupBy(texts, (text) => text)].sort(([, one], [, other]) => other.length - one.length)[0]?.[0];
