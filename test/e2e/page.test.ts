import { join } from "node:path";
import { expect } from "chai";
import type { Browser, Page } from "playwright-core";
import { caseDetail, caseList } from "../../contracts/api.ts";
import { root } from "../../local/root.ts";
import { startBrowser } from "./support/browser.ts";
import { Clips } from "./support/clips.ts";
import { StartedPlatform, temporaryFolder } from "./support/platform.ts";

describe("the page", function () {
  this.timeout(180_000);
  let folder: Awaited<ReturnType<typeof temporaryFolder>>;
  let platform: StartedPlatform;
  let browser: Browser;
  let page: Page;
  const complaints: string[] = [];

  before(async () => {
    folder = await temporaryFolder();
    platform = await StartedPlatform.start(join(folder.path, "data"));
    const clips = new Clips(folder.path, join(root, "samples/laparoscopy.mp4"));
    const rejected = await platform.client.upload(clips.text(), () => undefined);
    await platform.client.settled(rejected, () => undefined);
    const analysed = await platform.client.upload(clips.awkwardName(), () => undefined);
    const { runId } = await platform.client.settled(analysed, () => undefined);
    expect(await platform.client.reported(analysed, runId as string)).to.equal(true);
    browser = await startBrowser();
    const context = await browser.newContext({ locale: "en-GB", viewport: { width: 1280, height: 900 } });
    page = await context.newPage();
    page.on("console", (message) => {
      if (message.type() === "error") complaints.push(message.text());
    });
    page.on("pageerror", (error) => complaints.push(error.message));
    await page.goto(platform.session.page as string);
  });
  after(async () => {
    await browser?.close();
    await platform?.stop();
    await folder?.remove();
  });

  it("lists the cases, newest first, with the names people gave them", async () => {
    await page.waitForSelector("#cases button");
    const names = await page.$$eval("#cases button span", (spans) => spans.map((span) => span.textContent));
    expect(names).to.deep.equal([`膽囊 "切除" 'o..1' $(x) ..mp4`, "notes.mp4"]);
  });

  it("finds cases by what they hold and how they ended, through the API behind it", async () => {
    const ask = async (path: string): Promise<unknown> => (await fetch(new URL(`api/cases${path}`, platform.session.page as string))).json();
    const found = async (query: string) => caseList.parse(await ask(query)).cases.map(({ fileName }) => fileName);
    expect(await found("?status=REJECTED")).to.deep.equal(["notes.mp4"]);
    const [analysed] = caseList.parse(await ask("?status=COMPLETE")).cases;
    const { analysis } = caseDetail.parse(await ask(`/${analysed?.caseId}`));
    const seen = analysis?.events.find(({ type }) => type === "instrument")?.label ?? expect.fail("No instrument was seen.");
    expect(await found(`?instrument=${seen}&status=COMPLETE`)).to.deep.equal([analysed?.fileName]);
    expect(await found(`?instrument=${seen}&status=REJECTED`)).to.deep.equal([]);
    expect(await found("?phase=Nap")).to.deep.equal([]);
  });

  it("plays the review video of the newest case and shows the frame that is on the screen", async () => {
    await page.waitForSelector("#player:not([hidden])");
    await page.locator("#position", { hasText: "Frame 0" }).waitFor();
    await page.locator("#video").evaluate((video: { currentTime: number }) => {
      video.currentTime = 1.02;
    });
    await page.locator("#position", { hasText: "Frame 25" }).waitFor();
    expect(await page.textContent("#position")).to.equal("0:01.0 · Frame 25");
  });

  it("jumps to a moment of the table", async () => {
    const [moment] = await page.$$("#moments button");
    expect(moment, "a moment").to.not.equal(undefined);
    await moment?.click();
    await page.locator("#position", { hasText: "Frame 0" }).waitFor();
  });

  it("shows the report, whose evidence leads to its moment in the video", async () => {
    await page.click("#show-report");
    await page.locator("#report h4", { hasText: "Instruments" }).waitFor();
    const cited = page.locator("#report p", { hasText: "was in sight from" }).last();
    const id = await cited.locator("button").textContent();
    const [newest] = caseList.parse(await (await fetch(new URL("api/cases?status=COMPLETE", platform.session.page as string))).json()).cases;
    const detail = caseDetail.parse(await (await fetch(new URL(`api/cases/${newest?.caseId}`, platform.session.page as string))).json());
    const event = detail.analysis?.events.find((found) => found.id === id) ?? expect.fail(`The analysis has no ${id}.`);
    await cited.locator("button").click();
    await page.locator("#position", { hasText: new RegExp(`Frame ${event.startFrame}$`) }).waitFor();
    expect(await page.getAttribute("#report a", "rel")).to.equal("noopener noreferrer");
  });

  it("says why a case was rejected", async () => {
    await page.click("#cases li:nth-child(2) button");
    await page.waitForSelector("#reasons li");
    expect(await page.textContent("#status")).to.equal("Rejected: the video can't be analysed");
    expect(await page.isHidden("#player")).to.equal(true);
  });

  it("speaks Traditional Chinese", async () => {
    await page.click("#language");
    await page.locator("#status", { hasText: "已退回:無法分析此影片" }).waitFor();
    expect(await page.textContent("h1")).to.equal("手術影像分析平台");
    expect(await page.getAttribute("html", "lang")).to.equal("zh-TW");
  });

  it("breaks no rule of its content security policy and throws nothing", () => {
    expect(complaints).to.deep.equal([]);
  });
});
