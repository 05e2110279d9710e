import * as aws from "@pulumi/aws";
import { expect } from "chai";
import { AccountBaseline } from "../../../components/security/account-baseline.ts";
import { ConfigurationRecorder } from "../../../components/security/configuration-recorder.ts";
import { ConformancePacks, hipaaRules, longestTemplate, sagemakerRules, templateOf } from "../../../components/security/conformance-packs.ts";
import { EncryptionKey } from "../../../components/security/encryption-key.ts";
import { MalwareProtection } from "../../../components/security/malware-protection.ts";
import { macieReadsWithKey, SensitiveDataDiscovery } from "../../../components/security/sensitive-data-discovery.ts";
import { failure } from "../../support/failure.ts";
import { parts } from "../parts.ts";
import { inAccount, place, statements } from "../place.ts";

const archive = {
  archiveBucket: "svp-shared-222222222222-configuration-archive",
  archiveKeyArn: "arn:aws:kms:us-east-1:222222222222:key/1",
  archivePrefix: "config",
};

describe("AccountBaseline", () => {
  it("keeps everything private, disks sealed, passwords long, and identifiers out of logs", async () => {
    const stack = await inAccount((opts) => {
      const diskKey = new EncryptionKey("disks", { place, removal: "retain", description: "Disks" }, opts);
      new AccountBaseline("baseline", { place, diskKey }, opts);
    });
    expect(stack.one(aws.s3.AccountPublicAccessBlock, "baseline-buckets").inputs).to.deep.equal({
      accountId: "111111111111",
      blockPublicAcls: true,
      blockPublicPolicy: true,
      ignorePublicAcls: true,
      restrictPublicBuckets: true,
    });
    expect(stack.one(aws.ebs.SnapshotBlockPublicAccess, "baseline-snapshots").inputs).to.deep.equal({ state: "block-all-sharing" });
    expect(stack.one(aws.ebs.EncryptionByDefault, "baseline-disks").inputs).to.deep.equal({ enabled: true });
    expect(stack.one(aws.ebs.DefaultKmsKey, "baseline-disk-key").inputs["keyArn"]).to.equal(stack.one(aws.kms.Key, "disks").outputs["arn"]);
    expect(stack.one(aws.ec2.InstanceMetadataDefaults, "baseline-metadata").inputs).to.deep.equal({ httpTokens: "required", httpPutResponseHopLimit: 1 });
    expect(stack.one(aws.iam.AccountPasswordPolicy, "baseline-passwords").inputs).to.include({
      minimumPasswordLength: 14,
      passwordReusePrevention: 24,
      maxPasswordAge: 90,
      requireSymbols: true,
    });
    const { policyType, policyDocument } = stack.one(aws.cloudwatch.LogAccountPolicy, "baseline-log-masking").inputs;
    const { Statement } = JSON.parse(policyDocument as string);
    expect(policyType).to.equal("DATA_PROTECTION_POLICY");
    expect(Statement.map(({ Operation }: { Operation: object }) => Operation)).to.deep.equal([
      { Audit: { FindingsDestination: {} } },
      { Deidentify: { MaskConfig: {} } },
    ]);
    expect(Statement[0].DataIdentifier).to.deep.equal(Statement[1].DataIdentifier);
    expect(Statement[1].DataIdentifier).to.include.members(
      ["EmailAddress", "Ssn-US", "DateOfBirth"].map((id) => `arn:aws:dataprotection::aws:data-identifier/${id}`),
    );
  });
});

describe("ConfigurationRecorder", () => {
  it("records everything, delivers it to the archive, and starts once both stand", async () => {
    const stack = await inAccount((opts) => ({ name: new ConfigurationRecorder("recorder", { place, otherRegions: [], ...archive }, opts).recorderName }));
    expect(stack.one(aws.cfg.Recorder, "recorder").inputs).to.deep.equal({
      region: "us-east-1",
      name: "default",
      roleArn: "arn:aws:iam::111111111111:role/aws-service-role/config.amazonaws.com/AWSServiceRoleForConfig",
      recordingGroup: { allSupported: true, includeGlobalResourceTypes: true },
      recordingMode: { recordingFrequency: "CONTINUOUS" },
    });
    const channel = stack.one(aws.cfg.DeliveryChannel, "recorder-channel");
    expect(channel.inputs).to.deep.include({ s3BucketName: archive.archiveBucket, s3KeyPrefix: "config", s3KmsKeyArn: archive.archiveKeyArn });
    expect(channel.dependencies).to.include(stack.one(aws.cfg.Recorder, "recorder").urn);
    const status = stack.one(aws.cfg.RecorderStatus, "recorder-status");
    expect(status.inputs).to.deep.equal({ region: "us-east-1", name: "default", isEnabled: true });
    expect(status.dependencies).to.include(channel.urn);
    expect(stack.outputs["name"]).to.equal("default");
  });

  it("records other Regions too, with one role, and what is the same everywhere at home only", async () => {
    const stack = await inAccount((opts) => void new ConfigurationRecorder("recorder", { place, otherRegions: ["us-west-2"], ...archive }, opts));
    expect(stack.one(aws.cfg.Recorder, "recorder-us-west-2").inputs).to.deep.include({
      region: "us-west-2",
      recordingGroup: { allSupported: true, includeGlobalResourceTypes: false },
    });
    expect(stack.one(aws.cfg.DeliveryChannel, "recorder-channel-us-west-2").inputs).to.deep.include({
      region: "us-west-2",
      s3BucketName: archive.archiveBucket,
    });
    expect(stack.one(aws.cfg.RecorderStatus, "recorder-status-us-west-2").inputs).to.deep.equal({ region: "us-west-2", name: "default", isEnabled: true });
    expect(stack.resources.filter(({ type }) => type === "aws:iam/serviceLinkedRole:ServiceLinkedRole")).to.have.length(1);
  });
});

