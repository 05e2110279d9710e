import * as aws from "@pulumi/aws";
import type { Policies } from "@pulumi/policy";
import type * as pulumi from "@pulumi/pulumi";
import { expect } from "chai";
import type { PolicyConfig } from "../../../local/deploy/policy/config.ts";
import { evaluatePolicies } from "../../../local/deploy/policy/in-process.ts";
import type { Properties } from "../../../local/deploy/provider.ts";
import { unknownValue } from "../../../local/deploy/values.ts";
import { answersCarrySecurityHeaders } from "../../../policies/rules/cloudfront/answers-carry-security-headers.ts";
import { behaviorKeepsNothingAboutCases } from "../../../policies/rules/cloudfront/behavior-keeps-nothing-about-cases.ts";
import { bucketOriginIsSignedFor } from "../../../policies/rules/cloudfront/bucket-origin-is-signed-for.ts";
import { distributionIsBehindFirewall } from "../../../policies/rules/cloudfront/distribution-is-behind-firewall.ts";
import { distributionLogsAccess } from "../../../policies/rules/cloudfront/distribution-logs-access.ts";
import { distributionNamesRootObject } from "../../../policies/rules/cloudfront/distribution-names-root-object.ts";
import { distributionServesNamedCountries } from "../../../policies/rules/cloudfront/distribution-serves-named-countries.ts";
import { distributionServesOverTlsOnly } from "../../../policies/rules/cloudfront/distribution-serves-over-tls-only.ts";
import { distributionSpeaksModernTls } from "../../../policies/rules/cloudfront/distribution-speaks-modern-tls.ts";
import { videosNeedSignedCookies } from "../../../policies/rules/cloudfront/videos-need-signed-cookies.ts";
import { applications, violations } from "../../support/policies.ts";
import { deploymentOf } from "../../support/programs.ts";

type Opts = { provider: aws.Provider };
type Program = (opts: Opts) => unknown;
type Inputs = aws.types.input.cloudfront.DistributionOrderedCacheBehavior;
type Headers = Partial<aws.cloudfront.ResponseHeadersPolicyArgs>;

const disabled = "4135ea2d-6df8-44a3-9df3-4b5a84be39ad";
const optimized = "658327ea-f89d-4fab-a63d-7e88639e58f6";
const csp = "default-src 'none'; script-src 'self'; frame-ancestors 'none'";
const securityHeadersConfig = {
  contentSecurityPolicy: { contentSecurityPolicy: csp, override: true },
  contentTypeOptions: { override: true },
  frameOptions: { frameOption: "DENY", override: true },
  referrerPolicy: { referrerPolicy: "no-referrer", override: true },
  strictTransportSecurity: { accessControlMaxAgeSec: 31_536_000, includeSubdomains: true, override: true },
};
const noStore = { customHeadersConfig: { items: [{ header: "cache-control", value: "private, no-store", override: true }] } };

interface Changes {
  distribution: Partial<aws.cloudfront.DistributionArgs>;
  /** Of the page, of videos, and of the API. */
  page: Partial<Inputs>;
  media: Partial<Inputs>;
  api: Partial<Inputs>;
  control: Partial<aws.cloudfront.OriginAccessControlArgs>;
  headers: Headers;
  kept: Headers;
  pageOrigin: object;
  apiOrigin: Partial<aws.types.input.cloudfront.DistributionOriginCustomOriginConfig>;
  pageTags: Record<string, string>;
}

