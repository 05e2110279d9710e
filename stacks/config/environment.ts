import { z } from "zod";
import { interfaceServices } from "../../components/network/endpoint-policies.ts";
import { retentionClass } from "../../contracts/case.ts";
import { terminology } from "../../contracts/terminology.ts";
import { account, accountId, common, days, instanceType, logDays, region } from "./fields.ts";
import { learningConfig } from "./learning.ts";
import { flawsOfWriter, reportWriter } from "./report.ts";

const positive = z.int().min(1);
/**
 * Days that what trainings and experiments left behind stays, at least, where anything is retained: Step Functions redrives an execution for 14 days
 * (Developer Guide, "Redriving executions"), which needs its checkpoints and models.
 */
const leastStaleDays = 15;

/** Moves of uploaded videos to cheaper storage. */
const transition = z.strictObject({
  days: z.int().min(0),
  storageClass: z.enum(["STANDARD_IA", "INTELLIGENT_TIERING", "GLACIER_IR", "GLACIER", "DEEP_ARCHIVE"]),
});

const url = z.custom<`https://${string}`>((value) => typeof value === "string" && value.startsWith("https://"), "must begin with https://");
/** A directory of a hospital: components/experience/identity-provider.ts. */
const identityProvider = z.discriminatedUnion("kind", [
  z.strictObject({ kind: z.literal("SAML"), name: z.string(), metadataUrl: url }),
  z.strictObject({ kind: z.literal("OIDC"), name: z.string(), issuer: url, clientId: z.string(), clientSecret: z.string() }),
]);

/** Who takes a role of people: components/identity/people.ts. */
const people = z.union([
  z.strictObject({ samlProvider: z.string() }),
  z.strictObject({ permissionSet: z.string() }),
  z.strictObject({ principals: z.array(z.string()).min(1) }),
]);

