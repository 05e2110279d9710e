import { expect } from "chai";
import { statementsOf } from "../../policies/documents.ts";
import { accountOf, isService, letsInStrangers, whom } from "../../policies/strangers.ts";

const statement = (more: object) => statementsOf({ Statement: { Effect: "Allow", Action: "s3:GetObject", Resource: "*", ...more } })[0]!;

describe("strangers", () => {
  const cases: [what: string, Condition: object, letsIn: boolean][] = [
    ["no condition", {}, true],
    ["a condition about something else", { Bool: { "aws:SecureTransport": "true" } }, true],
    ["an account", { StringEquals: { "aws:SourceAccount": "111111111111" } }, false],
    ["an account, if there is one", { StringEqualsIfExists: { "aws:SourceAccount": "111111111111" } }, false],
    ["any account", { StringLike: { "aws:SourceAccount": "*" } }, true],
    ["an organisation", { StringEquals: { "aws:PrincipalOrgID": "o-a1b2c3d4e5" } }, false],
    ["a caller of KMS", { StringEquals: { "kms:CallerAccount": "111111111111" } }, false],
    ["grants for AWS services, whosever", { Bool: { "kms:GrantIsForAWSResource": "true" } }, true],
    ["a resource", { ArnLike: { "aws:SourceArn": "arn:aws:cloudfront::111111111111:distribution/*" } }, false],
    ["a resource of anybody's", { ArnLike: { "aws:SourceArn": "arn:aws:cloudfront::*:distribution/*" } }, true],
    ["a bucket", { ArnEquals: { "aws:SourceArn": "arn:aws:s3:::lake" } }, false],
    ["buckets of a name", { ArnLike: { "aws:SourceArn": "arn:aws:s3:::lake-*" } }, true],
    ["buckets of a name in an account", { ArnLike: { "aws:SourceArn": "arn:aws:s3:::lake-*" }, StringEquals: { "aws:SourceAccount": "111111111111" } }, false],
    ["logs of an account", { ArnLike: { "kms:EncryptionContext:aws:logs:arn": "arn:aws:logs:us-east-1:111111111111:log-group:*" } }, false],
    ["logs of anybody", { ArnLike: { "kms:EncryptionContext:aws:logs:arn": "arn:aws:logs:us-east-1:*:log-group:*" } }, true],
    ["anything", { ArnLike: { "aws:SourceArn": "*" } }, true],
  ];
  for (const [what, Condition, letsIn] of cases) {
    it(`are ${letsIn ? "let in" : "kept out"} by ${what}`, () => expect(letsInStrangers(statement({ Principal: "*", Condition }))).to.equal(letsIn));
  }

  it("are told by their accounts", () => {
    expect(accountOf("111111111111")).to.equal("111111111111");
    expect(accountOf("arn:aws:iam::111111111111:role/a")).to.equal("111111111111");
    expect(accountOf("arn:aws:sts::111111111111:assumed-role/a/b")).to.equal("111111111111");
    expect(accountOf("lambda.amazonaws.com")).to.equal(undefined);
    expect(accountOf("*")).to.equal(undefined);
    expect(isService("logs.us-east-1.amazonaws.com")).to.equal(true);
    expect(isService("arn:aws:iam::111111111111:root")).to.equal(false);
  });

  it("are named in words", () => {
    expect(whom(statement({ Principal: { AWS: "*" } }))).to.equal("everybody");
    expect(whom(statement({ NotPrincipal: { AWS: "111111111111" } }))).to.equal("all but some");
    expect(whom(statement({ Principal: { Service: ["a.amazonaws.com", "b.amazonaws.com"] } }))).to.equal("a.amazonaws.com, b.amazonaws.com");
  });
});
