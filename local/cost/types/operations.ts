import { all, byUse, free, type IdleRules, priced } from "../charge.ts";
import { prices } from "../prices.ts";

/** Logs, alarms, events, budgets and the organisation. */
export const operationsRules: IdleRules = {
  ...all(
    free,
    "aws:cloudwatch/eventTarget:EventTarget",
    "aws:cloudwatch/eventPermission:EventPermission",
    "aws:cloudwatch/eventBusPolicy:EventBusPolicy",
    "aws:cloudwatch/logResourcePolicy:LogResourcePolicy",
    "aws:cloudwatch/logDestination:LogDestination",
    "aws:cloudwatch/logDestinationPolicy:LogDestinationPolicy",
    "aws:cloudwatch/logStream:LogStream",
    "aws:cloudwatch/queryDefinition:QueryDefinition",
    "aws:scheduler/scheduleGroup:ScheduleGroup",
    "aws:xray/group:Group",
    "aws:xray/samplingRule:SamplingRule",
    "aws:xray/encryptionConfig:EncryptionConfig",
    // Only a budget that acts has a price; see BudgetAction, which is not in this table.
    "aws:budgets/budget:Budget",
    "aws:costexplorer/anomalyMonitor:AnomalyMonitor",
    "aws:costexplorer/anomalySubscription:AnomalySubscription",
    "aws:costexplorer/costAllocationTag:CostAllocationTag",
    "aws:organizations/organization:Organization",
    "aws:organizations/account:Account",
    "aws:organizations/organizationalUnit:OrganizationalUnit",
    "aws:organizations/policy:Policy",
    "aws:organizations/policyAttachment:PolicyAttachment",
    "aws:organizations/delegatedAdministrator:DelegatedAdministrator",
    "aws:organizations/resourcePolicy:ResourcePolicy",
    "aws:organizations/awsServiceAccess:AwsServiceAccess",
    "aws:account/alternativeContact:AlternativeContact",
    "aws:account/primaryContact:PrimaryContact",
    "aws:account/region:Region",
    "aws:ram/resourceShare:ResourceShare",
    "aws:ram/resourceAssociation:ResourceAssociation",
    "aws:ram/principalAssociation:PrincipalAssociation",
    "aws:ram/sharingWithOrganization:SharingWithOrganization",
    "aws:servicequotas/serviceQuota:ServiceQuota",
    "aws:resourcegroups/group:Group",
    "aws:oam/sink:Sink",
    "aws:oam/sinkPolicy:SinkPolicy",
    "aws:oam/link:Link",
  ),
  ...all(
    byUse("GB of log"),
    "aws:cloudwatch/logGroup:LogGroup",
    "aws:cloudwatch/logSubscriptionFilter:LogSubscriptionFilter",
    "aws:cloudwatch/logDataProtectionPolicy:LogDataProtectionPolicy",
    "aws:cloudwatch/logAccountPolicy:LogAccountPolicy",
    "aws:cloudwatch/logDelivery:LogDelivery",
    "aws:cloudwatch/logDeliverySource:LogDeliverySource",
    "aws:cloudwatch/logDeliveryDestination:LogDeliveryDestination",
  ),
  ...all(byUse("events"), "aws:cloudwatch/eventRule:EventRule", "aws:cloudwatch/eventBus:EventBus", "aws:cloudwatch/eventArchive:EventArchive"),
  ...all(byUse("minutes of builds"), "aws:codebuild/project:Project"),
  // Of type V2; one of V1 costs a dollar a month that it runs in (AWS CodePipeline pricing).
  ...all(byUse("minutes of actions"), "aws:codepipeline/pipeline:Pipeline"),
  ...all(byUse("invocations"), "aws:scheduler/schedule:Schedule", "aws:pipes/pipe:Pipe"),
  "aws:cloudwatch/metricAlarm:MetricAlarm": priced(({ inputs }) => {
    const queries = (inputs["metricQueries"] as { metric?: { period?: number } }[] | undefined)?.flatMap(({ metric }) => metric ?? []) ?? [];
    const periods = queries.length > 0 ? queries.map(({ period }) => period) : [inputs["period"] as number | undefined];
    return periods.map((period) => ({
      what: "alarm, each metric",
      price: (period ?? 60) < 60 ? prices.highResolutionAlarmMetric : prices.alarmMetric,
      quantity: 1,
    }));
  }),
  "aws:cloudwatch/compositeAlarm:CompositeAlarm": priced(() => [{ what: "composite alarm", price: prices.compositeAlarm, quantity: 1 }]),
  "aws:cloudwatch/dashboard:Dashboard": priced(() => [{ what: "dashboard", price: prices.dashboard, quantity: 1 }]),
  // Billed for the hours in which it reports; counted as if it always did.
  "aws:cloudwatch/logMetricFilter:LogMetricFilter": priced(() => [{ what: "metric made from a log", price: prices.customMetric, quantity: 1 }]),
};