/** A distribution as ReviewSite makes it: a page, videos and an API. */
const site =
  (change: Partial<Changes> = {}, also: (made: { distribution: aws.cloudfront.Distribution }, opts: Opts) => unknown = () => undefined): Program =>
  (opts) => {
    const web = new aws.s3.Bucket("web", { bucket: "web", tags: change.pageTags ?? { "data-classification": "none" } }, opts);
    new aws.s3.Bucket("videos", { bucket: "videos" }, opts);
    const control = new aws.cloudfront.OriginAccessControl(
      "control",
      { originAccessControlOriginType: "s3", signingBehavior: "always", signingProtocol: "sigv4", ...change.control },
      opts,
    ).id;
    const headers = (name: string, args: Headers): pulumi.Output<string> =>
      new aws.cloudfront.ResponseHeadersPolicy(name, { name, securityHeadersConfig, ...args }, opts).id;
    const read = { allowedMethods: ["GET", "HEAD"], cachedMethods: ["GET", "HEAD"], viewerProtocolPolicy: "https-only" };
    const kept = headers("kept", { ...noStore, ...change.kept });
    const uncached = { ...read, cachePolicyId: disabled, responseHeadersPolicyId: kept };
    const distribution = new aws.cloudfront.Distribution(
      "site",
      {
        enabled: true,
        origins: [
          {
            originId: "page",
            domainName: web.bucket.apply((bucket) => `${bucket}.s3.us-east-1.amazonaws.com`),
            originAccessControlId: control,
            ...change.pageOrigin,
          },
          { originId: "media", domainName: "videos.s3.us-east-1.amazonaws.com", originAccessControlId: control },
          {
            originId: "api",
            domainName: "a.execute-api.us-east-1.amazonaws.com",
            customOriginConfig: { httpPort: 80, httpsPort: 443, originProtocolPolicy: "https-only", originSslProtocols: ["TLSv1.2"], ...change.apiOrigin },
          },
        ],
        defaultCacheBehavior: {
          ...read,
          targetOriginId: "page",
          cachePolicyId: optimized,
          responseHeadersPolicyId: headers("headers", { ...change.headers }),
          ...change.page,
        },
        orderedCacheBehaviors: [
          { ...uncached, pathPattern: "/media/*", targetOriginId: "media", trustedKeyGroups: ["group"], ...change.media },
          {
            ...uncached,
            pathPattern: "/api/*",
            targetOriginId: "api",
            allowedMethods: ["DELETE", "GET", "HEAD", "OPTIONS", "PATCH", "POST", "PUT"],
            ...change.api,
          },
        ],
        restrictions: { geoRestriction: { restrictionType: "whitelist", locations: ["US"] } },
        viewerCertificate: {
          acmCertificateArn: "arn:aws:acm:us-east-1:111111111111:certificate/c",
          minimumProtocolVersion: "TLSv1.2_2021",
          sslSupportMethod: "sni-only",
        },
        webAclId: "arn:aws:wafv2:us-east-1:111111111111:global/webacl/w/1",
        defaultRootObject: "index.html",
        ...change.distribution,
      },
      opts,
    );
    also({ distribution }, opts);
  };
const fields = ["date", "time", "c-ip", "cs-method", "cs-uri-stem", "sc-status"];
const logged = (recordFields: string[] | undefined, logType = "ACCESS_LOGS", change: Partial<Changes> = {}) =>
  site(change, ({ distribution }, opts) => {
    const source = new aws.cloudwatch.LogDeliverySource("source", { name: "source", logType, resourceArn: distribution.arn }, opts);
    new aws.cloudwatch.LogDelivery("log", { deliverySourceName: source.name, deliveryDestinationArn: "arn:d", ...(recordFields && { recordFields }) }, opts);
  });
const header = (change: Partial<typeof securityHeadersConfig>): Partial<Changes> => ({
  headers: { securityHeadersConfig: { ...securityHeadersConfig, ...change } },
});
const cspOf = (contentSecurityPolicy: string) => header({ contentSecurityPolicy: { contentSecurityPolicy, override: true } });
const geoRestriction = (restrictionType: string, locations: string[] = []): Partial<Changes> => ({
  distribution: { restrictions: { geoRestriction: { restrictionType, locations } } },
});
const viewer = (viewerCertificate: object): Partial<Changes> => ({ distribution: { viewerCertificate } });

const everyRule = [
  answersCarrySecurityHeaders,
  behaviorKeepsNothingAboutCases,
  bucketOriginIsSignedFor,
  distributionIsBehindFirewall,
  distributionLogsAccess,
  distributionNamesRootObject,
  distributionServesNamedCountries,
  distributionServesOverTlsOnly,
  distributionSpeaksModernTls,
  videosNeedSignedCookies,
];

