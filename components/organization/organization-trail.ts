import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import { PlatformComponent } from "../component.ts";
import { type Place, physicalName, type Removal, regionalArn } from "../place.ts";
import { EncryptionKey, logsUseKey } from "../security/encryption-key.ts";
import { allow } from "../security/policy.ts";
import { ServiceRole } from "../security/service-role.ts";
import { archivePrefixes, type LogArchive } from "./log-archive.ts";

export interface OrganizationTrailArgs {
  /** The management account. */
  place: Place;
  removal: Removal;
  archive: LogArchive;
  /** Days that the trail's events are at hand in CloudWatch, where alarms watch them; the archive keeps them longer. */
  logRetentionDays: number;
}

/** ARN of the trail, which the archive's policies name before it is made. */
export const trailArn = (place: Place, name: string): string => regionalArn(place, "cloudtrail", `trail/${physicalName(place, name)}`);

/**
 * Types of resources whose every use is recorded, not only their administration: where patients' data lie and what works
 * on them (CloudTrail User Guide, "Logging data events", supported `resources.type`).
 */
const recordedData = [
  "AWS::DynamoDB::Table",
  "AWS::Lambda::Function",
  "AWS::S3::Object",
  "AWS::SageMaker::Endpoint",
  "AWS::SageMaker::ExperimentTrialComponent",
  "AWS::SageMaker::FeatureGroup",
];

/** What the trail writes would be written down, and that, too. The archive's access log tells who reads it. */
const notTheTrailItself = ({ trailBucket }: LogArchive) => ({ field: "resources.ARN", notStartsWiths: [pulumi.interpolate`arn:aws:s3:::${trailBucket}/`] });

/**
 * Who did what, in every account and Region of the organisation: sealed, checked against tampering, and delivered to an
 * archive that the account cannot change. HIPAA 164.312(b), 164.312(c)(2).
 *
 * **Cost**: the first trail's management events are free; data events cost $0.10 for 100,000.
 */
export class OrganizationTrail extends PlatformComponent {
  readonly logGroupName: pulumi.Output<string>;
  readonly arn: pulumi.Output<string>;

  constructor(name: string, { place, removal, archive, logRetentionDays }: OrganizationTrailArgs, opts?: pulumi.ComponentResourceOptions) {
    super("svp:organization:OrganizationTrail", name, opts);
    const groupName = `/aws/cloudtrail/${physicalName(place, name)}`;

    const key = new EncryptionKey(
      this.childName("key"),
      { place, removal, description: "Log of the organisation's trail", services: [logsUseKey(place)] },
      { parent: this },
    );
    const group = new aws.cloudwatch.LogGroup(
      this.childName("log"),
      { name: groupName, kmsKeyId: key.arn, retentionInDays: logRetentionDays },
      this.child({ protect: removal === "retain" }),
    );
    const role = new ServiceRole(
      this.childName("role"),
      {
        place,
        service: "cloudtrail.amazonaws.com",
        sourceArn: trailArn(place, name),
        statements: [allow("WriteLog", ["logs:CreateLogStream", "logs:PutLogEvents"], [regionalArn(place, "logs", `log-group:${groupName}:log-stream:*`)])],
      },
      { parent: this },
    );
    const trusted = new aws.organizations.AwsServiceAccess(this.childName("trust"), { servicePrincipal: "cloudtrail.amazonaws.com" }, this.child());
    const trail = new aws.cloudtrail.Trail(
      name,
      {
        name: physicalName(place, name),
        s3BucketName: archive.trailBucket,
        s3KeyPrefix: archivePrefixes.trail,
        kmsKeyId: archive.keyArn,
        isOrganizationTrail: true,
        isMultiRegionTrail: true,
        includeGlobalServiceEvents: true,
        enableLogFileValidation: true,
        enableLogging: true,
        cloudWatchLogsGroupArn: pulumi.interpolate`${group.arn}:*`,
        cloudWatchLogsRoleArn: role.arn,
        advancedEventSelectors: [
          { name: "Administration", fieldSelectors: [{ field: "eventCategory", equals: ["Management"] }] },
          ...recordedData.map((type) => ({
            name: type,
            fieldSelectors: [
              { field: "eventCategory", equals: ["Data"] },
              { field: "resources.type", equals: [type] },
              ...(type === "AWS::S3::Object" ? [notTheTrailItself(archive)] : []),
            ],
          })),
        ],
      },
      this.child({ protect: removal === "retain", dependsOn: [archive, trusted] }),
    );

    this.logGroupName = group.name;
    this.arn = trail.arn;
    this.registerOutputs({ arn: this.arn, logGroupName: this.logGroupName });
  }
}