/** An environment: `dev`, `staging`, `prod`, `local`. */
export const environmentConfig = z
  .strictObject({
    ...common,
    account,
    alerts: common.alerts.extend({
      /** What a month may cost, US dollars. */
      monthlyDollars: z.number().positive(),
      /** The same for teams, by their value of the tag `cost-center`. */
      teams: z.record(z.string(), z.number().positive()).optional(),
    }),
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
      /** Days that an uploaded video can't be deleted by anybody, where a study asks for it. */
      sourceLock: days.optional(),
      /** Days that a case must be kept before it may be deleted, by its class; 0 where nothing must be kept. */
      cases: z.strictObject({ clinical: z.int().min(0), research: z.int().min(0) }),
      /** Seconds that a deletion waits until what was under way has ended: a function's longest life, 900, in AWS. */
      settleSeconds: positive.max(3600),
      /** Which cases go by themselves once those days have passed; absent: none, whoever wants one deleted asks for it (docs/retention.md). */
      sweep: z.strictObject({ everyDays: positive.max(31), classes: z.array(retentionClass).min(1), most: positive.max(1000) }).optional(),
    }),
    backup: z.strictObject({
      dailyDays: days,
      monthlyDays: days,
      /** Days after which nobody, AWS included, can take the lock off the backups. */
      lockedForGoodAfterDays: days.optional(),
    }),
    functions: z.strictObject({
      /** Executions that each function keeps for itself; absent where the account's quota is too small to share out. */
      reservedConcurrency: positive.optional(),
      /** Whether Lambda takes signed code only. */
      codeSigning: z.boolean(),
    }),
    /** What lets an uploaded video into the analysis. */
    admission: z.strictObject({
      /** Whether GuardDuty's scan must have found nothing first. */
      startAfter: z.enum(["upload", "scan"]),
      /** Analyses that run at a time: of what people upload, and of what a backfill works through. */
      interactive: positive.max(1000),
      backfill: positive.max(1000),
      /** Percent of a backfill's videos that may fail before it ends. */
      toleratedFailures: z.int().min(0).max(100),
      /** Seconds that an upload waits, at most, before it asks again whether it may run. */
      retrySeconds: positive.max(900),
    }),
    learning: learningConfig,
    report: reportWriter.optional(),
    /** Codes of SNOMED CT and others that FHIR and DICOM exports tell beside the platform's own (docs/interchange.md); absent: none. */
    codes: terminology.optional(),
    rekognition: z
      .strictObject({
        enabled: z.boolean(),
        /** Whether it also says what it sees, in general words to search cases by: $6 an hour of video. */
        labels: z.boolean(),
        /** Seconds between two looks at a running job. */
        pollSeconds: z.int().min(1).max(300),
      })
      .refine(({ enabled, labels }) => enabled || !labels, { path: ["labels"], message: "needs Rekognition: set enabled, or labels to false" }),
    /** The endpoint for single images. */
    inference: z.strictObject({
      instanceType,
      minimumInstances: positive.max(20),
      maximumInstances: positive.max(100),
      /** Percent of images copied for measuring drift. */
      capturePercent: z.number().min(0).max(100),
    }),
    /** Lets uploads enter AWS's network close to where they come from. */
    acceleratedUploads: z.boolean(),
    /** Region that a second copy of patients' data is kept in. */
    copyRegion: region.optional(),
    /** Pages that upload videos and fetch results. `http://127.0.0.1:*` is a page on the reader's own machine, on any port. */
    browserOrigins: z.array(
      z.string().regex(/^(https:\/\/[^/*]+|http:\/\/127\.0\.0\.1:\*)$/, "must be an origin such as https://review.example.org, without a wildcard"),
    ),
    /** The site, and signing in to it. */
    access: z.strictObject({
      /** `built`: the program builds the page and puts it there. `elsewhere`: something else serves it, as the local cloud does. */
      page: z.enum(["built", "elsewhere"]),
      /** First part of the sign-in pages' address; no other customer of AWS in the Region may have it. */
      domainPrefix: z.string(),
      /** Minutes that a token lives, and hours until people sign in again. */
      accessMinutes: z.int().default(30),
      sessionHours: z.int().default(8),
      /** Directories whose people sign in there; a secret is given as `{ secure: ... }` by `pulumi config set --secret`. */
      identityProviders: z.array(identityProvider).default([]),
      /** Public keys, in PEM, whose cookies open videos. */
      playbackKeys: z.array(z.string()),
      /** Countries that people work from, by two letters. */
      countries: z.array(z.string()),
      /** The site's own name and its certificate in us-east-1. Patients' data need one: AWS's takes old TLS, too. */
      domain: z.strictObject({ name: z.string(), certificateArn: z.string() }).optional(),
    }),
    /** Who takes the roles of people. Absent where nobody works in the account. */
    people: z.strictObject({ dataScientists: people, auditors: people, emergency: people, operators: people.optional() }).optional(),
    /** Notebooks, for the data scientists. */
    studio: z.strictObject({ signIn: z.enum(["SSO", "IAM"]), users: z.array(z.string()) }).optional(),
    /** Accounts that may fetch approved networks: those that they are promoted to. */
    modelReaders: z.array(accountId),
    /** Where networks are promoted from: the environment before, which must name this account in its modelReaders. Absent: none is fetched. */
    promotion: z
      .strictObject({
        from: z.strictObject({ accountId, stack: z.string().regex(/^[a-z][a-z0-9-]*$/) }),
        /** Days that a version must have been approved and in use there. */
        provenDays: z.int().min(0).max(365),
        everyHours: positive.max(168),
      })
      .optional(),
  })
  .superRefine(({ report, region, dataClassification, promotion, removal, learning, network: { endpoints, nat }, retention: { cases, sweep } }, context) => {
    for (const of of sweep?.classes ?? [])
      if (cases[of] === 0)
        context.addIssue({ code: "custom", path: ["retention", "sweep", "classes"], message: `must not name ${of}, whose cases need be kept for no day` });
    if (promotion !== undefined && !endpoints.includes("sts"))
      context.addIssue({
        code: "custom",
        path: ["promotion"],
        message: "svp:network.endpoints must hold sts: the function that fetches has no other way to its role there",
      });
    if (removal === "retain" && learning.cleanUp.staleDays < leastStaleDays)
      context.addIssue({
        code: "custom",
        path: ["learning", "cleanUp", "staleDays"],
        message: `must be ${leastStaleDays} at least where data is retained: executions can be redriven for 14 days, and need what they left`,
      });
    for (const message of flawsOfWriter(report, { region, dataClassification, endpoints, nat }))
      context.addIssue({ code: "custom", path: ["report"], message });
  });
export type EnvironmentConfig = z.infer<typeof environmentConfig>;
