import { execFile } from "node:child_process";
import { existsSync, mkdirSync } from "node:fs";
import { join } from "node:path";
import { promisify } from "node:util";
import { root } from "../../local/root.ts";
import { browserArguments, browserPath } from "../../scripts/browser.ts";

/** Beside this process, which goes on to serve the page. Rejects with what the program said if it fails. */
const run = promisify(execFile);

/** The last one that runs on Node 20. With what it needs it is 200 MB: too much to be installed with the platform. */
const version = "12.8.2";

/** What Lighthouse gives a page on a desktop, 0 to 1, by category. */
export async function lighthouse(url: string, log: (line: string) => void): Promise<Readonly<Record<string, number>>> {
  const folder = join(root, "node_modules/.cache/lighthouse");
  const program = join(folder, "node_modules/lighthouse/cli/index.js");
  if (!existsSync(program)) {
    log(`Installing Lighthouse ${version} into node_modules/.cache/lighthouse.`);
    mkdirSync(folder, { recursive: true });
    await run("npm", ["install", "--prefix", folder, "--no-audit", "--no-fund", `lighthouse@${version}`]);
  }
  const categories = ["performance", "accessibility", "best-practices"];
  const args = [url, "--quiet", "--output=json", "--preset=desktop", `--only-categories=${categories.join(",")}`];
  const { stdout } = await run(
    process.execPath,
    [program, ...args, `--chrome-flags=--headless=new ${browserArguments.join(" ")}`, "--no-enable-error-reporting"],
    { env: { ...process.env, CHROME_PATH: browserPath() }, maxBuffer: 64 * 2 ** 20, timeout: 120_000 },
  );
  const report = JSON.parse(stdout) as { categories: Record<string, { score: number | null }> };
  return Object.fromEntries(categories.map((category) => [category, report.categories[category]?.score ?? 0]));
}
