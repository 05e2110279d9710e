import * as aws from "@pulumi/aws";
import { expect } from "chai";
import { FargateTask } from "../../../components/compute/fargate-task.ts";
import { type Bounded, PermissionsBoundary } from "../../../components/identity/permissions-boundary.ts";
import { WorkforceRoles } from "../../../components/identity/workforce-roles.ts";
import { Studio } from "../../../components/learning/studio.ts";
import { TrainingRoles } from "../../../components/learning/training-roles.ts";
import type { Place } from "../../../components/place.ts";
import { allow } from "../../../components/security/policy.ts";
import { outside, within } from "../../support/boundary.ts";
import { rulesOfParts } from "../../support/pack.ts";
import { violations } from "../../support/policies.ts";
import { datasetsBucket } from "../learning/datasets.ts";
import { alertTopicArn, image, jobNetwork, parts, uploadEvents } from "../parts.ts";
import { inAccount, place } from "../place.ts";

async function boundaryOf(where: Place, copyRegions: readonly string[] = [], bounds: Bounded = "workload"): Promise<string> {
  const stack = await inAccount((opts) => void new PermissionsBoundary("boundary", { bounds, place: where, copyRegions }, opts));
  return stack.one(aws.iam.Policy, "boundary").inputs["policy"] as string;
}

