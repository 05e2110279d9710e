import type { ResourceValidationPolicy } from "@pulumi/policy";
import { hipaa } from "../../controls.ts";
import { mayMeet } from "../../requests.ts";
import { judgeTrusts } from "./trusts.ts";

const provider = /:oidc-provider\/(.+)$/;

const gitHub = "token.actions.githubusercontent.com";

/** GitHub's subject for a job that runs in an environment, which GitHub protects by rules of its own. */
const environment = /^repo:[^*?:]+\/[^*?:]+:environment:[^*?]+$/;

/**
 * GitHub signs tokens for everybody's workflows: a role is taken only for one audience, and by jobs of one environment of one repository
 * (GitHub Docs, "Configuring OpenID Connect in Amazon Web Services"). Another issuer's subject is named whole, too.
 */
export const roleTrustsPinnedWorkflows: ResourceValidationPolicy = {
  name: "iam-role-trusts-pinned-workflows",
  description: "IAM roles for workflows must name the audience and the subject of the token, without a wildcard (OpenID Connect).",
  enforcementLevel: "mandatory",
  severity: "critical",
  framework: hipaa("164.308(a)(4)(ii)(B)", "164.312(a)(1)", "164.312(a)(2)(i)", "164.312(d)"),
  tags: ["iam", "authentication"],
  remediationSteps: "Use GitHubDeployRoles, or conditions StringEquals on aud and sub, the latter repo:OWNER/NAME:environment:NAME.",
  validateResource: (args, report) => {
    judgeTrusts(
      args,
      report,
      (trust, say) => {
        for (const issuer of trust.principals.flatMap((principal) => provider.exec(principal)?.[1]?.toLowerCase() ?? [])) {
          const open = ["aud", "sub"].filter((claim) => mayMeet(trust, { [`${issuer}:${claim}`]: "stranger" }));
          if (open.length > 0) say(`trusts tokens of ${issuer} with any ${open.join(" and ")}`);
          const audiences = Object.values(trust.conditions).flatMap((keys) => keys[`${issuer}:aud`] ?? []);
          const others = audiences.filter((audience) => audience !== "sts.amazonaws.com");
          if (others.length > 0) say(`trusts tokens for ${others.join(", ")}; they must be for sts.amazonaws.com`);
          const subjects = Object.values(trust.conditions).flatMap((keys) => keys[`${issuer}:sub`] ?? []);
          const loose = subjects.filter((subject) => /[*?]/.test(subject) || (issuer === gitHub && !environment.test(subject)));
          if (loose.length > 0) say(`trusts the subject ${loose.join(", ")}; it must name one environment of one repository`);
        }
      },
      { of: (principal) => provider.test(principal), none: "No workflow takes the role." },
    );
  },
};
