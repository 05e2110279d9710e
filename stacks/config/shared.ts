import { z } from "zod";
import { account, common, days, logDays, region } from "./fields.ts";

/** The stack `shared`: what the organisation holds for all environments. */
export const sharedConfig = z.strictObject({
  ...common,
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
  /** Regions that anything may lie in: guardrails deny all others. */
  regions: z.array(region).min(1),
  retention: z.strictObject({ logs: logDays, accessLogs: days }),
  /** Repository whose workflows deploy, as `owner/name`. Absent where people do. */
  github: z.strictObject({ repository: z.string().regex(/^[\w.-]+\/[\w.-]+$/, "must be owner/name") }).optional(),
});
export type SharedConfig = z.infer<typeof sharedConfig>;
