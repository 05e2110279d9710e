import { execFileSync } from "node:child_process";
import { randomUUID } from "node:crypto";
import { readFileSync } from "node:fs";
import { request } from "node:http";
import { join } from "node:path";
import { text } from "node:stream/consumers";
import { expect } from "chai";
import { apiError, caseList, imagePrediction } from "../../contracts/api.ts";
import { groundTruth } from "../../contracts/ground-truth.ts";
import { modelList } from "../../contracts/model-registry.ts";
import { StartedPlatform } from "../../local/cli/started-platform.ts";
import { root } from "../../local/root.ts";
import { temporaryFolder } from "./support/platform.ts";

describe("the HTTP API", () => {
  let folder: Awaited<ReturnType<typeof temporaryFolder>>;
  let platform: StartedPlatform;
  const api = (path: string, init?: RequestInit): Promise<Response> => fetch(new URL(`api${path}`, platform.session.page as string), init);

  before(async () => {
    folder = await temporaryFolder();
    platform = await StartedPlatform.start(join(folder.path, "data"));
  });
  after(async () => {
    await platform?.stop();
    await folder?.remove();
  });

  it("lists no case where there is none", async () => {
    const response = await api("/cases");
    expect(response.status).to.equal(200);
    expect(caseList.parse(await response.json())).to.deep.equal({ cases: [], next: null });
  });

  it("answers 404 for a case that it does not have, and 400 with the reason for what is no case's id", async () => {
    expect((await api(`/cases/${randomUUID()}`)).status).to.equal(404);
    const response = await api("/cases/gallbladder");
    expect(response.status).to.equal(400);
    expect(apiError.parse(await response.json()).reasons).to.have.length(1);
  });

  it("finds in a single image the instruments that are in it", async () => {
    const truth = groundTruth.parse(JSON.parse(readFileSync(join(root, "samples/laparoscopy.truth.json"), "utf8")));
    const [frame, drawn] = truth.instruments.find(([, boxes]) => boxes.length === 1) as (typeof truth.instruments)[number];
    const seconds = ((frame * truth.media.frameRate.den) / truth.media.frameRate.num).toFixed(3);
    const args = ["-v", "error", "-ss", seconds, "-i", join(root, "samples/laparoscopy.mp4"), "-frames:v", "1", "-f", "image2pipe", "-c:v", "png", "-"];
    const image = execFileSync(process.env["FFMPEG_PATH"] ?? "ffmpeg", args, { maxBuffer: 2 ** 26 });
    const response = await api("/infer", { method: "POST", body: image, headers: { "content-type": "image/png" } });
    const body: unknown = await response.json();
    expect(response.status, JSON.stringify(body)).to.equal(200);
    const { boxes, image: size, syntheticOnly } = imagePrediction.parse(body);
    expect(size).to.deep.equal({ width: 1280, height: 720 });
    expect(syntheticOnly).to.equal(true);
    expect(boxes?.map(({ label }) => label)).to.include(truth.instrumentLabels[drawn[0]?.[0] as number]);
  });

  it("refuses what is no image, with the reason", async () => {
    const response = await api("/infer", { method: "POST", body: "not an image", headers: { "content-type": "image/png" } });
    expect(response.status).to.equal(400);
    expect(apiError.parse(await response.json()).reasons.join(" ")).to.match(/image/);
  });

  it("knows the networks of the catalogue in the registry, and no version that is not there", async () => {
    const { models } = modelList.parse(await (await api("/models")).json());
    expect(models.map(({ model, versions }) => [model, versions])).to.deep.include(["phase-classifier", []]);
    const decision = { approval: "Approved", from: "PendingManualApproval", reason: "Better." };
    const response = await api("/models/phase-classifier/versions/1/decision", { method: "POST", body: JSON.stringify(decision) });
    expect([response.status, apiError.parse(await response.json()).reasons]).to.deep.equal([404, ["There is no such version."]]);
  });

  it("takes the place of a signed-in browser, and judges a token that a request brings along", async () => {
    const answer = async (authorization: string) => {
      const response = await api("/cases", { headers: { authorization } });
      return [response.status, response.headers.get("www-authenticate"), await response.text()];
    };
    const unauthorized = [401, "Bearer", '{"message":"Unauthorized"}'];
    expect(await answer("")).to.deep.equal(unauthorized);
    expect(await answer("Bearer nobody's")).to.deep.equal(unauthorized);
    const encode = (value: object) => Buffer.from(JSON.stringify(value)).toString("base64url");
    expect(await answer(`Bearer ${encode({ alg: "none" })}.${encode({ scope: "svp/cases.read" })}.AA`)).to.deep.equal(unauthorized);
  });

  it("is not served to a page of another site that calls itself by this address", async () => {
    const { port } = new URL(platform.session.page as string);
    const status = await new Promise<[number | undefined, string]>((resolve, reject) => {
      request({ host: "127.0.0.1", port, path: "/api/cases", headers: { host: "evil.example" } }, (response) => {
        text(response).then((body) => resolve([response.statusCode, body]), reject);
      })
        .once("error", reject)
        .end();
    });
    expect(status).to.deep.equal([421, "This address is not served here.\n"]);
  });
});
