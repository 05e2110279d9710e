import { expect } from "chai";
import { mistakeIn, type People, trustIn } from "../../../components/identity/people.ts";
import { globMatches } from "../../../local/services/iam/patterns.ts";
import { place } from "../place.ts";

describe("people", () => {
  it("sign in with SAML, if the identity provider says that they gave a second factor", () => {
    const samlProvider = "arn:aws:iam::111111111111:saml-provider/hospital";
    expect(trustIn({ samlProvider }, place)).to.deep.equal({
      Sid: "PeopleSignInWithSaml",
      Principal: { Federated: samlProvider },
      Action: ["sts:AssumeRoleWithSAML", "sts:TagSession"],
      Condition: {
        StringEquals: {
          "SAML:aud": ["https://signin.aws.amazon.com/saml", "https://us-east-1.signin.aws.amazon.com/saml"],
          "aws:RequestTag/mfa": "true",
        },
      },
    });
  });

  it("sign in with a permission set of Identity Center, and with no other that begins alike", () => {
    const trust = trustIn({ permissionSet: "DataScientist" }, place);
    expect(trust.Principal).to.deep.equal({ AWS: "arn:aws:iam::111111111111:root" });
    expect(trust.Condition).to.have.all.keys("ArnLike");
    const pattern = trust.Condition["ArnLike"]?.["aws:PrincipalArn"] as string;
    const role = (name: string) => `arn:aws:iam::111111111111:role/${name}`;
    const reserved = "aws-reserved/sso.amazonaws.com/";
    for (const path of [reserved, `${reserved}eu-west-1/`]) {
      expect(globMatches(pattern, role(`${path}AWSReservedSSO_DataScientist_0123456789abcdef`))).to.equal(true);
      expect(globMatches(pattern, role(`${path}AWSReservedSSO_DataScientist_Admin_0123456789abcdef`))).to.equal(false);
    }
    expect(globMatches(pattern, role("AWSReservedSSO_DataScientist_0123456789abcdef"))).to.equal(false);
  });

  it("sign in as principals of the organisation, within an hour of their second factor", () => {
    const principals = ["arn:aws:iam::444444444444:user/emergency-1"];
    expect(trustIn({ principals }, place, { "aws:RequestedRegion": "us-east-1" })).to.deep.equal({
      Sid: "PeopleSignInWithSecondFactor",
      Principal: { AWS: principals },
      Action: ["sts:AssumeRole"],
      Condition: {
        Bool: { "aws:MultiFactorAuthPresent": "true" },
        NumericLessThan: { "aws:MultiFactorAuthAge": "3600" },
        StringEquals: { "aws:PrincipalOrgID": "o-unit000000", "aws:RequestedRegion": "us-east-1" },
      },
    });
  });

  it("are narrowed as asked, however they sign in", () => {
    const narrow = { "aws:RequestedRegion": "us-east-1" };
    for (const people of [{ samlProvider: "arn:aws:iam::111111111111:saml-provider/hospital" }, { permissionSet: "Emergency" }] satisfies People[]) {
      expect(trustIn(people, place, narrow).Condition["StringEquals"]).to.deep.include(narrow);
    }
  });

  it("are described without wildcards", () => {
    const good: People[] = [
      { samlProvider: "arn:aws:iam::111111111111:saml-provider/hospital" },
      { permissionSet: "DataScientist" },
      { principals: ["arn:aws:iam::444444444444:role/security/responder"] },
    ];
    for (const people of good) expect(mistakeIn(people)).to.equal(undefined);
    expect(mistakeIn({ samlProvider: "hospital" })).to.contain('ARN of a SAML provider, not "hospital"');
    expect(mistakeIn({ permissionSet: "*" })).to.contain('without a wildcard, not "*"');
    expect(mistakeIn({ principals: [] })).to.equal("must name at least one principal.");
    for (const wrong of ["*", "444444444444", "arn:aws:iam::444444444444:root", "arn:aws:iam::444444444444:role/*"]) {
      expect(mistakeIn({ principals: [wrong] })).to.contain(`not "${wrong}".`);
    }
  });
});