describe("ConformancePacks", () => {
  it("name every rule once, as Config names its own, in a template that fits", () => {
    for (const rules of [hipaaRules, sagemakerRules]) {
      const identifiers = rules.map(({ identifier }) => identifier);
      expect(new Set(identifiers).size).to.equal(identifiers.length);
      for (const identifier of identifiers) expect(identifier).to.match(/^[A-Z0-9]+(_[A-Z0-9]+)+$/);
      const text = templateOf(rules);
      expect(text.length).to.be.at.most(longestTemplate);
      expect(Object.keys(JSON.parse(text).Resources)).to.have.length(rules.length);
    }
    expect(JSON.parse(templateOf([{ identifier: "CW_LOGGROUP_RETENTION_PERIOD_CHECK", parameters: { MinRetentionTime: "2192" } }]))).to.deep.equal({
      Resources: {
        CwLoggroupRetentionPeriodCheck: {
          Type: "AWS::Config::ConfigRule",
          Properties: {
            ConfigRuleName: "cw-loggroup-retention-period-check",
            Source: { Owner: "AWS", SourceIdentifier: "CW_LOGGROUP_RETENTION_PERIOD_CHECK" },
            InputParameters: { MinRetentionTime: "2192" },
          },
        },
      },
    });
  });

  it("are made once configuration is recorded", async () => {
    const stack = await inAccount((opts) => {
      const recorder = new ConfigurationRecorder("recorder", { place, otherRegions: [], ...archive }, opts);
      new ConformancePacks("packs", { place, recorder }, opts);
    });
    const packs = stack.ofType(aws.cfg.ConformancePack);
    expect(packs.map(({ inputs }) => inputs["name"])).to.deep.equal(["svp-unit-hipaa", "svp-unit-sagemaker"]);
    for (const { dependencies } of packs) expect(dependencies).to.include(stack.one(aws.cfg.RecorderStatus, "recorder-status").urn);
  });
});

describe("MalwareProtection", () => {
  it("scans and tags what arrives under a prefix, with a role that reaches nothing else", async () => {
    const stack = await inAccount((opts) => {
      const { lake } = parts(opts);
      new MalwareProtection("malware", { place, bucket: lake.raw, prefix: "raw-videos/" }, opts);
    });
    const arn = "arn:aws:s3:::svp-unit-111111111111-raw";
    expect(stack.one(aws.guardduty.MalwareProtectionPlan, "malware").inputs).to.deep.equal({
      role: "arn:aws:iam::111111111111:role/svp-unit-malware-role",
      protectedResource: { s3Bucket: { bucketName: "svp-unit-111111111111-raw", objectPrefixes: ["raw-videos/"] } },
      actions: [{ taggings: [{ status: "ENABLED" }] }],
    });
    const role = statements(stack.one(aws.iam.RolePolicy, "malware-role-policy").inputs["policy"]);
    expect(role["Scan"]).to.deep.equal({ Effect: "Allow", Action: ["s3:GetObject", "s3:GetObjectVersion"], Resource: [`${arn}/raw-videos/*`] });
    expect(role["ManageRule"].Condition).to.deep.equal({
      StringLike: { "events:ManagedBy": "malware-protection-plan.guardduty.amazonaws.com" },
    });
    for (const { Resource } of Object.values(role)) for (const resource of Resource) expect(resource).not.to.equal("*");
  });
});

describe("SensitiveDataDiscovery", () => {
  it("looks into a sample of the buckets every month", async () => {
    const stack = await inAccount((opts) => {
      const { lake } = parts(opts);
      new SensitiveDataDiscovery("discovery", { place, buckets: [lake.processed, lake.datasets] }, opts);
    });
    expect(stack.one(aws.macie2.ClassificationJob, "discovery").inputs).to.deep.equal({
      name: "svp-unit-discovery",
      jobType: "SCHEDULED",
      initialRun: true,
      samplingPercentage: 20,
      scheduleFrequency: { monthlySchedule: 1 },
      s3JobDefinition: {
        bucketDefinitions: [{ accountId: "111111111111", buckets: ["svp-unit-111111111111-processed", "svp-unit-111111111111-datasets"] }],
      },
    });
  });

  it("lets Macie's own role use a key, and no other", () => {
    expect(macieReadsWithKey(place)).to.deep.equal({
      Sid: "MacieReads",
      Effect: "Allow",
      Principal: "*",
      Action: ["kms:Decrypt"],
      Resource: ["*"],
      Condition: {
        StringEquals: {
          "kms:CallerAccount": "111111111111",
          "aws:PrincipalArn": "arn:aws:iam::111111111111:role/aws-service-role/macie.amazonaws.com/AWSServiceRoleForAmazonMacie",
        },
      },
    });
  });

  it("refuses to look into nothing", async () => {
    const { message } = await failure(inAccount((opts) => void new SensitiveDataDiscovery("discovery", { place, buckets: [] }, opts)));
    expect(message).to.contain('svp:security:SensitiveDataDiscovery "discovery": buckets must hold at least one bucket.');
  });
});
