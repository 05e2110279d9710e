import { spawnSync } from "node:child_process";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { expect } from "chai";
import { hipaaRules, sagemakerRules } from "../../components/security/conformance-packs.ts";
import { requiredConfigRules } from "../../policies/data/conformance-rules.ts";
import { reviewedTypes } from "../../policies/data/reviewed-types.ts";
import { type DatedData, dataVersions, datedData } from "../../policies/data/versions.ts";
import { ageOf, ageReport } from "../../scripts/data-age.ts";
import { catalogueOf, registeredTypes } from "../../scripts/reviewed-types.ts";

const root = join(import.meta.dirname, "../..");
const run = (script: string, ...args: string[]) => spawnSync(process.execPath, [join(root, "scripts", script), ...args], { encoding: "utf8" });

describe("dated data", () => {
  it("is all registered, in order of name, with a day, a source and what to do", () => {
    const files = readdirSync(join(root, "policies/data")).filter((file) => /^ {2}asOf: "/m.test(readFileSync(join(root, "policies/data", file), "utf8")));
    // The list of eligible services is a contract.
    expect(datedData).to.have.length(files.length + 1);
    expect(datedData.map(({ name }) => name)).to.deep.equal(datedData.map(({ name }) => name).sort());
    for (const { name, asOf, source, refresh } of datedData) {
      expect(asOf, name).to.match(/^\d{4}-\d\d-\d\d$/);
      expect(source, name).to.not.equal("");
      expect(refresh, name).to.match(/\.$/);
    }
    expect(dataVersions["HIPAA-eligible services of AWS"]).to.match(/^\d{4}-/);
  });

  it("holds every type of resource that the programs register: after a change, `npm run reviewed-types`", () => {
    expect(reviewedTypes.types).to.deep.equal(registeredTypes());
    expect(readFileSync(join(root, "policies/data/reviewed-types.ts"), "utf8")).to.equal(catalogueOf(registeredTypes(), reviewedTypes.asOf));
  });

  it("asks Config for rules that the conformance packs have", () => {
    const found = [...hipaaRules, ...sagemakerRules].map(({ identifier }) => identifier);
    expect(Object.keys(requiredConfigRules).filter((identifier) => !found.includes(identifier))).to.deep.equal([]);
  });
});

describe("npm run data-age", () => {
  const data: DatedData[] = [
    { name: "New", asOf: "2026-11-01", source: "here", refresh: "Look." },
    { name: "Old", asOf: "2025-11-01", source: "there", refresh: "Compare." },
  ];

  it("tells what is older than so many days", () => {
    expect(data.map((one) => ageOf(one, "2026-11-26"))).to.deep.equal([25, 390]);
    expect(ageReport(data, 365, "2026-11-26")).to.deep.equal({
      text: `     New: as of 2026-11-01, 25 days ago
       source: here
       to refresh: Look. Then set asOf to the day.
OLD  Old: as of 2025-11-01, 390 days ago
       source: there
       to refresh: Compare. Then set asOf to the day.

1 of 2 is older than 365 days: Old. Nothing is fetched here: compare with the source by hand, as it says above.
`,
      old: true,
    });
    const { text, old } = ageReport(data, 390, "2026-11-26");
    expect(old).to.equal(false);
    expect(text).to.match(/\nNone of 2 is older than 390 days\.\n$/);
  });

  it("ends with 1 when something is old, and with 0 when nothing is", () => {
    expect(run("data-age.ts", "--days", "0").status).to.equal(1);
    const { status, stdout } = run("data-age.ts", "--days", "100000");
    expect(status).to.equal(0);
    for (const { name, source } of datedData) expect(stdout).to.include(`${name}: as of `).and.to.include(source);
  });

  for (const script of ["data-age", "reviewed-types"])
    it(`${script} explains itself, and refuses what it does not know`, () => {
      const { status, stdout } = run(`${script}.ts`, "--help");
      expect(status).to.equal(0);
      expect(stdout).to.match(new RegExp(`^npm run ${script}`));
      expect(run(`${script}.ts`, "--colour").status).to.equal(2);
    });

  it("refuses days that are none", () => {
    const { status, stderr } = run("data-age.ts", "--days", "soon");
    expect(status).to.equal(2);
    expect(stderr).to.include('--days must be a number of days, not "soon".');
  });
});
