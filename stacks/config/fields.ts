import { z } from "zod";

/** Periods that CloudWatch Logs knows, in days; 0 keeps events for ever (API reference: PutRetentionPolicy). */
const logRetentionDays = [0, 1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731, 1096, 1827, 2192, 2557, 2922, 3288, 3653];

export const accountId = z.string().regex(/^\d{12}$/, "must be 12 digits in quotes");
export const days = z.int().positive("must be a whole number of days, 1 or more");
export const region = z.string().regex(/^[a-z]{2}(-[a-z]+)+-\d$/, "must be a Region such as us-east-1");
export const logDays = z.int().refine((value) => logRetentionDays.includes(value), `must be one of ${logRetentionDays.join(", ")}`);
export const roleArn = z.string().regex(/^arn:aws:iam::\d{12}:role\/[^*?]+$/, "must be the ARN of a role");
export const email = z.string().regex(/^[^@\s]+@[^@\s]+$/, "must be an e-mail address");
export const instanceType = z.string().regex(/^ml\.[a-z0-9-]+\.[a-z0-9]+$/, "must be an instance type such as ml.m5.large");

/** An AWS account, and how it is entered. */
export const account = z
  .strictObject({
    id: accountId,
    /** Role that deploys in the account. Without it the caller's own credentials must be the account's. */
    deployRole: roleArn.optional(),
  })
  .refine(({ id, deployRole }) => deployRole === undefined || deployRole.includes(`::${id}:`), {
    path: ["deployRole"],
    message: "must be a role of the account",
  });
export type Account = z.infer<typeof account>;

/** What every stack says. */
export const common = {
  region,
  /** Id of the AWS organisation: only its principals are let in. */
  organization: z.string().regex(/^o-[a-z0-9]{10,32}$/, "must be the id of an organisation such as o-a1b2c3d4e5"),
  /** Who answers for the stack, and who pays: tags of every resource (HIPAA 164.310(d)(2)(iii)). */
  owner: z.string().regex(/^[\w .:/=+@-]{1,128}$/, "must be a name without special characters"),
  costCenter: z.string().regex(/^[\w .:/=+@-]{1,128}$/, "must be a name without special characters"),
  /** Whether the stack's data outlive it: `retain` in environments with patients' data. */
  removal: z.enum(["retain", "destroy"]),
  alerts: z.strictObject({
    /** Who is told of alarms, findings and budgets. */
    emails: z.array(email),
  }),
};
