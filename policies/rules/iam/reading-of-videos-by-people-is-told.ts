import type { PolicyResource, StackValidationPolicy } from "@pulumi/policy";
import { rawVideosPrefix } from "../../../contracts/keys.ts";
import { ofType } from "../../accounts.ts";
import { hipaa } from "../../controls.ts";
import { type Statement, statementsOf } from "../../documents.ts";
import { matchesPattern } from "../../event-pattern.ts";
import { isGiven, judgeEach } from "../../given.ts";
import { refersTo } from "../../relations.ts";
import { coversAction, isDeniedToHolder } from "../../requests.ts";
import { roleType } from "./grants.ts";
import { isPerson } from "./trusts.ts";

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
    const readers = ofType(resources, roleType).filter((role) => isTakenByPeople(role) && readsVideos(role, resources));
    if (readers.length === 0) notApplicable("No role that people take may read original videos.");
    const targets = ofType(resources, "aws:cloudwatch/eventTarget:EventTarget").filter(({ props }) => isGiven(props, "arn"));
    const rules = ofType(resources, "aws:cloudwatch/eventRule:EventRule").filter(
      (rule) =>
        isGiven(rule.props, "eventPattern") &&
        (rule.props["state"] ?? "ENABLED") !== "DISABLED" &&
        targets.some((target) => refersTo(target, "rule", rule, ["name", "id"])),
    );
    judgeEach(readers, (role) => {
      const arn = role.props["arn"] as string;
      const untold = waysIn.filter((way) => !rules.some(({ props }) => matchesPattern(JSON.parse(props["eventPattern"] as string), taken(way, arn))));
      if (untold.length > 0)
        report(`Nobody is told when people take role "${role.name}" by ${untold.join(" or ")}; an EventRule must match it and have a target.`, role.urn);
    });
  },
};

const isTakenByPeople = ({ props }: PolicyResource): boolean =>
  statementsOf(props["assumeRolePolicy"]).some(({ effect, principals }) => effect === "Allow" && principals.some(isPerson));

function readsVideos(role: PolicyResource, resources: readonly PolicyResource[]): boolean {
  const statements = ofType(resources, "aws:iam/rolePolicy:RolePolicy")
    .filter((policy) => refersTo(policy, "role", role, ["name", "id"]))
    .flatMap(({ props }) => statementsOf(props["policy"]));
  return statements.some((statement) =>
    videosIn(statement).some((resource) => !isDeniedToHolder(statements, { action: "s3:GetObject", resource, context: {} })),
  );
}

/** One object for each pattern of original videos that a statement lets be read. */
const videosIn = (statement: Statement): string[] =>
  statement.effect === "Allow" && coversAction(statement, "s3:GetObject")
    ? statement.resources.filter((resource) => resource.includes(`/${rawVideosPrefix}`)).map((resource) => resource.replaceAll("*", "any"))
    : [];
