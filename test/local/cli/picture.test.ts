import { execFile } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect } from "chai";
import { deployOffline } from "../../../local/cli/deploy-offline.ts";
import { deploymentFiles, drawnStacks } from "../../../local/picture/document.ts";

const root = join(import.meta.dirname, "../../..");

function picture(...args: string[]): Promise<{ code: number; stdout: string; stderr: string }> {
  return new Promise((resolve) => {
    const child = execFile(process.execPath, ["local/cli/picture.ts", ...args], { cwd: root }, (_error, stdout, stderr) =>
      resolve({ code: child.exitCode ?? -1, stdout, stderr }),
    );
  });
}

describe("npm run picture", () => {
  let folder: string;
  before(() => {
    folder = mkdtempSync(join(tmpdir(), "svp-picture-"));
  });
  after(() => rmSync(folder, { recursive: true, force: true }));

  it("draws a stack", async () => {
    const file = join(folder, "shared.svg");
    expect(await picture("shared", "--out", file)).to.deep.equal({ code: 0, stdout: "", stderr: "" });
    expect(readFileSync(file, "utf8")).to.match(/^<svg .*<title>Stack shared, drawn from its program<\/title>.*<\/svg>\n$/s);
  });

  it("has drawn what the programs register", async () => {
    const deployments = [];
    for (const stack of drawnStacks) deployments.push(await deployOffline(root, stack));
    for (const [path, content] of deploymentFiles(deployments)) {
      expect(readFileSync(join(root, path), "utf8"), `${path}: run npm run picture -- --write`).to.equal(content);
    }
  });

  const misuses: [args: string[], message: RegExp][] = [
    [[], /^STACK must be given\./],
    [["prod"], /^--out FILE must be given\./],
    [["nowhere", "--out", "x.svg"], /^There is no stack "nowhere"/],
    [["--write", "--out", "x.svg"], /^--write stands alone\./],
  ];
  for (const [args, message] of misuses) {
    it(`refuses "${args.join(" ")}" with exit code 2`, async () => {
      const { code, stdout, stderr } = await picture(...args);
      expect({ code, stdout }).to.deep.equal({ code: 2, stdout: "" });
      expect(stderr).to.match(message);
    });
  }
});
