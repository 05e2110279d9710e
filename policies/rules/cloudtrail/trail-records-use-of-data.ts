import * as aws from "@pulumi/aws";
import { type ResourceValidationPolicy, validateResourceOfType } from "@pulumi/policy";
import { hipaa } from "../../controls.ts";
import { leftOut, records, use } from "./events.ts";

interface Config {
  readonly types: readonly string[];
}

/** What patients' data lie in and what works on them (CloudTrail User Guide, "Logging data events", `resources.type`). */
const defaultTypes = [
  "AWS::DynamoDB::Table",
  "AWS::Lambda::Function",
  "AWS::S3::Object",
  "AWS::SageMaker::Endpoint",
  "AWS::SageMaker::ExperimentTrialComponent",
  "AWS::SageMaker::FeatureGroup",
];

/**
 * A trail records every use of what holds or works on patients' data. It may leave out its own bucket alone: what it writes
 * there would be written down, and that, too.
 */
export const trailRecordsUseOfData: ResourceValidationPolicy = {
  name: "cloudtrail-trail-records-use-of-data",
  description: "CloudTrail trails must record every read and write of objects, tables, functions and endpoints.",
  enforcementLevel: "mandatory",
  severity: "critical",
  framework: hipaa("164.308(a)(1)(ii)(D)", "164.308(a)(5)(ii)(C)", "164.312(b)", "164.312(c)(2)"),
  tags: ["cloudtrail", "audit"],
  remediationSteps: "Use `OrganizationTrail`, or give advancedEventSelectors a selector of eventCategory Data for each of the types, without another field.",
  configSchema: { properties: { types: { type: "array", items: { type: "string" }, minItems: 1, default: defaultTypes } } },
  validateResource: validateResourceOfType(aws.cloudtrail.Trail, (trail, args, report) => {
    const { types = defaultTypes } = args.getConfig<Partial<Config>>();
    for (const type of types) {
      const missing = [true, false].filter((readOnly) => !records(trail, use(type, "arn:aws:any:::patients/1", readOnly)));
      if (missing.length > 0)
        report(
          `Trail "${args.name}" leaves out ${missing.map((readOnly) => (readOnly ? "reads" : "writes")).join(" and ")} of ${type}; a selector must choose all of them.`,
        );
    }
    for (const prefix of new Set(leftOut(trail)))
      if (!prefix.startsWith(`arn:aws:s3:::${trail.s3BucketName}/`))
        report(`Trail "${args.name}" leaves out ${prefix}; it must leave out nothing but its own bucket, ${trail.s3BucketName}.`);
  }),
};
