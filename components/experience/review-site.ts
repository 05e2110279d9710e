import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import { PlatformComponent } from "../component.ts";
import { AccessLogBucket } from "../data/access-log-bucket.ts";
import type { DataLake } from "../data/data-lake.ts";
import { EncryptedBucket } from "../data/encrypted-bucket.ts";
import { lakePrefixes } from "../data/lake-prefixes.ts";
import { type Place, physicalName, type Removal } from "../place.ts";
import type { EncryptionKey } from "../security/encryption-key.ts";
import type { CaseApi } from "./case-api.ts";
import { DistributionLog } from "./distribution-log.ts";
import type { PageFile } from "./page-build.ts";
import type { PlaybackKeys } from "./playback-keys.ts";
import { contentSecurityPolicy, securityHeaders } from "./response-headers.ts";
import type { SignIn } from "./sign-in.ts";
import { dropFirstSegment, sitePaths } from "./site-paths.ts";
import type { WebFirewall } from "./web-firewall.ts";

export interface ReviewSiteArgs {
  place: Place;
  removal: Removal;
  /** Encrypts the page. Its policy must let CloudFront read: `cloudFrontUsesKey`. */
  key: EncryptionKey;
  /** Encrypts the access log, which lies in us-east-1 wherever the stack is. */
  edgeKey: EncryptionKey;
  retention: {
    /** Days that an overwritten page can still be read back. */
    noncurrentDays: number;
    /** Days that logs of access are kept. */
    accessLogDays: number;
  };
  api: CaseApi;
  signIn: SignIn;
  /** Where videos are uploaded to and come from. */
  lake: DataLake;
  /** Whether uploads enter AWS's network close to where they come from, as the lake's own argument says. */
  acceleratedUploads: boolean;
  /** Whose cookies open videos. */
  playbackKeys: PlaybackKeys;
  /** The page's own files. None where something else serves them. */
  page: readonly PageFile[];
  /** Guards the site: a `CLOUDFRONT` one. */
  firewall: WebFirewall;
  /** Countries that people work from, by their two letters (ISO 3166-1). Nobody elsewhere gets in. */
  countries: readonly string[];
  /**
   * The site's own name, and the certificate for it in us-east-1. Absent, the site is at a name of `cloudfront.net`, whose
   * certificate is AWS's: then it takes TLS 1.0, too, which only a certificate of one's own can forbid. Patients' data need one.
   */
  domain?: { readonly name: string; readonly certificateArn: string };
  /** Where in the world CloudFront serves from: `PriceClass_100` is North America and Europe. @default "PriceClass_100" */
  priceClass?: "PriceClass_100" | "PriceClass_200" | "PriceClass_All";
}

/** AWS's managed policies have the same ids in all accounts (CloudFront Developer Guide, "Use managed cache policies", "Use managed origin request policies"). */
const cachePolicies = { optimized: "658327ea-f89d-4fab-a63d-7e88639e58f6", disabled: "4135ea2d-6df8-44a3-9df3-4b5a84be39ad" };
/** The API's own host name must reach it; the header Authorization does, as all others do. */
const allViewerExceptHost = "b689b0a8-53d0-40ab-baf2-68738e2966ac";

/**
 * What a reviewer's browser talks to: one origin with the page, the API under `/api/` and videos under `/media/`. Buckets let
 * in nobody but CloudFront, videos need a signed cookie, neither videos nor answers of the API are cached, and everything
 * passes a firewall. HIPAA 164.312(a)(1), (b), (d), (e)(1), (e)(2)(ii).
 */
export class ReviewSite extends PlatformComponent {
  /** Origin of the page: `https://...`, without a path. */
  readonly url: pulumi.Output<string>;
  /** Holds the page's files. */
  readonly web: EncryptedBucket;
  /** What the DNS name of a site of its own must point to. */
  readonly distributionDomainName: pulumi.Output<string>;
  readonly distributionArn: pulumi.Output<string>;

  constructor(name: string, args: ReviewSiteArgs, opts?: pulumi.ComponentResourceOptions) {
    super("svp:experience:ReviewSite", name, opts);
    this.#check(args);
    const { place, edgeKey, retention } = args;

    this.web = this.#webBucket(args);
    const distribution = this.#distribution(name, args);
    new DistributionLog(
      this.childName("log"),
      { place, distribution: name, distributionArn: distribution.arn, key: edgeKey, retentionDays: retention.accessLogDays },
      { parent: this },
    );
    this.#putPage(args, this.#tellPage(args));

    this.distributionDomainName = distribution.domainName;
    this.url = pulumi.interpolate`https://${args.domain?.name ?? distribution.domainName}`;
    this.distributionArn = distribution.arn;
    this.registerOutputs({ url: this.url, bucket: this.web.bucket, distributionArn: this.distributionArn });
  }

