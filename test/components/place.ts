import * as aws from "@pulumi/aws";
import type { Place } from "../../components/place.ts";
import { type Deployed, deployed } from "../support/pulumi.ts";

export const place: Place = { stack: "unit", accountId: "111111111111", region: "us-east-1", organizationId: "o-unit000000" };

/** Runs a program whose components get one account's provider. */
export const inAccount = (program: (opts: { provider: aws.Provider }) => unknown): Promise<Deployed> =>
  deployed(() => program({ provider: new aws.Provider("account", { region: "us-east-1", allowedAccountIds: [place.accountId] }) }));

// biome-ignore lint/suspicious/noExplicitAny: a policy document, as JSON.
export type Document = any;
/** Statements of a policy input, by Sid. */
export const statements = (policy: unknown): Record<string, Document> =>
  Object.fromEntries((JSON.parse(policy as string) as { Statement: { Sid: string }[] }).Statement.map(({ Sid, ...rest }) => [Sid, rest]));
