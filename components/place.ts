import type * as pulumi from "@pulumi/pulumi";

/** Where a stack's resources stand. Names and ARNs made from it are known before anything is created, so policies can judge them. */
export interface Place {
  /** Name of the stack: `dev`, `prod`, ... Part of every physical name. */
  readonly stack: string;
  /** Twelve digits. */
  readonly accountId: string;
  readonly region: string;
  /** The AWS organisation that the account belongs to: `o-` and ten or more letters and digits. Its principals are the only ones let in. */
  readonly organizationId: string;
  /** Managed policy that bounds every role made here; roles of accounts without people's data may go without. */
  readonly permissionsBoundary?: pulumi.Input<string>;
}

/** What happens to data when a stack is destroyed: `retain` protects it, `destroy` lets it go. */
export type Removal = "retain" | "destroy";

/** Physical name of a resource, unique in its account and region. */
export const physicalName = (place: Place, name: string): string => `svp-${place.stack}-${name}`;

/** ARN of a regional resource of the stack's own account. */
export const regionalArn = (place: Place, service: string, resource: string): string => `arn:aws:${service}:${place.region}:${place.accountId}:${resource}`;

/** ARN of a rule of EventBridge, by the name that it has in the program: whom dead-letter queues and roles let in. */
export const eventRuleArn = (place: Place, name: string): string => regionalArn(place, "events", `rule/${physicalName(place, name)}`);

/** The account itself as a principal: delegates to the account's IAM policies. */
export const accountRoot = (accountId: string): string => `arn:aws:iam::${accountId}:root`;
