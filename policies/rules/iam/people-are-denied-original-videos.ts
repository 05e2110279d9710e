import type { StackValidationPolicy } from "@pulumi/policy";
import { ofType } from "../../accounts.ts";
import { hipaa } from "../../controls.ts";
import { statementsOf } from "../../documents.ts";
import { judgeEach } from "../../given.ts";
import { isDeniedToHolder } from "../../requests.ts";
import { machinesSetting } from "./trusts.ts";
import { readsVideos, rolesOfPeople, statementsOfRole, videosIn } from "./videos.ts";

interface Config {
  /** ARNs, or patterns of them, of roles that only services take. */
  readonly machines: readonly string[];
}

const reading = ["s3:GetObject", "s3:GetObjectVersion"];

/**
 * What a role is not granted today it may be granted tomorrow, by a line that nobody thinks of as about videos. So a role of people that
 * reads no original video is denied them besides, which holds against every grant (IAM User Guide, "Policy evaluation logic").
 */
export const peopleAreDeniedOriginalVideos: StackValidationPolicy = {
  name: "iam-people-are-denied-original-videos",
  description: "Roles that people take must be denied to read original videos, unless reading them is what the role is for.",
  enforcementLevel: "mandatory",
  severity: "high",
  framework: hipaa("164.308(a)(4)(ii)(B)", "164.312(a)(1)", "164.502(b)"),
  tags: ["iam", "access", "phi"],
  remediationSteps:
    "Use WorkforceRoles, or add a Deny statement on s3:GetObject and s3:GetObjectVersion of the bucket of original videos to the role's policy.",
  configSchema: { properties: { machines: machinesSetting } },
  validateStack: ({ resources, notApplicable, getConfig }, report) => {
    const { machines = [] } = getConfig<Partial<Config>>();
    const videos = new Set(ofType(resources, "aws:iam/rolePolicy:RolePolicy").flatMap(({ props }) => statementsOf(props["policy"]).flatMap(videosIn)));
    if (videos.size === 0) notApplicable("No role of the stack may read original videos.");
    const others = rolesOfPeople(resources, machines).filter((role) => !readsVideos(role, resources));
    if (others.length === 0) notApplicable("People take no role, or read original videos by it.");
    judgeEach(others, (role) => {
      const statements = statementsOfRole(role, resources);
      const open = reading.filter((action) => [...videos].some((resource) => !isDeniedToHolder(statements, { action, resource, context: {} })));
      if (open.length > 0) report(`Role "${role.name}", which people take, is not denied ${open.join(" and ")} of original videos.`, role.urn);
    });
  },
};
