import type { StackValidationPolicy } from "@pulumi/policy";
import { hipaa } from "../../controls.ts";
import { hearersIn } from "../../event-pattern.ts";
import { judgeEach } from "../../given.ts";
import { readsVideos, rolesOfPeople } from "./videos.ts";

/** How people take roles: with credentials of AWS, or by their identity provider. Whichever a role trusts today, it may trust the other tomorrow. */
const waysIn = ["AssumeRole", "AssumeRoleWithSAML"];

/** A role that is taken, as CloudTrail tells EventBridge (EventBridge User Guide, "AWS service events delivered via CloudTrail"). */
const taken = (eventName: string, roleArn: string): object => ({
  source: "aws.sts",
  "detail-type": "AWS API Call via CloudTrail",
  detail: { eventSource: "sts.amazonaws.com", eventName, requestParameters: { roleArn } },
});

/**
 * Original videos show patients, and the platform's own functions read them; a person who may do so does it in an emergency. Each time that
 * such a role is taken, somebody hears of it.
 */
export const readingOfVideosByPeopleIsTold: StackValidationPolicy = {
  name: "iam-reading-of-videos-by-people-is-told",
  description: "Somebody must be told each time that people take a role that may read original videos.",
  enforcementLevel: "mandatory",
  severity: "high",
  framework: hipaa("164.312(a)(2)(ii)", "164.312(b)", "164.308(a)(1)(ii)(D)", "164.308(a)(5)(ii)(C)"),
  tags: ["iam", "incidents", "phi"],
  remediationSteps:
    "Use WorkforceRoles, or add an EventRule on aws.sts for AssumeRole and AssumeRoleWithSAML of the role, with the topic of alerts as its target.",
  validateStack: ({ resources, notApplicable }, report) => {
    const readers = rolesOfPeople(resources).filter((role) => readsVideos(role, resources));
    if (readers.length === 0) notApplicable("No role that people take may read original videos.");
    const hearers = hearersIn(resources);
    judgeEach(readers, (role) => {
      const arn = role.props["arn"] as string;
      const untold = waysIn.filter((way) => !hearers.some((hears) => hears(taken(way, arn))));
      if (untold.length > 0)
        report(`Nobody is told when people take role "${role.name}" by ${untold.join(" or ")}; an EventRule must match it and have a target.`, role.urn);
    });
  },
};
