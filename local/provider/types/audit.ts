import type { Cloud } from "../../cloud.ts";
import { arn, hexOf, physicalName, type ResourceType, uuidOf } from "../resource-type.ts";

/** A setting of the account that there is one of. */
const ofAccount: ResourceType<Cloud> = { computed: (_inputs, place) => ({ id: place.accountId }) };
/** A setting of the account in one Region. */
const ofRegion: ResourceType<Cloud> = { computed: (_inputs, place) => ({ id: place.region }) };
const ofVault: ResourceType<Cloud> = {
  computed: (inputs, place) => ({ id: String(inputs["backupVaultName"]), backupVaultArn: arn("backup", place, `backup-vault:${inputs["backupVaultName"]}`) }),
};

/** Config, GuardDuty's plans, Macie, Backup, Budgets and the settings of an account. Nothing of it works here: it is recorded for the program and the policies. */
export const auditTypes: Record<string, ResourceType<Cloud>> = {
  "aws:macie2/account:Account": {
    computed: (_inputs, place) => ({
      id: place.accountId,
      serviceRole: `arn:aws:iam::${place.accountId}:role/aws-service-role/macie.amazonaws.com/AWSServiceRoleForAmazonMacie`,
    }),
  },
  "aws:macie2/classificationJob:ClassificationJob": {
    computed: (inputs, place) => {
      const jobId = hexOf(place.urn, 32);
      return { id: jobId, jobId, name: physicalName(inputs["name"], place), jobArn: arn("macie2", place, `classification-job/${jobId}`), jobStatus: "RUNNING" };
    },
  },
  "aws:guardduty/malwareProtectionPlan:MalwareProtectionPlan": {
    computed: (_inputs, place) => {
      const id = hexOf(place.urn, 20);
      return { id, arn: arn("guardduty", place, `malware-protection-plan/${id}`), status: "ACTIVE" };
    },
    live: (cloud, state) => cloud.guardduty.putPlan(state as never),
  },
  "aws:iam/serviceLinkedRole:ServiceLinkedRole": {
    computed: (inputs, place) => {
      const service = String(inputs["awsServiceName"]);
      const name = `AWSServiceRoleFor${service.charAt(0).toUpperCase()}${service.slice(1, service.indexOf("."))}`;
      const path = `/aws-service-role/${service}/`;
      const roleArn = `arn:aws:iam::${place.accountId}:role${path}${name}`;
      return { id: roleArn, arn: roleArn, name, path, uniqueId: `AROA${hexOf(place.urn, 17).toUpperCase()}` };
    },
  },
  "aws:cfg/recorder:Recorder": { computed: (inputs) => ({ id: String(inputs["name"] ?? "default"), name: String(inputs["name"] ?? "default") }) },
  "aws:cfg/deliveryChannel:DeliveryChannel": { computed: (inputs) => ({ id: String(inputs["name"] ?? "default"), name: String(inputs["name"] ?? "default") }) },
  "aws:cfg/recorderStatus:RecorderStatus": { computed: (inputs) => ({ id: String(inputs["name"]) }) },
  "aws:cfg/conformancePack:ConformancePack": {
    computed: (inputs, place) => {
      const name = physicalName(inputs["name"], place);
      return { id: name, name, arn: arn("config", place, `conformance-pack/${name}/conformance-pack-${hexOf(place.urn, 9)}`) };
    },
  },
  "aws:s3/accountPublicAccessBlock:AccountPublicAccessBlock": ofAccount,
  "aws:iam/accountPasswordPolicy:AccountPasswordPolicy": { computed: () => ({ id: "iam-account-password-policy", expirePasswords: true }) },
  "aws:ebs/encryptionByDefault:EncryptionByDefault": ofRegion,
  "aws:ebs/defaultKmsKey:DefaultKmsKey": { computed: (inputs) => ({ id: String(inputs["keyArn"]) }) },
  "aws:ebs/snapshotBlockPublicAccess:SnapshotBlockPublicAccess": ofRegion,
  "aws:ec2/instanceMetadataDefaults:InstanceMetadataDefaults": ofRegion,
  "aws:cloudwatch/logAccountPolicy:LogAccountPolicy": { computed: (inputs) => ({ id: `${inputs["policyName"]}:${inputs["policyType"]}` }) },
  "aws:backup/vault:Vault": {
    computed: (inputs, place) => {
      const name = physicalName(inputs["name"], place);
      return { id: name, name, arn: arn("backup", place, `backup-vault:${name}`), recoveryPoints: 0 };
    },
  },
  "aws:backup/vaultLockConfiguration:VaultLockConfiguration": ofVault,
  "aws:backup/vaultPolicy:VaultPolicy": ofVault,
  "aws:backup/vaultNotifications:VaultNotifications": ofVault,
  "aws:backup/plan:Plan": {
    computed: (_inputs, place) => {
      const id = uuidOf(place.urn);
      return { id, arn: arn("backup", place, `backup-plan:${id}`), version: hexOf(place.urn, 48) };
    },
  },
  "aws:backup/selection:Selection": { computed: (_inputs, place) => ({ id: uuidOf(place.urn) }) },
  "aws:backup/restoreTestingPlan:RestoreTestingPlan": {
    computed: (inputs, place) => {
      const name = String(inputs["name"]);
      return { id: name, name, arn: arn("backup", place, `restore-testing-plan:${name}-${uuidOf(place.urn)}`) };
    },
  },
  "aws:backup/restoreTestingSelection:RestoreTestingSelection": {
    computed: (inputs) => ({ id: `${inputs["restoreTestingPlanName"]}:${inputs["name"]}`, name: inputs["name"] }),
  },
  "aws:budgets/budget:Budget": {
    computed: (inputs, place) => {
      const name = physicalName(inputs["name"], place);
      return { id: `${place.accountId}:${name}`, name, accountId: place.accountId, arn: `arn:aws:budgets::${place.accountId}:budget/${name}` };
    },
  },
  "aws:costexplorer/anomalyMonitor:AnomalyMonitor": {
    computed: (inputs, place) => {
      const monitor = `arn:aws:ce::${place.accountId}:anomalymonitor/${uuidOf(place.urn)}`;
      return { id: monitor, arn: monitor, name: physicalName(inputs["name"], place) };
    },
  },
  "aws:costexplorer/anomalySubscription:AnomalySubscription": {
    computed: (inputs, place) => {
      const subscription = `arn:aws:ce::${place.accountId}:anomalysubscription/${uuidOf(place.urn)}`;
      return { id: subscription, arn: subscription, name: physicalName(inputs["name"], place), accountId: place.accountId };
    },
  },
};
