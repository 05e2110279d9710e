import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { deploy } from "../deploy/deploy.ts";
import { offlineProvider } from "../provider/offline.ts";
import { root } from "../root.ts";
import { objections, scan, scannerDocument } from "../scanner/checkov.ts";
import { terraformPlan } from "../scanner/terraform-plan.ts";
import { main } from "./command.ts";
import { pythonTools } from "./python-tools.ts";
import { keepPage } from "./verified-page.ts";

const document = "docs/scanner.md";
/** What holds patients' data, and what all share; the other environments are made by the same program. */
const stacks = ["prod", "shared"];

await main({
  help: `
npm run verify:policies [-- --write]

Has a scanner that others wrote (checkov) read what the programs of ${stacks.join(" and ")} declare, told as a Terraform plan. It fails where the
scanner finds what local/scanner/waivers.ts does not explain, and where it explains what is not found. The scanner is installed into
node_modules/.cache from a package index of Python, once.

  --write      write ${document}
  -h, --help   this text

Needs Python 3.10 or newer with venv (PYTHON_TOOLS, by default python3). On Debian: apt-get install -y python3-venv
Exit code: 0 every finding is explained; 1 one is not, or a tool is missing; 2 wrong usage.`,
  options: { write: { type: "boolean" } },
  positionals: [],
  async run({ write }) {
    const bin = pythonTools("scanner", join(root, "local/scanner/requirements.txt"));
    const folder = mkdtempSync(join(tmpdir(), "svp-scanner-"));
    try {
      const opinions = [];
      for (const stack of stacks) {
        const { resources } = await deploy({ root, stack, provider: offlineProvider() });
        opinions.push(await scan(bin, folder, stack, terraformPlan(resources)));
      }
      const failures = objections(opinions);
      const text = scannerDocument(opinions);
      failures.push(...(await keepPage(root, document, text, { write, script: "verify:policies" })));
      for (const failure of failures) process.stdout.write(`${failure}\n`);
      for (const { stack, resourceCount, passed, findings } of opinions)
        process.stdout.write(`${stack}: ${resourceCount} resources, ${passed} checks passed, ${findings.length} found and explained or listed above.\n`);
      return failures.length === 0 ? 0 : 1;
    } finally {
      rmSync(folder, { recursive: true });
    }
  },
});
