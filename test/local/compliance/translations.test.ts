import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect } from "chai";
import { translator } from "../../../local/compliance/translations.ts";
import { type Section, sections } from "../../../policies/data/security-rule.ts";
import { rules } from "../../../policies/rules/index.ts";

const file = join(import.meta.dirname, "../../../local/compliance/zh-TW.json");
const texts = JSON.parse(readFileSync(file, "utf8")) as Record<string, string>;

const shown = new Set([
  ...Object.values<Section>(sections).flatMap(({ title, organisational }) => (organisational === undefined ? [title] : [title, organisational])),
  ...rules.map(({ description }) => description),
]);

/** Names that look like ordinary words, and stay in English. */
const names =
  /\b(?:Access Analyzer|API Gateway|Authorization(?=\.)|Bedrock|Business Associate Addendum|Cognito|Config|Fargate|IAM Identity Center|Lambda|Macie|OpenID Connect|Rekognition|Security Hub|Step Functions)\b/g;
/** Abbreviations (an s makes many of them), words with a capital inside, actions of IAM, and numbers. */
const identifiers = /\b(?:[a-z0-9]+:(?:[A-Z]\w+|\*)|X-Ray|[A-Z]+-[A-Z]+|[A-Z]+v?[0-9]+|[A-Z]{2,}(?=s?\b)|[A-Za-z]+[a-z][A-Z]\w*|[0-9]+(?:[.-][0-9]+)*)/g;
const kept = (english: string): string[] => [...new Set([...(english.match(names) ?? []), ...(english.match(identifiers) ?? [])])];

describe("the Chinese of the evidence", () => {
  it("has every title, reason and description, and nothing else", () => {
    expect(Object.keys(texts)).to.deep.equal([...shown].sort());
  });

  it("is Chinese, with Chinese punctuation, and ends as the English does", () => {
    const wrong = Object.entries(texts).filter(
      ([english, chinese]) => !/\p{Script=Han}/u.test(chinese) || /[,;()]|[:.](?!\S)/.test(chinese) || english.endsWith(".") !== chinese.endsWith("。"),
    );
    expect(wrong).to.deep.equal([]);
  });

  it("keeps names of services, identifiers and numbers as they are", () => {
    const lost = Object.entries(texts).flatMap(([english, chinese]) =>
      kept(english)
        .filter((token) => !chinese.includes(token))
        .map((token) => `${token}: ${chinese}`),
    );
    expect(lost).to.deep.equal([]);
  });

  it("says must where the English does", () => {
    const modals = /必須|不得/;
    const weak = rules.map(({ description }) => description).filter((english) => /\bmust\b/.test(english) && !modals.test(texts[english] ?? ""));
    expect(weak).to.deep.equal([]);
  });

  for (const [english, tokens] of [
    ["CloudFront distributions must take TLS 1.2 or newer only.", ["CloudFront", "TLS", "1.2"]],
    ["Backup vaults must not set forceDestroy.", ["forceDestroy"]],
    ["VPCs must allow iam:PassRole, neither * nor service:*, and ask X-Ray (IMDSv2).", ["iam:PassRole", "service:*", "X-Ray", "VPC", "IMDSv2"]],
    ["Step Functions must keep SSE-C and NIST 800-53 out of HIPAA-eligible S3.", ["Step Functions", "SSE-C", "NIST", "800-53", "HIPAA", "S3"]],
  ] as const) {
    it(`would look for ${tokens.join(", ")}`, () => {
      expect(kept(english)).to.have.members(tokens);
    });
  }

  it("translates, and leaves English alone", () => {
    expect(translator("zh-TW")("Audit controls")).to.equal("稽核控制");
    expect(translator("en")("Audit controls")).to.equal("Audit controls");
  });

  it("is missed where a text has none", () => {
    expect(() => translator("zh-TW")("Buckets must sing.")).to.throw('local/compliance/zh-TW.json has no translation of "Buckets must sing."');
  });
});
