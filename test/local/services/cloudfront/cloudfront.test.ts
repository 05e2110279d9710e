import { createHash, generateKeyPairSync } from "node:crypto";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { text } from "node:stream/consumers";
import { expect } from "chai";
import { dropFirstSegment } from "../../../../components/experience/site-paths.ts";
import { signedCookies } from "../../../../functions/serve/grant-playback/signed-cookies.ts";
import { createCloudFront, type Distribution } from "../../../../local/services/cloudfront/index.ts";
import { isNamed } from "../../../../local/services/cloudfront/signed-cookies.ts";
import { ServiceError } from "../../../../local/wire/service.ts";

describe("the local CloudFront", () => {
  const folder = mkdtempSync(join(tmpdir(), "svp-cloudfront-"));
  after(() => rmSync(folder, { recursive: true }));
  const { privateKey, publicKey } = generateKeyPairSync("rsa", { modulusLength: 2048 });
  const pem = privateKey.export({ type: "pkcs8", format: "pem" }) as string;
  const print = createHash("sha256")
    .update(publicKey.export({ type: "spki", format: "der" }))
    .digest("hex");
  const file = join(folder, "review.mp4");
  writeFileSync(file, "0123456789");
  const distribution: Distribution = {
    arn: "arn:aws:cloudfront::000000000000:distribution/E1",
    domainName: "d1.cloudfront.net",
    origins: [{ originId: "media", domainName: "processed.s3.us-east-1.amazonaws.com", originPath: "/processed-videos" }],
    orderedCacheBehaviors: [
      { pathPattern: "/api/*", targetOriginId: "api" },
      {
        ...{ pathPattern: "/media/*/review/*", targetOriginId: "media", trustedKeyGroups: ["group"] },
        functionAssociations: [{ eventType: "viewer-request", functionArn: "drop" }],
      },
    ],
  };
  const asked: unknown[] = [];
  const open = (mayRead = true) => {
    const cloudfront = createCloudFront({
      reader: { arn: "reader" },
      authorizer: {
        authorize(caller, action, resource, context) {
          asked.push([caller.arn, action, resource, context]);
          if (!mayRead) throw new ServiceError("AccessDeniedException", "no", 403);
        },
        credentialsOf: () => expect.fail("Nobody signs."),
        assume: () => expect.fail("Nobody takes a role."),
      },
      store: {
        async file(_caller, bucket, key) {
          if (`${bucket}/${key}` !== "processed/processed-videos/c/r/review/review.mp4") throw new ServiceError("NoSuchKey", "none", 404);
          return { path: file, bytes: 10, etag: '"e"', versionId: undefined, contentType: "video/mp4" };
        },
        put: () => expect.fail("Nothing is written."),
        list: () => expect.fail("Nothing is listed."),
      },
    });
    cloudfront.putPublicKey("K1", publicKey.export({ type: "spki", format: "pem" }) as string);
    cloudfront.putKeyGroup("group", ["K1"]);
    cloudfront.putFunction("drop", dropFirstSegment);
    cloudfront.putDistribution(distribution);
    return cloudfront;
  };
  const cookies = (resource = "https://d1.cloudfront.net/media/c/r/review/*", seconds = 60, change: Record<string, string> = {}) => {
    const made = signedCookies(resource, new Date(Date.now() + seconds * 1000), pem, { [print.slice(0, 8)]: "K1" });
    return [...made].map(([name, value]) => `${name}=${change[name] ?? value}`).join("; ");
  };
  const video = "/media/c/r/review/review.mp4";
  const get = async (
    cookie: string,
    { path = video, range, method = "GET", mayRead = true }: { path?: string; range?: string; method?: string; mayRead?: boolean } = {},
  ) => {
    const answer = await open(mayRead).handle({ method, path, headers: { cookie, ...(range !== undefined && { range }) } });
    return answer && { ...answer, body: typeof answer.body === "string" ? answer.body : await text(answer.body) };
  };

  it("shows a file of the bucket, whole or in part, to whoever has the cookies, as far as the bucket lets the distribution", async () => {
    asked.length = 0;
    const whole = await get(cookies());
    expect([whole?.status, whole?.body, whole?.headers["content-length"], whole?.headers["content-type"]]).to.deep.equal([
      200,
      "0123456789",
      "10",
      "video/mp4",
    ]);
    expect(asked).to.deep.equal([
      ["cloudfront.amazonaws.com", "s3:GetObject", "arn:aws:s3:::processed/processed-videos/c/r/review/review.mp4", { "aws:SourceArn": distribution.arn }],
    ]);
    const ranges = ["bytes=2-4", "bytes=7-", "bytes=-2", "bytes=8-99", "bytes=10-", "bytes=1-2,4-5"].map((range) => get(cookies(), { range }));
    expect((await Promise.all(ranges)).map((part) => [part?.status, part?.body, part?.headers["content-range"]])).to.deep.equal([
      [206, "234", "bytes 2-4/10"],
      [206, "789", "bytes 7-9/10"],
      [206, "89", "bytes 8-9/10"],
      [206, "89", "bytes 8-9/10"],
      [416, "", "bytes */10"],
      [200, "0123456789", undefined],
    ]);
    expect(await get(cookies(), { method: "HEAD" })).to.deep.include({ status: 200, body: "" });
  });

  const wider = Buffer.from(JSON.stringify({ Statement: [{ Resource: "*", Condition: { DateLessThan: { "AWS:EpochTime": 4e9 } } }] })).toString("base64");
  const refused: [string, string, Parameters<typeof get>[1]][] = [
    ["no cookies", "", {}],
    ["a policy that nobody signed", cookies(undefined, 60, { "CloudFront-Policy": wider }), {}],
    ["a key that the group has not", cookies(undefined, 60, { "CloudFront-Key-Pair-Id": "K2" }), {}],
    ["cookies of another case", cookies("https://d1.cloudfront.net/media/other/r/review/*"), {}],
    ["cookies of another site", cookies("https://d2.cloudfront.net/media/c/r/review/*"), {}],
    ["cookies that ran out", cookies(undefined, -1), {}],
    ["what is not there", cookies("*"), { path: "/media/c/r/review/other.mp4" }],
    ["what the bucket does not let the distribution read", cookies(), { mayRead: false }],
    ["writing", cookies(), { method: "PUT" }],
  ];
  for (const [what, cookie, request] of refused)
    it(`refuses ${what}`, async () => {
      expect((await get(cookie, request))?.status).to.equal(403);
    });

  it("leaves to others what no behaviour with keys shows", async () => {
    for (const path of ["/media/c/r/analysis/analysis.m3u8", "/api/cases", "/"]) expect(await get(cookies("*"), { path }), path).to.equal(undefined);
  });

  it("reads patterns as CloudFront does: letter by letter, but for * and ?", () => {
    expect([isNamed("/a.b/*", "/a.b/c/d"), isNamed("/a.b/*", "/axb/c"), isNamed("/a?", "/ab"), isNamed("/a?", "/abc"), isNamed("/(a", "/(a")]).to.deep.equal([
      true,
      false,
      true,
      false,
      true,
    ]);
  });
});
