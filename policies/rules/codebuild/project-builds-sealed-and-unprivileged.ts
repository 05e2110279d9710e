import type { ResourceValidationPolicy } from "@pulumi/policy";
import { hipaa } from "../../controls.ts";
import { isCustomerKey } from "../../given.ts";

/** A build holds the rights of whoever deploys: nobody else sees its log or what it made, and it has no way to the machine under it. */
export const projectBuildsSealedAndUnprivileged: ResourceValidationPolicy = {
  name: "codebuild-project-builds-sealed-and-unprivileged",
  description: "CodeBuild projects must be private and unprivileged, encrypt what they make with a customer-managed key, and keep a log.",
  enforcementLevel: "mandatory",
  severity: "high",
  framework: hipaa("164.312(a)(1)", "164.312(a)(2)(iv)", "164.312(b)", "164.308(a)(4)(ii)(B)"),
  tags: ["codebuild", "encryption", "supply-chain"],
  remediationSteps: "Use our DeployPipeline, or set encryptionKey, logsConfig.cloudwatchLogs, privilegedMode false and projectVisibility PRIVATE.",
  validateResource: ({ type, name, props, notApplicable }, report) => {
    if (type !== "aws:codebuild/project:Project") notApplicable("Only projects of CodeBuild build.");
    const { projectVisibility, environment, artifacts, logsConfig } = props as Project;
    const say = (what: string): void => report(`Project "${name}" ${what}`);
    if (projectVisibility !== undefined && projectVisibility !== "PRIVATE") say(`has projectVisibility ${projectVisibility}; it must be PRIVATE.`);
    if (environment?.privilegedMode === true) say("runs its container privileged; environment.privilegedMode must be false.");
    if (!isCustomerKey(props, "encryptionKey")) say("has no customer-managed key; it must have encryptionKey.");
    if (artifacts?.encryptionDisabled === true) say("does not encrypt what it makes; artifacts.encryptionDisabled must be false.");
    if (logsConfig?.cloudwatchLogs?.status === "DISABLED") say("keeps no log; logsConfig.cloudwatchLogs.status must be ENABLED.");
  },
};

interface Project {
  readonly projectVisibility?: string;
  readonly environment?: { readonly privilegedMode?: boolean };
  readonly artifacts?: { readonly encryptionDisabled?: boolean };
  readonly logsConfig?: { readonly cloudwatchLogs?: { readonly status?: string } };
}
