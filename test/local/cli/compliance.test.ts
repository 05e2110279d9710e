import { execFile } from "node:child_process";
import { mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect } from "chai";
import type { Evidence } from "../../../local/compliance/evidence.ts";

const root = join(import.meta.dirname, "../../..");

function compliance(...args: string[]): Promise<{ code: number; stdout: string; stderr: string }> {
  return new Promise((resolve) => {
    const child = execFile(process.execPath, ["local/cli/compliance.ts", ...args], { cwd: root }, (_error, stdout, stderr) =>
      resolve({ code: child.exitCode ?? -1, stdout, stderr }),
    );
  });
}

describe("npm run compliance", () => {
  it("tells how it is used", async () => {
    const { code, stdout, stderr } = await compliance("--help");
    expect({ code, stderr }).to.deep.equal({ code: 0, stderr: "" });
    expect(stdout).to.match(/npm run compliance -- STACK/);
  });

  it("writes the evidence of a stack that keeps every rule", async function () {
    this.timeout(180_000);
    const folder = mkdtempSync(join(tmpdir(), "evidence-"));
    try {
      const { code, stdout, stderr } = await compliance("shared", "--out", folder);
      expect({ code, stderr }, stdout).to.deep.equal({ code: 0, stderr: "" });
      expect(stdout).to.match(/^\d+ rules, \d+ judgements, 0 violations\. Written to /);
      expect(readdirSync(folder).sort()).to.deep.equal(["evidence.html", "evidence.json", "evidence.sarif", "evidence.zh-TW.html"]);
      const read = (name: string): string => readFileSync(join(folder, name), "utf8");
      const { stack, rules, results } = JSON.parse(read("evidence.json")) as Evidence;
      expect(stack).to.equal("shared");
      expect(stdout).to.contain(`${rules.length} rules, ${results.length} judgements`);
      expect(JSON.parse(read("evidence.sarif"))).to.include({ version: "2.1.0" });
      expect(read("evidence.html")).to.contain('<html lang="en">').and.contain("Every mandatory rule is kept.");
      expect(read("evidence.zh-TW.html")).to.contain('<html lang="zh-TW">').and.contain("所有強制規則皆已遵守。");
    } finally {
      rmSync(folder, { recursive: true });
    }
  });

  const misuses: [args: string[], message: RegExp][] = [
    [[], /^STACK must be given\./],
    [["nowhere"], /^There is no stack "nowhere"; the stacks are dev, local, prod, shared, staging\./],
    [["dev", "prod"], /^"prod" is one argument too many\./],
  ];
  for (const [args, message] of misuses) {
    it(`refuses "${args.join(" ")}" with exit code 2`, async () => {
      const { code, stdout, stderr } = await compliance(...args);
      expect({ code, stdout }).to.deep.equal({ code: 2, stdout: "" });
      expect(stderr).to.match(message);
    });
  }
});
