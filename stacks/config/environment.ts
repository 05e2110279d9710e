import { z } from "zod";
import { interfaceServices } from "../../components/network/endpoint-policies.ts";
import { account, accountId, common, days, instanceType, logDays, region } from "./fields.ts";

const positive = z.int().min(1);

/** Moves of uploaded videos to cheaper storage. */
const transition = z.strictObject({
  days: z.int().min(0),
  storageClass: z.enum(["STANDARD_IA", "INTELLIGENT_TIERING", "GLACIER_IR", "GLACIER", "DEEP_ARCHIVE"]),
});

/** Who takes a role of people: components/identity/people.ts. */
const people = z.union([
  z.strictObject({ samlProvider: z.string() }),
  z.strictObject({ permissionSet: z.string() }),
  z.strictObject({ principals: z.array(z.string()).min(1) }),
]);

/** An environment: `dev`, `staging`, `prod`, `local`. */
export const environmentConfig = z.strictObject({
  ...common,
  account,
  /** The stack `shared`: `organisation/project/stack`. */
  shared: z.string().regex(/^[^/]+\/[^/]+\/[^/]+$/, "must be organisation/project/stack"),
  /** What the videos show: patients (`phi`), or nobody (`synthetic`). A tag of every resource. */
  dataClassification: z.enum(["phi", "synthetic"]),
  network: z.strictObject({
    /** Private range, /16 to /22; networks of environments are never joined, so ranges may repeat. */
    cidr: z.string(),
    zones: z.array(z.string()),
    /** Ways to the internet for what is not patients' data. */
    nat: z.enum(["none", "single", "per-zone"]),
    /** AWS services that are reached without the internet; each costs about $7 a month and zone. */
    endpoints: z.array(z.enum(Object.keys(interfaceServices) as [keyof typeof interfaceServices])),
  }),
  retention: z.strictObject({
    logs: logDays,
    accessLogs: days,
    noncurrentVersions: days,
    sources: z.array(transition),
  }),
  functions: z.strictObject({
    /** Executions that each function keeps for itself; absent where the account's quota is too small to share out. */
    reservedConcurrency: positive.optional(),
    /** Whether Lambda takes signed code only. */
    codeSigning: z.boolean(),
  }),
  rekognition: z.strictObject({
    enabled: z.boolean(),
    /** Seconds between two looks at a running job. */
    pollSeconds: z.int().min(1).max(300),
  }),
  /** The endpoint for single images. */
  inference: z.strictObject({
    instanceType,
    minimumInstances: positive.max(20),
    maximumInstances: positive.max(100),
    /** Percent of images copied for measuring drift. */
    capturePercent: z.number().min(0).max(100),
  }),
  /** The endpoint for segments of video, which runs nothing while it has nothing to do. */
  asyncInference: z.strictObject({ instanceType, maximumInstances: positive.max(100) }).optional(),
  /** Lets uploads enter AWS's network close to where they come from. */
  acceleratedUploads: z.boolean(),
  /** Region that a second copy of patients' data is kept in. */
  copyRegion: region.optional(),
  /** Pages that upload videos and fetch results. `http://127.0.0.1:*` is a page on the reader's own machine, on any port. */
  browserOrigins: z.array(
    z.string().regex(/^(https:\/\/[^/*]+|http:\/\/127\.0\.0\.1:\*)$/, "must be an origin such as https://review.example.org, without a wildcard"),
  ),
  /** Who takes the roles of people. Absent where nobody works in the account. */
  people: z.strictObject({ dataScientists: people, auditors: people, emergency: people }).optional(),
  /** Notebooks, for the data scientists. */
  studio: z.strictObject({ signIn: z.enum(["SSO", "IAM"]), users: z.array(z.string()) }).optional(),
  /** Accounts that may fetch approved networks: those that they are promoted to. */
  modelReaders: z.array(accountId),
});
export type EnvironmentConfig = z.infer<typeof environmentConfig>;
