import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { build } from "esbuild";
import type { Browser, Page } from "playwright-core";
import { pageAssets } from "../../local/page/assets.ts";
import { root } from "../../local/root.ts";
import { median } from "../statistics.ts";
import { percentile } from "./gates.ts";
import { caseId, detectionChunk, detections, frameCount, maskChunk, masks, media } from "./long-case.ts";

type Figures = Readonly<Record<string, number>>;

/** Kilobytes of the scripts that the page names, as they travel. */
export async function scripts(): Promise<Figures> {
  const assets = await pageAssets(root);
  const html = String(assets.get("/")?.body);
  const paths = [...html.matchAll(/<(?:script[^>]* src|link rel="modulepreload"[^>]* href)="([^"]+)"/g)].map(([, path]) => path as string);
  return { scripts: paths.reduce((sum, path) => sum + gzipSync(assets.get(path)?.body ?? Buffer.alloc(0), { level: 9 }).length, 0) / 1000 };
}

/** Parts of the page by themselves: what the overlay and the lanes take to draw, what connections gain an upload. */
export async function parts(browser: Browser, url: string, uploadBytes: number, log: (line: string) => void): Promise<Figures> {
  const { outputFiles } = await build({
    ...{ entryPoints: [join(import.meta.dirname, "probe/probe.ts")], bundle: true, write: false, format: "iife", target: "es2023", minify: true },
  });
  // The page's policy lets nothing in that is not its own.
  const context = await browser.newContext({ bypassCSP: true });
  try {
    const page = await context.newPage();
    await page.goto(url);
    await page.addScriptTag({ content: (outputFiles[0] as { text: string }).text });
    const call = <T>(name: string, ...args: unknown[]): Promise<T> => page.evaluate(`probe.${name}(${args.map((arg) => JSON.stringify(arg)).join(",")})`);
    const work = { width: 1280, height: 720, frames: 300, media, detections, masks, detectionChunk: detectionChunk(), maskChunk: maskChunk() };
    const overlay = await call<number[]>("overlay", work);
    log(`overlay: median ${median(overlay).toFixed(1)} ms`);
    const lanes = await call<number[]>("lanes", manyLanes(16, 50_000), frameCount, 1100, 20);
    log(`lanes: median ${median(lanes).toFixed(1)} ms`);
    const took: Record<number, number> = {};
    for (const connections of [1, 4, 4, 1]) {
      const seconds = await call<number>("upload", "/api", uploadBytes, connections);
      log(`upload, ${connections} at once: ${(uploadBytes / seconds / 1e6).toFixed(0)} MB/s`);
      took[connections] = Math.min(took[connections] ?? Number.POSITIVE_INFINITY, seconds);
    }
    return { overlay: percentile(overlay, 0.95), lanes: median(lanes), upload: (took[1] as number) / (took[4] as number) };
  } finally {
    await context.close();
  }
}

/** Lanes that hold so many spans together, in colours that change. */
function manyLanes(lanes: number, spans: number): object[] {
  const each = spans / lanes;
  const step = frameCount / each;
  const colours = ["#E69F00", "#56B4E9", "#009E73", "#F0E442"];
  return Array.from({ length: lanes }, (_, lane) => ({
    title: `Lane ${lane + 1}`,
    spans: Array.from({ length: each }, (_, i) => {
      const startFrame = Math.floor(i * step);
      return { startFrame, endFrame: Math.floor(startFrame + step * 0.8), colour: colours[(i + lane) % colours.length], text: `span ${i}` };
    }),
  }));
}

export interface LongLook {
  /** Minutes of the clock on the wall that the case is played, eight times as fast as it was. */
  readonly minutes: number;
  readonly seeks: number;
}

/** The whole page with the case of three hours. */
export async function wholePage(browser: Browser, url: string, { minutes, seeks }: LongLook, log: (line: string) => void): Promise<Figures> {
  const context = await browser.newContext({ viewport: { width: 1440, height: 1000 } });
  try {
    const page = await context.newPage();
    const broken: string[] = [];
    page.on("pageerror", (error) => broken.push(error.message));
    await page.goto(`${url}#/cases/${caseId}?f=1000`);
    await page.waitForSelector('#picture[data-frame="1000"]');
    const steps = await stepFigures(page);
    const seek = await seekFigures(page, seeks, log);
    const heap = await heapFigures(page, minutes, log);
    if (broken.length > 0) throw new Error(`The page threw: ${broken.join("; ")}`);
    return { ...steps, ...seek, ...heap };
  } finally {
    await context.close();
  }
}

/** Runs in the page: does something, and gives the milliseconds until a frame is in view with all that was found on it. The clock is the browser's own. */
const untilShown = (act: string, frame: number) => `new Promise((done, failed) => {
  const canvas = document.querySelector("#picture");
  const start = performance.now();
  const look = () => {
    if (canvas.dataset.frame === "${frame}" && !document.querySelector(".stage .over")) done(performance.now() - start);
    else if (performance.now() - start > 10000) failed(new Error("Frame ${frame} never came; " + canvas.dataset.frame + " is there."));
    else setTimeout(look, 1);
  };
  ${act};
  look();
})`;

async function stepFigures(page: Page): Promise<Figures> {
  const took: number[] = [];
  let frame = 1000;
  for (let i = 0; i < 100; i++) {
    const by = i < 50 ? 1 : -1;
    frame += by;
    took.push(await page.evaluate<number>(untilShown(`dispatchEvent(new KeyboardEvent("keydown", { key: "${by === 1 ? "f" : "d"}" }))`, frame)));
  }
  return { step: percentile(took, 0.95) };
}

async function seekFigures(page: Page, seeks: number, log: (line: string) => void): Promise<Figures> {
  const took: number[] = [];
  for (let i = 0; i < seeks; i++) {
    // Far apart and each in a chunk of its own, in an order that looks like none (the golden ratio's).
    const frame = Math.floor(((0.31 + i * 0.618034) % 1) * (frameCount - 1));
    took.push(await page.evaluate<number>(untilShown(`location.hash = "#/cases/${caseId}?f=${frame}"`, frame)));
  }
  log(`seek: median ${median(took).toFixed(0)} ms`);
  return { seek: percentile(took, 0.95) };
}

async function heapFigures(page: Page, minutes: number, log: (line: string) => void): Promise<Figures> {
  const session = await page.context().newCDPSession(page);
  const heap = async (): Promise<number> => {
    await session.send("HeapProfiler.collectGarbage");
    const { usedSize } = (await session.send("Runtime.getHeapUsage")) as { usedSize: number };
    return usedSize / 2 ** 20;
  };
  await page.evaluate(untilShown(`location.hash = "#/cases/${caseId}?f=0"`, 0));
  await page.selectOption(".controls select", "8");
  await page.click("#play");
  const samples: number[] = [];
  const rounds = Math.max(4, Math.round(minutes * 4));
  for (let i = 0; i < rounds; i++) {
    await new Promise((wake) => setTimeout(wake, (minutes * 60_000) / rounds));
    samples.push(await heap());
    log(
      `heap after ${(((i + 1) * minutes) / rounds).toFixed(1)} min: ${samples.at(-1)?.toFixed(1)} MiB, frame ${await page.getAttribute("#picture", "data-frame")}`,
    );
  }
  const first = median(samples.slice(0, Math.ceil(rounds / 4)));
  const last = median(samples.slice(-Math.ceil(rounds / 4)));
  return { heap: samples.at(-1) as number, growth: 100 * (last / first - 1) };
}
