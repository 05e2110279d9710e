import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Page } from "playwright-core";
import { main } from "../local/cli/command.ts";
import { StartedPlatform } from "../local/cli/started-platform.ts";
import { root } from "../local/root.ts";
import { startBrowser } from "./browser.ts";

/** A picture of a screen: its file in `docs/images`, its language, its address behind `#`, and what one does there before it is taken. */
interface Shot {
  readonly file: string;
  readonly language: "en" | "zh-TW";
  readonly hash: string;
  readonly ready: string;
  readonly act?: (page: Page) => Promise<void>;
}

const size = { width: 1270, height: 953 };

/** The screens that the README shows, of an analysed case and its busiest frame. */
const shotsOf = (caseId: string, frame: number): readonly Shot[] => [
  { file: "page.jpg", language: "en", hash: `/cases/${caseId}?f=${frame}`, ready: `#picture[data-frame="${frame}"]`, act: shown },
  { file: "page-zh-TW.jpg", language: "zh-TW", hash: `/cases/${caseId}?f=${frame}`, ready: `#picture[data-frame="${frame}"]`, act: shown },
  {
    ...{ file: "page-correct.jpg", language: "en", hash: `/cases/${caseId}?f=${frame}`, ready: `#picture[data-frame="${frame}"]` },
    async act(page) {
      await shown(page);
      await page.click("#tab-correct");
      await page
        .locator("#correct-here li", { hasText: /Mask, \d+ %/ })
        .first()
        .locator("button")
        .click();
      await page.keyboard.press("p");
      await page.locator(".edit-outline button.vertex").first().waitFor();
      await page.evaluate("scrollTo(0, 0)");
    },
  },
  { file: "page-report.jpg", language: "en", hash: `/cases/${caseId}/report`, ready: "#report h2" },
  { file: "page-run.jpg", language: "en", hash: `/cases/${caseId}/run`, ready: "#states tr" },
];

/** Boxes and masks of the picture are there, and nothing of it is still being read. */
async function shown(page: Page): Promise<void> {
  await page.locator(".stage .over").waitFor({ state: "detached" });
}

await main({
  help: `
npm run pictures

Takes the pictures of the page that the README shows, in docs/images: starts the platform in a folder of its own, analyses the sample, and
opens the screens in Chromium. Minutes.

  -h, --help   this text

Needs Chromium (/usr/bin/chromium, or where CHROMIUM_PATH says) and a font with Chinese: apt-get install -y chromium fonts-noto-cjk`,
  options: {},
  positionals: [],
  async run() {
    await using cleanUp = new AsyncDisposableStack();
    const folder = await mkdtemp(join(tmpdir(), "svp-pictures-"));
    cleanUp.defer(() => rm(folder, { recursive: true, force: true }));
    const platform = await StartedPlatform.start(join(folder, "data"));
    cleanUp.defer(() => platform.stop());
    const caseId = await platform.client.upload(join(root, "samples/laparoscopy.mp4"), () => undefined, { procedure: "laparoscopic-cholecystectomy" });
    const { runId } = await platform.client.settled(caseId, () => undefined);
    if (!runId || !(await platform.client.reported(caseId, runId))) throw new Error("The sample has no report.");
    const home = platform.session.page as string;
    const { analysis } = (await (await fetch(new URL(`api/cases/${caseId}`, home))).json()) as { analysis: { busiestFrame: number } };
    const browser = await startBrowser();
    cleanUp.defer(() => browser.close());
    for (const { file, language, hash, ready, act } of shotsOf(caseId, analysis.busiestFrame)) {
      const context = await browser.newContext({ viewport: size, locale: language });
      await context.addInitScript(`localStorage.setItem("language", "${language}"); localStorage.setItem("theme", "dark")`);
      const page = await context.newPage();
      await page.goto(`${home}#${hash}`);
      await page.waitForSelector(ready);
      await act?.(page);
      await page.screenshot({ path: join(root, "docs/images", file), type: "jpeg", quality: 78 });
      await context.close();
      process.stdout.write(`docs/images/${file}\n`);
    }
    return 0;
  },
});
