import { generateKeyPairSync } from "node:crypto";
import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import { expect } from "chai";
import { RealTimeEndpoint } from "../../../components/analysis/real-time-endpoint.ts";
import { CaseApi } from "../../../components/experience/case-api.ts";
import { PlaybackKeys } from "../../../components/experience/playback-keys.ts";
import { ReviewSite, type ReviewSiteArgs } from "../../../components/experience/review-site.ts";
import { WebFirewall } from "../../../components/experience/web-firewall.ts";
import { failure } from "../../support/failure.ts";
import type { Deployed } from "../../support/pulumi.ts";
import { detector, image, jobNetwork, machines, parts, uploadEvents } from "../parts.ts";
import { inAccount, place, statements } from "../place.ts";
import { signIn } from "./people.ts";

const publicKey = generateKeyPairSync("rsa", { modulusLength: 2048 }).publicKey.export({ type: "spki", format: "pem" }) as string;
const certificateArn = "arn:aws:acm:us-east-1:111111111111:certificate/0a1b";

/** As a stack wires it: people come back to a site that asks the API, which asks for tokens of the pool. */
const make = (more: Partial<ReviewSiteArgs> = {}): Promise<Deployed> =>
  inAccount((opts) => {
    const made = parts(opts);
    const { keys, settings, lake, table } = made;
    const [origin, resolveOrigin] = pulumi.deferredOutput<string>();
    const people = signIn(settings, opts, { origins: [origin] });
    const endpoint = new RealTimeEndpoint(
      "inference",
      { settings, lake, image, network: jobNetwork, instanceType: "ml.m5.large", instances: { minimum: 1, maximum: 1 } },
      opts,
    );
    const playbackKeys = new PlaybackKeys("playback", { place, removal: "retain", key: keys.derived, publicKeys: [publicKey] }, opts);
    const api = new CaseApi(
      "case-api",
      {
        settings,
        signIn: people,
        lake,
        table,
        uploads: { mostBytes: 100e9, accelerated: false },
        ...{ siteUrl: origin, playbackKeys },
        planned: { analysers: [], rekognition: false, labels: false, scanned: false },
        ...machines(made),
        uploadEvents: uploadEvents(made),
        endpoint,
        imageModel: detector,
        modelIds: ["instruments"],
      },
      opts,
    );
    const firewall = new WebFirewall("edge-firewall", { place, scope: "CLOUDFRONT", key: keys.logs, logRetentionDays: 2192 }, opts);
    const site = new ReviewSite(
      "site",
      {
        place,
        removal: "retain",
        key: keys.derived,
        edgeKey: keys.logs,
        retention: { noncurrentDays: 30, accessLogDays: 2192 },
        api,
        signIn: people,
        lake,
        acceleratedUploads: false,
        playbackKeys,
        page: [],
        firewall,
        countries: ["US", "TW"],
        ...more,
      },
      opts,
    );
    resolveOrigin(site.url);
    return { url: site.url, target: site.distributionDomainName, distributionArn: site.distributionArn, bucket: site.web.bucket };
  });

// biome-ignore lint/suspicious/noExplicitAny: inputs are looked into property by property.
type Inputs = Record<string, any>;

