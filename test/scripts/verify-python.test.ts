import { spawnSync } from "node:child_process";
import { join } from "node:path";
import { expect } from "chai";
import { root } from "../../local/root.ts";

describe("npm run verify:python", () => {
  const run = (args: readonly string[], environment: NodeJS.ProcessEnv = {}) =>
    spawnSync(process.execPath, [join(root, "scripts/verify-python.ts"), ...args], { encoding: "utf8", env: { ...process.env, ...environment } });

  it("names the Python that is missing, and what to install", () => {
    const { status, stderr } = run([], { PYTHON: "/nowhere/python3", PYTHON_TOOLS: "/nowhere/python3" });
    expect(status).to.equal(1);
    // Where the tools are installed already, it is the other one that is missing.
    expect(stderr).to.match(
      /^"\/nowhere\/python3" (is no Python of version 3\.10 or newer\. PYTHON_TOOLS names another|lacks PyTorch, onnx, numpy or pytest\. On Debian: apt-get)/,
    );
  });

  it("explains itself, and ends with 2 on an option it does not have", () => {
    expect(run(["--help"]).stdout).to.match(/^npm run verify:python\n/);
    expect(run(["--colour"]).status).to.equal(2);
  });
});
