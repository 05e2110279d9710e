import type { Properties } from "../../deploy/provider.ts";
import { idleMonth } from "../assumptions.ts";
import { all, byUse, type Charge, free, type IdleRules, priced, type StackView } from "../charge.ts";
import { prices } from "../prices.ts";

/** Trails, Config, the detectors and backup. What they read is billed; a quiet month's worth of it is assumed. */
export const auditRules: IdleRules = {
  ...all(
    free,
    "aws:cfg/recorderStatus:RecorderStatus",
    "aws:cfg/deliveryChannel:DeliveryChannel",
    "aws:cfg/retentionConfiguration:RetentionConfiguration",
    "aws:cfg/configurationAggregator:ConfigurationAggregator",
    "aws:cfg/aggregateAuthorization:AggregateAuthorization",
    "aws:cfg/remediationConfiguration:RemediationConfiguration",
    "aws:guardduty/organizationAdminAccount:OrganizationAdminAccount",
    "aws:guardduty/publishingDestination:PublishingDestination",
    "aws:guardduty/filter:Filter",
    "aws:guardduty/iPSet:IPSet",
    "aws:guardduty/threatIntelSet:ThreatIntelSet",
    "aws:guardduty/inviteAccepter:InviteAccepter",
    "aws:guardduty/member:Member",
    "aws:securityhub/organizationAdminAccount:OrganizationAdminAccount",
    "aws:securityhub/organizationConfiguration:OrganizationConfiguration",
    "aws:securityhub/configurationPolicy:ConfigurationPolicy",
    "aws:securityhub/findingAggregator:FindingAggregator",
    "aws:securityhub/standardsSubscription:StandardsSubscription",
    "aws:securityhub/standardsControl:StandardsControl",
    "aws:securityhub/standardsControlAssociation:StandardsControlAssociation",
    "aws:securityhub/productSubscription:ProductSubscription",
    "aws:securityhub/automationRule:AutomationRule",
    "aws:securityhub/actionTarget:ActionTarget",
    "aws:securityhub/insight:Insight",
    "aws:securityhub/member:Member",
    "aws:macie2/organizationAdminAccount:OrganizationAdminAccount",
    "aws:macie2/classificationExportConfiguration:ClassificationExportConfiguration",
    "aws:macie2/member:Member",
    "aws:macie2/invitationAccepter:InvitationAccepter",
    "aws:accessanalyzer/archiveRule:ArchiveRule",
    "aws:cloudtrail/organizationDelegatedAdminAccount:OrganizationDelegatedAdminAccount",
    "aws:inspector2/delegatedAdminAccount:DelegatedAdminAccount",
    "aws:inspector2/filter:Filter",
    "aws:backup/globalSettings:GlobalSettings",
    "aws:backup/regionSettings:RegionSettings",
    "aws:backup/plan:Plan",
    "aws:backup/selection:Selection",
    "aws:backup/vaultPolicy:VaultPolicy",
    "aws:backup/vaultLockConfiguration:VaultLockConfiguration",
    "aws:backup/vaultNotifications:VaultNotifications",
    "aws:backup/reportPlan:ReportPlan",
    "aws:backup/restoreTestingSelection:RestoreTestingSelection",
  ),
  // The first copy of management events is free.
  "aws:cloudtrail/trail:Trail": byUse("data events, and management events that another trail records too"),
  "aws:cfg/recorder:Recorder": priced(() => [{ what: "Config: changes recorded", price: prices.configurationItem, quantity: idleMonth.configurationItems }]),
  ...all(
    priced(() => [evaluations(1)]),
    "aws:cfg/rule:Rule",
    "aws:cfg/organizationManagedRule:OrganizationManagedRule",
    "aws:cfg/organizationCustomRule:OrganizationCustomRule",
    "aws:cfg/organizationCustomPolicyRule:OrganizationCustomPolicyRule",
  ),
  ...all(
    priced(({ inputs }) => {
      const rules = String(inputs["templateBody"] ?? "").match(/AWS::Config::ConfigRule/g)?.length ?? 0;
      if (rules === 0) throw new Error("has no template that lists its rules, so their evaluations can't be counted.");
      return [evaluations(rules)];
    }),
    "aws:cfg/conformancePack:ConformancePack",
    "aws:cfg/organizationConformancePack:OrganizationConformancePack",
  ),
  "aws:guardduty/detector:Detector": priced(
    () => [
      { what: "GuardDuty: management events", price: prices.managementEvents, quantity: idleMonth.managementEvents },
      { what: "GuardDuty: flow and DNS logs", price: prices.flowLogAnalysis, quantity: idleMonth.flowLogGb },
    ],
    "events and GB read",
  ),
  ...all(
    byUse("events and GB read"),
    "aws:guardduty/detectorFeature:DetectorFeature",
    "aws:guardduty/memberDetectorFeature:MemberDetectorFeature",
    "aws:guardduty/organizationConfiguration:OrganizationConfiguration",
    "aws:guardduty/organizationConfigurationFeature:OrganizationConfigurationFeature",
  ),
  "aws:guardduty/malwareProtectionPlan:MalwareProtectionPlan": byUse("GB and objects scanned"),
  // Standards bring checks: its own, or those of a configuration policy.
  "aws:securityhub/account:Account": priced(({ inputs }, stack) => {
    const without = inputs["enableDefaultStandards"] === false && stack.ofType("aws:securityhub/standardsSubscription:StandardsSubscription").length === 0;
    return without ? [] : [securityChecks(1)];
  }),
  "aws:securityhub/configurationPolicyAssociation:ConfigurationPolicyAssociation": priced(({ inputs }, stack) => {
    const target = String(inputs["targetId"]);
    if (!/^\d{12}$/.test(target)) throw new Error(`is with ${target}, whose accounts can't be counted.`);
    return [securityChecks(1 + linkedRegions(stack))];
  }),
  "aws:macie2/account:Account": priced(
    (_, stack) => [{ what: "Macie: buckets watched", price: prices.classifiedBucket, quantity: stack.ofType("aws:s3/bucket:Bucket").length }],
    "GB looked into",
  ),
  ...all(byUse("GB looked into"), "aws:macie2/classificationJob:ClassificationJob", "aws:macie2/organizationConfiguration:OrganizationConfiguration"),
  "aws:accessanalyzer/analyzer:Analyzer": priced(({ inputs }, stack) => {
    const kind = String(inputs["type"] ?? "ACCOUNT");
    if (kind === "ACCOUNT" || kind === "ORGANIZATION") return [];
    if (!kind.endsWith("UNUSED_ACCESS")) throw new Error(`is of type ${kind}, which has no price here.`);
    return [{ what: "Access Analyzer: roles watched for unused access", price: prices.unusedAccessRole, quantity: stack.ofType("aws:iam/role:Role").length }];
  }),
  ...all(byUse("functions and images scanned"), "aws:inspector2/enabler:Enabler", "aws:inspector2/organizationConfiguration:OrganizationConfiguration"),
  ...all(byUse("GB kept, copied and restored"), "aws:backup/vault:Vault", "aws:backup/logicallyAirGappedVault:LogicallyAirGappedVault"),
  "aws:backup/restoreTestingPlan:RestoreTestingPlan": byUse("tests, GB restored"),
  "aws:backup/framework:Framework": byUse("evaluations"),
};

/** Checks of an account in so many Regions. */
const securityChecks = (regions: number): Charge => ({
  what: "Security Hub: checks",
  price: prices.securityCheck,
  quantity: regions * idleMonth.securityChecks,
});

/** Regions beside the home Region that configuration policies hold in. */
function linkedRegions(stack: StackView): number {
  const [{ inputs } = { inputs: {} as Properties }] = stack.ofType("aws:securityhub/findingAggregator:FindingAggregator");
  const { linkingMode = "NO_REGIONS", specifiedRegions = [] } = inputs;
  if (linkingMode === "NO_REGIONS") return 0;
  if (linkingMode !== "SPECIFIED_REGIONS") throw new Error(`holds in ${linkingMode} of a finding aggregator, which can't be counted.`);
  return (specifiedRegions as string[]).length;
}

const evaluations = (rules: number): Charge => ({
  what: "Config: rule evaluations",
  price: prices.ruleEvaluation,
  quantity: rules * idleMonth.evaluationsPerRule,
});