describe("ReviewSite", () => {
  let stack: Deployed;
  let site: Inputs;
  before(async () => {
    stack = await make();
    site = stack.one(aws.cloudfront.Distribution, "site").inputs;
  });

  it("is one origin behind a firewall, for known countries only", () => {
    const { origins, defaultCacheBehavior, orderedCacheBehaviors, ...rest } = site;
    expect([origins.length, Object.keys(defaultCacheBehavior).length > 0, orderedCacheBehaviors.length]).to.deep.equal([3, true, 2]);
    expect(rest).to.deep.equal({
      comment: "svp-unit-site",
      enabled: true,
      isIpv6Enabled: true,
      httpVersion: "http2and3",
      priceClass: "PriceClass_100",
      webAclId: stack.one(aws.wafv2.WebAcl, "edge-firewall").outputs["arn"],
      defaultRootObject: "index.html",
      restrictions: { geoRestriction: { restrictionType: "whitelist", locations: ["US", "TW"] } },
      viewerCertificate: { cloudfrontDefaultCertificate: true },
    });
  });

  it("reaches buckets as itself and the API over TLS 1.2", () => {
    const access = stack.one(aws.cloudfront.OriginAccessControl, "site-origin-access");
    expect(access.inputs).to.deep.equal({
      name: "svp-unit-site",
      originAccessControlOriginType: "s3",
      signingBehavior: "always",
      signingProtocol: "sigv4",
    });
    const api = stack.one(aws.apigatewayv2.Api, "case-api").id;
    expect(site["origins"]).to.deep.equal([
      { originId: "page", domainName: "svp-unit-111111111111-web.s3.us-east-1.amazonaws.com", originAccessControlId: access.id },
      {
        originId: "media",
        domainName: "svp-unit-111111111111-processed.s3.us-east-1.amazonaws.com",
        originAccessControlId: access.id,
        originPath: "/processed-videos",
      },
      {
        originId: "api",
        domainName: `${api}.execute-api.us-east-1.amazonaws.com`,
        customOriginConfig: {
          httpPort: 80,
          httpsPort: 443,
          originProtocolPolicy: "https-only",
          originSslProtocols: ["TLSv1.2"],
          originReadTimeout: 30,
          originKeepaliveTimeout: 5,
        },
      },
    ]);
  });

  it("caches the page, and neither videos nor answers of the API; videos need a signed cookie", () => {
    const headers = (what: string) => stack.one(aws.cloudfront.ResponseHeadersPolicy, `site-${what}-headers`).id;
    const read = ["GET", "HEAD"];
    expect(site["defaultCacheBehavior"]).to.deep.equal({
      targetOriginId: "page",
      allowedMethods: read,
      cachedMethods: read,
      compress: true,
      viewerProtocolPolicy: "redirect-to-https",
      cachePolicyId: "658327ea-f89d-4fab-a63d-7e88639e58f6",
      responseHeadersPolicyId: headers("page"),
    });
    const uncached = {
      cachedMethods: read,
      compress: false,
      viewerProtocolPolicy: "https-only",
      cachePolicyId: "4135ea2d-6df8-44a3-9df3-4b5a84be39ad",
      responseHeadersPolicyId: headers("private"),
      functionAssociations: [{ eventType: "viewer-request", functionArn: "arn:aws:cloudfront::111111111111:function/svp-unit-site-drop-prefix" }],
    };
    expect(site["orderedCacheBehaviors"]).to.deep.equal([
      {
        ...uncached,
        pathPattern: "/api/*",
        targetOriginId: "api",
        allowedMethods: ["DELETE", "GET", "HEAD", "OPTIONS", "PATCH", "POST", "PUT"],
        originRequestPolicyId: "b689b0a8-53d0-40ab-baf2-68738e2966ac",
      },
      {
        ...uncached,
        pathPattern: "/media/*/review/*",
        targetOriginId: "media",
        allowedMethods: read,
        trustedKeyGroups: [stack.one(aws.cloudfront.KeyGroup, "playback").id],
      },
    ]);
  });

  it("asks the API and the bucket without the first part of the path", () => {
    const { code, ...rest } = stack.one(aws.cloudfront.Function, "site-drop-prefix").inputs as { code: string };
    expect(rest).to.deep.equal({ name: "svp-unit-site-drop-prefix", runtime: "cloudfront-js-2.0", comment: "Drops /api or /media", publish: true });
    const asked = (uri: string): string => new Function("event", `${code}; return handler(event).uri;`)({ request: { uri } });
    expect(["/api/cases", "/api/cases/a%20b/", "/media/case/run/review.mp4", "/api/"].map(asked)).to.deep.equal([
      "/cases",
      "/cases/a%20b/",
      "/case/run/review.mp4",
      "/",
    ]);
  });

  it("tells browsers to run, load and keep as little as can be", () => {
    const results = "https://svp-unit-111111111111-processed.s3.us-east-1.amazonaws.com";
    const securityHeadersConfig = {
      contentSecurityPolicy: {
        contentSecurityPolicy: [
          "default-src 'none'; script-src 'self'; style-src 'self'",
          `connect-src 'self' https://svp-unit-111111111111-raw.s3.us-east-1.amazonaws.com ${results} https://svp-unit.auth.us-east-1.amazoncognito.com`,
          `media-src 'self' blob:; img-src 'self' blob: ${results}`,
          "base-uri 'none'; form-action 'none'; frame-ancestors 'none'; require-trusted-types-for 'script'; trusted-types 'none'",
        ].join("; "),
        override: true,
      },
      contentTypeOptions: { override: true },
      frameOptions: { frameOption: "DENY", override: true },
      referrerPolicy: { referrerPolicy: "no-referrer", override: true },
      strictTransportSecurity: { accessControlMaxAgeSec: 63_072_000, includeSubdomains: true, override: true },
    };
    expect(stack.one(aws.cloudfront.ResponseHeadersPolicy, "site-page-headers").inputs).to.deep.equal({ name: "svp-unit-site-page", securityHeadersConfig });
    expect(stack.one(aws.cloudfront.ResponseHeadersPolicy, "site-private-headers").inputs).to.deep.equal({
      name: "svp-unit-site-private",
      securityHeadersConfig,
      customHeadersConfig: { items: [{ header: "Cache-Control", value: "no-store", override: true }] },
    });
  });

  it("lets nobody but CloudFront read the page's bucket", () => {
    expect(statements(stack.one(aws.s3.BucketPolicy, "site-web-policy").inputs["policy"])["CloudFrontReads"]).to.deep.equal({
      Effect: "Allow",
      Principal: { Service: "cloudfront.amazonaws.com" },
      Action: ["s3:GetObject"],
      Resource: ["arn:aws:s3:::svp-unit-111111111111-web/*"],
      Condition: { ArnLike: { "aws:SourceArn": "arn:aws:cloudfront::111111111111:distribution/*" } },
    });
    expect(stack.one(aws.s3.BucketLogging, "site-web-logging").inputs).to.include({ targetBucket: "svp-unit-111111111111-web-access-logs" });
    expect(stack.outputs["bucket"]).to.equal("svp-unit-111111111111-web");
  });

  it("logs every request, encrypted, without query, cookie or referring page", () => {
    const log = stack.one(aws.cloudwatch.LogGroup, "site-log");
    const keyArn = stack.one(aws.kms.Key, "keys-logs").outputs["arn"];
    const region = "us-east-1";
    expect(log.inputs).to.deep.equal({ region, name: "/aws/vendedlogs/cloudfront/svp-unit-site", kmsKeyId: keyArn, retentionInDays: 2192 });
    expect(stack.one(aws.cloudwatch.LogDeliverySource, "site-log-source").inputs).to.deep.equal({
      region,
      name: "svp-unit-site",
      logType: "ACCESS_LOGS",
      resourceArn: stack.outputs["distributionArn"],
    });
    expect(stack.one(aws.cloudwatch.LogDeliveryDestination, "site-log-destination").inputs).to.deep.equal({
      region,
      name: "svp-unit-site",
      outputFormat: "json",
      deliveryDestinationConfiguration: { destinationResourceArn: log.outputs["arn"] },
    });
    const { recordFields, ...delivery } = stack.one(aws.cloudwatch.LogDelivery, "site-log-delivery").inputs as { recordFields: string[] };
    expect(delivery).to.deep.equal({
      region,
      deliverySourceName: "svp-unit-site",
      deliveryDestinationArn: "arn:aws:logs:us-east-1:111111111111:delivery-destination:svp-unit-site",
    });
    expect(recordFields).to.include.members(["date", "time", "c-ip", "cs-method", "cs-uri-stem", "sc-status"]);
    for (const field of ["cs-uri-query", "cs(Cookie)", "cs(Referer)"]) expect(recordFields).not.to.include(field);
  });

  it("tells the page where to sign in, and sign-in where the page is, without waiting in a circle", async () => {
    const { domainName } = stack.one(aws.cloudfront.Distribution, "site").outputs;
    const client = stack.one(aws.cognito.UserPoolClient, "sign-in-client");
    expect(stack.outputs["url"]).to.equal(`https://${domainName}`);
    expect(stack.outputs["target"]).to.equal(domainName);
    expect(client.inputs["callbackUrls"]).to.deep.equal([`https://${domainName}/`]);
    const { source, ...object } = stack.one(aws.s3.BucketObjectv2, "site-config").inputs as Inputs;
    expect(object).to.deep.equal({
      region: "us-east-1",
      bucket: "svp-unit-111111111111-web",
      key: "config.json",
      contentType: "application/json",
      cacheControl: "no-cache",
    });
    expect(JSON.parse(await source.text)).to.deep.equal({
      api: "/api",
      signIn: {
        origin: "https://svp-unit.auth.us-east-1.amazoncognito.com",
        issuer: `https://cognito-idp.us-east-1.amazonaws.com/${client.inputs["userPoolId"]}`,
        clientId: client.id,
      },
    });
  });

  it("holds the page's files with their types and how long they are kept, the one that names the others last", async () => {
    const of = (key: string, cacheControl: string) => ({ key, path: import.meta.filename, contentType: "text/x", cacheControl });
    const files = [of("assets/index-1a.js", "forever"), of("index.html", "no-cache")];
    const objects = (await make({ page: files })).ofType(aws.s3.BucketObjectv2).filter(({ name }) => name.startsWith("site-page"));
    expect(objects.map(({ name, inputs }) => [name, inputs["bucket"], inputs["key"], inputs["contentType"], inputs["cacheControl"]])).to.deep.equal([
      ["site-page-assets-index-1a.js", "svp-unit-111111111111-web", "assets/index-1a.js", "text/x", "forever"],
      ["site-page-index.html", "svp-unit-111111111111-web", "index.html", "text/x", "no-cache"],
    ]);
    for (const { inputs } of objects) expect(await (inputs["source"] as pulumi.asset.FileAsset).path).to.equal(import.meta.filename);
  });

  it("has a name and a certificate of its own, and then TLS 1.2 or newer only", async () => {
    const own = await make({ domain: { name: "review.example.org", certificateArn }, priceClass: "PriceClass_All", acceleratedUploads: true });
    const inputs = own.one(aws.cloudfront.Distribution, "site").inputs as Inputs;
    expect(inputs).to.deep.include({
      aliases: ["review.example.org"],
      priceClass: "PriceClass_All",
      viewerCertificate: { acmCertificateArn: certificateArn, sslSupportMethod: "sni-only", minimumProtocolVersion: "TLSv1.2_2021" },
    });
    expect(own.outputs["url"]).to.equal("https://review.example.org");
    const { securityHeadersConfig } = own.one(aws.cloudfront.ResponseHeadersPolicy, "site-page-headers").inputs as Inputs;
    expect(securityHeadersConfig.contentSecurityPolicy.contentSecurityPolicy).to.contain(
      "connect-src 'self' https://svp-unit-111111111111-raw.s3-accelerate.amazonaws.com ",
    );
  });

  it("names its children after itself", () => {
    const own = stack.resources.filter(({ parent }) => parent === stack.resources.find(({ type }) => type === "svp:experience:ReviewSite")?.urn);
    expect(own.map(({ name }) => name)).to.have.members(
      ["", "-config", "-drop-prefix", "-log", "-origin-access", "-page-headers", "-private-headers", "-web", "-web-access-logs"].map((part) => `site${part}`),
    );
    const log = stack.resources.filter(({ parent }) => parent === stack.resources.find(({ type }) => type === "svp:experience:DistributionLog")?.urn);
    expect(log.map(({ name }) => name)).to.have.members(["site-log", "site-log-source", "site-log-destination", "site-log-delivery"]);
  });

  it("refuses no country, wrong countries, and certificates that CloudFront does not find", async () => {
    // It judges these before it looks at anything else.
    const program = (more: Partial<ReviewSiteArgs>) =>
      inAccount((opts) => void new ReviewSite("site", { place, countries: ["US"], ...more } as ReviewSiteArgs, opts));
    const error = async (more: Partial<ReviewSiteArgs>) => (await failure(program(more))).message;
    expect(await error({ countries: [] })).to.contain('svp:experience:ReviewSite "site": countries must name at least one country.');
    for (const country of ["us", "USA", ""]) expect(await error({ countries: ["US", country] })).to.contain(`such as US, not "${country}".`);
    const elsewhere = certificateArn.replace("us-east-1", "eu-west-1");
    expect(await error({ domain: { name: "review.example.org", certificateArn: elsewhere } })).to.contain(
      `domain.certificateArn must be a certificate in us-east-1`,
    );
    for (const name of ["https://review.example.org", "review", "*.example.org"])
      expect(await error({ domain: { name, certificateArn } })).to.contain(`domain.name must be a host name such as review.example.org, not "${name}".`);
  });
});
