import * as aws from "@pulumi/aws";
import { type ResourceValidationPolicy, validateResourceOfType } from "@pulumi/policy";
import { hipaa } from "../../controls.ts";

/**
 * Config records every type of resource, global ones included (in the home Region of its account), whenever one changes. A recorder that picks types says nothing of
 * those that nobody thought of (Config Developer Guide, "Recording AWS resources").
 */
export const recorderRecordsEverything: ResourceValidationPolicy = {
  name: "config-recorder-records-everything",
  description: "Config recorders must record every type of resource, global ones included, whenever one changes.",
  enforcementLevel: "mandatory",
  severity: "high",
  framework: hipaa("164.308(a)(1)(ii)(D)", "164.308(a)(8)", "164.310(d)(2)(iii)", "164.312(b)"),
  tags: ["config", "audit"],
  remediationSteps: "Use `ConfigurationRecorder`, or set recordingGroup.allSupported and includeGlobalResourceTypes to true, and recordingMode to CONTINUOUS.",
  validateResource: validateResourceOfType(aws.cfg.Recorder, ({ recordingGroup, recordingMode, region }, { name, provider }, report) => {
    // AWS records all types but global ones, continuously, unless told otherwise.
    const { allSupported = true, includeGlobalResourceTypes = false, exclusionByResourceTypes = [] } = recordingGroup ?? {};
    // What is the same in every Region is recorded at home, once.
    const abroad = region !== undefined && region !== provider?.props["region"];
    for (const [setting, value] of Object.entries({ allSupported, ...(!abroad && { includeGlobalResourceTypes }) }))
      if (value !== true) report(`Recorder "${name}" has ${setting} ${value}; it must be true.`);
    const excluded = exclusionByResourceTypes.flatMap(({ resourceTypes = [] }) => resourceTypes);
    if (excluded.length > 0) report(`Recorder "${name}" leaves out ${excluded.join(", ")}; it must leave out nothing.`);
    const { recordingFrequency = "CONTINUOUS", recordingModeOverride } = recordingMode ?? {};
    for (const frequency of [recordingFrequency, recordingModeOverride?.recordingFrequency ?? "CONTINUOUS"])
      if (frequency !== "CONTINUOUS") report(`Recorder "${name}" records ${frequency}; it must record CONTINUOUS.`);
  }),
};