  #check({ countries, domain }: ReviewSiteArgs): void {
    if (countries.length === 0) this.reject("countries", "must name at least one country.");
    const wrong = countries.find((country) => !/^[A-Z]{2}$/.test(country));
    if (wrong !== undefined) this.reject("countries", `must be two capital letters each, such as US, not "${wrong}".`);
    if (domain === undefined) return;
    if (!/^(?:[a-z0-9-]+\.)+[a-z]{2,}$/.test(domain.name)) this.reject("domain.name", `must be a host name such as review.example.org, not "${domain.name}".`);
    if (!/^arn:aws:acm:us-east-1:\d{12}:certificate\/[a-z0-9-]+$/.test(domain.certificateArn))
      this.reject("domain.certificateArn", `must be a certificate in us-east-1, where CloudFront looks for it, not "${domain.certificateArn}".`);
  }

  #webBucket({ place, removal, key, retention }: ReviewSiteArgs): EncryptedBucket {
    const accessLogs = new AccessLogBucket(
      this.childName("web-access-logs"),
      { place, suffix: "web-access-logs", removal, retentionDays: retention.accessLogDays },
      { parent: this },
    );
    return new EncryptedBucket(
      this.childName("web"),
      { place, suffix: "web", removal, key, accessLogs, noncurrentDays: retention.noncurrentDays, servedPrefix: "", dataClassification: "none" },
      { parent: this },
    );
  }

  #distribution(name: string, args: ReviewSiteArgs): aws.cloudfront.Distribution {
    const { place, domain, countries, priceClass = "PriceClass_100" } = args;
    const { page, media, api } = this.#behaviors(args, name);
    return new aws.cloudfront.Distribution(
      name,
      {
        comment: physicalName(place, name),
        enabled: true,
        isIpv6Enabled: true,
        httpVersion: "http2and3",
        priceClass,
        webAclId: args.firewall.arn,
        defaultRootObject: "index.html",
        origins: this.#origins(args, name),
        defaultCacheBehavior: page,
        orderedCacheBehaviors: [
          { ...api, pathPattern: `${sitePaths.api}/*` },
          // The review rendition only: in the analysis rendition beside it nothing is covered.
          { ...media, pathPattern: `${sitePaths.media}/*/review/*` },
        ],
        restrictions: { geoRestriction: { restrictionType: "whitelist", locations: [...countries] } },
        ...(domain && { aliases: [domain.name] }),
        viewerCertificate:
          domain === undefined
            ? { cloudfrontDefaultCertificate: true }
            : { acmCertificateArn: domain.certificateArn, sslSupportMethod: "sni-only", minimumProtocolVersion: "TLSv1.2_2021" },
      },
      this.child(),
    );
  }

  #origins({ place, api, lake }: ReviewSiteArgs, name: string): aws.types.input.cloudfront.DistributionOrigin[] {
    const access = new aws.cloudfront.OriginAccessControl(
      this.childName("origin-access"),
      { name: physicalName(place, name), originAccessControlOriginType: "s3", signingBehavior: "always", signingProtocol: "sigv4" },
      this.child(),
    );
    const bucket = (originId: string, source: EncryptedBucket) => ({ originId, domainName: bucketHost(source, place), originAccessControlId: access.id });
    return [
      bucket("page", this.web),
      // Nothing of the bucket but renditions can be asked for.
      { ...bucket("media", lake.processed), originPath: `/${lakePrefixes.renditions}`.replace(/\/$/, "") },
      {
        originId: "api",
        domainName: api.endpoint.apply((endpoint) => new URL(endpoint).host),
        customOriginConfig: {
          httpPort: 80,
          httpsPort: 443,
          originProtocolPolicy: "https-only",
          originSslProtocols: ["TLSv1.2"],
          originReadTimeout: 30,
          originKeepaliveTimeout: 5,
        },
      },
    ];
  }

  #behaviors(args: ReviewSiteArgs, name: string) {
    const { place, playbackKeys } = args;
    const securityHeadersConfig = securityHeaders(contentSecurityPolicy(connections(args)));
    const headers = (what: string, more: Pick<aws.cloudfront.ResponseHeadersPolicyArgs, "customHeadersConfig"> = {}) =>
      new aws.cloudfront.ResponseHeadersPolicy(
        this.childName(`${what}-headers`),
        { name: `${physicalName(place, name)}-${what}`, securityHeadersConfig, ...more },
        this.child(),
      ).id;
    const dropPrefix = new aws.cloudfront.Function(
      this.childName("drop-prefix"),
      {
        name: `${physicalName(place, name)}-drop-prefix`,
        runtime: "cloudfront-js-2.0",
        comment: `Drops ${sitePaths.api} or ${sitePaths.media}`,
        publish: true,
        code: dropFirstSegment,
      },
      this.child(),
    );
    // No browser and no proxy keeps what is about a patient.
    const kept = headers("private", { customHeadersConfig: { items: [{ header: "Cache-Control", value: "no-store", override: true }] } });
    const read = ["GET", "HEAD"];
    const uncached = {
      cachePolicyId: cachePolicies.disabled,
      responseHeadersPolicyId: kept,
      cachedMethods: read,
      compress: false,
      viewerProtocolPolicy: "https-only",
      functionAssociations: [{ eventType: "viewer-request", functionArn: dropPrefix.arn }],
    };
    return {
      page: {
        targetOriginId: "page",
        allowedMethods: read,
        cachedMethods: read,
        compress: true,
        viewerProtocolPolicy: "redirect-to-https",
        cachePolicyId: cachePolicies.optimized,
        responseHeadersPolicyId: headers("page"),
      },
      media: { ...uncached, targetOriginId: "media", allowedMethods: read, trustedKeyGroups: [playbackKeys.keyGroupId] },
      api: {
        ...uncached,
        targetOriginId: "api",
        // CloudFront knows these sets of methods only: all, or reading.
        allowedMethods: ["DELETE", "GET", "HEAD", "OPTIONS", "PATCH", "POST", "PUT"],
        originRequestPolicyId: allViewerExceptHost,
      },
    };
  }

  /** What the page must know before anybody signed in. Nothing in it is secret. */
  #tellPage({ place, signIn }: ReviewSiteArgs): aws.s3.BucketObjectv2 {
    const config = pulumi.jsonStringify({
      api: sitePaths.api,
      signIn: { origin: signIn.origin, issuer: signIn.issuer, clientId: signIn.clientId },
    });
    return new aws.s3.BucketObjectv2(
      this.childName("config"),
      {
        region: place.region,
        bucket: this.web.bucket,
        key: "config.json",
        source: config.apply((text) => new pulumi.asset.StringAsset(text)),
        contentType: "application/json",
        cacheControl: "no-cache",
      },
      this.child(),
    );
  }

  /**
   * The page's files, the one that names the others last. Those are named after their content, and an update leaves the old ones in
   * the bucket: a page that is open goes on to find what it has not loaded yet.
   */
  #putPage({ place, page }: ReviewSiteArgs, config: aws.s3.BucketObjectv2): void {
    const put = ({ key, path, contentType, cacheControl }: PageFile, opts: pulumi.CustomResourceOptions) =>
      new aws.s3.BucketObjectv2(
        this.childName(`page-${key.replaceAll("/", "-")}`),
        { region: place.region, bucket: this.web.bucket, key, source: new pulumi.asset.FileAsset(path), contentType, cacheControl },
        this.child(opts),
      );
    const isEntry = ({ key }: PageFile): boolean => key === "index.html";
    const named = page.filter((file) => !isEntry(file)).map((file) => put(file, { retainOnDelete: true }));
    for (const file of page.filter(isEntry)) put(file, { dependsOn: [config, ...named] });
  }
}

const bucketHost = ({ bucket }: EncryptedBucket, { region }: Place): pulumi.Output<string> => pulumi.interpolate`${bucket}.s3.${region}.amazonaws.com`;

function connections({ place, lake, signIn, acceleratedUploads }: ReviewSiteArgs) {
  const uploads = acceleratedUploads ? pulumi.interpolate`${lake.raw.bucket}.s3-accelerate.amazonaws.com` : bucketHost(lake.raw, place);
  return { uploads: pulumi.interpolate`https://${uploads}`, results: pulumi.interpolate`https://${bucketHost(lake.processed, place)}`, signIn: signIn.origin };
}