describe("rules for CloudFront", () => {
  for (const rule of everyRule)
    it(`${rule.name} accepts a site that keeps all rules`, async () => expect(await violations(rule, logged(fields))).to.deep.equal([]));

  const weak = (wanted: string) => [`Distribution "site" has headers "headers" that must set ${wanted}, overriding the origin's.`];
  const hsts = "strictTransportSecurity for 31536000 seconds or more, with subdomains";
  const content = "contentSecurityPolicy with default-src 'none' or 'self', frame-ancestors 'none' or 'self', and no scripts of others";
  const videos = 'Distribution "site" shows what may be videos at /media/* to everybody; it must set trustedKeyGroups.';
  const keepsMedia = 'Distribution "site" lets browsers keep /media/*; its response headers must set Cache-Control no-store.';
  const keepsApi = 'Distribution "site" lets browsers keep /api/*; its response headers must set Cache-Control no-store.';
  const cases: [rule: Policies[number], what: string, change: Partial<Changes>, messages: string[]][] = [
    [
      distributionSpeaksModernTls,
      "CloudFront's certificate",
      viewer({ cloudfrontDefaultCertificate: true }),
      ['Distribution "site" has CloudFront\'s certificate, which takes TLS 1.0; viewerCertificate must name one of its own.'],
    ],
    [
      distributionSpeaksModernTls,
      "old TLS",
      viewer({ acmCertificateArn: "arn:c", minimumProtocolVersion: "TLSv1.1_2016" }),
      ['Distribution "site" has viewerCertificate.minimumProtocolVersion TLSv1.1_2016; it must be one of TLSv1.2_2021, TLSv1.2_2025, TLSv1.3_2025.'],
    ],
    [
      distributionSpeaksModernTls,
      "nothing said",
      viewer({ acmCertificateArn: "arn:c" }),
      ['Distribution "site" has viewerCertificate.minimumProtocolVersion unset; it must be one of TLSv1.2_2021, TLSv1.2_2025, TLSv1.3_2025.'],
    ],
    [
      distributionServesOverTlsOnly,
      "plain HTTP with browsers",
      { page: { viewerProtocolPolicy: "allow-all" }, api: { viewerProtocolPolicy: "allow-all" } },
      [
        'Distribution "site" serves * by allow-all; viewerProtocolPolicy must be https-only or redirect-to-https.',
        'Distribution "site" serves /api/* by allow-all; viewerProtocolPolicy must be https-only or redirect-to-https.',
      ],
    ],
    [
      distributionServesOverTlsOnly,
      "plain HTTP and old TLS with servers",
      { apiOrigin: { originProtocolPolicy: "match-viewer", originSslProtocols: ["TLSv1", "TLSv1.2"] } },
      [
        'Distribution "site" asks "api" by match-viewer; originProtocolPolicy must be https-only.',
        'Distribution "site" speaks TLSv1 with "api"; originSslProtocols must be TLSv1.2.',
      ],
    ],
    [
      bucketOriginIsSignedFor,
      "an open bucket",
      { pageOrigin: { originAccessControlId: undefined } },
      ['Distribution "site" asks "page" without signing; it must set originAccessControlId.'],
    ],
    [
      bucketOriginIsSignedFor,
      "an identity of the older kind",
      { pageOrigin: { s3OriginConfig: { originAccessIdentity: "origin-access-identity/cloudfront/E" } } },
      ['Distribution "site" asks "page" by an identity of the older kind; it must set originAccessControlId.'],
    ],
    [
      bucketOriginIsSignedFor,
      "a website of a bucket",
      {
        pageOrigin: {
          domainName: "web.s3-website-us-east-1.amazonaws.com",
          originAccessControlId: undefined,
          customOriginConfig: { httpPort: 80, httpsPort: 443, originProtocolPolicy: "http-only", originSslProtocols: ["TLSv1.2"] },
        },
      },
      ['Distribution "site" asks the website of a bucket, "page", which is open to everybody.'],
    ],
    [
      bucketOriginIsSignedFor,
      "signing sometimes",
      { control: { signingBehavior: "no-override" } },
      [1, 2].map(() => 'Distribution "site" signs by "control" with signingBehavior no-override; it must be always.'),
    ],
    [
      bucketOriginIsSignedFor,
      "browsers that write",
      { media: { allowedMethods: ["DELETE", "GET", "HEAD", "OPTIONS", "PATCH", "POST", "PUT"] } },
      ['Distribution "site" lets browsers DELETE, PATCH, POST, PUT at /media/*; allowedMethods of a bucket must be among GET, HEAD, OPTIONS.'],
    ],
    [distributionIsBehindFirewall, "none", { distribution: { webAclId: "" } }, ['Distribution "site" has no firewall; it must set webAclId.']],
    [videosNeedSignedCookies, "videos for everybody", { media: { trustedKeyGroups: [] } }, [videos]],
    [
      videosNeedSignedCookies,
      "a page's behavior that leads to videos",
      { page: { targetOriginId: "media" } },
      ['Distribution "site" shows what may be videos at * to everybody; it must set trustedKeyGroups.'],
    ],
    [
      videosNeedSignedCookies,
      "a bucket of pages that does not say so",
      { pageTags: {} },
      ['Distribution "site" shows what may be videos at * to everybody; it must set trustedKeyGroups.'],
    ],
    [
      videosNeedSignedCookies,
      "a bucket that the program does not make",
      { pageOrigin: { domainName: "others.s3.us-east-1.amazonaws.com" } },
      ['Distribution "site" shows what may be videos at * to everybody; it must set trustedKeyGroups.'],
    ],
    [videosNeedSignedCookies, "an origin that nobody knows", { media: { targetOriginId: "nowhere", trustedKeyGroups: [] } }, [videos]],
    [
      behaviorKeepsNothingAboutCases,
      "caches",
      { media: { cachePolicyId: optimized }, api: { cachePolicyId: optimized } },
      [
        'Distribution "site" caches /api/*; cachePolicyId must be CachingDisabled.',
        'Distribution "site" caches /media/*; cachePolicyId must be CachingDisabled.',
      ],
    ],
    [behaviorKeepsNothingAboutCases, "headers that say nothing of keeping", { kept: { customHeadersConfig: { items: [] } } }, [keepsApi, keepsMedia]],
    [
      behaviorKeepsNothingAboutCases,
      "headers that the origin may change",
      { kept: { customHeadersConfig: { items: [{ header: "Cache-Control", value: "no-store", override: false }] } } },
      [keepsApi, keepsMedia],
    ],
    [behaviorKeepsNothingAboutCases, "no headers", { api: { responseHeadersPolicyId: "" } }, [keepsApi]],
    [
      answersCarrySecurityHeaders,
      "answers without headers",
      { page: { responseHeadersPolicyId: "" } },
      ['Distribution "site" answers * without security headers; it must set responseHeadersPolicyId to a policy of the program.'],
    ],
    [
      answersCarrySecurityHeaders,
      "a short time of TLS",
      header({ strictTransportSecurity: { accessControlMaxAgeSec: 3600, includeSubdomains: true, override: true } }),
      weak(hsts),
    ],
    [
      answersCarrySecurityHeaders,
      "TLS without subdomains",
      header({ strictTransportSecurity: { accessControlMaxAgeSec: 31_536_000, includeSubdomains: false, override: true } }),
      weak(hsts),
    ],
    [answersCarrySecurityHeaders, "headers that the origin may change", header({ contentTypeOptions: { override: false } }), weak("contentTypeOptions")],
    [answersCarrySecurityHeaders, "scripts from anywhere", cspOf(`${csp}; script-src 'self' *`), weak(content)],
    [answersCarrySecurityHeaders, "scripts within a page", cspOf("default-src 'self' 'unsafe-inline'; frame-ancestors 'none'"), weak(content)],
    [answersCarrySecurityHeaders, "scripts over any TLS", cspOf("default-src 'self'; script-src https:; frame-ancestors 'none'"), weak(content)],
    [answersCarrySecurityHeaders, "no limit to frames", cspOf("default-src 'none'"), weak(content)],
    [answersCarrySecurityHeaders, "no limit to sources", cspOf("frame-ancestors 'none'"), weak(content)],
    [
      answersCarrySecurityHeaders,
      "frames of others",
      header({ frameOptions: { frameOption: "ALLOW", override: true } }),
      weak("frameOptions DENY or SAMEORIGIN"),
    ],
    [
      answersCarrySecurityHeaders,
      "addresses for others",
      header({ referrerPolicy: { referrerPolicy: "unsafe-url", override: true } }),
      weak("referrerPolicy no-referrer, same-origin or strict-origin"),
    ],
    [
      distributionServesNamedCountries,
      "the whole world",
      geoRestriction("none"),
      ['Distribution "site" has restrictions.geoRestriction none; it must be a whitelist of US.'],
    ],
    [
      distributionServesNamedCountries,
      "all but some",
      geoRestriction("blacklist", ["US"]),
      ['Distribution "site" has restrictions.geoRestriction blacklist; it must be a whitelist of US.'],
    ],
    [distributionServesNamedCountries, "others", geoRestriction("whitelist", ["US", "KP"]), ['Distribution "site" serves KP; it must serve US only.']],
    [
      distributionNamesRootObject,
      "none",
      { distribution: { defaultRootObject: "" } },
      ['Distribution "site" may list what its bucket holds; it must set defaultRootObject.'],
    ],
  ];
  for (const [rule, what, change, messages] of cases)
    it(`${rule.name} refuses ${what}`, async () => expect(await violations(rule, site(change))).to.deep.equal(messages));

  const logs: [what: string, program: Program, ...messages: string[]][] = [
    ["no log", site(), 'Distribution "site" delivers no log of access; it must have a LogDelivery.'],
    ["another log", logged(fields, "CONNECTION_LOGS"), 'Distribution "site" delivers no log of access; it must have a LogDelivery.'],
    ["every field", logged(undefined), 'Distribution "site" logs every field by "log"; recordFields must name them.'],
    [
      "too few fields, and too many",
      logged([...fields.slice(1), "cs-uri-query", "cs(Cookie)"]),
      'Distribution "site" does not log date by "log"; recordFields must hold them.',
      'Distribution "site" logs cs-uri-query, cs(Cookie) by "log"; recordFields must not hold them.',
    ],
    [
      "a log of the older kind",
      logged(fields, "ACCESS_LOGS", { distribution: { loggingConfig: { bucket: "logs.s3.amazonaws.com" } } }),
      'Distribution "site" logs queries; it must not set loggingConfig.',
    ],
  ];
  for (const [what, program, ...messages] of logs)
    it(`cloudfront-distribution-logs-access refuses ${what}`, async () => expect(await violations(distributionLogsAccess, program)).to.deep.equal(messages));

  it("cloudfront-behavior-keeps-nothing-about-cases judges a cache policy of the program by how long anything may stay", async () => {
    const cached =
      (maxTtl: number): Program =>
      (opts) => {
        const nothing = {
          cookiesConfig: { cookieBehavior: "none" },
          headersConfig: { headerBehavior: "none" },
          queryStringsConfig: { queryStringBehavior: "none" },
        };
        const policy = new aws.cloudfront.CachePolicy("policy", { minTtl: 0, defaultTtl: 0, maxTtl, parametersInCacheKeyAndForwardedToOrigin: nothing }, opts);
        return site({ media: { cachePolicyId: policy.id, targetOriginId: "media" }, api: { cachePolicyId: policy.id } })(opts);
      };
    expect(await violations(behaviorKeepsNothingAboutCases, cached(0))).to.deep.equal([]);
    expect(await violations(behaviorKeepsNothingAboutCases, cached(60))).to.have.length(2);
  });

  it("tell in a first preview what they can't judge, and nothing that is not so", async () => {
    const deployment = await deploymentOf(site({ media: { trustedKeyGroups: [] } }));
    const hidden = (outputs: Properties): Properties => {
      const origins = (outputs["origins"] as { domainName: string }[]).map((origin) => ({ ...origin, domainName: unknownValue }));
      return { ...outputs, origins };
    };
    const resources = deployment.resources.map((resource) => ("origins" in resource.outputs ? { ...resource, outputs: hidden(resource.outputs) } : resource));
    for (const rule of [videosNeedSignedCookies, behaviorKeepsNothingAboutCases]) {
      const { findings } = await evaluatePolicies([rule], { ...deployment, resources });
      expect(findings.map(({ enforcementLevel }) => enforcementLevel)).to.deep.equal(["advisory"]);
    }
  });

  it("take other settings", async () => {
    const judged = (rule: Policies[number], change: Partial<Changes>, settings: PolicyConfig[string]) =>
      violations(rule, site(change), { [rule.name]: settings! });
    expect(await judged(distributionSpeaksModernTls, viewer({ cloudfrontDefaultCertificate: true }), { ownCertificate: false })).to.deep.equal([]);
    expect(await judged(distributionSpeaksModernTls, {}, { protocols: ["TLSv1.3_2025"] })).to.have.length(1);
    expect(await judged(distributionServesNamedCountries, geoRestriction("whitelist", ["US", "TW"]), { countries: ["US", "TW"] })).to.deep.equal([]);
    expect(await judged(answersCarrySecurityHeaders, {}, { strictTransportSeconds: 63_072_000 })).to.have.length(2);
  });

  it("do not apply where there is nothing to judge", async () => {
    for (const rule of everyRule.filter((rule) => "validateStack" in rule)) expect(await applications(rule, () => undefined)).to.equal(0);
  });
});
