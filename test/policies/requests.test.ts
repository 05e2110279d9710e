import { expect } from "chai";
import { statementsOf } from "../../policies/documents.ts";
import { coversAction, isDenied, isDeniedToHolder, matches, mayMeet, type Request } from "../../policies/requests.ts";

const request = (context: Request["context"] = {}): Request => ({ action: "s3:GetObject", resource: "arn:aws:s3:::lake/video", context });
const denial = (more: object = {}) => statementsOf({ Statement: { Effect: "Deny", Principal: "*", Action: "s3:*", Resource: "*", ...more } });

describe("requests, as policies see them", () => {
  const scopes: [what: string, more: object, denied: boolean][] = [
    ["everything", {}, true],
    ["everybody, as accounts", { Principal: { AWS: "*" } }, true],
    ["somebody", { Principal: { AWS: "arn:aws:iam::111111111111:root" } }, false],
    ["all but somebody", { Principal: undefined, NotPrincipal: { AWS: "arn:aws:iam::111111111111:root" } }, false],
    ["an action in another case", { Action: "S3:getobject" }, true],
    ["some actions", { Action: ["s3:Get*", "s3:Put*"] }, true],
    ["another action", { Action: "s3:GetObjectVersion" }, false],
    ["all but some actions", { Action: undefined, NotAction: "s3:Put*" }, true],
    ["all but this action", { Action: undefined, NotAction: ["s3:Get*"] }, false],
    ["this bucket", { Resource: "arn:aws:s3:::lake/*" }, true],
    ["the bucket alone", { Resource: "arn:aws:s3:::lake" }, false],
    ["another case of the resource", { Resource: "arn:aws:s3:::Lake/*" }, false],
    ["all but another resource", { Resource: undefined, NotResource: "arn:aws:s3:::other/*" }, true],
    ["all but this resource", { Resource: undefined, NotResource: "arn:aws:s3:::lake/*" }, false],
  ];
  for (const [what, more, denied] of scopes) {
    it(`are ${denied ? "" : "not "}denied by a denial of ${what}`, () => expect(isDenied(denial(more), request())).to.equal(denied));
  }

  it("are not denied by what allows them", () => expect(isDenied(denial({ Effect: "Allow" }), request())).to.equal(false));

  it("are denied to a holder by a policy that names no principal", () => {
    const [statement] = denial({ Principal: undefined });
    expect(isDenied([statement!], request())).to.equal(false);
    expect(isDeniedToHolder([statement!], request())).to.equal(true);
    expect(isDeniedToHolder(denial({ Principal: undefined, Effect: "Allow" }), request())).to.equal(false);
  });

  /** `found`: what the request carries; null if it lacks the key. The verdict: whether the condition holds. */
  const conditions: [operator: string, wanted: unknown, found: string | null, holds: boolean | undefined][] = [
    ["StringEquals", ["a", "b"], "b", true],
    ["StringEquals", "a", "A", false],
    ["StringEquals", "a*", "ab", false],
    ["StringEquals", "a", null, false],
    ["StringEqualsIfExists", "a", null, true],
    ["StringEqualsIfExists", "a", "b", false],
    ["StringEqualsIgnoreCase", "a", "A", true],
    ["StringNotEquals", "a", "b", true],
    ["StringNotEquals", ["a", "b"], "b", false],
    ["StringNotEquals", "a", null, true],
    ["StringNotEqualsIfExists", "a", null, true],
    ["StringNotLike", "a*", "ab", false],
    ["StringLike", "a?c*", "abcd", true],
    ["StringLike", "a.c", "abc", false],
    ["ArnLike", "arn:aws:s3:::svp-*", "arn:aws:s3:::svp-raw", true],
    ["ArnEquals", "arn:aws:s3:::svp-raw", "arn:aws:s3:::svp", false],
    ["ArnNotEquals", "arn:aws:s3:::svp-raw", "arn:aws:s3:::svp", true],
    ["Bool", false, "false", true],
    ["Bool", "True", "true", true],
    ["Bool", "true", null, false],
    ["BoolIfExists", "true", null, true],
    ["Null", "true", null, true],
    ["Null", true, "a", false],
    ["Null", "false", "a", true],
    ["NumericEquals", "2", "2.0", true],
    ["NumericNotEquals", "2", "2.0", false],
    ["NumericLessThan", "1.2", "1.1", true],
    ["NumericLessThan", "1.2", "1.2", false],
    ["NumericLessThanEquals", "1.2", "1.2", true],
    ["NumericGreaterThan", "900000", "900001", true],
    ["NumericGreaterThan", "900000", "900000", false],
    ["NumericGreaterThanEquals", "900000", "900000", true],
    ["ForAnyValue:StringEquals", ["a", "b"], "a", true],
    ["ForAnyValue:StringEquals", "a", null, false],
    ["ForAllValues:StringEquals", "a", "b", false],
    ["ForAllValues:StringEquals", "a", null, true],
    ["IpAddress", "10.0.0.0/8", "10.1.2.3", undefined],
    ["StringEquals", `$${"{aws:PrincipalAccount}"}`, "a", undefined],
  ];
  for (const [operator, wanted, found, holds] of conditions) {
    it(`meet ${operator} ${JSON.stringify(wanted)} with ${found ?? "nothing"}: ${holds ?? "nobody knows"}`, () => {
      const context = { "aws:key": found ?? undefined };
      const Condition = { [operator]: { "aws:Key": wanted } };
      expect(isDenied(denial({ Condition }), request(context))).to.equal(holds === true);
      expect(mayMeet(denial({ Condition })[0]!, context)).to.equal(holds !== false);
    });
  }

  it("are denied only by conditions on what is known of them, and may meet all others", () => {
    const Condition = { StringNotEqualsIfExists: { "aws:PrincipalOrgID": "o-1" }, Bool: { "aws:SecureTransport": "false" } };
    const plain = { "aws:securetransport": "false" };
    expect(isDenied(denial({ Condition }), request(plain))).to.equal(false);
    expect(isDenied(denial({ Condition }), request({ ...plain, "aws:principalorgid": undefined }))).to.equal(true);
    expect(isDenied(denial({ Condition }), request({ ...plain, "aws:principalorgid": "o-1" }))).to.equal(false);
    const [conditional] = denial({ Condition });
    expect(mayMeet(conditional!, plain)).to.equal(true);
    expect(mayMeet(conditional!, { "aws:securetransport": "true" })).to.equal(false);
  });

  it("are about actions by pattern", () => {
    expect(coversAction({ actions: ["iam:*Role"], notActions: [] }, "iam:PassRole")).to.equal(true);
    expect(coversAction({ actions: ["iam:Pass"], notActions: [] }, "iam:PassRole")).to.equal(false);
    expect(matches("a(b)*", "a(b)\nc")).to.equal(true);
  });
});
