import * as aws from "@pulumi/aws";
import { type ResourceValidationPolicy, validateResourceOfType } from "@pulumi/policy";
import { hipaa } from "../../controls.ts";

interface Config {
  readonly pricingPlans?: readonly string[];
}

const pricingPlans: readonly string[] = ["ON_DEMAND"];

/** A reserved queue commits to a year and holds jobs back behind its slots; a paused one holds every case back. */
export const queueIsPaidOnDemand: ResourceValidationPolicy = {
  name: "mediaconvert-queue-is-paid-on-demand",
  description: "MediaConvert queues must be paid on demand and take in jobs.",
  enforcementLevel: "mandatory",
  severity: "low",
  framework: hipaa("164.308(a)(1)(ii)(B)", "164.308(a)(7)(ii)(C)"),
  tags: ["mediaconvert", "availability"],
  remediationSteps: "Set pricingPlan ON_DEMAND and leave status out.",
  configSchema: { properties: { pricingPlans: { type: "array", items: { type: "string" }, default: [...pricingPlans] } } },
  validateResource: validateResourceOfType(aws.mediaconvert.Queue, ({ pricingPlan = "ON_DEMAND", status = "ACTIVE" }, args, report) => {
    const { pricingPlans: allowed = pricingPlans } = args.getConfig<Config>();
    if (!allowed.includes(pricingPlan)) report(`Queue "${args.name}" is paid by ${pricingPlan}; pricingPlan must be ${allowed.join(" or ")}.`);
    if (status !== "ACTIVE") report(`Queue "${args.name}" is ${status}; status must be ACTIVE.`);
  }),
};
