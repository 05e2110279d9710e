import * as pulumi from "@pulumi/pulumi";
import { z } from "zod";

/** Periods that CloudWatch Logs knows, in days; 0 keeps events for ever (API reference: PutRetentionPolicy). */
const logRetentionDays = [0, 1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731, 1096, 1827, 2192, 2557, 2922, 3288, 3653];

const accountId = z.string().regex(/^\d{12}$/, "must be 12 digits in quotes");
const days = z.int().positive("must be a whole number of days, 1 or more");

const common = {
  region: z.string().regex(/^[a-z]{2}(-[a-z]+)+-\d$/, "must be a Region such as us-east-1"),
  account: z
    .strictObject({
      id: accountId,
      /** Role that deploys in the account. Without it the caller's own credentials must be the account's. */
      deployRole: z
        .string()
        .regex(/^arn:aws:iam::\d{12}:role\/.+$/, "must be the ARN of a role")
        .optional(),
    })
    .refine(({ id, deployRole }) => deployRole === undefined || deployRole.includes(`::${id}:`), {
      path: ["deployRole"],
      message: "must be a role of the account",
    }),
  /** Id of the AWS organisation: only its principals are let in. */
  organization: z.string().regex(/^o-[a-z0-9]{10,32}$/, "must be the id of an organisation such as o-a1b2c3d4e5"),
  /** Whether the stack's data outlive it: `retain` in environments with patients' data. */
  removal: z.enum(["retain", "destroy"]),
};

const sharedConfig = z.strictObject({
  ...common,
  /** Accounts of the environments, by stack: those that may fetch the inference image. */
  environments: z.record(z.string(), accountId).refine((accounts) => Object.keys(accounts).length > 0, "must name at least one environment"),
});
export type SharedConfig = z.infer<typeof sharedConfig>;

const environmentConfig = z.strictObject({
  ...common,
  /** The stack `shared`: `organisation/project/stack`. */
  shared: z.string().regex(/^[^/]+\/[^/]+\/[^/]+$/, "must be organisation/project/stack"),
  rekognition: z.strictObject({
    enabled: z.boolean(),
    /** Seconds between two looks at a running job. */
    pollSeconds: z.int().min(1).max(300),
  }),
  retention: z.strictObject({
    logs: z.int().refine((value) => logRetentionDays.includes(value), `must be one of ${logRetentionDays.join(", ")}`),
    accessLogs: days,
    noncurrentVersions: days,
  }),
  /** The endpoint for single images. */
  inference: z.strictObject({
    instanceType: z.string().regex(/^ml\.[a-z0-9-]+\.[a-z0-9]+$/, "must be an instance type such as ml.m5.large"),
    instanceCount: z.int().min(1).max(20),
  }),
  /** Pages that upload videos and fetch results. `http://127.0.0.1:*` is a page on the reader's own machine, on any port. */
  browserOrigins: z.array(
    z.string().regex(/^(https:\/\/[^/*]+|http:\/\/127\.0\.0\.1:\*)$/, "must be an origin such as https://review.example.org, without a wildcard"),
  ),
});
export type EnvironmentConfig = z.infer<typeof environmentConfig>;

export const readSharedConfig = (): SharedConfig => read(sharedConfig);
export const readEnvironmentConfig = (): EnvironmentConfig => read(environmentConfig);

/** Reads all of the project's configuration of this stack. Throws a RunError that lists every mistake with its file and key. */
function read<T>(schema: z.ZodType<T>): T {
  const { data, error } = schema.safeParse(projectConfig());
  if (data !== undefined) return data;
  const mistakes = error?.issues.map((issue) => `svp:${[...issue.path, ...keysOf(issue)].join(".")}: ${issue.message}.`) ?? [];
  throw new pulumi.RunError(`Pulumi.${pulumi.getStack()}.yaml:\n- ${mistakes.join("\n- ")}`);
}

/** The keys of this project, without their namespace; lists and mappings arrive as JSON. */
function projectConfig(): Record<string, unknown> {
  const own = Object.entries(pulumi.runtime.allConfig()).filter(([key]) => key.startsWith("svp:"));
  return Object.fromEntries(own.map(([key, value]) => [key.slice("svp:".length), /^[[{]/.test(value) ? JSON.parse(value) : value]));
}

const keysOf = (issue: z.core.$ZodIssue): string[] => (issue.code === "unrecognized_keys" ? [`{${issue.keys.join(", ")}}`] : []);
