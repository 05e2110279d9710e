import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { expect } from "chai";
import type { Browser, Page } from "playwright-core";
import { caseRun } from "../../contracts/case-run.ts";
import { PlatformClient } from "../../local/cli/client.ts";
import { pageAssets } from "../../local/page/assets.ts";
import { startPage } from "../../local/page/server.ts";
import { openPlatform, type Platform } from "../../local/platform.ts";
import { root } from "../../local/root.ts";
import { startBrowser } from "../../scripts/browser.ts";
import { Clips } from "./support/clips.ts";
import { temporaryFolder } from "./support/platform.ts";

const axe = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");

describe("the screen of a run", function () {
  this.timeout(180_000);
  let folder: Awaited<ReturnType<typeof temporaryFolder>>;
  let platform: Platform;
  let client: PlatformClient;
  let site: Awaited<ReturnType<typeof startPage>>;
  let browser: Browser;
  let page: Page;
  let clip: string;
  const complaints: string[] = [];

  before(async () => {
    folder = await temporaryFolder();
    platform = await openPlatform({ root, dataDir: join(folder.path, "data") });
    client = new PlatformClient(platform.session);
    site = await startPage({ assets: await pageAssets(root), port: 0, wire: platform.session.endpoint, api: platform.api, media: platform.media });
    clip = new Clips(folder.path, join(root, "samples/laparoscopy.mp4")).plain();
    browser = await startBrowser();
    page = await (await browser.newContext({ locale: "en-GB" })).newPage();
    page.on("pageerror", (error) => complaints.push(error.message));
  });
  after(async () => {
    await browser?.close();
    await site?.close();
    await platform?.close();
    await folder?.remove();
  });

  const open = async (caseId: string): Promise<void> => {
    await page.goto("about:blank");
    await page.goto(`${site.url}#/cases/${caseId}/run`);
    await page.waitForSelector("#states tr");
  };
  const buttons = () => page.locator("#again > p button").allTextContents();
  const runOf = async (caseId: string) => caseRun.parse(await (await fetch(`${platform.session.api}/cases/${caseId}/run`)).json());
  /** What axe finds, of the open dialog too. */
  const faults = async (): Promise<string[]> => {
    if (!(await page.evaluate("'axe' in window"))) await page.evaluate(axe);
    const options = { runOnly: { type: "tag", values: ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"] } };
    const found = `axe.run(document, ${JSON.stringify(options)}).then(({ violations }) => violations.flatMap(({ id, nodes }) => nodes.map(({ html }) => id + " " + html)))`;
    return (await page.evaluate(found)) as string[];
  };
  /** Requests for the run within a while. */
  const looksWithin = async (milliseconds: number): Promise<number> => {
    let count = 0;
    const look = (request: { url(): string }) => void (/\/run$/.test(new URL(request.url()).pathname) && count++);
    page.on("request", look);
    await pause(milliseconds);
    page.off("request", look);
    return count;
  };

  let failedId: string;
  it("goes on with a failed analysis once somebody says so, follows it to its end, and then looks no more", async () => {
    platform.cloud.faults.add((service, job) => service === "mediaconvert" && job.includes("analysis"), "1999: the encoder stopped", 2);
    const { caseId, status } = await client.settled(await client.upload(clip, () => undefined), () => undefined);
    failedId = caseId;
    expect([status, (await runOf(caseId)).isRedrivable]).to.deep.equal(["FAILED", true]);
    await open(caseId);
    expect(await page.locator("#reasons li").allTextContents()).to.deep.equal(["1999: the encoder stopped"]);
    expect(await buttons()).to.deep.equal(["Redrive", "Analyse again"]);
    expect(await looksWithin(3500), "looks at a run that is over").to.equal(0);
    expect(await faults()).to.deep.equal([]);

    await page.getByRole("button", { name: "Redrive" }).click();
    await page.locator("dialog[open] p", { hasText: "goes on in the state that failed" }).waitFor();
    expect(await faults(), "the dialog").to.deep.equal([]);
    await page.getByRole("button", { name: "Not now" }).click();
    expect((await runOf(caseId)).redriveCount).to.equal(0);
    await page.getByRole("button", { name: "Redrive" }).click();
    await page.locator("dialog[open] button.primary").click();
    await page.locator("#again [role=status]", { hasText: "The analysis goes on." }).waitFor();
    await page.locator(".ended a.button").waitFor({ timeout: 60_000 });
    expect(await page.locator("#reasons").count()).to.equal(0);
    expect(await buttons()).to.deep.equal([]);
    // The measures come after the analysis.
    expect((await client.settled(caseId, () => undefined)).status).to.equal("COMPLETE");
    expect(await runOf(caseId)).to.include({ execution: "SUCCEEDED", redriveCount: 1, isRedrivable: false });
    await page.locator("main", { hasText: "Taken up again 1 time after a failure." }).waitFor();
    await pause(2000);
    expect(await looksWithin(3500)).to.equal(0);
  });

  it("has a quarantined case analysed again, in the reader's language, and shows the new run", async () => {
    platform.cloud.faults.add((service, job) => service === "sagemaker" && job.includes("-gate-"), "the instance went away", 2);
    const { caseId, runId, status } = await client.settled(await client.upload(clip, () => undefined), () => undefined);
    expect(status).to.equal("QUARANTINED");
    const own = await (await browser.newContext({ locale: "zh-TW" })).newPage();
    await own.goto(`${site.url}#/cases/${caseId}/run`);
    await own.waitForSelector("#states tr");
    expect(await own.locator("#again > p button").allTextContents()).to.deep.equal(["重新分析"]);
    await own.locator("#again > p button").click();
    await own.locator("dialog[open] button.primary").click();
    await own.locator(".ended a.button").waitFor({ timeout: 60_000 });
    await own.close();
    const again = await client.case(caseId);
    expect([again?.status, again?.runId === runId]).to.deep.equal(["COMPLETE", false]);
  });

  it("shows why it was refused, and what waits for its turn", async () => {
    await page.route("**/api/cases/*/run", async (route) => {
      const run = (await (await route.fetch()).json()) as object;
      await route.fulfill({ json: { ...run, execution: "FAILED", isRedrivable: true } });
    });
    await open(failedId);
    expect(await buttons()).to.deep.equal(["Redrive"]);
    await page.getByRole("button", { name: "Redrive" }).click();
    await page.locator("dialog[open] button.primary").click();
    await page.locator("#again .problem", { hasText: "The case is COMPLETE: only an analysis or a deletion that failed" }).waitFor();
    expect(await faults()).to.deep.equal([]);
    await page.unroute("**/api/cases/*/run");
    await page.route("**/api/cases/*/run", async (route) => {
      const run = (await (await route.fetch()).json()) as object;
      await route.fulfill({ json: { ...run, isAwaited: true } });
    });
    await open(failedId);
    await page.locator("#again [role=status]", { hasText: "It begins as soon as there is room." }).waitFor();
    expect(await buttons()).to.deep.equal([]);
    await page.unroute("**/api/cases/*/run");
  });

  it("offers nothing to people who may only look", async () => {
    const own = await (await browser.newContext({ locale: "en-GB" })).newPage();
    const { endpoint } = platform.session;
    const jwt = (claims: object): string => `${[{ alg: "RS256" }, claims].map((part) => Buffer.from(JSON.stringify(part)).toString("base64url")).join(".")}.x`;
    const shown = { case: await (await fetch(`${platform.session.api}/cases/${failedId}`)).json(), run: await runOf(failedId) };
    for (const [scope, count] of [
      ["svp/cases.read", 0],
      ["svp/cases.read svp/cases.admin", 1],
    ] as const) {
      const flow: Record<string, string> = {};
      await own.route("**/config.json", (route) =>
        route.fulfill({ json: { api: "/api", signIn: { origin: endpoint, issuer: `${endpoint}/pool`, clientId: "page" } } }),
      );
      await own.route("**/oauth2/authorize?*", (route) => {
        Object.assign(flow, Object.fromEntries(new URL(route.request().url()).searchParams));
        return route.fulfill({ status: 302, headers: { location: `${flow["redirect_uri"]}?code=once&state=${flow["state"]}` } });
      });
      await own.route("**/oauth2/token", (route) => {
        const id = jwt({ sub: "s", iss: `${endpoint}/pool`, aud: "page" });
        const json = { access_token: jwt({ scope }), id_token: id, refresh_token: "kept", token_type: "Bearer", expires_in: 1800, scope: "openid" };
        return route.fulfill({ json, headers: { "access-control-allow-origin": "*" } });
      });
      // The platform here knows no such pool.
      await own.route(`**/api/cases/${failedId}`, (route) => route.fulfill({ json: shown.case }));
      await own.route(`**/api/cases/${failedId}/run`, (route) => route.fulfill({ json: { ...shown.run, execution: "FAILED", isRedrivable: true } }));
      await own.goto("about:blank");
      await own.goto(`${site.url}#/cases/${failedId}/run`);
      await own.waitForSelector("#states tr");
      expect(await own.locator("#again > p button").count(), scope).to.equal(count);
      await own.unrouteAll();
    }
    await own.close();
  });

  it("throws nothing", () => expect(complaints).to.deep.equal([]));
});
