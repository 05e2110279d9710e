import type { ResourceValidationPolicy } from "@pulumi/policy";
import { hipaa } from "../../controls.ts";
import { judgeEach } from "../../given.ts";
import { s3Types } from "./buckets.ts";

interface Config {
  readonly methods: readonly string[];
  readonly exposedHeaders: readonly string[];
  readonly maximumSeconds: number;
  readonly plainOrigins: readonly string[];
}

/** What a page needs that uploads in parts and plays videos; a browser asks again every hour. */
const defaults: Config = { methods: ["GET", "HEAD", "PUT"], exposedHeaders: ["ETag"], maximumSeconds: 3600, plainOrigins: [] };

/** Browsers hand objects only to pages of ours: named ones over TLS, with no more than such a page needs. */
export const bucketLetsInNamedPagesOnly: ResourceValidationPolicy = {
  name: "s3-bucket-lets-in-named-pages-only",
  description: "S3 buckets must open to pages of named origins over https only, with named methods and headers (CORS).",
  enforcementLevel: "mandatory",
  severity: "high",
  framework: hipaa("164.308(a)(4)(ii)(B)", "164.312(a)(1)", "164.312(e)(1)"),
  tags: ["s3", "cors"],
  remediationSteps: "Set browserOrigins to the pages that upload and play videos: https://review.example.org.",
  configSchema: {
    properties: {
      methods: { type: "array", items: { type: "string" }, default: [...defaults.methods] },
      exposedHeaders: { type: "array", items: { type: "string" }, default: [...defaults.exposedHeaders] },
      maximumSeconds: { type: "integer", minimum: 0, default: defaults.maximumSeconds },
      plainOrigins: { type: "array", items: { type: "string" }, default: [...defaults.plainOrigins] },
    },
  },
  validateResource: ({ type, name, props, getConfig, notApplicable }, report) => {
    if (!s3Types("BucketCorsConfiguration").includes(type)) notApplicable("The resource opens no bucket to pages.");
    const { methods, exposedHeaders, maximumSeconds, plainOrigins } = { ...defaults, ...getConfig<Partial<Config>>() };
    const say = (wrong: string): void => report(`CORS of bucket "${name}" ${wrong}`);
    judgeEach(
      (props["corsRules"] ?? []) as Rule[],
      ({ allowedOrigins = [], allowedMethods = [], allowedHeaders = [], exposeHeaders = [], maxAgeSeconds = 0 }) => {
        const refused = {
          origins: allowedOrigins.filter((origin) => !/^https:\/\/[^*]+$/.test(origin) && !plainOrigins.includes(origin)),
          methods: allowedMethods.filter((method) => !methods.includes(method)),
          headers: allowedHeaders.filter((header) => header.includes("*")),
          "exposed headers": exposeHeaders.filter((header) => !exposedHeaders.includes(header)),
        };
        for (const [what, values] of Object.entries(refused)) if (values.length > 0) say(`must not allow the ${what} ${values.join(", ")}.`);
        if (maxAgeSeconds > maximumSeconds) say(`is believed ${maxAgeSeconds} seconds; it must be ${maximumSeconds} or less.`);
      },
    );
  },
};

interface Rule {
  readonly allowedOrigins?: readonly string[];
  readonly allowedMethods?: readonly string[];
  readonly allowedHeaders?: readonly string[];
  readonly exposeHeaders?: readonly string[];
  readonly maxAgeSeconds?: number;
}
