import type { Cloud } from "../../cloud.ts";
import { arn, hexOf, type Place, physicalName, type ResourceType, uuidOf } from "../resource-type.ts";

/** Resources that go by the account they are about. */
const ofAccount = (property: string): ResourceType<Cloud> => ({ computed: (inputs) => ({ id: String(inputs[property]) }) });
/** The one of its kind in an account. */
const oncePerAccount: ResourceType<Cloud> = { computed: (_inputs, place) => ({ id: place.accountId }) };
const detectorArn = (place: Place, id: string): string => arn("guardduty", place, `detector/${id}`);

/** Organizations, CloudTrail, and what watches all accounts. Nothing of it works here: it is recorded for the program and the policies. */
export const organizationTypes: Record<string, ResourceType<Cloud>> = {
  "aws:organizations/policy:Policy": {
    computed: (inputs, place) => {
      const id = `p-${hexOf(place.urn, 8)}`;
      const kind = String(inputs["type"]).toLowerCase();
      return { id, name: physicalName(inputs["name"], place), arn: `arn:aws:organizations::${place.accountId}:policy/o-local000000/${kind}/${id}` };
    },
  },
  "aws:organizations/policyAttachment:PolicyAttachment": { computed: (inputs) => ({ id: `${inputs["targetId"]}:${inputs["policyId"]}` }) },
  "aws:organizations/awsServiceAccess:AwsServiceAccess": {
    computed: (inputs) => ({ id: String(inputs["servicePrincipal"]), dateEnabled: "2026-01-01T00:00:00Z" }),
  },
  "aws:organizations/delegatedAdministrator:DelegatedAdministrator": {
    computed: (inputs) => ({
      id: `${inputs["accountId"]}/${inputs["servicePrincipal"]}`,
      arn: `arn:aws:organizations::${inputs["accountId"]}:account/o-local000000/${inputs["accountId"]}`,
      status: "ACTIVE",
    }),
  },
  "aws:guardduty/organizationAdminAccount:OrganizationAdminAccount": ofAccount("adminAccountId"),
  "aws:securityhub/organizationAdminAccount:OrganizationAdminAccount": ofAccount("adminAccountId"),
  "aws:macie2/organizationAdminAccount:OrganizationAdminAccount": ofAccount("adminAccountId"),
  "aws:guardduty/detector:Detector": {
    computed: (_inputs, place) => {
      const id = hexOf(place.urn, 32);
      return { id, accountId: place.accountId, arn: detectorArn(place, id) };
    },
  },
  "aws:guardduty/detectorFeature:DetectorFeature": { computed: (inputs) => ({ id: `${inputs["detectorId"]}/${inputs["name"]}` }) },
  "aws:guardduty/organizationConfiguration:OrganizationConfiguration": { computed: (inputs) => ({ id: String(inputs["detectorId"]) }) },
  "aws:guardduty/organizationConfigurationFeature:OrganizationConfigurationFeature": {
    computed: (inputs) => ({ id: `${inputs["detectorId"]}/${inputs["name"]}` }),
  },
  "aws:securityhub/account:Account": { computed: (_inputs, place) => ({ id: place.accountId, arn: arn("securityhub", place, "hub/default") }) },
  "aws:securityhub/organizationConfiguration:OrganizationConfiguration": oncePerAccount,
  "aws:securityhub/standardsSubscription:StandardsSubscription": {
    computed: (inputs, place) => {
      const subscription = arn("securityhub", place, `subscription/${String(inputs["standardsArn"]).split(":standards/")[1]}`);
      return { id: subscription, arn: subscription };
    },
  },
  "aws:securityhub/findingAggregator:FindingAggregator": {
    computed: (_inputs, place) => {
      const aggregator = arn("securityhub", place, `finding-aggregator/${uuidOf(place.urn)}`);
      return { id: aggregator, arn: aggregator };
    },
  },
  "aws:securityhub/configurationPolicy:ConfigurationPolicy": {
    computed: (_inputs, place) => {
      const id = uuidOf(place.urn);
      return { id, arn: arn("securityhub", place, `configuration-policy/${id}`) };
    },
  },
  "aws:securityhub/configurationPolicyAssociation:ConfigurationPolicyAssociation": ofAccount("targetId"),
  "aws:macie2/organizationConfiguration:OrganizationConfiguration": oncePerAccount,
  "aws:accessanalyzer/analyzer:Analyzer": {
    computed: (inputs, place) => ({ id: String(inputs["analyzerName"]), arn: arn("access-analyzer", place, `analyzer/${inputs["analyzerName"]}`) }),
  },
  "aws:cfg/configurationAggregator:ConfigurationAggregator": {
    computed: (inputs, place) => {
      const name = physicalName(inputs["name"], place);
      return { id: name, name, arn: arn("config", place, `config-aggregator/config-aggregator-${hexOf(place.urn, 8)}`) };
    },
  },
  "aws:cloudtrail/trail:Trail": {
    computed: (inputs, place) => {
      const name = physicalName(inputs["name"], place);
      const trail = arn("cloudtrail", place, `trail/${name}`);
      return { id: trail, name, arn: trail, homeRegion: place.region };
    },
  },
  "aws:cloudwatch/logMetricFilter:LogMetricFilter": {
    computed: (inputs, place) => {
      const name = physicalName(inputs["name"], place);
      return { id: name, name };
    },
  },
};
