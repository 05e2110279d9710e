import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { expect } from "chai";
import { sections } from "../../policies/data/security-rule.ts";
import { rules } from "../../policies/rules/index.ts";

const folder = join(import.meta.dirname, "../../policies/rules");

describe("the policy pack", () => {
  it("holds these rules, and no others", () => {
    expect(rules.map(({ name }) => name)).to.deep.equal([
      "aws-resource-lies-in-allowed-region",
      "cloudwatch-log-group-is-encrypted-with-customer-key",
      "cloudwatch-log-group-keeps-audit-trail",
      "dynamodb-table-is-encrypted-with-customer-key",
      "dynamodb-table-recovers-to-any-point",
      "iam-policy-grants-no-data-action-on-every-resource",
      "iam-policy-grants-no-wildcard-action",
      "kms-key-rotates-every-year",
      "lambda-function-environment-is-encrypted-with-customer-key",
      "pack-waivers-are-in-order",
      "s3-bucket-blocks-public-access",
      "s3-bucket-is-encrypted-with-customer-key",
      "s3-bucket-keeps-versions",
      "s3-bucket-refuses-requests-without-tls",
      "sfn-sagemaker-jobs-are-isolated-and-encrypted",
      "sfn-state-machine-is-encrypted-with-customer-key",
      "sfn-state-machine-logs-without-execution-data",
      "sqs-queue-is-encrypted-with-customer-key",
    ]);
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
