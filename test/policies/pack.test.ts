import { existsSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect } from "chai";
import { deploy } from "../../local/deploy/deploy.ts";
import { readPolicyConfig } from "../../local/deploy/policy/config.ts";
import { evaluatePolicies } from "../../local/deploy/policy/in-process.ts";
import { offlineProvider } from "../../local/provider/offline.ts";
import { sections } from "../../policies/data/security-rule.ts";
import { rules } from "../../policies/rules/index.ts";
import { naivePlatform } from "../fixtures/naive-platform.ts";
import { projectFolder } from "../stacks/project.ts";
import dormant from "./golden/dormant.json" with { type: "json" };

/** What a reviewer has read; `UPDATE_GOLDEN=1` writes it anew. */
function reviewed(name: string, found: readonly string[]): string[] {
  const file = join(import.meta.dirname, "golden", `${name}.json`);
  if (process.env["UPDATE_GOLDEN"] === "1") writeFileSync(file, `${JSON.stringify(found, null, 1)}\n`);
  return existsSync(file) ? (JSON.parse(readFileSync(file, "utf8")) as string[]) : [];
}

const folder = join(import.meta.dirname, "../../policies/rules");

/** Each stack's program by its own profile: what its rules were applied to. */
async function appliedOn(stacks: readonly string[]): Promise<Set<string>> {
  const project = projectFolder();
  try {
    const applied = new Set<string>();
    for (const stack of stacks) {
      const deployment = await deploy({ root: project.root, stack, provider: offlineProvider() });
      const report = await evaluatePolicies(rules, deployment, readPolicyConfig(".", stack));
      for (const [rule, urns] of Object.entries(report.applied)) if (urns.length > 0) applied.add(rule);
    }
    return applied;
  } finally {
    project.remove();
  }
}

describe("the policy pack", () => {
  it("holds these rules, and no others", () => {
    const names = rules.map(({ name }) => name);
    expect(names).to.deep.equal(reviewed("rules", names));
  });

  it("finds this in a platform that protects nobody", async () => {
    const { findings } = await evaluatePolicies(rules, await naivePlatform());
    const found = findings.map(({ rule, urn, message }) => `${rule}: ${urn?.split("::").at(-1) ?? "the stack"}: ${message}`);
    expect(found).to.deep.equal(reviewed("naive-platform", found));
  });

  it("judges something in production or in what all share by every rule, but for those with a reason", async () => {
    const applied = await appliedOn(["prod", "shared"]);
    const idle = rules.map(({ name }) => name).filter((name) => !applied.has(name));
    expect(Object.keys(dormant)).to.have.members(idle);
    for (const [rule, reason] of Object.entries(dormant)) expect(reason, rule).to.match(/\w{3}.*\.$/);
  });

  it("holds one rule a file, named as the file and its service", () => {
    const files = readdirSync(folder, { recursive: true, encoding: "utf8" })
      .filter((file) => file.includes("/") && readFileSync(join(folder, file), "utf8").includes("ValidationPolicy = {"))
      .map((file) => file.replace("/", "-").replace(/\.ts$/, ""));
    expect(files.sort()).to.deep.equal(rules.map(({ name }) => name).sort());
  });

  for (const rule of rules) {
    it(`${rule.name} cites the law, weighs the risk, says what to do and is mandatory`, () => {
      expect(rule.framework?.reference.split(", ")).to.satisfy((cited: string[]) => cited.every((section) => section in sections));
      expect(rule.framework?.specification).to.be.a("string").and.not.equal("");
      expect(rule.severity).to.be.oneOf(["low", "medium", "high", "critical"]);
      expect(rule.remediationSteps).to.match(/\.$/);
      expect(rule.description).to.match(/ must .*\.$/);
      expect(rule.tags).to.have.length.above(0);
      expect(rule.enforcementLevel).to.equal("mandatory");
    });
  }

  it("gives every setting of a rule a default", () => {
    for (const { name, configSchema } of rules)
      for (const [key, schema] of Object.entries(configSchema?.properties ?? {})) expect(schema.default, `${name}.${key}`).to.not.equal(undefined);
  });
});
