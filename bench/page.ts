import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { main, UsageError } from "../local/cli/command.ts";
import { startBrowser } from "../scripts/browser.ts";
import { describeMachine } from "./machine.ts";
import { figureOf, gates, judged, lighthouseGates, limitOf, type Verdict } from "./page/gates.ts";
import { lighthouse } from "./page/lighthouse.ts";
import { longVideo } from "./page/long-case.ts";
import { type LongLook, parts, scripts, wholePage } from "./page/measure.ts";
import { startStage } from "./page/stage.ts";

const document = join(import.meta.dirname, "../docs/page-benchmarks.md");

await main({
  help: `
npm run bench:page -- [--quick] [--minutes N] [--lighthouse] [--write]

Measures the page in Chromium with a made-up case of three hours, and judges it by its gates.

  --quick        to see that it works: few jumps, a short look at the heap; no figures to quote
  --minutes N    minutes that the case is played to watch the heap, eight times as fast as it was; 3 if not given
  --lighthouse   also what Lighthouse says; installs it into node_modules/.cache at first, 200 MB from the package registry
  --write        write the figures to docs/page-benchmarks.md
  -h, --help     this text

Needs Chromium: /usr/bin/chromium, or where CHROMIUM_PATH says.
Exit code: 0 all gates hold; 1 one does not; 2 wrong usage.`,
  options: { quick: { type: "boolean" }, minutes: { type: "string" }, lighthouse: { type: "boolean" }, write: { type: "boolean" } },
  positionals: [],
  async run({ quick = false, write = false, minutes: asked, lighthouse: asksLighthouse }) {
    const minutes = Number(asked ?? (quick ? 0.2 : 3));
    if (!(minutes > 0)) throw new UsageError("--minutes must be a number above 0.");
    if (quick && write) throw new UsageError("--write and --quick exclude each other: quick figures are not for the document.");
    const log = (line: string): void => void process.stderr.write(`${line}\n`);
    const machine = describeMachine();
    const look: LongLook = { minutes, seeks: quick ? 8 : 60 };
    const stage = await startStage(longVideo(log));
    const verdicts: Verdict[] = [];
    try {
      const browser = await startBrowser();
      try {
        const uploadBytes = (quick ? 8 : 16) * 16 * 2 ** 20;
        const figures = { ...(await scripts()), ...(await parts(browser, stage.url, uploadBytes, log)), ...(await wholePage(browser, stage.url, look, log)) };
        verdicts.push(...gates.map((gate) => judged(gate, (figures as Record<string, number>)[gate.id] as number)));
      } finally {
        await browser.close();
      }
      if (asksLighthouse) {
        const scores = await lighthouse(stage.url, log);
        verdicts.push(...lighthouseGates.map((gate) => judged(gate, scores[gate.id] as number)));
      }
    } finally {
      await stage.close();
    }
    for (const verdict of verdicts) {
      const { gate, holds } = verdict;
      process.stdout.write(`${holds ? "holds " : "MISSED"}  ${figureOf(verdict)} (${limitOf(gate)}): ${gate.what}\n`);
    }
    if (write) await writeFile(document, markdown(machine, look, verdicts));
    return verdicts.every(({ holds }) => holds) ? 0 : 1;
  },
});

function markdown(machine: ReturnType<typeof describeMachine>, { minutes, seeks }: LongLook, verdicts: readonly Verdict[]): string {
  const rows = verdicts.map((verdict) => `| ${verdict.gate.what} | ${limitOf(verdict.gate)} | ${figureOf(verdict)} | ${verdict.holds ? "yes" : "**no**"} |`);
  return `# Benchmarks of the page

Written by \`npm run bench:page -- --write\`: the page as it is served, in headless Chromium without a GPU, with a made-up case of three
hours (270,000 frames of 1280 x 720, 20 boxes and two masks on each, 2,000 events), its API and storage on the same machine.

${machine.map(([name, value]) => `- ${name}: ${value}`).join("\n")}

The long run plays ${minutes} minutes at eight times the speed, which reads as many chunks as ${8 * minutes} minutes of operation have, after ${seeks} jumps
all over it; ten minutes on the wall are \`--minutes 10\`. That picture and overlay are of the same frame, and that steps are exact by what
stands in the picture itself, counts and no clock tell: \`test/e2e/page.test.ts\`.

| what | gate | measured | holds |
| --- | --- | ---: | --- |
${rows.join("\n")}
`;
}