describe("PermissionsBoundary", () => {
  it("lets roles of people and of learning do what they are granted", async () => {
    const { resources } = await inAccount((opts) => {
      const made = parts(opts);
      const { keys, lake, table, settings } = made;
      const buckets = { raw: lake.raw, processed: lake.processed, models: lake.models, datasets: datasetsBucket(made) };
      const someone = { permissionSet: "Someone" };
      const everyone = { dataScientists: someone, auditors: someone, emergency: someone, operators: someone };
      const common = { place, network: jobNetwork, image, logKey: settings.key, logRetentionDays: 2192 };
      new WorkforceRoles(
        "people",
        { place, people: everyone, uploads: uploadEvents(made), buckets, table, alertTopicArn, deadLetterArn: "arn:aws:sqs:us-east-1:111111111111:q" },
        opts,
      );
      new TrainingRoles("training", { ...common, ...buckets }, opts);
      new Studio("studio", { ...common, removal: "retain", vpcId: "vpc-1", key: keys.datasets, signIn: "SSO", users: [], statements: [] }, opts);
      const size = { architecture: "X86_64", cpuUnits: 4096, memoryMb: 16_384, scratchGib: 100 } as const;
      const task = new FargateTask(
        "task",
        {
          ...common,
          ...size,
          scratchKey: keys.derived,
          command: ["convert"],
          environment: {},
          statements: buckets.raw.allow("Read", ["s3:GetObject"], "raw-videos/"),
        },
        opts,
      );
      new aws.iam.RolePolicy(
        "machine",
        { role: "machine", policy: JSON.stringify({ Statement: task.statements.filter(({ Sid }) => Sid !== "PassTaskRoles") }) },
        opts,
      );
    });
    // Policy variables are AWS's to fill in.
    const known = resources.map((resource) => ({
      ...resource,
      inputs: { ...resource.inputs, policy: String(resource.inputs["policy"]).replaceAll(/\$\{[\w:]+\}/g, "x") },
    }));
    expect(outside(known, await boundaryOf(place))).to.deep.equal([]);
  });

  it("names in its finding what a new grant lacks", async () => {
    const { resources } = await inAccount((opts) => {
      const policy = JSON.stringify({ Version: "2012-10-17", Statement: [allow("Translate", ["translate:TranslateText"], ["*"])] });
      new aws.iam.RolePolicy("new", { role: "new", policy }, opts);
    });
    expect(outside(resources, await boundaryOf(place))).to.deep.equal(["new: translate:TranslateText on *"]);
  });

  it("ends at the environment's own resources", async () => {
    const may = within(await boundaryOf(place));
    expect(may("s3:GetObject", "arn:aws:s3:::svp-unit-111111111111-raw/x")).to.equal(true);
    expect(may("s3:GetObject", "arn:aws:s3:::svp-prod-333333333333-raw/x")).to.equal(false);
    expect(may("sqs:SendMessage", "arn:aws:sqs:us-east-1:111111111111:svp-unit-x")).to.equal(true);
    expect(may("sqs:SendMessage", "arn:aws:sqs:us-east-1:222222222222:svp-unit-x")).to.equal(false);
    expect(may("iam:PassRole", "arn:aws:iam::111111111111:role/admin")).to.equal(false);
    expect(may("sts:AssumeRole", "arn:aws:iam::222222222222:role/svp-deploy")).to.equal(false);
  });

  it("keeps roles from identities, the organisation, the audit trail and public sharing", async () => {
    const boundaries = [within(await boundaryOf(place)), within(await boundaryOf(place, [], "upkeep"))];
    for (const [action, resource] of [
      ["iam:CreateUser", "arn:aws:iam::111111111111:user/x"],
      ["iam:PutRolePolicy", "arn:aws:iam::111111111111:role/svp-unit-x"],
      ["organizations:LeaveOrganization", "*"],
      ["cloudtrail:StopLogging", "arn:aws:cloudtrail:us-east-1:111111111111:trail/x"],
      ["config:StopConfigurationRecorder", "*"],
      ["logs:DeleteLogGroup", "arn:aws:logs:us-east-1:111111111111:log-group:x"],
      ["s3:PutBucketPolicy", "arn:aws:s3:::svp-unit-111111111111-raw"],
      ["kms:PutKeyPolicy", "arn:aws:kms:us-east-1:111111111111:key/x"],
    ] as const)
      for (const may of boundaries) expect(may(action, resource), action).to.equal(false);
  });

  it("lets what backs up read cases and write only what it restored", async () => {
    const may = within(await boundaryOf(place, [], "upkeep"));
    const table = (name: string) => `arn:aws:dynamodb:us-east-1:111111111111:table/${name}`;
    expect(may("dynamodb:StartAwsBackupJob", table("svp-unit-cases"))).to.equal(true);
    expect(may("dynamodb:PutItem", table("svp-unit-cases"))).to.equal(false);
    expect(may("dynamodb:PutItem", table("awsbackup-restore-test-1"))).to.equal(true);
    expect(may("s3:PutBucketNotification", "arn:aws:s3:::svp-unit-111111111111-raw")).to.equal(true);
    expect(within(await boundaryOf(place))("s3:PutBucketNotification", "arn:aws:s3:::svp-unit-111111111111-raw")).to.equal(false);
  });

  it("keeps roles in the environment's Regions and organisation", async () => {
    const may = within(await boundaryOf(place, ["us-west-2"]));
    const object = "arn:aws:s3:::svp-unit-111111111111-raw/x";
    for (const [region, allowed] of [
      ["us-east-1", true],
      ["us-west-2", true],
      ["eu-west-1", false],
    ] as const)
      expect(may("s3:GetObject", object, { "aws:RequestedRegion": region }), region).to.equal(allowed);
    expect(may("iam:GetAccountSummary", "*", { "aws:RequestedRegion": "us-east-1" })).to.equal(true);
    expect(may("s3:GetObject", object, { "aws:ResourceOrgID": "o-unit000000" })).to.equal(true);
    expect(may("s3:PutObject", object, { "aws:ResourceOrgID": "o-stranger00" })).to.equal(false);
    expect(may("kms:Decrypt", "arn:aws:kms:us-west-2:111111111111:key/x")).to.equal(true);
  });

  it("fits a managed policy, with the longest names there are", async () => {
    // IAM counts every character but white space, 6,144 at most (IAM User Guide, "IAM and AWS STS quotas").
    for (const bounds of ["workload", "upkeep"] as const) {
      const document = await boundaryOf({ ...place, stack: "staging", region: "ap-southeast-1" }, ["ap-southeast-2"], bounds);
      expect(document.replaceAll(/\s/g, "").length, bounds).to.be.at.most(6144);
    }
  });

  it("satisfies the policy pack", async () => {
    const program = (opts: { provider: aws.Provider }) => {
      for (const bounds of ["workload", "upkeep"] as const) {
        const { arn } = new PermissionsBoundary(bounds, { bounds, place, copyRegions: [] }, opts);
        new aws.iam.Role(`${bounds}-role`, { assumeRolePolicy: '{ "Statement": [] }', permissionsBoundary: arn }, opts);
      }
    };
    const ofIdentity = rulesOfParts.filter(({ name }) => name.startsWith("iam-"));
    for (const rule of ofIdentity) expect(await violations(rule, program), rule.name).to.deep.equal([]);
  });
});
