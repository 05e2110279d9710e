import { z } from "zod";
import { account, common, days, logDays, region } from "./fields.ts";

/** Regions that anything may lie in: guardrails deny all others. What watches is made in each. */
const regions = z
  .array(region)
  .min(1)
  .refine((names) => new Set(names).size === names.length, "must name each Region once");

/** The stack `shared`: what the organisation holds for all environments. */
export const sharedConfig = z
  .strictObject({
    ...common,
    /** S3 lets nobody delete what the archive has locked, so the stack can't be destroyed, whatever it says. */
    removal: z.literal("retain", "must be retain: nobody can delete what the archive has locked"),
    accounts: z.strictObject({
      /** The organisation's own: its trail and its guardrails. */
      management: account,
      /** Takes the audit trail, and nothing else happens there. */
      logArchive: account,
      /** Watches all others: findings, configuration. */
      audit: account,
      /** Registry of images, and the way in for workflows. */
      services: account,
    }),
    /** The environments' accounts, by stack. */
    environments: z.record(z.string(), account).refine((accounts) => Object.keys(accounts).length > 0, "must name at least one environment"),
    regions,
    retention: z.strictObject({ logs: logDays, accessLogs: days }),
    /** The server of language models of the organisation's own; absent where no environment has one (docs/reports.md). */
    languageModel: z
      .strictObject({
        /** vLLM as AWS builds it for SageMaker, by a digest that somebody looked up. */
        baseImage: z
          .string()
          .regex(
            /^\d{12}\.dkr\.ecr\.[a-z0-9-]+\.amazonaws\.com\/([\w./-]+\/)?vllm@sha256:[0-9a-f]{64}$/,
            "must be an image vllm of a registry of ECR, by its digest",
          ),
      })
      .optional(),
    /** Repository whose workflows deploy, as `owner/name`. Absent where people do. */
    github: z.strictObject({ repository: z.string().regex(/^[\w.-]+\/[\w.-]+$/, "must be owner/name") }).optional(),
    /** What deploys inside AWS, for teams that don't from GitHub: components/delivery/deploy-pipeline.ts. */
    pipeline: z
      .strictObject({
        /** A connection that somebody agreed to in the console of the services account. */
        connectionArn: z.string(),
        repository: z.string().regex(/^[\w.-]+\/[\w.-]+$/, "must be owner/name"),
        branch: z.string(),
        /** The stacks that it deploys to, one after the other. */
        order: z.array(z.string()).min(1),
        /** SHA-256 of `pulumi-v<version>-linux-arm64.tar.gz`, from its release page. */
        pulumiSha256: z.string().regex(/^[0-9a-f]{64}$/, "must be a SHA-256"),
      })
      .optional(),
  })
  .refine((config) => config.regions.includes(config.region), {
    path: ["regions"],
    message: "must contain svp:region",
    // Said beside other mistakes, too, as soon as these two are Regions.
    when: ({ value }) => z.object({ region, regions }).safeParse(value).success,
  });
export type SharedConfig = z.infer<typeof sharedConfig>;
