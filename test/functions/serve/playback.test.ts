import { createHash, generateKeyPairSync } from "node:crypto";
import { expect } from "chai";
import { problemOf } from "../../../contracts/api.ts";
import { mediaPathOf, playbackGrant } from "../../../contracts/playback.ts";
import { createHandler, type Deps } from "../../../functions/serve/grant-playback/handler.ts";
import { signedCookies } from "../../../functions/serve/grant-playback/signed-cookies.ts";
import { checkCookies } from "../../../local/services/cloudfront/signed-cookies.ts";
import { failure } from "../../support/failure.ts";
import { answerChecker } from "../../support/openapi.ts";
import { caseId, runId } from "../support/ids.ts";

const pair = () => {
  const { privateKey, publicKey } = generateKeyPairSync("rsa", { modulusLength: 2048 });
  const print = createHash("sha256")
    .update(publicKey.export({ type: "spki", format: "der" }))
    .digest("hex");
  return {
    pem: privateKey.export({ type: "pkcs8", format: "pem" }) as string,
    public: publicKey.export({ type: "spki", format: "pem" }) as string,
    print: print.slice(0, 8),
  };
};
const [mine, other] = [pair(), pair()];
const keyIds = { [other.print]: "KOTHER", [mine.print]: "KMINE" };
const now = new Date("2026-11-27T10:00:00.500Z");
const item = (more: object = {}) => ({
  ...{ caseId, runId, item: "SUMMARY", fileName: "a.mp4", status: "COMPLETE" },
  ...{ createdAt: "2026-11-26T10:00:00.000Z", updatedAt: "2026-11-26T10:00:00.000Z" },
  ...more,
});

describe("POST /cases/{caseId}/playback", () => {
  const ask = async (stored: unknown, { id = caseId, ...more }: Partial<Deps> & { id?: string } = {}) => {
    const views: unknown[] = [];
    const handler = createHandler({
      summary: async () => stored,
      privateKey: async () => mine.pem,
      ...{ keyIds, site: "https://review.example.org", now: () => now },
      keepView: async (_request, of, what) => void views.push([of, what]),
      ...more,
    });
    const answer = await handler({ pathParameters: { caseId: id }, requestContext: { authorizer: { jwt: { claims: { sub: "ann" } } } } });
    const body: unknown = JSON.parse(answer.body);
    const contentType = answer.headers["content-type"] as string;
    const path = `/cases/${id}/playback`;
    expect(answerChecker()({ method: "POST", path, status: answer.statusCode, contentType, body }).faults).to.deep.equal([]);
    return { ...answer, body, views };
  };

  it("opens the review video of that analysis, and nothing else, for a quarter of an hour", async () => {
    const { statusCode, body, cookies = [], views } = await ask(item());
    expect([statusCode, playbackGrant.parse(body), views]).to.deep.equal([201, { until: "2026-11-27T10:15:00.500Z" }, [[caseId, "case"]]]);
    const folder = `/media/${caseId}/${runId}/review/`;
    expect(cookies.map((cookie) => cookie.replace(/^([^=]+)=[^;]+/, "$1"))).to.deep.equal(
      ["CloudFront-Policy", "CloudFront-Signature", "CloudFront-Key-Pair-Id"].map(
        (name) => `${name}; Path=${folder}; Max-Age=900; Secure; HttpOnly; SameSite=Strict`,
      ),
    );
    const header = cookies.map((cookie) => cookie.split(";")[0]).join("; ");
    const keys = new Map([["KMINE", mine.public]]);
    const site = "https://review.example.org";
    const opens = (url: string, at: string) => {
      try {
        checkCookies(header, url, keys, new Date(at));
        return true;
      } catch {
        return false;
      }
    };
    const video = mediaPathOf(`s3://processed/processed-videos/${caseId}/${runId}/review/review.mp4`);
    expect([
      opens(site + video, "2026-11-27T10:14:59.999Z"),
      opens(site + video, "2026-11-27T10:15:00.000Z"),
      opens(`${site}/media/${caseId}/${runId}/analysis/analysis.m3u8`, now.toISOString()),
      opens(`https://other.example.org${video}`, now.toISOString()),
    ]).to.deep.equal([true, false, false, false]);
  });

  const refused: [string, unknown, Partial<Deps> & { id?: string }, number, string][] = [
    ["a case that is not there", undefined, {}, 404, "There is no such case."],
    ["one that was not analysed", item({ status: "FAILED" }), {}, 404, "The case has no review video."],
    ["what is no case", item(), { id: "a" }, 400, "The case's identifier isn't a UUID."],
  ];
  for (const [what, stored, more, status, reason] of refused)
    it(`refuses ${what}, and gives no cookie`, async () => {
      const { statusCode, body, cookies, views } = await ask(stored, more);
      expect([statusCode, body, cookies, views]).to.deep.equal([status, problemOf(status as 404, [reason]), undefined, []]);
    });

  it("shows nothing where the view can't be kept", async () => {
    const { statusCode, cookies } = await ask(item(), { keepView: () => Promise.reject(new Error("full")) });
    expect([statusCode, cookies]).to.deep.equal([500, undefined]);
  });

  it("does not sign with what is no key, or none that the site trusts, and does not tell what it was", async () => {
    for (const [pem, message] of [
      ["secret words", "The secret with the key for videos holds no private key in PEM."],
      [pair().pem, "The secret with the key for videos holds none that the site trusts."],
    ] as const)
      expect((await failure(Promise.resolve().then(() => signedCookies("https://a/*", now, pem, keyIds)))).message).to.equal(message);
  });
});

describe("addresses of videos", () => {
  it("are those of renditions only", async () => {
    const wrong = Promise.resolve().then(() => mediaPathOf("s3://processed/analysis-results/a/b.json"));
    expect((await failure(wrong)).message).to.equal("Only renditions are shown on the site.");
  });
});
