import * as aws from "@pulumi/aws";
import { type ResourceValidationPolicy, validateResourceOfType } from "@pulumi/policy";
import { hipaa } from "../../controls.ts";

/** Root could take the watching off; a page opened in a notebook could read the credentials of its role from an unguarded metadata service. */
export const notebookInstanceGivesNoRootAccess: ResourceValidationPolicy = {
  name: "sagemaker-notebook-instance-gives-no-root-access",
  description: "SageMaker notebook instances must give nobody root access, and answer for credentials by sessions only (IMDSv2).",
  enforcementLevel: "mandatory",
  severity: "high",
  framework: hipaa("164.308(a)(3)(i)", "164.308(a)(4)(ii)(B)", "164.312(a)(1)"),
  tags: ["sagemaker", "least-privilege"],
  remediationSteps: "Use our Studio instead, or set rootAccess Disabled and instanceMetadataServiceConfiguration.minimumInstanceMetadataServiceVersion 2.",
  validateResource: validateResourceOfType(aws.sagemaker.NotebookInstance, (notebook, args, report) => {
    const root = notebook.rootAccess ?? "Enabled";
    if (root !== "Disabled") report(`Notebook instance "${args.name}" has rootAccess ${root}; it must be Disabled.`);
    const version = notebook.instanceMetadataServiceConfiguration?.minimumInstanceMetadataServiceVersion ?? "1";
    if (version !== "2") report(`Notebook instance "${args.name}" answers IMDSv${version}; minimumInstanceMetadataServiceVersion must be 2.`);
  }),
};
