import * as aws from "@pulumi/aws";
import { type ResourceValidationPolicy, validateResourceOfType } from "@pulumi/policy";
import { hipaa } from "../../controls.ts";
import { either } from "../../either.ts";

/** Amazon Mechanical Turk and vendors are no business associates of ours: whoever is shown a picture of a patient there was given it without a contract. */
export const peopleWorkInPrivateTeams: ResourceValidationPolicy = {
  name: "sagemaker-people-work-in-private-teams",
  description: "Labelling jobs and human reviews must go to private teams, never to a public or vendor's workforce.",
  enforcementLevel: "mandatory",
  severity: "critical",
  framework: hipaa("164.308(b)(1)", "164.308(a)(3)(i)", "164.308(a)(3)(ii)(A)", "164.314(a)(1)", "164.502(b)"),
  tags: ["sagemaker", "phi"],
  remediationSteps: "Set workteamArn to that of our PrivateWorkforce.",
  validateResource: either(
    validateResourceOfType(aws.sagemaker.LabelingJob, ({ humanTaskConfig }, args, report) => judge(humanTaskConfig, `Labelling job "${args.name}"`, report)),
    validateResourceOfType(aws.sagemaker.FlowDefinition, ({ humanLoopConfig }, args, report) => judge(humanLoopConfig, `Review "${args.name}"`, report)),
  ),
};

interface Work {
  readonly workteamArn: string;
  readonly publicWorkforceTaskPrice?: unknown;
}

function judge(work: Work, subject: string, report: (message: string) => void): void {
  if (!/:workteam\/private-crowd\//.test(work.workteamArn)) report(`${subject} goes to ${work.workteamArn}; workteamArn must name a team of private-crowd.`);
  if (work.publicWorkforceTaskPrice !== undefined) report(`${subject} sets a price for the public; publicWorkforceTaskPrice must be left out.`);
}
