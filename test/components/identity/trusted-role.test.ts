import * as aws from "@pulumi/aws";
import { expect } from "chai";
import { TrustedRole } from "../../../components/identity/trusted-role.ts";
import type { Place } from "../../../components/place.ts";
import { allow } from "../../../components/security/policy.ts";
import { inAccount, place, statements } from "../place.ts";

const make = (where: Place) =>
  inAccount((opts) => {
    const trust = {
      Sid: "Somebody",
      Principal: { AWS: "arn:aws:iam::111111111111:root" },
      Action: ["sts:AssumeRole"],
      Condition: { StringEquals: { "aws:PrincipalOrgID": where.organizationId } },
    } as const;
    const role = new TrustedRole(
      "reader",
      { place: where, description: "Reads", trust, statements: [allow("Read", ["s3:GetObject"], ["arn:aws:s3:::b/*"])] },
      opts,
    );
    // Whoever uses the ARN.
    new aws.cloudwatch.LogGroup("user", { name: role.arn }, opts);
    return { known: role.roleArn, arn: role.arn };
  });

describe("TrustedRole", () => {
  it("trusts whom it is told, under their conditions, for an hour", async () => {
    const stack = await make(place);
    const { assumeRolePolicy, ...inputs } = stack.one(aws.iam.Role, "reader").inputs;
    expect(inputs).to.deep.equal({ name: "svp-unit-reader", description: "Reads", maxSessionDuration: 3600 });
    expect(statements(assumeRolePolicy)).to.deep.equal({
      Somebody: {
        Effect: "Allow",
        Principal: { AWS: "arn:aws:iam::111111111111:root" },
        Action: ["sts:AssumeRole"],
        Condition: { StringEquals: { "aws:PrincipalOrgID": "o-unit000000" } },
      },
    });
    expect(statements(stack.one(aws.iam.RolePolicy, "reader-policy").inputs["policy"])).to.deep.equal({
      Read: { Effect: "Allow", Action: ["s3:GetObject"], Resource: ["arn:aws:s3:::b/*"] },
    });
  });

  it("stays within the boundary of its place", async () => {
    const permissionsBoundary = "arn:aws:iam::111111111111:policy/svp-unit-boundary";
    const bounded = await make({ ...place, permissionsBoundary });
    expect(bounded.one(aws.iam.Role, "reader").inputs["permissionsBoundary"]).to.equal(permissionsBoundary);
  });

  it("knows its ARN beforehand, and gives it out with the policy attached", async () => {
    const stack = await make(place);
    expect(stack.outputs).to.deep.equal({ known: "arn:aws:iam::111111111111:role/svp-unit-reader", arn: "arn:aws:iam::111111111111:role/svp-unit-reader" });
    expect(stack.one(aws.cloudwatch.LogGroup, "user").propertyDependencies["name"]).to.include(stack.one(aws.iam.RolePolicy, "reader-policy").urn);
  });
});
