import * as aws from "@pulumi/aws";
import { type ResourceValidationPolicy, validateResourceOfType } from "@pulumi/policy";
import { hipaa } from "../../controls.ts";

interface Config {
  readonly minimumDays: number;
}

/** Six years, with the two leap days that they can hold: 164.316(b)(2)(i). */
const defaultDays = 2192;
/** What CloudTrail keeps events for unless told otherwise (CreateEventDataStore, RetentionPeriod). */
const awsDays = 2557;

/** An event data store keeps what a trail would, as long, and is not deleted by a slip. */
export const eventDataStoreKeepsAuditTrail: ResourceValidationPolicy = {
  name: "cloudtrail-event-data-store-keeps-audit-trail",
  description: "CloudTrail event data stores must keep events for the audit period and be protected from deletion.",
  enforcementLevel: "mandatory",
  severity: "high",
  framework: hipaa("164.312(b)", "164.312(c)(1)", "164.316(b)(2)(i)"),
  tags: ["cloudtrail", "audit"],
  remediationSteps: "Set retentionPeriod to the audit period, and leave terminationProtectionEnabled at true.",
  configSchema: { properties: { minimumDays: { type: "integer", minimum: 1, default: defaultDays } } },
  validateResource: validateResourceOfType(aws.cloudtrail.EventDataStore, (store, args, report) => {
    const { minimumDays = defaultDays } = args.getConfig<Partial<Config>>();
    const days = store.retentionPeriod ?? awsDays;
    if (days < minimumDays) report(`Event data store "${args.name}" keeps events ${days} days; it must keep them ${minimumDays}.`);
    if (store.terminationProtectionEnabled === false) report(`Event data store "${args.name}" has terminationProtectionEnabled false; it must be true.`);
  }),
};
