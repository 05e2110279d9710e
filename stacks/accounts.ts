import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import type { Place } from "../components/place.ts";
import type { Account } from "./config/fields.ts";

/** What every resource of a stack is tagged with: what it is part of, who answers for it, and whose data it may hold. */
export interface Tags {
  readonly owner: string;
  readonly costCenter: string;
  readonly dataClassification: "phi" | "synthetic" | "audit" | "none";
}

/** Where resources in an account stand. */
export const placeIn = ({ id }: Account, { region, organization }: { region: string; organization: string }): Place => ({
  stack: pulumi.getStack(),
  accountId: id,
  region,
  organizationId: organization,
});

/** The provider of an account. Credentials for any other account stop the deployment. */
export function accountProvider(name: string, place: Place, { deployRole }: Account, tags: Tags): aws.Provider {
  return new aws.Provider(name, {
    region: place.region as aws.Region,
    allowedAccountIds: [place.accountId],
    ...(deployRole !== undefined && { assumeRoles: [{ roleArn: deployRole, sessionName: `svp-${place.stack}` }] }),
    defaultTags: {
      tags: {
        project: "svp",
        environment: place.stack,
        owner: tags.owner,
        "cost-center": tags.costCenter,
        "data-classification": tags.dataClassification,
      },
    },
  });
}
