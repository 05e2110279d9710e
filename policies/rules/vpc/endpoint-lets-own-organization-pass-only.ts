import type { StackValidationPolicy } from "@pulumi/policy";
import { hipaa } from "../../controls.ts";
import type { Statement } from "../../documents.ts";
import { attachedStatements } from "../../relations.ts";
import { matches, mayMeet } from "../../requests.ts";
import { letsInStrangers } from "../../strangers.ts";
import { judgeAll } from "../../subjects.ts";
import { endpoint } from "./endpoints.ts";

interface Config {
  readonly openResources: readonly string[];
  readonly sharedResources: readonly string[];
}

/**
 * Resources that belong to AWS, and so to no organisation. Layers of images are fetched with links that AWS signed, by nobody's principal
 * (github.com/aws-samples/data-perimeter-policy-examples, "Service-owned resources").
 */
const defaults: Config = {
  openResources: ["arn:aws:s3:::prod-*-starport-layer-bucket/*"],
  sharedResources: ["arn:aws:bedrock:*::foundation-model/*"],
};

/** A resource of strangers. */
const theirs = { "aws:resourceaccount": "999999999999", "aws:resourceorgid": "o-0stranger0", "aws:resourceorgpaths": "o-0stranger0/r-0000/" };

/**
 * A stolen key of another account, brought into the network, opens nothing, and nothing leaves for a bucket of somebody else ("Building a data
 * perimeter on AWS", whitepaper). Left out, the policy of an endpoint lets everything pass.
 */
export const endpointLetsOwnOrganizationPassOnly: StackValidationPolicy = {
  name: "vpc-endpoint-lets-own-organization-pass-only",
  description: "Policies of VPC endpoints must let pass requests of own principals to own resources only.",
  enforcementLevel: "mandatory",
  severity: "high",
  framework: hipaa("164.312(a)(1)", "164.312(e)(1)", "164.308(a)(4)(ii)(B)", "164.308(b)(1)"),
  tags: ["vpc", "access"],
  remediationSteps: "Use Network, or give the policy's statements conditions by aws:PrincipalOrgID and aws:ResourceOrgID.",
  configSchema: {
    properties: {
      openResources: { type: "array", items: { type: "string" }, default: [...defaults.openResources] },
      sharedResources: { type: "array", items: { type: "string" }, default: [...defaults.sharedResources] },
    },
  },
  validateStack: (args, report) => {
    const { openResources, sharedResources } = { ...defaults, ...args.getConfig<Partial<Config>>() };
    judgeAll(args, report, { types: [endpoint], noun: "Endpoint" }, (subject, say) => {
      const attachment = { type: "aws:ec2/vpcEndpointPolicy:VpcEndpointPolicy", property: "vpcEndpointId", identifiers: ["id"] };
      const statements = attachedStatements(subject, args.resources, attachment);
      if (statements.length === 0) return say("lets everything pass; it must set policy.");
      for (const statement of statements.filter(({ effect }) => effect === "Allow")) {
        const isAbout = (patterns: readonly string[]): boolean =>
          statement.resources.length > 0 && statement.resources.every((resource) => patterns.some((pattern) => matches(pattern, resource)));
        const open = isAbout(openResources);
        if (statement.actions.includes("*") || statement.notActions.length > 0)
          say(`lets every action pass (${statement.sid}); it must name those of its service.`);
        if (!open && isForStrangers(statement)) say(`lets requests of strangers pass (${statement.sid}); it must be bound by aws:PrincipalOrgID.`);
        if (!open && !isAbout(sharedResources) && mayMeet(statement, theirs))
          say(`lets requests to resources of strangers pass (${statement.sid}); it must be bound by aws:ResourceOrgID.`);
      }
    });
  },
};

const isForStrangers = (statement: Statement): boolean =>
  (statement.principals.length === 0 || statement.principals.includes("*")) && letsInStrangers(statement);
