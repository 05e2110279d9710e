import * as pulumi from "@pulumi/pulumi";
import { CaseApi } from "../../components/experience/case-api.ts";
import { buildPage } from "../../components/experience/page-build.ts";
import { PlaybackKeys } from "../../components/experience/playback-keys.ts";
import { ReviewSite } from "../../components/experience/review-site.ts";
import { SignIn } from "../../components/experience/sign-in.ts";
import { WebFirewall } from "../../components/experience/web-firewall.ts";
import { EncryptionKey, logsUseKey } from "../../components/security/encryption-key.ts";
import type { Catalogue } from "../../models/catalogue.ts";
import type { EnvironmentConfig } from "../config/environment.ts";
import type { Data } from "./data.ts";
import type { Foundation } from "./foundation.ts";
import type { Pipeline } from "./pipeline.ts";

/** What people reach: sign-in, API, and the site in front of both. */
export interface Site {
  readonly signIn: SignIn;
  readonly api: CaseApi;
  readonly site: ReviewSite;
  readonly playbackKeys: PlaybackKeys;
}

/** CloudFront's firewall and logs lie in this Region, wherever the environment is. */
const edgeRegion = "us-east-1";

/** Largest video that the malware scan takes, 100 GB (GuardDuty User Guide, "Quotas in Malware Protection for S3"). */
const mostBytes = 100e9;

export function site(
  base: Foundation,
  { lake, table }: Data,
  { settings, analysis, caseExport, deletion, uploads, endpoint, languageModel }: Pipeline,
  config: EnvironmentConfig,
  catalogue: Catalogue,
): Site {
  const { place, removal, opts, keys, logging } = base;
  const { domainPrefix, identityProviders, accessMinutes, sessionHours, playbackKeys: publicKeys, countries, domain } = config.access;

  // People come back from signing in to a site that stands only after the sign-in does.
  const [siteUrl, resolveSiteUrl] = pulumi.deferredOutput<string>();
  const firewall = new WebFirewall("sign-in-firewall", { place, scope: "REGIONAL", key: keys.logs, ...logging }, opts);
  const signIn = new SignIn("sign-in", { settings, removal, domainPrefix, origins: [siteUrl], accessMinutes, sessionHours, identityProviders, firewall }, opts);
  const playbackKeys = new PlaybackKeys("playback", { place, removal, key: keys.derived, publicKeys }, opts);
  const api = new CaseApi(
    "case-api",
    {
      ...{
        settings,
        signIn,
        lake,
        table,
        caseExport,
        analysis: analysis.workflow,
        planned: analysis.planned,
        deletion,
        uploadEvents: uploads,
        endpoint,
        languageModel,
        imageModel: catalogue.imageModel,
      },
      modelIds: catalogue.models.map(({ model }) => model.id),
      ...{ siteUrl, playbackKeys },
      uploads: { mostBytes, accelerated: config.acceleratedUploads },
    },
    opts,
  );

  const edge = { ...place, region: edgeRegion };
  const edgeKey =
    place.region === edgeRegion
      ? keys.logs
      : new EncryptionKey("edge-logs", { place: edge, removal, description: "Logs of CloudFront and its firewall", services: [logsUseKey(edge)] }, opts);
  const site = new ReviewSite(
    "site",
    {
      place,
      removal,
      key: keys.derived,
      edgeKey,
      retention: { noncurrentDays: config.retention.noncurrentVersions, accessLogDays: config.retention.accessLogs },
      api,
      signIn,
      lake,
      acceleratedUploads: config.acceleratedUploads,
      playbackKeys,
      page: config.access.page === "built" ? buildPage() : [],
      firewall: new WebFirewall("edge-firewall", { place: edge, scope: "CLOUDFRONT", key: edgeKey, ...logging }, opts),
      countries,
      ...(domain && { domain }),
    },
    opts,
  );
  resolveSiteUrl(site.url);
  return { signIn, api, site, playbackKeys };
}
