import type { PolicyResource, StackValidationPolicy } from "@pulumi/policy";
import { ofType } from "../../accounts.ts";
import { hipaa } from "../../controls.ts";
import { judgeEach } from "../../given.ts";
import { refersTo } from "../../relations.ts";

interface Config {
  readonly features: readonly string[];
}

/** What GuardDuty must watch beside the trail, flow and DNS logs that it always does; nothing here is a cluster or a database of another kind. */
const defaultFeatures = ["EBS_MALWARE_PROTECTION", "LAMBDA_NETWORK_LOGS", "S3_DATA_EVENTS"];

/** GuardDuty watches the use of objects, the network of functions and the disks, in its own account and in all accounts of its organisation. */
export const detectorWatchesData: StackValidationPolicy = {
  name: "guardduty-detector-watches-data",
  description: "GuardDuty detectors must watch objects, functions and disks, in every account that they are responsible for.",
  enforcementLevel: "mandatory",
  severity: "high",
  framework: hipaa("164.308(a)(1)(ii)(D)", "164.308(a)(5)(ii)(B)", "164.312(b)"),
  tags: ["guardduty", "threats"],
  remediationSteps: "Use `SecurityServices` and `SecurityTooling`, or add a DetectorFeature, ENABLED, and an OrganizationConfigurationFeature, ALL, for each.",
  configSchema: { properties: { features: { type: "array", items: { type: "string" }, minItems: 1, default: defaultFeatures } } },
  validateStack: ({ resources, getConfig, notApplicable }, report) => {
    const { features = defaultFeatures } = getConfig<Partial<Config>>();
    const detectors = ofType(resources, "aws:guardduty/detector:Detector");
    if (detectors.length === 0) notApplicable("The stack has no detector.");
    judgeEach(detectors, (detector) => {
      const of = (type: string): PolicyResource[] => ofType(resources, type).filter((resource) => refersTo(resource, "detectorId", detector, ["id"]));
      const own = of("aws:guardduty/detectorFeature:DetectorFeature").filter(({ props }) => props["status"] === "ENABLED");
      const ofMembers = of("aws:guardduty/organizationConfigurationFeature:OrganizationConfigurationFeature").filter(
        ({ props }) => props["autoEnable"] === "ALL",
      );
      const missing = (found: readonly PolicyResource[]): string =>
        features.filter((feature) => !found.some(({ props }) => props["name"] === feature)).join(", ");
      if (missing(own) !== "") report(`Detector "${detector.name}" does not watch ${missing(own)}; a DetectorFeature must have status ENABLED.`, detector.urn);
      const administers = of("aws:guardduty/organizationConfiguration:OrganizationConfiguration").length > 0;
      if (administers && missing(ofMembers) !== "")
        report(
          `Detector "${detector.name}" does not watch ${missing(ofMembers)} in every account; an OrganizationConfigurationFeature must have autoEnable ALL.`,
          detector.urn,
        );
    });
  },
};
