import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect } from "chai";
import { readPolicyConfig } from "../../../../local/deploy/policy/config.ts";

describe("readPolicyConfig", () => {
  let root: string;
  const write = (text: string): void => writeFileSync(join(root, "policies", "config", "dev.json"), text);
  beforeEach(() => {
    root = mkdtempSync(join(tmpdir(), "svp-policy-config-"));
    mkdirSync(join(root, "policies", "config"), { recursive: true });
  });
  afterEach(() => rmSync(root, { recursive: true, force: true }));

  it("reads the file of the stack", () => {
    write('{ "all": "advisory", "rule": { "enforcementLevel": "mandatory", "days": 3 } }');
    expect(readPolicyConfig(root, "dev")).to.deep.equal({ all: "advisory", rule: { enforcementLevel: "mandatory", days: 3 } });
  });

  it("takes no file for no configuration", () => expect(readPolicyConfig(root, "prod")).to.deep.equal({}));

  it("refuses a file that is no JSON", () => {
    write("{");
    expect(() => readPolicyConfig(root, "dev")).to.throw(/^policies\/config\/dev\.json is no JSON: /);
  });

  it("refuses a level that does not exist", () => {
    write('{ "rule": "sometimes" }');
    expect(() => readPolicyConfig(root, "dev")).to.throw(/^policies\/config\/dev\.json:\n[\s\S]*at rule/);
  });
});
