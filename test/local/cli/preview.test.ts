import { execFile } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect } from "chai";
import { rules } from "../../../policies/rules/index.ts";

const root = join(import.meta.dirname, "../../..");

function preview(...args: string[]): Promise<{ code: number; stdout: string; stderr: string }> {
  return new Promise((resolve) => {
    const child = execFile(process.execPath, ["local/cli/preview.ts", ...args], { cwd: root }, (_error, stdout, stderr) =>
      resolve({ code: child.exitCode ?? -1, stdout, stderr }),
    );
  });
}

describe("npm run preview", () => {
  let folder: string;
  before(() => {
    folder = mkdtempSync(join(tmpdir(), "svp-preview-"));
  });
  after(() => rmSync(folder, { recursive: true, force: true }));

  it("shows a stack and writes its resources", async () => {
    const file = join(folder, "shared.json");
    const { code, stdout, stderr } = await preview("shared", "--json", file);
    expect({ code, stderr }).to.deep.equal({ code: 0, stderr: "" });
    expect(stdout).to.match(/^Stack shared of svp, run offline\.\nThis is not "pulumi preview"/);
    expect(stdout).to.include(`\n${rules.length} policies, 0 findings\n`);
    const resources = JSON.parse(readFileSync(file, "utf8")) as Record<string, unknown>[];
    expect(resources[0]).to.deep.include({ type: "pulumi:pulumi:Stack", name: "svp-shared", custom: false });
    const key = resources.find(({ type }) => type === "aws:kms/key:Key")!;
    expect(Object.keys(key).sort()).to.deep.equal([
      "custom",
      "dependencies",
      "id",
      "ignoreChanges",
      "inputs",
      "name",
      "outputs",
      "parent",
      "propertyDependencies",
      "protect",
      "provider",
      "type",
      "urn",
    ]);
  });

  it("explains itself", async () => {
    const { code, stdout } = await preview("--help");
    expect(code).to.equal(0);
    expect(stdout).to.match(/^npm run preview -- STACK \[--json FILE\]\n/);
  });

  const misuses: [args: string[], message: RegExp][] = [
    [[], /^STACK must be given\./],
    [["nowhere"], /^There is no stack "nowhere"; the stacks are dev, local, prod, shared, staging\./],
    [["shared", "prod"], /^"prod" is one argument too many\./],
    [["shared", "--jsn", "x"], /^Unknown option '--jsn'/],
  ];
  for (const [args, message] of misuses) {
    it(`refuses "${args.join(" ")}" with exit code 2`, async () => {
      const { code, stdout, stderr } = await preview(...args);
      expect({ code, stdout }).to.deep.equal({ code: 2, stdout: "" });
      expect(stderr).to.match(message);
    });
  }
});
