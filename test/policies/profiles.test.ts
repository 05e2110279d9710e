import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { expect } from "chai";
import { readPolicyConfig, reconcile } from "../../local/deploy/policy/config.ts";
import { rules } from "../../policies/rules/index.ts";

const root = join(import.meta.dirname, "../..");
const document = readFileSync(join(root, "docs/policy-profiles.md"), "utf8");
const stacks = readdirSync(join(root, "policies/config")).map((file) => file.replace(/\.json$/, ""));

/** Whether a rule asks for something that only stack `shared` has. */
const isElsewhere = (rule: string, settings: unknown): boolean =>
  JSON.stringify(settings) === '{"required":false}' &&
  rules.some(({ name, tags = [] }) => name === rule && tags.includes("presence") && !rule.startsWith("aws-"));

describe("the profiles", () => {
  it("are those of every stack", () => expect(stacks.sort()).to.deep.equal(["dev", "local", "prod", "shared", "staging"]));

  for (const stack of stacks)
    describe(stack, () => {
      const config = readPolicyConfig(root, stack);

      it("fits the rules, and leaves every one mandatory", () => {
        const levels = [...reconcile(rules, config)].filter(([, { enforcementLevel }]) => enforcementLevel !== "mandatory");
        expect(levels).to.deep.equal([]);
      });

      it("has a reason for whatever is not as in production", () => {
        const section = stack === "dev" || stack === "local" ? "dev and local" : stack;
        const own = document.split(/^## /m).find((part) => part.startsWith(`${section}\n`)) ?? "";
        const common = document.split(/^## /m)[0]!;
        const unexplained = Object.entries(config).filter(
          ([rule, settings]) => !isElsewhere(rule, settings) && ![own, common].some((part) => part.includes(`\`${rule}\``)),
        );
        expect(unexplained).to.deep.equal([]);
      });
    });

  it("explains nothing that no profile says", () => {
    const said = new Set(stacks.flatMap((stack) => Object.keys(readPolicyConfig(root, stack))));
    const names = [...document.matchAll(/`([a-z0-9]+(?:-[a-z0-9]+)+)`/g)].map(([, name]) => name!).filter((name) => rules.some((rule) => rule.name === name));
    expect(names.filter((name) => !said.has(name))).to.deep.equal([]);
  });

  it("keep patients' data out of development", () => {
    for (const stack of ["dev", "local"])
      expect(readPolicyConfig(root, stack)["aws-data-stay-in-their-environment"], stack).to.deep.equal({ classifications: ["synthetic", "none"] });
  });
});
