import { createHash, randomBytes, randomUUID } from "node:crypto";
import { readFileSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { join } from "node:path";
import { expect } from "chai";
import type { Browser, BrowserContext, Page, Response, Route } from "playwright-core";
import sharp from "sharp";
import { scopes } from "../../contracts/access.ts";
import { apiError, type CaseDetail, caseDetail, caseList, problemOf, problemType } from "../../contracts/api.ts";
import { caseRun } from "../../contracts/case-run.ts";
import { ringsOf } from "../../contracts/corrected-view.ts";
import { type Change, correctionList } from "../../contracts/corrections.ts";
import { datasetBuildResult } from "../../contracts/dataset-version.ts";
import { reviewRenditionKey } from "../../contracts/keys.ts";
import type { ListedVersion, ModelList } from "../../contracts/model-registry.ts";
import { openApiDocument } from "../../contracts/openapi.ts";
import { maskRuns } from "../../contracts/outlines.ts";
import { reviewQueue } from "../../contracts/review-queue.ts";
import { decompressRuns, regrid } from "../../contracts/run-lengths.ts";
import { contentOf } from "../../local/cli/dataset-files.ts";
import { StartedPlatform } from "../../local/cli/started-platform.ts";
import { root } from "../../local/root.ts";
import { startBrowser } from "../../scripts/browser.ts";
import { texts } from "../../web/text/text.ts";
import { answerChecker, type Heard } from "../support/openapi.ts";
import { type BarcodeClip, barcodeBoxes, barcodeClip, bits, readNumbers, size } from "./support/barcode.ts";
import { Clips, numbersIn } from "./support/clips.ts";
import { differenceOf, greyPictures, probed } from "./support/pictures.ts";
import { temporaryFolder } from "./support/platform.ts";
import { registeredModel, registerVersion, shippedWeights } from "./support/register-version.ts";

/** Runs in the page: notes all that can be used, of the open dialog if there is one, and gives how many they are. */
const usable = `(() => {
  const within = document.querySelector("dialog[open]") ?? document.body;
  window.walk = [...within.querySelectorAll("a[href], button, input, select, textarea, summary, [tabindex]")]
    .filter((element) => element.tabIndex >= 0 && !element.disabled && element.checkVisibility({ visibilityProperty: true }));
  window.walked = new Set();
  return window.walk.length;
})()`;
/** Runs in the page: notes what has the focus, and gives what is wrong with it. */
const focused = `(() => {
  const element = document.activeElement;
  if (element === document.body || element === document.documentElement) return [];
  window.walked.add(element);
  const name = element.outerHTML.slice(0, 120);
  const { outlineStyle, pointerEvents } = getComputedStyle(element);
  const { left, right, top, bottom } = element.getBoundingClientRect();
  const [x, y] = [(Math.max(0, left) + Math.min(innerWidth, right)) / 2, (Math.max(0, top) + Math.min(innerHeight, bottom)) / 2];
  const there = document.elementFromPoint(x, y);
  return [
    ...(outlineStyle === "none" && element.tagName !== "DIALOG" ? ["does not show the focus: " + name] : []),
    // What no pointer reaches is drawn by others.
    ...(pointerEvents === "none" ? [] : there === null || !(element.contains(there) || there.contains(element)) ? ["is hidden: " + name + " by " + there?.outerHTML.slice(0, 80)] : []),
  ];
})()`;
/** Runs in the page: whether all of it had the focus. */
const isWalked = "window.walk.every((element) => window.walked.has(element) || element.disabled || !element.isConnected)";
/** Runs in the page: what can be used and never had the focus. */
const missed = `window.walk.filter((element) => element.isConnected && !element.disabled && !window.walked.has(element)).map((element) => "can't be reached: " + element.outerHTML.slice(0, 120))`;
/** Runs in the page: all that it says, to eyes and to screen readers. */
const everythingSaid = `[
  document.title,
  document.body.innerText,
  ...[...document.querySelectorAll("[aria-label], [title], [placeholder], [alt]")].flatMap((element) =>
    ["aria-label", "title", "placeholder", "alt"].map((name) => element.getAttribute(name) ?? "")),
].join("\\n")`;

/** Every string of a dictionary. */
function* leavesOf(dictionary: object): Generator<string> {
  for (const value of Object.values(dictionary)) {
    if (typeof value === "string") yield value;
    else if (typeof value === "object" && value !== null) yield* leavesOf(value);
  }
}

const axe = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");

describe("the page", function () {
  this.timeout(180_000);
  let folder: Awaited<ReturnType<typeof temporaryFolder>>;
  let platform: StartedPlatform;
  let browser: Browser;
  let context: BrowserContext;
  let page: Page;
  let analysed: CaseDetail;
  let rejectedId: string;
  const complaints: string[] = [];
  /** What the API answered in all of this, but for answers that a test made up. */
  const heard: Promise<Heard | undefined>[] = [];
  const hear = async (response: Response): Promise<Heard | undefined> => {
    const { pathname } = new URL(response.url());
    if (!pathname.startsWith("/api/") || (await response.serverAddr()) === null) return undefined;
    const contentType = (await response.headerValue("content-type")) ?? "";
    const body = (await response.json().catch(() => undefined)) as unknown;
    // A page that is left forgets what it was answered.
    return body === undefined ? undefined : { method: response.request().method(), path: pathname.slice(4), status: response.status(), contentType, body };
  };

  const home = (): string => platform.session.page as string;
  const open = async (hash: string): Promise<void> => {
    await page.goto("about:blank");
    await page.goto(`${home()}#${hash}`);
    await page.waitForSelector("h1");
  };
  const ask = async (path: string): Promise<unknown> => (await fetch(new URL(`api/cases${path}`, home()))).json();
  /** Waits until a frame is in view and named. */
  const position = async (frame: number | RegExp): Promise<void> => {
    if (typeof frame === "number") await page.waitForSelector(`#picture[data-frame="${frame}"]`);
    await page.locator("#position", { hasText: frame instanceof RegExp ? frame : new RegExp(`(Frame|影格) ${frame}$`) }).waitFor();
  };
  /** Waits until an expression holds in the page. The page forbids text to become code: Playwright's own waiting would need that. */
  const until = async (on: Page, expression: string): Promise<void> => {
    for (const end = Date.now() + 60_000; !(await on.evaluate(expression)); ) {
      if (Date.now() > end) expect.fail(`It never came that ${expression}.`);
      await new Promise((wake) => setTimeout(wake, 20));
    }
  };
  /** What axe finds on the page as it is, by all rules or by these. */
  const faults = async (rules?: readonly string[]): Promise<string[]> => {
    if (!(await page.evaluate("'axe' in window"))) await page.evaluate(axe);
    const all = { type: "tag", values: ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"] };
    const options = { runOnly: rules ? { type: "rule", values: rules } : all };
    // How large what lies in the picture or on the timeline is, and how close, these say; lists and fields do the same (WCAG 2.5.8, essential and equivalent).
    return (await page.evaluate(`axe.run(document, ${JSON.stringify(options)}).then(({ violations }) => violations.flatMap(({ id, nodes }) =>
      nodes.filter(({ target }) => id !== "target-size" || !document.querySelector(target[0]).closest(".stage, .lanes")).map(({ html }) => id + " " + html)))`)) as string[];
  };
  const listen = (on: Page): void => {
    on.on("console", (message) => {
      // A browser says so of every answer of 400 or more, also of those that the page explains.
      if (message.type() === "error" && !/the server responded with a status of 4/.test(message.text())) complaints.push(message.text());
    });
    on.on("response", (response) => void heard.push(hear(response)));
    on.on("pageerror", (error) => complaints.push(error.message));
    on.on("dialog", (dialog) => void dialog.accept());
  };

  /** Another case, whose phases end sooner; and a cohort of forty. One small operation is all that is analysed here. */
  const otherId = "00000000-0000-4000-8000-00000000000b";
  const phasesOf = ({ analysis }: CaseDetail): string[] => [
    ...new Set((analysis?.segments ?? []).filter(({ level }) => level === "phase").map(({ label }) => label)),
  ];
  const madeUp = async (): Promise<void> => {
    const spread = { of: null, at: [10, 20, 30, 40, 50], withAny: null };
    const spreads = [
      { ...spread, id: "procedure-time", name: "procedure-time", unit: "seconds", n: 40 },
      { ...spread, id: "bleeding-count", name: "bleeding-count", unit: "count", n: 12, at: [null, null, 0, null, null], withAny: 0.25 },
    ];
    await page.route("**/api/cohorts/*", (route) => route.fulfill({ json: { procedure: "laparoscopic-cholecystectomy", severity: null, n: 40, spreads } }));
    const segments = analysed.analysis?.segments.map((segment) => ({ ...segment, endFrame: Math.max(segment.startFrame + 1, segment.endFrame - 5) }));
    const other = {
      ...analysed,
      answersQuestions: true,
      case: { ...analysed.case, caseId: otherId, fileName: "other.mp4" },
      analysis: { ...analysed.analysis, segments },
    };
    await page.route(`**/api/cases/${otherId}`, (route) => route.fulfill({ json: other }));
  };

  before(async () => {
    folder = await temporaryFolder();
    platform = await StartedPlatform.start(join(folder.path, "data"));
    const clips = new Clips(folder.path, join(root, "samples/laparoscopy.mp4"));
    rejectedId = await platform.client.upload(clips.text(), () => undefined);
    await platform.client.settled(rejectedId, () => undefined);
    const caseId = await platform.client.upload(clips.awkwardName(), () => undefined, { procedure: "laparoscopic-cholecystectomy" });
    const { runId } = await platform.client.settled(caseId, () => undefined);
    expect(await platform.client.reported(caseId, runId as string)).to.equal(true);
    analysed = caseDetail.parse(await ask(`/${caseId}`));
    browser = await startBrowser();
    context = await browser.newContext({ locale: "en-GB", viewport: { width: 1440, height: 1000 } });
    page = await context.newPage();
    listen(page);
    await page.goto(home());
  });
  after(async () => {
    await browser?.close();
    await platform?.stop();
    await folder?.remove();
  });

  it("lists the cases, newest first, with the names people gave them and how they stand", async () => {
    await page.waitForSelector("#cases a");
    const names = await page.locator("#cases strong").allTextContents();
    expect(names).to.deep.equal([`膽囊 "切除" 'o..1' $(x) ..mp4`, "notes.mp4"]);
    expect(await page.locator("#cases .badge").allTextContents()).to.deep.equal(["Analysed", "Rejected: the video can't be analysed"]);
  });

  it("shows a still of each case that has one, and fetches it once while the list is read again", async () => {
    expect(await page.locator("#cases li:nth-child(2) .preview svg").count()).to.equal(1);
    await until(page, "document.querySelector('#cases li:nth-child(1) img.poster').naturalWidth > 0");
    const linked = await page.locator("#cases img.poster").getAttribute("src");
    expect(linked).to.match(/poster\.webp\?.*X-Amz-Signature=/);
    await page.selectOption("select[name=status]", "COMPLETE");
    await page.click("form button[type=submit]");
    await page.locator(".heading [role=status]", { hasText: /^1 case$/ }).waitFor();
    expect(await page.locator("#cases img.poster").getAttribute("src")).to.equal(linked);
  });

  it("shows a state that it does not know as the platform names it", async () => {
    await page.route("**/api/cases?*", async (route) => {
      const answer = (await (await route.fetch()).json()) as { cases: { status: string }[] };
      await route.fulfill({ json: { ...answer, cases: answer.cases.map((one) => ({ ...one, status: "THAWING" })) } });
    });
    await open("/cases?phase=");
    await open("/cases?procedure=laparoscopic-cholecystectomy");
    await page.locator("#cases .badge", { hasText: "THAWING" }).waitFor();
    await page.unroute("**/api/cases?*");
  });

  it("finds cases by what they hold and how they ended, through the API behind it", async () => {
    const found = async (query: string) => caseList.parse(await ask(query)).cases.map(({ fileName }) => fileName);
    expect(await found("?status=REJECTED")).to.deep.equal(["notes.mp4"]);
    const seen = analysed.analysis?.events.find(({ type }) => type === "instrument")?.label ?? expect.fail("No instrument was seen.");
    expect(await found(`?instrument=${seen}&status=COMPLETE`)).to.deep.equal([analysed.case.fileName]);
    expect(await found(`?instrument=${seen}&status=REJECTED`)).to.deep.equal([]);
    expect(await found("?phase=Nap")).to.deep.equal([]);
  });

  it("reads a long list page by page, with what was there before left where it is", async () => {
    const asked: string[] = [];
    const named = (name: string) => ({ ...analysed.case, fileName: name, caseId: randomUUID(), poster: null });
    await page.route("**/api/cases?*", (route) => {
      const next = new URL(route.request().url()).searchParams.get("next");
      asked.push(next ?? "first");
      return route.fulfill({ json: next === null ? { cases: [named("one.mp4")], next: "second" } : { cases: [named("two.mp4")], next: null } });
    });
    await page.route("**/api/cases", (route) => {
      asked.push("first");
      return route.fulfill({ json: { cases: [named("one.mp4")], next: "second" } });
    });
    await open("/cases");
    await page.locator(".heading [role=status]", { hasText: "1 case, and more" }).waitFor();
    await page.evaluate(`window.counts = []; new MutationObserver(() => window.counts.push(document.querySelectorAll("#cases li").length))
      .observe(document.querySelector("#cases"), { childList: true })`);
    await page.getByRole("button", { name: "More cases" }).click();
    await page.locator(".heading [role=status]", { hasText: /^2 cases$/ }).waitFor();
    expect(await page.evaluate("Math.min(...window.counts)"), "cases that were there meanwhile").to.be.greaterThan(0);
    expect(asked).to.deep.equal(["first", "first", "second"]);
    await page.unroute("**/api/cases?*");
    await page.unroute("**/api/cases");

    // What administrators read on is not asked for again.
    const pages: string[] = [];
    const view = (at: string) => ({ caseId: analysed.case.caseId, what: "case", by: "somebody", at });
    await page.route("**/api/views*", (route) => {
      const next = new URL(route.request().url()).searchParams.get("next");
      pages.push(next ?? "first");
      return route.fulfill({
        json: next === null ? { views: [view("2026-11-02T00:00:00.000Z")], next: "b" } : { views: [view("2026-11-01T00:00:00.000Z")], next: null },
      });
    });
    await open("/admin/views");
    await page.getByRole("button", { name: "Earlier views" }).click();
    await until(page, `document.querySelectorAll("#views tr").length === 2`);
    expect(await page.getByRole("button", { name: "Earlier views" }).count()).to.equal(0);
    expect(pages).to.deep.equal(["first", "b"]);
    await page.unroute("**/api/views*");
  });

  it("searches by a form whose answer has an address", async () => {
    await open("/cases");
    await page.selectOption("select[name=status]", "REJECTED");
    await page.click("form button[type=submit]");
    await page.locator("#cases strong", { hasText: "notes.mp4" }).waitFor();
    await page.locator(".heading [role=status]", { hasText: /^1 case$/ }).waitFor();
    expect(new URL(page.url()).hash).to.equal("#/cases?status=REJECTED");
    await page.fill("input[name=phase]", "Nap");
    await page.click("form button[type=submit]");
    await page.locator("main p", { hasText: "No case is as you searched for." }).waitFor();
  });

  it("shows pictures of a case when it has the focus", async () => {
    await open("/cases");
    await page.waitForSelector("#cases a");
    await page.focus("#cases li:nth-child(1) a");
    await page.waitForSelector("#cases li:nth-child(1) .sprite");
    expect(await page.locator("#cases .sprite").count()).to.equal(1);
  });

  it("opens a frame by its address, and plays from there", async () => {
    await open(`/cases/${analysed.case.caseId}?f=25`);
    await position(25);
    expect(await page.textContent("#position")).to.equal("0:01.0 · Frame 25");
    await page.keyboard.press("Space");
    await position(/Frame (3\d|[4-9]\d)$/);
    await page.keyboard.press("k");
    await page.locator("#play[aria-label=Play]").waitFor();
  });

  it("says so, in either language, where the browser keeps no cookies and so gets no video", async () => {
    const own = await browser.newContext({ locale: "en-GB" });
    const tab = await own.newPage();
    listen(tab);
    await tab.route("**/playback", (route) => route.fulfill({ status: 201, json: { until: new Date(Date.now() + 900_000).toISOString() } }));
    await tab.goto(`${home()}#/cases/${analysed.case.caseId}`);
    await tab.locator("[role=alert]", { hasText: "this browser keeps no cookies of this site" }).waitFor();
    await tab.click("#language");
    await tab.locator("[role=alert]", { hasText: "此瀏覽器未保存本網站的 Cookie" }).waitFor();
    await own.close();
  });

  it("steps by single frames and by ten, exactly, with the keyboard", async () => {
    await open(`/cases/${analysed.case.caseId}?f=30`);
    await position(30);
    for (let frame = 31; frame <= 40; frame++) {
      await page.keyboard.press("f");
      await position(frame);
    }
    for (const [key, frame] of [
      ["d", 39],
      ["v", 49],
      ["c", 39],
    ] as const) {
      await page.keyboard.press(key);
      await position(frame);
    }
    // Pressed faster than the browser seeks, steps add up.
    for (let i = 0; i < 6; i++) await page.keyboard.press("f");
    await position(45);
  });

  it("jumps to a moment of the list, and tells how an instrument was used", async () => {
    await open(`/cases/${analysed.case.caseId}`);
    const moments = page.locator("#moments tr");
    await page.selectOption("#tab-panel select", "instrument");
    const event = analysed.analysis?.events.find(({ type }) => type === "instrument") ?? expect.fail("No instrument was seen.");
    // Only instruments have it: the list is the chosen one.
    const use = moments.first().getByRole("button", { name: `Use of ${event.label}` });
    await use.waitFor();
    await moments.first().locator("button").first().click();
    await position(event.startFrame);
    await use.click();
    await page.locator("#instrument-use dt", { hasText: /^Time of an instrument in sight$/ }).waitFor();
    expect(await page.textContent("#use-title")).to.equal(`Use of ${event.label}`);
    // Long names of measures leave room for their values.
    expect(
      await page.evaluate(`(() => {
        const box = document.querySelector("#instrument-use").getBoundingClientRect();
        return [...document.querySelectorAll("#instrument-use dd")].filter((value) => value.getBoundingClientRect().right > box.right || value.clientWidth < 60).length;
      })()`),
    ).to.equal(0);
  });

  it("draws what was found only as far as one wants it", async () => {
    const busiest = analysed.analysis?.busiestFrame ?? expect.fail("Nothing was boxed.");
    await open(`/cases/${analysed.case.caseId}?f=${busiest}`);
    await position(busiest);
    await page.click("#tab-overlay");
    await page.waitForSelector("#in-view li");
    const picture = (): Promise<string> => page.evaluate(`document.querySelector("#picture").toDataURL()`);
    const withBoxes = await picture();
    await page.keyboard.press("b");
    await until(page, `document.querySelector("#tab-panel fieldset input").checked === false`);
    const bare = await picture();
    expect(bare === withBoxes).to.equal(false);
    await page.keyboard.press("b");
    await until(page, `document.querySelector("#tab-panel fieldset input").checked === true`);
    expect((await picture()) === withBoxes).to.equal(true);
    await page.locator("#tab-panel input[type=range]").first().fill("95");
    await until(page, `[...document.querySelectorAll("#in-view li")].every(({ textContent }) => Number(/(\\d+) %$/.exec(textContent)[1]) >= 95)`);
  });

  it("tells how an instrument was used to whoever presses its box in the picture, and plays where there is none", async () => {
    const busiest = analysed.analysis?.busiestFrame;
    await open(`/cases/${analysed.case.caseId}?f=${busiest}`);
    await position(busiest as number);
    await page.click("#tab-overlay");
    // Where the box of the first in the list lies, the correction's own layer tells.
    const seen = await page.locator("#in-view button").first().textContent();
    await page.click("#tab-correct");
    const area = (await page.locator(".edit-box button", { hasText: "" }).first().boundingBox()) ?? expect.fail("There is no box.");
    const { x, y, width, height } = (await page.locator("#picture").boundingBox()) ?? expect.fail("There is no picture.");
    await page.click("#tab-overlay");
    // What is told beside the picture still arrives, and may move it: these clicks wait until nothing moves.
    await page.locator("#picture").click({ position: { x: area.x + area.width / 2 - x, y: area.y + area.height / 2 - y } });
    await page.locator("#use-title", { hasText: "Use of " }).waitFor();
    expect(await page.getAttribute("#tab-moments", "aria-selected")).to.equal("true");
    await page.click("#instrument-use > button");
    await page.click("#tab-overlay");
    await page.locator("#in-view button").first().click();
    expect(await page.textContent("#use-title")).to.equal(`Use of ${seen}`);
    // What is left of the video plays for a second: the button may say so too briefly to be seen.
    await page.evaluate(`document.querySelector("video").addEventListener("play", () => { globalThis.hasPlayed = true; }, { once: true })`);
    await page.locator("#picture").click({ position: { x: width - 4, y: height - 4 } });
    await until(page, "globalThis.hasPlayed === true");
    await page.keyboard.press("k");
    await open(`/cases/${analysed.case.caseId}?f=${busiest}`);
    await position(busiest as number);
  });

  it("shows the measures, and where each comes from", async () => {
    await page.click("#tab-measures");
    await page.locator("#measures td", { hasText: /^Procedure time$/ }).waitFor();
  });

  it("tells how a measure is computed and who told it, and keeps how difficult the operation was", async () => {
    await open(`/cases/${analysed.case.caseId}`);
    await page.click("#tab-measures");
    const row = page.locator("#measures tr", { has: page.locator("td", { hasText: /^Procedure time$/ }) });
    await row.locator("summary").click();
    expect(await row.locator("details small").textContent()).to.match(
      /^From the start of the first frame .* Definition of this platform\. .* \([0-9a-f]{12}\)\.$/,
    );
    await page.selectOption("#grade", "3");
    await page.click("#save-grade");
    await page.locator("#grade-kept", { hasText: /^Kept\./ }).waitFor();
    await page.selectOption("#grade", "");
    await page.click("#save-grade");
    await page.locator("#grade-kept", { hasText: /^Kept\./ }).waitFor();
  });

  it("says what the privacy gate misses, and how that is known", async () => {
    await page.click("#tab-about");
    expect(await page.textContent("#missed")).to.match(
      /^Seconds outside the patient that the privacy gate misses, an hour of video: [0-9.]+ \(40 drawn operations of 60 s .* Drawings, no real video\.\)$/,
    );
  });

  it("takes a range out as files", async () => {
    await page.click("#tab-exports");
    await page.selectOption("#export-format", "webvtt");
    await page.keyboard.press("Tab");
    await page.locator("#tab-panel").getByRole("button", { name: "From here" }).click();
    await page.click("#tab-panel button[type=submit]");
    const link = page.locator("#export-files a").first();
    await link.waitFor();
    expect(await (await fetch((await link.getAttribute("href")) as string)).text()).to.match(/^WEBVTT/);
  });

  it("takes a range out as a film of just these frames, with what was found drawn in", async () => {
    const { caseId, runId } = analysed.case;
    const range = { first: 11, count: 24 };
    await page.selectOption("#export-format", "mp4");
    const [from, to] = [page.locator("#tab-panel input[type=number]").nth(0), page.locator("#tab-panel input[type=number]").nth(1)];
    await from.fill(String(range.first));
    await to.fill(String(range.first + range.count));
    await page.click("#tab-panel button[type=submit]");
    const link = page.locator("#export-files a", { hasText: /\.mp4$/ });
    await link.waitFor({ timeout: 90_000 });
    const [film, review] = [join(folder.path, "film.mp4"), join(folder.path, "review.mp4")];
    writeFileSync(film, Buffer.from(await (await fetch((await link.getAttribute("href")) as string)).arrayBuffer()));
    writeFileSync(review, await platform.client.object({ bucket: platform.client.processedBucket, key: reviewRenditionKey(caseId, runId as string) }));
    expect(probed(film)).to.deep.equal({ ...probed(review), nb_read_frames: String(range.count), duration: "0.960000" });
    // Each is the picture of its own frame, by the number that it carries.
    expect(numbersIn(film)).to.deep.equal(Array.from({ length: range.count }, (_, i) => range.first + i));
    const all = greyPictures(review);
    const drawn = greyPictures(film).map((picture, i) => differenceOf(picture, all[range.first + i] as Buffer));
    expect(Math.max(...drawn), "what is drawn in").to.be.greaterThan(1);
  });

  it("saves the picture in view, just as it is, under a name that says nothing of the patient", async () => {
    const seen: string = await page.evaluate(`document.querySelector("#picture").toDataURL()`);
    const download = page.waitForEvent("download");
    await page.getByRole("button", { name: "Save this picture" }).click();
    expect((await download).suggestedFilename()).to.equal(`${analysed.case.caseId}-${await page.getAttribute("#picture", "data-frame")}.png`);
    const saved = readFileSync(await (await download).path());
    const pixelsOf = (png: Buffer): Promise<Buffer> => sharp(png).removeAlpha().raw().toBuffer();
    expect((await pixelsOf(saved)).equals(await pixelsOf(Buffer.from(seen.slice(seen.indexOf(",") + 1), "base64")))).to.equal(true);
    const { width, height, format } = await sharp(saved).metadata();
    expect({ width, height, format }).to.deep.equal({ ...analysed.analysis?.media.raster, format: "png" });
  });

  it("shows the report, whose evidence leads to its moment in the video", async () => {
    await open(`/cases/${analysed.case.caseId}/report`);
    await page.locator("#report h2", { hasText: "Instruments" }).waitFor();
    const cited = page.locator("#report p", { hasText: "was in sight from" }).last().locator(".cites a").first();
    const id = await cited.textContent();
    const event = analysed.analysis?.events.find((found) => found.id === id) ?? expect.fail(`The analysis has no ${id}.`);
    expect(await page.getAttribute("#report a[target]", "rel")).to.equal("noopener noreferrer");
    await cited.click();
    await position(event.startFrame);
  });

  it("says why a case was rejected, and which states its run went through", async () => {
    await open(`/cases/${rejectedId}`);
    await page.waitForSelector("#reasons li");
    expect(await page.textContent("#status")).to.equal("Rejected: the video can't be analysed");
    expect(await page.locator("#player").count()).to.equal(0);
    await page.click("main nav a:has-text('Run')");
    await page.waitForSelector("#states tr");
    const run = caseRun.parse(await ask(`/${rejectedId}/run`));
    expect(await page.locator("#states td:first-child").allTextContents()).to.deep.equal(run.states.map(({ name }) => name));
    expect(run.execution).to.equal("SUCCEEDED");
  });

  it("tells the whole run of an analysed case, with branches, costs and no state left open", async () => {
    const run = caseRun.parse(await ask(`/${analysed.case.caseId}/run`));
    expect(run.states.map(({ name }) => name)).to.include.members(["IndexSource", "Admit", "DecideGate", "RenderReview", "MergeTimeline"]);
    expect(run.states.filter(({ status }) => status !== "SUCCEEDED")).to.deep.equal([]);
    expect(run.costUsd).to.equal(analysed.analysis?.cost.estimateUsd);
    await open(`/cases/${analysed.case.caseId}/run`);
    await page.waitForSelector(".ended img.poster");
    await until(page, "document.querySelector('.ended img.poster').naturalWidth > 0");
    expect(await page.getAttribute(".ended img.poster", "alt")).to.equal(`A still of ${analysed.case.fileName}`);
  });

  it("uploads in parts and, interrupted and reloaded, sends none of them twice", async () => {
    const video = join(folder.path, "Jane Doe 1950-01-01.mp4");
    writeFileSync(video, randomBytes(5 * 16 * 2 ** 20 - 12_345));
    const sent: number[] = [];
    const leaving: Promise<unknown>[] = [];
    const isPart = (url: URL): boolean => url.searchParams.has("partNumber");
    let isCut = false;
    await page.route(isPart, async (route: Route) => {
      if (route.request().method() !== "PUT") return route.continue();
      if (isCut) return;
      const number = Number(new URL(route.request().url()).searchParams.get("partNumber"));
      const answering = route.fetch();
      leaving.push(answering.catch(() => undefined));
      const answer = await answering;
      if (isCut) return;
      sent.push(number);
      // Two of five have arrived: the rest never leaves.
      if (sent.length === 2) isCut = true;
      await route.fulfill({ response: answer });
    });
    await open("/upload");
    await page.setInputFiles("input[type=file]", video);
    await page.click("form button[type=submit]");
    await until(page, `document.querySelector("#upload progress")?.value > 0`);
    while (!isCut) await new Promise((wake) => setTimeout(wake, 25));
    const arrivedBefore = [...sent];
    await page.unroute(isPart);
    await page.reload();

    await page.locator("h2", { hasText: "An upload was interrupted" }).waitFor();
    expect(await faults()).to.deep.equal([]);
    const stored: string = await page.evaluate(`new Promise((done) => {
      const opening = indexedDB.open("uploads");
      opening.onsuccess = () => {
        const reading = opening.result.transaction("uploads").objectStore("uploads").getAll();
        reading.onsuccess = () => done(JSON.stringify(reading.result));
      };
    })`);
    expect(stored).to.include("fingerprint").and.not.include("Jane");
    expect(await page.evaluate("JSON.stringify([localStorage, sessionStorage])")).to.not.include("Jane");
    const uploadId = (JSON.parse(stored) as [{ uploadId: string }])[0].uploadId;
    // What was under way when the page was left may arrive all the same.
    await Promise.all(leaving);
    const there = (await (await fetch(new URL(`api/uploads/${uploadId}/parts`, home()))).json()) as { parts: { number: number }[] };
    const kept = there.parts.map(({ number }) => number);
    expect(kept).to.include.members(arrivedBefore);

    const after: number[] = [];
    page.on("request", (request) => {
      const url = new URL(request.url());
      if (request.method() === "PUT" && isPart(url)) after.push(Number(url.searchParams.get("partNumber")));
    });
    await page.setInputFiles("input[type=file]", video);
    await page.click("form button[type=submit]");
    await page.waitForURL(/#\/cases\/[^/]+\/run$/);
    expect([...kept, ...after].sort((a, b) => a - b)).to.deep.equal([1, 2, 3, 4, 5]);

    // From here on it is a case as any other: noise is no video.
    await page.locator("#status", { hasText: "Rejected" }).waitFor();
    expect(await page.locator("#reasons li").count()).to.be.greaterThan(0);
    const none: string = await page.evaluate(`new Promise((done) => {
      indexedDB.open("uploads").onsuccess = ({ target }) => {
        target.result.transaction("uploads").objectStore("uploads").count().onsuccess = (counted) => done(String(counted.target.result));
      };
    })`);
    expect(none).to.equal("0");
  });

  it("pauses an upload, goes on, and gives it up for good", async () => {
    const video = join(folder.path, "given-up.mp4");
    writeFileSync(video, randomBytes(17 * 2 ** 20));
    let held = 0;
    const isPart = (url: URL): boolean => url.searchParams.has("partNumber");
    await page.route(isPart, (route) => (route.request().method() === "PUT" ? void held++ : route.continue()));
    await open("/upload");
    await page.setInputFiles("input[type=file]", video);
    const starting = page.waitForResponse((response) => new URL(response.url()).pathname === "/api/uploads");
    await page.click("form button[type=submit]");
    const { uploadId } = (await (await starting).json()) as { uploadId: string };
    const told = page.locator("#upload [role=status]");
    for (const parts of [2, 4]) {
      while (held < parts) await new Promise((wake) => setTimeout(wake, 25));
      await page.getByRole("button", { name: "Pause" }).click();
      await told.filter({ hasText: "Paused. Nothing that has arrived is lost." }).waitFor();
      if (parts === 2) await page.getByRole("button", { name: "Go on" }).click();
    }
    expect(await faults()).to.deep.equal([]);
    await page.getByRole("button", { name: "Give up and delete what has arrived" }).click();
    await told.filter({ hasText: "The upload was given up. What had arrived is deleted." }).waitFor();
    const after = await fetch(new URL(`api/uploads/${uploadId}/parts`, home()));
    expect([after.status, apiError.parse(await after.json()).reasons]).to.deep.equal([400, ["This upload was aborted. Start another, with a new token."]]);
    await page.unroute(isPart);
    await page.getByRole("button", { name: "Upload a video" }).click();
    await page.waitForSelector("input[type=file]");
    expect(await page.locator("h2", { hasText: "An upload was interrupted" }).count()).to.equal(0);
  });

  it("tells a case against its cohort, and nothing where that has fewer than ten", async () => {
    await open(`/cases/${analysed.case.caseId}/cohort`);
    await page.locator("main [role=status]", { hasText: "Under ten nothing is told, to protect the patients." }).waitFor();
    const time = (await ask(`/${analysed.case.caseId}/measures`)) as { measures: { id: string; value: number }[] };
    const own = time.measures.find(({ id }) => id === "procedure-time")?.value ?? expect.fail("The case has no procedure time.");
    await madeUp();
    await open(`/cases/${analysed.case.caseId}/cohort`);
    await page.locator("#cohort-title", { hasText: "Among 40 other operations: Laparoscopic cholecystectomy, whose difficulty nobody graded" }).waitFor();
    const rows = await page.locator("main tbody tr").allTextContents();
    expect(rows).to.deep.equal([`Procedure time${own.toFixed(1)} s30.0 s20.0 s – 40.0 s40`, "Bleedings00not told: too few operations12 in 25 % at least one"]);
    expect(await page.locator("svg.spread").first().getAttribute("aria-label")).to.equal(`This case ${own.toFixed(1)} s, median 30.0 s`);
  });

  it("tells administrators who saw what, and until when cases are kept", async () => {
    await open("/cases");
    await page.click("header nav a:has-text('Administration')");
    await page.waitForSelector("#views tr");
    const { caseId, fileName } = analysed.case;
    const rowsOf = async () => [...new Set(await page.locator("#views tr td:nth-child(3)").allTextContents())].sort();
    expect(await rowsOf()).to.include.members(["Files taken out", "The case", "The report"]);
    await page.click("main nav a:has-text('Datasets')");
    await page.locator("main [role=status]", { hasText: "No dataset has been built yet." }).waitFor();
    await page.click("main nav a:has-text('How long cases are kept')");
    const kept = page.locator("#kept tr", { hasText: fileName });
    await kept.waitFor();
    expect(await kept.locator("td:nth-child(2), td:nth-child(4)").allTextContents()).to.deep.equal(["Clinical", "Due"]);
    await kept.getByRole("link", { name: `Who saw it: ${fileName}` }).click();
    await page.locator("main p", { hasText: `Of case ${caseId}` }).waitFor();
    await page.waitForSelector("#views tr");
    expect(new Set(await page.locator("#views tr td:nth-child(4)").allTextContents())).to.deep.equal(new Set([caseId]));
  });

  it("shows networks' versions beside the ones in use, and lets a person decide about them, keyboard alone, on what they saw", async () => {
    const shipped = JSON.parse(readFileSync(join(root, "models", registeredModel, "model.json"), "utf8")) as { version: string };
    await registerVersion(platform, "1.0.1", shippedWeights("a"));
    await open("/cases");
    await page.click("header nav a:has-text('Administration')");
    await page.click("main nav a:has-text('Networks')");
    const network = page.locator(`#${registeredModel}`);
    const versionAt = (at: number) => network.locator(".versions > li").nth(at);
    const badges = (at: number): Promise<string[]> => versionAt(at).locator("h3 .badge").allTextContents();
    const decide = async (name: string, reason: string): Promise<void> => {
      await network.getByRole("button", { name }).focus();
      await page.keyboard.press("Enter");
      await page.locator("dialog[open] textarea").waitFor();
      await page.keyboard.type(reason);
      await page.keyboard.press("Tab");
      await page.keyboard.press("Enter");
    };
    await versionAt(0).waitFor();
    expect(await network.locator("> p").textContent()).to.match(new RegExp(`^In use: ${shipped.version}\\. It is none of the versions below`));
    expect(await badges(0)).to.deep.equal(["Waits for a decision"]);
    expect(await versionAt(0).locator("tbody").textContent()).to.equal("accuracy (looked at first)0.9 (0.8 to 0.95)");
    // No reason is no decision.
    await network.getByRole("button", { name: `Reject version 1 of ${registeredModel}` }).click();
    await page.locator("dialog[open] button.primary").click();
    expect(await page.locator("dialog[open] textarea").count()).to.equal(1);
    await page.keyboard.press("Escape");

    // Somebody else was first.
    const other = await fetch(new URL(`api/models/${registeredModel}/versions/1/decision`, home()), {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: JSON.stringify({ approval: "Rejected", from: "PendingManualApproval", reason: "Not yet." }),
    });
    expect(other.status, await other.text()).to.equal(200);
    await decide(`Approve version 1 of ${registeredModel}`, "Better.");
    await page.locator("main [role=alert]", { hasText: "Somebody decided about that version meanwhile" }).waitFor();
    await versionAt(0).locator(".badge", { hasText: "Rejected" }).waitFor();
    expect(await versionAt(0).locator("dd", { hasText: "Not yet." }).count()).to.equal(1);

    await decide(`Approve version 1 of ${registeredModel}`, "Better after all.");
    await page.locator("#decision", { hasText: `Version 1 of ${registeredModel} is approved.` }).waitFor();
    await versionAt(0).locator(".badge", { hasText: "In use" }).waitFor({ timeout: 90_000 });
    expect(await network.locator("> p").textContent()).to.equal("In use: 1.0.1. ");
    // The next is compared with it, as far as both were measured on the same.
    const estimate = { low: 0.9, high: 0.99, operations: 3 };
    await registerVersion(platform, "1.0.2", shippedWeights("b"), {
      metrics: {
        "expected-calibration-error": { ...estimate, low: 0, high: 0.1, value: 0.05, better: "lower" },
        accuracy: { ...estimate, value: 0.95, better: "higher" },
      },
    });
    await open("/admin/models");
    await versionAt(1).waitFor();
    expect(await versionAt(0).locator("tbody tr").allTextContents()).to.deep.equal([
      "accuracy (looked at first)0.95 (0.9 to 0.99)0.9 (0.8 to 0.95)better by 0.05",
      "expected-calibration-error 0.05 (0 to 0.1)––",
    ]);
    await decide(`Reject version 1 of ${registeredModel}`, "Misses clips in smoke.");
    await page.locator("#decision", { hasText: `Version 1 of ${registeredModel} is rejected.` }).waitFor();
    await network.locator("p", { hasText: `In use: ${shipped.version}.` }).waitFor({ timeout: 90_000 });
    expect(await badges(1)).to.deep.equal(["Rejected"]);
  });

  it("compares two cases phase by phase, from their beginnings or from a phase that both have", async () => {
    await madeUp();
    await open(`/cases/${analysed.case.caseId}`);
    await page.click("main nav a:has-text('Compare')");
    await page.locator("main p", { hasText: "No other case has been analysed yet." }).waitFor();
    await open(`/compare?a=${analysed.case.caseId}&b=${otherId}`);
    await page.waitForSelector("#phases tr");
    const phases = phasesOf(analysed);
    const [label] = phases;
    const row = page.locator("#phases tr").first().locator("th, td");
    const [name, a, b, difference] = await row.allTextContents();
    expect([name, difference]).to.deep.equal([label, `B ${(parseFloat(a as string) - parseFloat(b as string)).toFixed(1)} s shorter`]);
    expect(await page.locator("#phases tr").count()).to.equal(phases.length);
    const picture = (): Promise<string> => page.evaluate(`document.querySelector("#compared").toDataURL()`);
    const before = await picture();
    await page.focus("#align");
    await page.keyboard.press("End");
    await until(page, `document.querySelector("#align").value !== ""`);
    expect((await picture()) === before).to.equal(false);
    await page.click("a:has-text('Swap')");
    await page
      .locator("#phases tr td", { hasText: /^B .* longer$/ })
      .first()
      .waitFor();
    await page.locator("#phases a").first().click();
    await page.waitForURL(new RegExp(`#/cases/${otherId}\\?f=\\d+$`));
  });

  it("helps: what one does where, and a demo case once it is there", async () => {
    await open("/cases");
    await page.click("header a:has-text('Help')");
    await page.locator("#demo p", { hasText: "It has not been analysed here yet." }).waitFor();
    expect(await page.locator("#help-steps a").allTextContents()).to.deep.equal(["Upload a video", "Work through doubts"]);
    // On the last page of the list, as the oldest of all.
    await page.route("**/api/cases?status=COMPLETE*", async (route) => {
      if (!route.request().url().endsWith("&next=last")) return route.fulfill({ json: { cases: [], next: "last" } });
      const { cases } = caseList.parse(await ask("?status=COMPLETE"));
      await route.fulfill({ json: { cases: cases.map((one) => ({ ...one, fileName: "laparoscopy.mp4" })), next: null } });
    });
    await open("/help");
    await page.locator("#help-steps a", { hasText: "Read and sign the report" }).waitFor();
    expect(await page.locator("#help-steps a").count()).to.equal(7);
    await page.click("#demo a");
    await page.waitForURL(new RegExp(`#/cases/${analysed.case.caseId}$`));
    await page.unroute("**/api/cases?status=COMPLETE*");
  });

  it("tells what the platform refuses in the platform's words", async () => {
    await open("/cases/00000000-0000-4000-8000-000000000000");
    await page.locator("[role=alert]", { hasText: "There is no such case." }).waitFor();
    await open("/nowhere");
    await page.locator("h1", { hasText: "There is no such place on this page." }).waitFor();
  });

  it("says in the reader's language what kind of refusal it is, and leaves the platform's reasons in English", async () => {
    const own = await browser.newContext({ locale: "en-GB" });
    const tab = await own.newPage();
    let answer: Parameters<Route["fulfill"]>[0];
    await tab.route(`**/api/cases/${analysed.case.caseId}`, (route) => route.fulfill(answer));
    const told = async (): Promise<[string | null, [string | null, string | null][]]> => {
      const reasons = await tab.locator("main [role=alert] li").all();
      const words = await Promise.all(reasons.map(async (one) => [await one.getAttribute("lang"), await one.textContent()] as [string | null, string | null]));
      return [await tab.textContent("main [role=alert] strong"), words];
    };
    const refusal = async (status: number, body: object, contentType = problemType): Promise<void> => {
      answer = { status, contentType, body: JSON.stringify(body) };
      await tab.goto("about:blank");
      await tab.goto(`${home()}#/cases/${analysed.case.caseId}`);
      await tab.locator("main [role=alert]").waitFor();
    };
    for (const { "zh-TW": title, en, status } of [
      { status: 400, en: "The platform can't take this as it is.", "zh-TW": "平台無法接受這項請求。" },
      { status: 404, en: "It isn't there.", "zh-TW": "找不到所要的內容。" },
      { status: 412, en: "Somebody changed it meanwhile.", "zh-TW": "內容已遭他人更動。" },
      { status: 500, en: "The platform failed.", "zh-TW": "平台發生錯誤。" },
      { status: 503, en: "The platform is busy.", "zh-TW": "平台忙碌中。" },
    ] as const) {
      await refusal(status, problemOf(status, ["One reason.", "Another."]));
      const reasons = [
        ["en", "One reason."],
        ["en", "Another."],
      ];
      expect(await told()).to.deep.equal([en, reasons]);
      await tab.click("#language");
      await tab.locator("main [role=alert] strong", { hasText: title }).waitFor();
      expect(await told()).to.deep.equal([title, reasons]);
      await tab.click("#language");
    }
    // API Gateway's own, and one that this page never heard of.
    await tab.click("#language");
    await refusal(403, { message: "Forbidden" }, "application/json");
    expect(await told()).to.deep.equal(["存取遭拒。", [["en", "Forbidden"]]]);
    await refusal(418, {}, "application/json");
    expect(await told()).to.deep.equal(["操作未成功。", [[null, `平台對 GET /cases/${analysed.case.caseId} 回應 418，未說明原因。`]]]);
    await own.close();
  });

  it("says in the reader's language that a file of an analysis can't be read", async () => {
    const own = await browser.newContext({ locale: "zh-TW" });
    const tab = await own.newPage();
    await tab.route("**/frame-table.json*", (route) => route.fulfill({ status: 403, headers: { "access-control-allow-origin": "*" }, body: "<Error/>" }));
    await tab.goto(`${home()}#/cases/${analysed.case.caseId}`);
    const reason = tab.locator("main [role=alert] li");
    await reason.waitFor();
    expect([await reason.getAttribute("lang"), await reason.textContent()]).to.deep.equal([null, "無法讀取分析檔案：儲存服務回應 403。"]);
    expect(await tab.textContent("main [role=alert] strong")).to.equal("存取遭拒。");
    await own.close();
  });

  it("can be used without a mouse", async () => {
    await open("/cases");
    await page.waitForSelector("#cases a");
    const focused = (): Promise<string> => page.evaluate("document.activeElement.textContent");
    expect(await focused()).to.equal("Cases");
    const seen: string[] = [];
    for (let i = 0; i < 30 && !seen.at(-1)?.includes("notes.mp4"); i++) {
      await page.keyboard.press("Tab");
      seen.push(await focused());
    }
    expect(seen.some((words) => words.includes(analysed.case.fileName))).to.equal(true);
    await page.keyboard.press("Shift+Tab");
    await page.keyboard.press("Enter");
    await position(0);
    expect(await page.evaluate("document.activeElement.tagName")).to.equal("H1");
    await page.keyboard.press("?");
    await page.waitForSelector("dialog[open] kbd");
    await page.keyboard.press("Escape");
    await page.waitForSelector("dialog:not([open])", { state: "attached" });
    await page.keyboard.press(".");
    await position(/Frame [1-9]\d*$/);
    await page.focus("#tab-moments");
    await page.keyboard.press("ArrowRight");
    await page.waitForSelector("#tab-overlay[aria-selected=true]");
  });

  it("keeps what is chosen and what is drawn apart where the system forces its own colours", async () => {
    await page.emulateMedia({ forcedColors: "active" });
    try {
      for (const theme of ["dark", "light"]) {
        await page.evaluate(`localStorage.setItem("theme", "${theme}")`);
        await open(`/cases/${analysed.case.caseId}?f=${analysed.analysis?.busiestFrame}`);
        await page.waitForSelector("#moments tr");
        const styleOf = (selector: string, property: string): Promise<string> =>
          page.evaluate(`getComputedStyle(document.querySelector("${selector}")).${property}`);
        expect(await styleOf("#tab-moments", "outlineStyle")).to.equal("solid");
        expect(await styleOf("#tab-overlay", "outlineStyle")).to.equal("none");
        for (const drawing of ["#picture", "#timeline"]) expect(await styleOf(drawing, "forcedColorAdjust"), drawing).to.equal("none");
        // The timeline's words are drawn, so that no browser forces their colour: they take the system's.
        expect(await styleOf(":root", "getPropertyValue('--text')"), theme).to.equal("CanvasText");
        expect(await faults(), theme).to.deep.equal([]);
      }
    } finally {
      await page.emulateMedia({ forcedColors: "none" });
    }
  });

  it("tells, in either language, which network's findings are left out as it knows other procedures", async () => {
    const [producer] = analysed.analysis?.producers ?? [];
    const about = async (leftOut: object | undefined): Promise<void> => {
      await page.route(`**/api/cases/${analysed.case.caseId}`, (route) =>
        route.fulfill({ json: { ...analysed, analysis: { ...analysed.analysis, ...(leftOut && { leftOut }) } } }),
      );
      await open(`/cases/${analysed.case.caseId}`);
      await page.click("#tab-about");
      await page.locator("#missed").waitFor();
    };
    await about(undefined);
    expect(await page.locator(".left-out").count()).to.equal(0);
    await page.unroute(`**/api/cases/${analysed.case.caseId}`);
    await about([
      { producer: producer?.id, procedures: ["laparoscopic-appendectomy", "laparoscopic-hysterectomy"] },
      // One that the analysis does not name otherwise, and a procedure that is newer than the page.
      { producer: "newcomer", procedures: ["robotic-prostatectomy"] },
    ]);
    expect(await page.locator(".left-out").allTextContents()).to.deep.equal([
      `Left out: what ${producer?.name} says, since it knows other procedures (Laparoscopic appendectomy, Laparoscopic hysterectomy).`,
      "Left out: what newcomer says, since it knows other procedures (robotic-prostatectomy).",
    ]);
    expect(await faults()).to.deep.equal([]);
    await page.click("#language");
    await page.locator(".left-out", { hasText: "未採用" }).first().waitFor();
    expect(await page.locator(".left-out").allTextContents()).to.deep.equal([
      `未採用「${producer?.name}」的結果，因為它只認得其他術式（腹腔鏡闌尾切除術、腹腔鏡子宮切除術）。`,
      "未採用「newcomer」的結果，因為它只認得其他術式（robotic-prostatectomy）。",
    ]);
    await page.click("#language");
    await page.unroute(`**/api/cases/${analysed.case.caseId}`);
  });

  it("speaks Traditional Chinese", async () => {
    await page.evaluate(`localStorage.setItem("language", "zh-TW")`);
    await open(`/cases/${rejectedId}`);
    await page.locator("#status", { hasText: "已退回：無法分析此影片" }).waitFor();
    expect(await page.textContent(".brand")).to.equal("手術影像分析平台");
    expect(await page.getAttribute("html", "lang")).to.equal("zh-TW");
    await open(`/cases/${analysed.case.caseId}?f=25`);
    await position(25);
    await open(`/cases/${analysed.case.caseId}/report`);
    await page.waitForSelector("#report[lang=zh-TW] h2");
    await page.click("#language");
    await page.locator(".brand", { hasText: "Surgical Video Platform" }).waitFor();
  });

  describe("draws picture and overlay of the same frame", () => {
    const makers: [string, (path: string) => BarcodeClip][] = [
      ["at 30 frames a second", (path) => barcodeClip(path, 30, 6)],
      ["at 60 frames a second", (path) => barcodeClip(path, 60, 6)],
      ["where frames last differently long and the source begins late", (path) => barcodeClip(path, 30, 8, { variable: true, sourceOffset: 45_000 })],
    ];
    for (const [what, make] of makers) {
      it(what, async () => {
        const clip = make(join(folder.path, "barcode.mp4"));
        const own = await browser.newContext({ viewport: { width: 1280, height: 900 } });
        const tab = await own.newPage();
        listen(tab);
        await serveBarcode(tab, clip);
        // Frame 0 has no boxes: only on another does one see that they have arrived. Until then the page says that it reads them.
        for (const frame of [1, 0]) {
          await tab.goto(`${home()}#/cases/${analysed.case.caseId}?f=${frame}`);
          await tab.waitForSelector(`#picture[data-frame="${frame}"]`);
          await until(tab, `String(${readNumbers}) === "${frame},${frame},${frame}"`);
        }
        await tab.keyboard.press("Space");
        const samples = (await tab.evaluate(`new Promise((done) => {
          const samples = [];
          const look = () => {
            samples.push(${readNumbers});
            if (document.querySelector("video").ended || samples.length >= 1200) done(samples);
            else requestAnimationFrame(look);
          };
          requestAnimationFrame(look);
        })`)) as [number, number, number][];
        const distinct = new Set(samples.map(([burnt]) => burnt));
        expect(distinct.size, "frames seen").to.be.greaterThan(clip.frameCount / 4);
        // Burnt in, drawn and told of every picture that does not agree with itself.
        const off = samples.filter(([burnt, drawn, told]) => burnt !== drawn || burnt !== told);
        expect(off, `of ${samples.length} pictures`).to.deep.equal([]);

        // Exact steps, and exact jumps.
        for (const frame of [17, 100, 101, 63, 0, clip.frameCount - 1]) {
          await tab.goto(`${home()}#/cases/${analysed.case.caseId}?f=${frame}`);
          await until(tab, `String(${readNumbers}) === "${frame},${frame},${frame}"`);
        }
        await tab.goto(`${home()}#/cases/${analysed.case.caseId}?f=20`);
        await until(tab, `String(${readNumbers}) === "20,20,20"`);
        const steps = await tab.evaluate(`(async () => {
          const seen = [];
          for (let i = 0; i < 50; i++) {
            const before = String(${readNumbers});
            const end = performance.now() + 10000;
            dispatchEvent(new KeyboardEvent("keydown", { key: i < 25 ? "f" : "d" }));
            while (String(${readNumbers}) === before && performance.now() < end) await new Promise((wake) => setTimeout(wake, 4));
            seen.push(String(${readNumbers}));
          }
          return seen;
        })()`);
        const led = Array.from({ length: 50 }, (_, i) => (i < 25 ? 21 + i : 69 - i));
        expect(steps, "what each step showed first").to.deep.equal(led.map((frame) => `${frame},${frame},${frame}`));
        await own.close();
      });
    }

    /** Plays from the beginning at a speed and gives what stands in the picture, is drawn and is told, at each refresh. */
    const play = async (tab: Page, rate: string, most: number): Promise<[number, number, number][]> => {
      await tab.goto("about:blank");
      await tab.goto(`${home()}#/cases/${analysed.case.caseId}?f=1`);
      await tab.waitForSelector("#picture[data-frame]");
      await until(tab, `String(${readNumbers}) === "1,1,1"`);
      await tab.selectOption(".controls select", rate);
      return tab.evaluate(`new Promise((done) => {
        const samples = [];
        const look = () => {
          samples.push(${readNumbers});
          if (document.querySelector("video").ended || samples.length >= ${most}) done(samples);
          else requestAnimationFrame(look);
        };
        dispatchEvent(new KeyboardEvent("keydown", { key: " " }));
        requestAnimationFrame(look);
      })`);
    };

    it("at a tenth of the speed and at eight times, also where the browser has no picture when it was to give one", async () => {
      const clip = barcodeClip(join(folder.path, "barcode.mp4"), 30, 6);
      const own = await browser.newContext({ viewport: { width: 1280, height: 900 } });
      // As Chromium does now and then of a video that is sought, or short of data; here of the first picture and of every third.
      await own.addInitScript(`{
        const Own = VideoFrame;
        let asked = 0;
        window.VideoFrame = class extends Own {
          constructor(...given) {
            if (asked++ % 3 === 0) throw new DOMException("Failed to construct 'VideoFrame': Invalid source state", "InvalidStateError");
            super(...given);
          }
        };
      }`);
      const tab = await own.newPage();
      listen(tab);
      await serveBarcode(tab, clip);
      for (const [rate, most, leastFrames] of [
        ["8", 600, 5],
        ["0.1", 120, 3],
      ] as const) {
        const samples = await play(tab, rate, most);
        expect(
          samples.filter(([burnt, drawn, told]) => burnt !== drawn || burnt !== told),
          `${rate} times`,
        ).to.deep.equal([]);
        expect(new Set(samples.map(([burnt]) => burnt)).size, `frames seen at ${rate} times`).to.be.at.least(leastFrames);
      }
      await own.close();
    });

    async function serveBarcode(tab: Page, { file, table, frameCount }: BarcodeClip): Promise<void> {
      const { endpoint } = platform.session;
      const chunks = [{ uri: "s3://none/none", startFrame: 0, endFrame: frameCount, sha256: "0".repeat(64) }];
      const analysis = analysed.analysis as NonNullable<CaseDetail["analysis"]>;
      const headers = { "access-control-allow-origin": "*", "accept-ranges": "bytes" };
      const detail = {
        ...analysed,
        analysis: {
          ...analysis,
          media: { ...analysis.media, raster: size, source: { ...analysis.media.source, frameCount } },
          detections: [{ producer: "barcode", labels: Array.from({ length: bits }, (_, i) => `${i}`), frameCount, boxCount: 1, chunks }],
          masks: [],
        },
        links: {
          ...analysed.links,
          review: "/media/barcode.mp4",
          frameTable: `${endpoint}/table.json`,
          detections: { barcode: [`${endpoint}/boxes.json`] },
          sprites: null,
        },
      };
      await tab.route(`**/api/cases/${analysed.case.caseId}`, (route) => route.fulfill({ json: detail }));
      await tab.route("**/table.json", (route) => route.fulfill({ json: table, headers }));
      await tab.route("**/boxes.json", (route) => route.fulfill({ json: barcodeBoxes(frameCount), headers }));
      await tab.route("**/barcode.mp4", async (route) => {
        const [, from = "0", to = ""] = /bytes=(\d+)-(\d*)/.exec((await route.request().headerValue("range")) ?? "") ?? [];
        const end = to === "" ? file.length - 1 : Number(to);
        const range = { "content-range": `bytes ${from}-${end}/${file.length}` };
        await route.fulfill({ status: 206, headers: { ...headers, ...range }, contentType: "video/mp4", body: file.subarray(Number(from), end + 1) });
      });
    }
  });

  describe("corrects what was found", () => {
    const saved = async () => correctionList.parse(await ask(`/${analysed.case.caseId}/corrections`));
    const status = (words: RegExp): Promise<void> => page.locator("#correct-status", { hasText: words }).waitFor();
    /** A frame with as many boxes as any, and the phase that it is in, whose end lies so far on that it can be moved. */
    let firstOf: { busiest: number; phase: NonNullable<CaseDetail["analysis"]>["segments"][number] } | undefined;
    const first = () => firstOf ?? expect.fail("No frame with boxes is well within a phase.");
    before(async () => {
      await page.evaluate(`localStorage.setItem("language", "en")`);
      const { analysis, links } = caseDetail.parse(await ask(`/${analysed.case.caseId}`));
      const link = Object.values(links.detections)[0]?.[0] ?? expect.fail("Nothing was boxed.");
      const { frames, offsets } = (await (await fetch(link)).json()) as { frames: number[]; offsets: number[] };
      const candidates = frames.flatMap((frame, i) => {
        const phase = analysis?.segments.find(({ level, startFrame, endFrame }) => level === "phase" && startFrame <= frame && frame < endFrame - 10);
        return phase ? [{ busiest: frame, phase, boxes: (offsets[i + 1] as number) - (offsets[i] as number) }] : [];
      });
      [firstOf] = candidates.sort((one, other) => other.boxes - one.boxes);
    });
    const correct = async (): Promise<void> => {
      await open(`/cases/${analysed.case.caseId}?f=${first().busiest}`);
      await position(first().busiest);
      await page.click("#tab-correct");
      await page.waitForSelector("#correct-here button");
      await page.waitForSelector(".edit-box button");
    };
    const sides = async (): Promise<number[]> =>
      (await page.locator(".chosen .numbers input").evaluateAll((fields: { value: string }[]) => fields.map(({ value }) => value))).map(Number);

    it("boxes, with the keyboard: moved, resized, and back and forth", async () => {
      await correct();
      await status(/^Nothing has been corrected yet$/);
      await page.locator(".edit-box button").first().focus();
      const [x, y, width, height] = (await sides()) as [number, number, number, number];
      await page.keyboard.press("ArrowDown");
      await page.keyboard.press("Shift+ArrowDown");
      await page.keyboard.press("Alt+ArrowLeft");
      expect(await sides()).to.deep.equal([x, y + 11, width - 1, height]);
      // Nudges of one box are one correction.
      await status(/^1 correction is not saved$/);
      await page.keyboard.press("Control+z");
      await status(/^Nothing has been corrected yet$/);
      await page.keyboard.press("Control+Shift+Z");
      expect(await page.locator(".edit-box button[aria-pressed=true]").count()).to.equal(1);
      expect(await sides()).to.deep.equal([x, y + 11, width - 1, height]);
      await page.keyboard.press("n");
      await status(/^2 corrections are not saved$/);
    });

    it("boxes, with a pointer", async () => {
      const before = await sides();
      const box = (await page.locator(".edit-box button[aria-pressed=true]").boundingBox()) ?? expect.fail("No box is chosen.");
      await page.mouse.move(box.x + box.width / 2, box.y + box.height / 2);
      await page.mouse.down();
      await page.mouse.move(box.x + box.width / 2 + 30, box.y + box.height / 2 + 12, { steps: 4 });
      await page.mouse.up();
      const moved = await sides();
      expect([moved[0] as number, moved[1] as number].map((at, i) => at > (before[i] as number))).to.deep.equal([true, true]);
      expect(moved.slice(2)).to.deep.equal(before.slice(2));
      const corner = (await page.locator(".corner.se").boundingBox()) ?? expect.fail("There is no corner.");
      await page.mouse.move(corner.x + 12, corner.y + 12);
      await page.mouse.down();
      await page.mouse.move(corner.x + 42, corner.y + 12, { steps: 4 });
      await page.mouse.up();
      const [, , width, height] = (await sides()) as [number, number, number, number];
      expect([width > (moved[2] as number), height]).to.deep.equal([true, moved[3]]);
      await status(/^4 corrections are not saved$/);
    });

    it("the edges of a phase, its neighbour's with it, by arrows and by dragging", async () => {
      const { phase } = first();
      await page.locator("#correct-here button", { hasText: phase.label }).first().click();
      const edge = page.locator(".edge.end");
      expect(await edge.getAttribute("aria-valuenow")).to.equal(String(phase.endFrame));
      await edge.focus();
      for (let i = 0; i < 3; i++) await page.keyboard.press("ArrowLeft");
      expect(await edge.getAttribute("aria-valuenow")).to.equal(String(phase.endFrame - 3));
      await position(phase.endFrame - 4);
      const at = (await edge.boundingBox()) ?? expect.fail("There is no edge.");
      await page.mouse.move(at.x + 12, at.y + 8);
      await page.mouse.down();
      await page.mouse.move(at.x - 18, at.y + 8, { steps: 5 });
      await page.mouse.up();
      expect(Number(await edge.getAttribute("aria-valuenow"))).to.be.lessThan(phase.endFrame - 3);
      await status(/^6 corrections are not saved$/);
    });

    it("says in the reader's language what speaks against a correction, makes none of it, and forgets it with the next", async () => {
      const end = Number(await page.locator(".edge.end").getAttribute("aria-valuenow"));
      await position(end - 1);
      await page.click("#language");
      await page.keyboard.press("v");
      await position(Math.min(end + 9, (analysed.analysis?.media.source.frameCount ?? 0) - 1));
      await page.keyboard.press("i");
      const objection = page.locator("#correct [role=alert] li", { hasText: "結束必須晚於開始。" });
      await objection.waitFor();
      expect(await objection.getAttribute("lang")).to.equal(null);
      await page.click("#language");
      await page.locator("#correct [role=alert] li", { hasText: "It must end after it starts." }).waitFor();
      await status(/^6 corrections are not saved$/);
      await page.keyboard.press("Control+z");
      await page.keyboard.press("Control+Shift+Z");
      await status(/^6 corrections are not saved$/);
      expect(await page.locator("#correct [role=alert]").count()).to.equal(0);
      expect(Number(await page.locator(".edge.end").getAttribute("aria-valuenow"))).to.equal(end);
    });

    it("saves it all as one version, which everybody sees, and exports what holds with it", async () => {
      await page.keyboard.press("a");
      await page.keyboard.press("Control+s");
      await status(/^All is saved \(version 1\)$/);
      const { sets, version } = await saved();
      expect(version).to.equal(1);
      expect(sets[0]?.corrections.map(({ kind }) => kind)).to.deep.equal([...["draw-box", "draw-box", "draw-box", "draw-box", "retime", "retime", "judge"]]);
      await correct();
      await status(/^All is saved \(version 1\)$/);
      await page.locator("#correct-here .badge", { hasText: "Accepted" }).waitFor();
      await page.click("#tab-measures");
      await page.locator("#measures-of", { hasText: /^With corrections up to version 1, / }).waitFor();
      const duration = `#measures tr:has(td:text-is("Duration of a phase – ${first().phase.label}")) td:nth-child(2)`;
      const corrected = await page.textContent(duration);
      await page.click("#measures-corrected");
      await page.locator("#measures-of", { hasText: "Of the analysis as it is." }).waitFor();
      expect(await page.textContent(duration), "its end was moved").to.not.equal(corrected);
      await page.click("#tab-exports");
      await page.selectOption("#export-format", "coco");
      await page.click("#tab-panel button[type=submit]");
      const link = page.locator("#export-files a").first();
      await link.waitFor();
      const { annotations } = (await (await fetch((await link.getAttribute("href")) as string)).json()) as { annotations: { producer: string }[] };
      expect(annotations.filter(({ producer }) => producer === "person")).to.have.length(2);
    });

    it("and what networks learn from next has it: the next version of a dataset, which the administration shows", async () => {
      const { client } = platform;
      const { caseId } = analysed.case;
      const { busiest } = first();
      const classes = [...new Set((analysed.analysis?.detections ?? []).flatMap(({ labels }) => labels))];
      const request = { name: "corrected-boxes", task: "object-detection", classes, cases: [caseId] };
      const built = datasetBuildResult.parse(await client.execute("datasetMachineArn", randomUUID(), request));
      const { frames } = await contentOf(client, built);
      const boxes = frames.find(({ frame }) => frame === busiest)?.boxes?.filter(({ origin }) => origin.by === "person");
      const last = new Map(
        ((await saved()).sets[0]?.corrections ?? []).flatMap((made) => (made.kind === "draw-box" && made.after ? [[made.target.id, made.after] as const] : [])),
      );
      expect(boxes?.map(({ label, box }) => ({ label, box }))).to.have.deep.members(
        [...last.values()].map(({ label, keyframes }) => ({ label, box: keyframes.find(({ frame }) => frame === busiest)?.box })),
      );
      expect(boxes).to.have.length(2);
      await open("/admin/datasets");
      await page.locator("main dd code", { hasText: /^[0-9a-f]{64}$/ }).waitFor();
      expect(await page.locator("#dataset").inputValue()).to.equal("corrected-boxes 1.0.0");
      const byPeople = await page.locator("#dataset-classes tr td:last-child").allTextContents();
      expect(byPeople.map((told) => Number.parseInt(told, 10) || 0).reduce((sum, count) => sum + count, 0)).to.be.at.least(2);
    });

    it("loses nothing to a reload, nor to somebody who saved first", async () => {
      await correct();
      const { phase } = first();
      await page.locator("#correct-here button", { hasText: phase.label }).first().click();
      await page.keyboard.press("x");
      await status(/^1 correction is not saved$/);
      await correct();
      await status(/^1 correction is not saved$/);

      const { runId, contentSha256 } = await saved();
      const theirs: Change = { kind: "judge", target: { kind: "segment", id: phase.id }, after: "unreviewed" };
      const other = await fetch(new URL(`api/cases/${analysed.case.caseId}/corrections`, home()), {
        method: "POST",
        headers: { "content-type": "application/json", "if-match": '"1"' },
        body: JSON.stringify({ runId, contentSha256, changes: [theirs] }),
      });
      expect(other.status, await other.text()).to.equal(201);
      await page.keyboard.press("Control+s");
      await page.locator("#conflict li", { hasText: `${phase.label}: Not judged` }).waitFor();
      await page.locator("#conflict li", { hasText: "others corrected the same" }).waitFor();
      expect(await faults()).to.deep.equal([]);
      await page.getByRole("button", { name: "Put mine after theirs" }).click();
      await page.keyboard.press("Control+s");
      await status(/^All is saved \(version 3\)$/);
      expect((await saved()).sets.map(({ corrections }) => corrections.at(-1)?.after)).to.deep.equal(["confirmed", "unreviewed", "rejected"]);
      expect(await page.evaluate("JSON.stringify(sessionStorage)")).to.equal("{}");
    });

    it("goes from doubt to doubt, the least sure first, until none is left", async () => {
      const waiting = async () => reviewQueue.parse(await (await fetch(new URL("api/review-queue", home()))).json()).doubts;
      const doubts = await waiting();
      expect(doubts.length, "doubts of the case").to.be.greaterThan(2);
      // What was judged above waits no more.
      expect(doubts.map(({ id }) => id)).to.not.include(first().phase.id);
      const [one, two] = doubts as [(typeof doubts)[number], (typeof doubts)[number]];
      await open("/review");
      const told = page.locator("#queue-status");
      await told.filter({ hasText: `1 of ${doubts.length}: ${one.label}` }).waitFor();
      await position(one.startFrame);
      await page.locator("#chosen-title", { hasText: one.label }).waitFor();
      await page.keyboard.press("a");
      await told.filter({ hasText: `2 of ${doubts.length}: ${two.label}` }).waitFor();
      await page.locator("#correct-here button[aria-pressed=true]", { hasText: two.label }).waitFor();
      await page.keyboard.press("q");
      await told.filter({ hasText: `3 of ${doubts.length}` }).waitFor();
      expect((await waiting()).map(({ id }) => id)).to.deep.equal(doubts.slice(1).map(({ id }) => id));
      expect((await saved()).sets.at(-1)?.corrections.map(({ target, after }) => [target.id, after])).to.deep.equal([[one.id, "confirmed"]]);
      for (let i = 3; i <= doubts.length; i++) await page.keyboard.press("q");
      await told.filter({ hasText: "Nothing waits to be looked at." }).waitFor();
    });

    it("outlines of masks: drawn with the pointer and the keyboard, and taken from what was found, up to the files that others read", async () => {
      await correct();
      const raster = analysed.analysis?.media.raster ?? expect.fail("Nothing was analysed.");
      const before = (await saved()).version;
      // With the keyboard alone: an outline in the middle, one corner moved, one more, one less, and all of it to the right.
      await page.locator(".edit-box button").first().focus();
      await page.keyboard.press("p");
      await status(/^1 correction is not saved$/);
      const whole = page.locator(".edit-outline .whole[aria-pressed=true]");
      await whole.focus();
      await page.keyboard.press("Shift+ArrowRight");
      await page.keyboard.press("Tab");
      await page.keyboard.press("ArrowUp");
      await page.keyboard.press("+");
      await page.locator(".edit-outline button.vertex").nth(4).waitFor();
      await page.keyboard.press("Delete");
      expect(await page.locator(".edit-outline button.vertex").count()).to.equal(4);
      for (let i = 0; i < 2; i++) await page.keyboard.press("Control+z");
      await page.keyboard.press("Control+Shift+Z");
      expect(await page.locator(".edit-outline button.vertex").count()).to.equal(5);
      // With the pointer: three corners, closed on the first.
      await page.click("#correct-draw");
      const layer = page.locator("#outline-layer.drawing");
      const area = (await layer.boundingBox()) ?? expect.fail("There is no picture.");
      for (const [x, y] of [
        [0.1, 0.2],
        [0.3, 0.2],
        [0.2, 0.5],
        [0.1, 0.2],
      ] as const)
        await layer.click({ position: { x: x * area.width, y: y * area.height } });
      await page.locator("#correct-draw[aria-pressed=false]").waitFor();
      const vertex = (await page.locator(".edit-outline button.vertex").first().boundingBox()) ?? expect.fail("It has no corner.");
      await page.mouse.move(vertex.x + 12, vertex.y + 12);
      await page.mouse.down();
      await page.mouse.move(vertex.x + 12 - 0.05 * area.width, vertex.y + 12, { steps: 3 });
      await page.mouse.up();
      // In the place of what a network found.
      const found = page.locator("#correct-here li", { hasText: /Mask, \d+ %/ });
      const masks = await found.count();
      expect(masks, "masks that were found").to.be.greaterThan(0);
      await found.first().locator("button").click();
      await page.keyboard.press("p");
      await page.locator("#correct-here li", { hasText: "outline drawn by hand" }).nth(2).waitFor();
      expect(await found.count()).to.equal(masks - 1);
      expect(await faults()).to.deep.equal([]);
      await page.keyboard.press("Control+s");
      await status(new RegExp(`^All is saved \\(version ${before + 1}\\)$`));

      const held = new Map(
        ((await saved()).sets.at(-1)?.corrections ?? []).flatMap((made) => (made.kind === "draw-mask" ? [[made.target.id, made.after] as const] : [])),
      );
      expect(held.size).to.equal(3);
      const outlines = [...held.values()].map((mask) => mask ?? expect.fail("An outline was taken back."));
      expect(outlines.map(({ frame }) => frame)).to.deep.equal([first().busiest, first().busiest, outlines[2]?.frame]);
      expect(outlines[0]?.polygon?.length).to.equal(5);
      expect(outlines[1]?.polygon?.[0]?.[0]).to.be.closeTo(0.05 * raster.width, 4);
      expect(outlines[2]?.replaces).to.be.a("string");

      const taken = async (format: string): Promise<string> => {
        await page.click("#tab-exports");
        await page.selectOption("#export-format", format);
        await page.click("#tab-panel button[type=submit]");
        const link = page.locator("#export-files a").first();
        await link.waitFor();
        return (await fetch((await link.getAttribute("href")) as string)).text();
      };
      type Annotation = { producer: string; image_id: number; grid_size?: [number, number]; segmentation: { counts: string } };
      const { annotations } = JSON.parse(await taken("coco")) as { annotations: Annotation[] };
      const drawn = annotations.filter(({ producer, grid_size }) => producer === "person" && grid_size);
      const same = (mask: (typeof outlines)[number]) => ({
        image_id: mask.frame + 1,
        runs: drawn[0]?.grid_size && maskRuns(ringsOf(mask, mask.frame) ?? [], raster, gridOf(drawn[0].grid_size)),
      });
      const gridOf = ([height, width]: [number, number]) => ({ width, height });
      expect(
        drawn.map(({ image_id, segmentation, grid_size }) => ({
          image_id,
          runs: regrid(decompressRuns(segmentation.counts), raster, gridOf(grid_size as [number, number])),
        })),
      ).to.have.deep.members(outlines.map(same));
      expect((await taken("cvat")).match(/<mask [^>]*>\s*(?:<attribute [^>]*>[^<]*<\/attribute>\s*)*<attribute name="producer">person</g)?.length).to.equal(3);
    });

    it("masks that are not there, and outlines with a hole through several frames, with the keyboard alone", async () => {
      await correct();
      const { version } = await saved();
      const found = page.locator("#correct-here li", { hasText: /Mask, \d+ %/ });
      const masks = await found.count();
      expect(masks, "masks that were found").to.be.greaterThan(0);
      await found.first().locator("button").click();
      await page.keyboard.press("x");
      await page.locator("#correct-here li", { hasText: "mask, rejected" }).waitFor();
      expect(await found.count()).to.equal(masks - 1);
      // It can be taken back, and rejected once more.
      await page.locator("#correct-here li", { hasText: "mask, rejected" }).locator("button").click();
      await page.locator("#correct-take-back").click();
      expect(await found.count()).to.equal(masks);
      await page.keyboard.press("Control+z");
      await page.locator("#correct-here li", { hasText: "mask, rejected" }).waitFor();

      await page.locator(".edit-box button").first().focus();
      await page.keyboard.press("p");
      const whole = page.locator(".edit-outline .whole[aria-pressed=true]");
      await whole.waitFor();
      await page.locator("#correct-hole").focus();
      await page.keyboard.press("Enter");
      await page.locator(".edit-outline button.vertex").nth(7).waitFor();
      await page.locator(".edit-outline button.vertex").nth(4).focus();
      await page.keyboard.press("ArrowUp");
      expect(await faults()).to.deep.equal([]);
      const { busiest } = first();
      for (let frame = busiest + 1; frame <= busiest + 4; frame++) {
        await page.keyboard.press("f");
        await position(frame);
      }
      await page.keyboard.press("t");
      await whole.focus();
      await page.keyboard.press("Shift+ArrowRight");
      await page.keyboard.press("Shift+ArrowRight");
      await page.locator("#tab-panel p", { hasText: `Drawn in frames ${busiest}, ${busiest + 4}` }).waitFor();
      // Between the two it has gone half the way.
      for (let frame = busiest + 3; frame >= busiest + 2; frame--) {
        await page.keyboard.press("d");
        await position(frame);
      }
      await page.keyboard.press("Control+s");
      await status(new RegExp(`^All is saved \\(version ${version + 1}\\)$`));
      const held = new Map(
        ((await saved()).sets.at(-1)?.corrections ?? []).flatMap((made) =>
          made.kind === "draw-mask" && made.after ? [[made.target.id, made.after] as const] : [],
        ),
      );
      const [gone, outline] = [...held.values()];
      expect(gone).to.deep.include({ polygon: null });
      expect(gone?.replaces).to.be.a("string");
      const xs = (frame: number) => ringsOf(outline ?? expect.fail("There is no outline."), frame)?.map((ring) => ring.map(([x]) => x));
      expect(outline?.holes).to.have.length(1);
      expect(xs(busiest + 2)).to.deep.equal(xs(busiest)?.map((ring) => ring.map((x) => x + 10)));
      expect(xs(busiest + 4)).to.deep.equal(xs(busiest)?.map((ring) => ring.map((x) => x + 20)));
    });

    it("and signs the report, until somebody corrects again", async () => {
      await open(`/cases/${analysed.case.caseId}/report`);
      const { version } = await saved();
      await page.locator("#sign-off", { hasText: "Nobody has signed this report yet." }).waitFor();
      await page.locator("#sign-off button", { hasText: "Sign this report" }).first().click();
      await page.locator("dialog[open] p", { hasText: `(version ${version})` }).waitFor();
      await page.locator("dialog[open] button.primary").click();
      await page.locator("#sign-off li", { hasText: `with corrections up to version ${version}` }).waitFor();
      await page.locator("#sign-off .badge", { hasText: "Holds" }).waitFor();

      const { runId, contentSha256 } = await saved();
      const changes: Change[] = [{ kind: "judge", target: { kind: "segment", id: first().phase.id }, after: "confirmed" }];
      const body = JSON.stringify({ runId, contentSha256, changes });
      const headers = { "content-type": "application/json", "if-match": `"${version}"` };
      expect((await fetch(new URL(`api/cases/${analysed.case.caseId}/corrections`, home()), { method: "POST", headers, body })).status).to.equal(201);
      // What was read before is signed no more.
      await page.locator("#sign-off button", { hasText: "Sign this report" }).first().click();
      await page.locator("dialog[open] button.primary").click();
      await page.locator("#sign-off [role=alert]", { hasText: "The case was corrected since the report was read" }).waitFor();
      await page.locator("#sign-off .badge", { hasText: "Outdated" }).waitFor();
    });

    it("without a complaint of the browser's", () => expect(complaints).to.deep.equal([]));
  });

  // After the corrections, so that there is something of everything: signatures, verdicts, a dataset.
  describe("on every screen", () => {
    /** Every screen and what opens on it: its address, what is there once it is ready, and what is pressed then. */
    const screens = (): [hash: string, ready: string, ...press: string[]][] => {
      const { caseId } = analysed.case;
      const busiest = `/cases/${caseId}?f=${analysed.analysis?.busiestFrame}`;
      return [
        ["/cases", "#cases a"],
        [`/cases/${caseId}`, "#moments tr"],
        [`/cases/${caseId}`, "#moments tr", ".controls button:last-of-type"],
        [busiest, "#moments tr", "#tab-overlay"],
        [busiest, "#moments tr", "#tab-correct", "#correct-here li:first-child button"],
        [busiest, "#moments tr", "#tab-correct", "#correct-here li:last-child button"],
        [`/cases/${caseId}`, "#moments tr", "#tab-measures", "#measures button"],
        [`/cases/${otherId}`, "#moments tr", "#tab-questions"],
        [`/cases/${caseId}`, "#moments tr", "#tab-exports"],
        [`/cases/${caseId}`, "#moments tr", "#tab-about"],
        [`/cases/${caseId}/report`, "#report h2"],
        [`/cases/${caseId}/report`, "#report h2", "#sign-off button"],
        [`/cases/${caseId}/run`, "#states tr"],
        [`/cases/${caseId}/cohort`, "svg.spread"],
        [`/compare?a=${caseId}&b=${otherId}`, "#phases tr"],
        ["/admin/views", "#views tr"],
        ["/admin/retention", "#kept tr"],
        ["/admin/datasets", "#dataset-classes tr"],
        ["/admin/models", `#${registeredModel} table`],
        ["/admin/models", `#${registeredModel} table`, `#${registeredModel} button`],
        [`/cases/${rejectedId}`, "#reasons li"],
        ["/review", "#correct-here button"],
        ["/upload", "input[type=file]"],
        ["/help", "#help-steps a"],
        ["/nowhere", "main a"],
      ];
    };
    const faultsOf = { axe: [] as string[], keyboard: [] as string[], chinese: [] as string[], width: [] as string[] };
    const show = async ([hash, ready, ...press]: ReturnType<typeof screens>[number]): Promise<void> => {
      await open(hash);
      await page.waitForSelector(ready);
      for (const selector of press) await page.click(selector);
    };
    const choose = async (language: string): Promise<void> => {
      await page.evaluate(`localStorage.setItem("language", "${language}"); localStorage.setItem("theme", "dark")`);
    };
    const colour = (theme: string) => page.evaluate(`document.documentElement.dataset.theme = "${theme}"`);

    /** Each screen is opened once in each language, and looked at in every way that there is. */
    before(async function () {
      this.timeout(400_000);
      await madeUp();
      await choose("en");
      for (const screen of screens()) {
        const told = (fault: string): string => `${screen.join(" ")}: ${fault}`;
        await show(screen);
        faultsOf.axe.push(...(await faults()).map(told));
        await colour("light");
        faultsOf.axe.push(...(await faults(["color-contrast"])).map(told));
        await page.emulateMedia({ forcedColors: "active" });
        faultsOf.axe.push(...(await faults(["color-contrast"])).map(told));
        await page.emulateMedia({ forcedColors: "none" });
        // What takes the focus may bring more to go through with it, such as the corners of an outline.
        const most = 2 * ((await page.evaluate(usable)) as number) + 60;
        for (let i = 0; i < most && !(await page.evaluate(isWalked)); i++) {
          await page.keyboard.press("Tab");
          faultsOf.keyboard.push(...((await page.evaluate(focused)) as string[]).map(told));
        }
        faultsOf.keyboard.push(...((await page.evaluate(missed)) as string[]).map(told));
      }
      await choose("zh-TW");
      // Words of English that no other text has by chance: those of several words.
      const phrases = [...leavesOf(texts.en)].filter((words) => words.includes(" "));
      await page.setViewportSize({ width: 320, height: 900 });
      for (const screen of screens()) {
        const told = (fault: string): string => `${screen.join(" ")}: ${fault}`;
        await show(screen);
        faultsOf.axe.push(...(await faults()).map(told));
        const said = (await page.evaluate(everythingSaid)) as string;
        if (!said.includes("手術影像分析平台")) faultsOf.chinese.push(told("is not in Chinese"));
        faultsOf.chinese.push(...phrases.filter((words) => said.includes(words)).map(told));
        const wide = (await page.evaluate("document.documentElement.scrollWidth")) as number;
        if (wide > 320) faultsOf.width.push(told(`${wide} pixels wide`));
      }
      await page.setViewportSize({ width: 1440, height: 1000 });
      await choose("en");
    });

    it("has no fault that axe finds, in either language, dark, light, or in the system's own colours", () => expect(faultsOf.axe).to.deep.equal([]));
    it("lets all that can be used take the focus, shows it, and hides it behind nothing", () => expect(faultsOf.keyboard).to.deep.equal([]));
    it("says everything in Chinese where that was chosen", () => expect(faultsOf.chinese).to.deep.equal([]));
    it("needs no more room than 320 pixels (WCAG 1.4.10)", () => expect(faultsOf.width).to.deep.equal([]));

    it("breaks no rule of its content security policy, and throws nothing", () => expect(complaints).to.deep.equal([]));
  });

  /** Lets the tab find a user pool that gives this access token to whoever asks, and gives what the pool and the list of cases are told. */
  const withUserPool = async (tab: Page, accessToken: string): Promise<{ flow: Record<string, string>; tokens: string[] }> => {
    const { endpoint } = platform.session;
    const flow: Record<string, string> = {};
    const tokens: string[] = [];
    await tab.route("**/config.json", (route) =>
      route.fulfill({ json: { api: "/api", signIn: { origin: endpoint, issuer: `${endpoint}/pool`, clientId: "page" } } }),
    );
    await tab.route("**/oauth2/authorize?*", (route) => {
      Object.assign(flow, Object.fromEntries(new URL(route.request().url()).searchParams), { asked: `${Number(flow["asked"] ?? 0) + 1}` });
      return route.fulfill({ status: 302, headers: { location: `${flow["redirect_uri"]}?code=once&state=${flow["state"]}` } });
    });
    await tab.route("**/oauth2/token", (route) => {
      Object.assign(flow, Object.fromEntries(new URLSearchParams(route.request().postData() ?? "")));
      const id = jwt({ sub: "s", iss: `${endpoint}/pool`, aud: "page" });
      const json = { access_token: accessToken, id_token: id, refresh_token: "kept", token_type: "Bearer", expires_in: 1800, scope: "openid" };
      return route.fulfill({ json, headers: { "access-control-allow-origin": "*" } });
    });
    await tab.route("**/oauth2/revoke", (route) => route.fulfill({ status: 200, headers: { "access-control-allow-origin": "*" } }));
    await tab.route("**/logout?*", (route) => route.fulfill({ contentType: "text/html", body: "<title>Signed out</title>" }));
    await tab.route("**/api/cases?*", async (route) => {
      tokens.push((await route.request().headerValue("authorization")) ?? "none");
      await route.fulfill({ json: { cases: [], next: null } });
    });
    return { flow, tokens };
  };
  const jwt = (claims: object): string => `${[{ alg: "RS256" }, claims].map((part) => Buffer.from(JSON.stringify(part)).toString("base64url")).join(".")}.x`;

  it("lets those alone decide about networks who may, and look who may look", async () => {
    const own = await browser.newContext({ locale: "en-GB" });
    const version: ListedVersion = {
      ...{ version: 1, approval: "PendingManualApproval", createdAt: "2026-11-26T10:00:00.000Z", description: null, facts: {}, reason: null },
      ...{ isInUse: false, quality: null },
    };
    const models: ModelList = { models: [{ model: registeredModel, inUse: { version: "1.0.0", sha256: "0".repeat(64) }, versions: [version] }] };
    for (const [scope, count] of [
      ["svp/models.read", 0],
      ["svp/models.read svp/models.approve", 1],
    ] as const) {
      const tab = await own.newPage();
      listen(tab);
      await withUserPool(tab, jwt({ scope }));
      // The platform here knows no such pool.
      await tab.route("**/api/models", (route) => route.fulfill({ json: models }));
      await tab.goto(`${home()}#/admin/models`);
      await tab.locator(`#${registeredModel} .versions h3`).first().waitFor();
      expect(await tab.locator("main nav a").allTextContents()).to.deep.equal(["Networks"]);
      expect(await tab.getByRole("button", { name: `Approve version 1 of ${registeredModel}` }).count(), scope).to.equal(count);
      await tab.close();
    }
    await own.close();
  });

  it("signs people in with a proof key, keeps tokens out of the browser's storage, and signs out whom it sees no more", async () => {
    const own = await browser.newContext();
    const tab = await own.newPage();
    listen(tab);
    await tab.clock.install();
    const { flow, tokens } = await withUserPool(tab, "opens-the-api");

    await tab.goto(`${home()}#/cases?status=FAILED`);
    await tab.locator("main p", { hasText: "No case is as you searched for." }).waitFor();
    expect(tab.url()).to.equal(`${home()}#/cases?status=FAILED`);
    expect(flow).to.include({ response_type: "code", code_challenge_method: "S256", client_id: "page", grant_type: "authorization_code", code: "once" });
    expect(
      createHash("sha256")
        .update(flow["code_verifier"] ?? "")
        .digest("base64url"),
    ).to.equal(flow["code_challenge"]);
    expect(flow["scope"]).to.equal(["openid", ...Object.keys(scopes).map((scope) => `svp/${scope}`)].join(" "));
    expect([...new Set(tokens)]).to.deep.equal(["Bearer opens-the-api"]);
    // A token that names no scope opens no part of the administration.
    expect(await tab.locator("header nav a").allTextContents()).to.deep.equal(["Cases", "Review", "Upload a video"]);
    await tab.goto(`${home()}#/admin/views`);
    await tab.locator("main [role=status]", { hasText: "your roles do not let you see it" }).waitFor();
    await tab.goto(`${home()}#/cases?status=FAILED`);
    expect(await tab.evaluate("JSON.stringify([localStorage, sessionStorage]) + document.cookie")).to.not.match(/opens-the-api|kept/);

    await tab.clock.runFor(14 * 60 * 1000 + 5000);
    await tab.locator("dialog[open] h2", { hasText: "Are you still there?" }).waitFor();
    await tab.getByRole("button", { name: "Stay signed in" }).click();
    await tab.clock.runFor(60_000);
    expect(await tab.locator("dialog[open]").count()).to.equal(0);
    await tab.clock.runFor(15 * 60 * 1000);
    await tab.waitForURL(/\/logout\?client_id=page/);
    // While the browser was on its way the list of cases was asked for again, which signed nobody in.
    expect(flow["asked"]).to.equal("1");
    await own.close();
  });

  it("breaks no rule of its content security policy, makes no text into code, and throws nothing", () => {
    expect(complaints).to.deep.equal([]);
  });

  // Mocha runs this after all before, corrections included.
  describe("after all of this", () => {
    it("was answered as the API's document says, which lies beside it", async () => {
      const document = await fetch(new URL("openapi.json", home()));
      expect([document.headers.get("content-type"), await document.json()]).to.deep.equal(["application/json", JSON.parse(JSON.stringify(openApiDocument()))]);
      const check = answerChecker();
      const checked = (await Promise.all(heard)).flatMap((answer) => (answer ? [check(answer)] : []));
      expect(checked.flatMap(({ faults }) => faults)).to.deep.equal([]);
      expect([...new Set(checked.map(({ operation }) => operation))]).to.include.members([
        ...["getCases", "getCase", "getCaseRun", "getCaseMeasures", "getCaseReport", "postCaseExports", "getCaseExport"],
        ...["postUploads", "postUploadParts", "getUploadParts", "postUploadCompletion"],
        ...["getCohort", "getCaseCorrections", "postCaseCorrections", "getReviewQueue", "postCaseReportSignOff", "getViews", "getRetention", "getDatasets"],
        ...["getModels", "postModelVersionDecision"],
      ]);
    });
  });
});
