import { readFileSync } from "node:fs";
import { expect } from "chai";
import { ruleDocument } from "../../../local/compliance/rule-table.ts";
import { sections } from "../../../policies/data/security-rule.ts";
import { logGroupKeepsAuditTrail } from "../../../policies/rules/cloudwatch/log-group-keeps-audit-trail.ts";
import { rules } from "../../../policies/rules/index.ts";
import { keyRotatesEveryYear } from "../../../policies/rules/kms/key-rotates-every-year.ts";

describe("the document of rules", () => {
  it("is the one that npm run rules -- --write writes", () => {
    expect(readFileSync("docs/policies.md", "utf8")).to.equal(ruleDocument(rules));
  });

  it("shows rules by service, with their settings and paragraphs", () => {
    const text = ruleDocument([logGroupKeepsAuditTrail, keyRotatesEveryYear]);
    expect(text).to.contain("2 rules, all mandatory");
    expect(text).to.contain(`of ${Object.keys(sections).length}\nstandards and specifications`);
    expect(text).to.match(
      /## cloudwatch\n[\s\S]*`cloudwatch-log-group-keeps-audit-trail` \|[^|]*`minimumDays: 2192` \| high \| 164\.312\(b\), 164\.316\(b\)\(2\)\(i\) \|\n\n## kms\n/,
    );
  });
});
