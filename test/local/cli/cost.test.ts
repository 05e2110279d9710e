import { execFile } from "node:child_process";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect } from "chai";
import { deployOffline } from "../../../local/cli/deploy-offline.ts";
import { costDocument } from "../../../local/cost/document.ts";

const root = join(import.meta.dirname, "../../..");

function cost(...args: string[]): Promise<{ code: number; stdout: string; stderr: string }> {
  return new Promise((resolve) => {
    const child = execFile(process.execPath, ["local/cli/cost.ts", ...args], { cwd: root }, (_error, stdout, stderr) =>
      resolve({ code: child.exitCode ?? -1, stdout, stderr }),
    );
  });
}

describe("npm run cost", () => {
  it("tells what a stack costs", async () => {
    const { code, stdout, stderr } = await cost("dev", "--hours", "10");
    expect({ code, stderr }).to.deep.equal({ code: 0, stderr: "" });
    expect(stdout).to.match(/^Stack dev: what it costs, about\.\n/);
    expect(stdout).to.match(/\nA month with 10 hours of video: \$[\d,.]+, the first year of keeping it included\.\n/);
  });

  it("tells it as JSON", async () => {
    const { code, stdout } = await cost("shared", "--json");
    expect(code).to.equal(0);
    const { stack, idle, hours } = JSON.parse(stdout) as { stack: string; idle: { usd: number; lines: { usd: number }[] }; hours: number };
    expect([stack, hours]).to.deep.equal(["shared", 100]);
    expect(idle.usd).to.be.closeTo(
      idle.lines.reduce((sum, { usd }) => sum + usd, 0),
      1e-9,
    );
  });

  it("has a price for everything in every stack, and the document says what it finds", async () => {
    const [dev, prod] = [await deployOffline(root, "dev"), await deployOffline(root, "prod")];
    expect(readFileSync(join(root, "docs/costs.md"), "utf8"), "Run: npm run cost -- --write").to.equal(costDocument({ dev, prod }));
  });

  const misuses: [args: string[], message: RegExp][] = [
    [[], /^STACK must be given\./],
    [["nowhere"], /^There is no stack "nowhere"; the stacks are dev, local, prod, shared, staging\./],
    [["dev", "--hours", "-1"], /^Option '--hours' argument is ambiguous|^--hours must be a number, 0 or more, not "-1"\./],
    [["dev", "--fps", "fast"], /^--fps must be a number, 0\.01 or more, not "fast"\./],
    [["--write", "--json"], /^--write stands alone\./],
    [["dev", "--write"], /^"dev" is one argument too many\./],
  ];
  for (const [args, message] of misuses) {
    it(`refuses "${args.join(" ")}" with exit code 2`, async () => {
      const { code, stdout, stderr } = await cost(...args);
      expect({ code, stdout }).to.deep.equal({ code: 2, stdout: "" });
      expect(stderr).to.match(message);
    });
  }
});
