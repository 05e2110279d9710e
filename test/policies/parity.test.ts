import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect } from "chai";
import { hipaaRules, sagemakerRules } from "../../components/security/conformance-packs.ts";
import { objectionsTo, parityDocument, type Reference, readReferences } from "../../local/compliance/parity.ts";
import { root } from "../../local/root.ts";
import { rules } from "../../policies/rules/index.ts";

const known = {
  rules: new Set(rules.map(({ name }) => name)),
  runtime: new Set([...hipaaRules, ...sagemakerRules].map(({ identifier }) => identifier)),
};

describe("the rules of other lists", () => {
  const references = readReferences(root);

  it("are those of six lists, as far as they are about what the platform makes", () => {
    expect(references.map(({ name, entries }) => [name, entries.length])).to.deep.equal([
      ["AWS Config conformance pack", 66],
      ["cdk-nag", 45],
      ["AWS CloudFormation Guard", 44],
      ["Checkov", 179],
      ["Prowler", 63],
      ["Steampipe", 85],
    ]);
  });

  for (const reference of references) {
    it(`of ${reference.name} are each kept by a rule that exists, or rejected for a reason`, () => {
      expect(objectionsTo(reference, known)).to.deep.equal([]);
    });
  }

  it("are shown in docs/parity.md", () => {
    expect(readFileSync(join(root, "docs/parity.md"), "utf8"), "Run: npm run parity -- --write").to.equal(parityDocument(references));
  });

  it("can't be left open, named twice, or kept by a rule that does not exist", () => {
    const reference: Reference = {
      name: "Theirs",
      source: "somewhere",
      snapshot: "2026-01-01",
      rules: 9,
      listed: 5,
      entries: [
        { rule: "open" },
        { rule: "kept", ours: ["s3-bucket-keeps-versions"], note: "In its way." },
        { rule: "kept", runtime: "ROOT_ACCOUNT_MFA_ENABLED" },
        { rule: "gone", ours: ["s3-bucket-is-green"], runtime: "S3_BUCKET_IS_GREEN" },
        { rule: "torn", ours: ["s3-bucket-keeps-versions"], rejected: "Not asked for, because nobody would notice." },
        { rule: "curt", rejected: "no" },
      ],
    };
    expect(objectionsTo(reference, known)).to.deep.equal([
      "Theirs: open has no rule here and no reason.",
      "Theirs: kept is listed twice.",
      "Theirs: gone names the rule s3-bucket-is-green, which does not exist.",
      "Theirs: gone names the Config rule S3_BUCKET_IS_GREEN, which no conformance pack deploys.",
      "Theirs: torn is both kept and rejected.",
      "Theirs: curt must be rejected with a sentence.",
      "Theirs lists 6 rules, not 5.",
    ]);
  });

  it("are shown with what stands for them", () => {
    const text = parityDocument([
      {
        name: "Theirs",
        source: "somewhere",
        snapshot: "2026-01-01",
        rules: 9,
        listed: 3,
        note: "Of old.",
        entries: [
          { rule: "one", ours: ["a", "b"], note: "In its way." },
          { rule: "two", runtime: "THREE" },
          { rule: "three", rejected: "Not asked for." },
        ],
      },
    ]);
    expect(text).to.include("| [Theirs](#theirs) | somewhere | 2026-01-01 | 9 | 3 | 1 | 1 | 1 |");
    expect(text).to.include("Their 3 rules come down to 2 of ours.");
    expect(text).to.include(
      [
        "## Theirs",
        "",
        "Of old.",
        "",
        "| theirs | here |",
        "| --- | --- |",
        "| `one` | `a`, `b`. In its way. |",
        "| `two` | AWS Config `THREE` |",
        "| `three` | Rejected: Not asked for. |",
      ].join("\n"),
    );
  });
});
