import * as aws from "@pulumi/aws";
import type { Place } from "../components/place.ts";
import type { SharedConfig } from "./config.ts";

/** The provider of an account. Credentials for any other account stop the deployment. */
export function accountProvider(name: string, place: Place, { deployRole }: SharedConfig["account"]): aws.Provider {
  return new aws.Provider(name, {
    region: place.region as aws.Region,
    allowedAccountIds: [place.accountId],
    ...(deployRole !== undefined && { assumeRoles: [{ roleArn: deployRole, sessionName: `svp-${place.stack}` }] }),
    defaultTags: { tags: { project: "svp", stack: place.stack, "data-class": "phi" } },
  });
}
