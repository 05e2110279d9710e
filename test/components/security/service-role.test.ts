import * as aws from "@pulumi/aws";
import { expect } from "chai";
import { allow } from "../../../components/security/policy.ts";
import { ServiceRole } from "../../../components/security/service-role.ts";
import { failure } from "../../support/failure.ts";
import { inAccount, place } from "../place.ts";

const statements = [allow("Read", ["s3:GetObject"], ["arn:aws:s3:::b/*"])];

describe("ServiceRole", () => {
  it("trusts one service, on behalf of this account", async () => {
    const stack = await inAccount((opts) => void new ServiceRole("jobs", { place, service: "sagemaker.amazonaws.com", statements }, opts));
    const role = stack.one(aws.iam.Role, "jobs");
    expect(role.inputs["name"]).to.equal("svp-unit-jobs");
    expect(JSON.parse(role.inputs["assumeRolePolicy"] as string).Statement).to.deep.equal([
      {
        Sid: "ServiceTakesRole",
        Effect: "Allow",
        Principal: { Service: "sagemaker.amazonaws.com" },
        Action: "sts:AssumeRole",
        Condition: { StringEquals: { "aws:SourceAccount": "111111111111" } },
      },
    ]);
  });

  it("is bounded where the place asks for it, and trusts requests on behalf of one resource where told to", async () => {
    const boundary = "arn:aws:iam::111111111111:policy/svp-unit-boundary";
    const bounded = { ...place, permissionsBoundary: boundary };
    const sourceArn = "arn:aws:guardduty:us-east-1:111111111111:malware-protection-plan/*";
    const stack = await inAccount((opts) => void new ServiceRole("jobs", { place: bounded, service: "sagemaker.amazonaws.com", sourceArn, statements }, opts));
    const role = stack.one(aws.iam.Role, "jobs").inputs;
    expect(role["permissionsBoundary"]).to.equal(boundary);
    expect(JSON.parse(role["assumeRolePolicy"] as string).Statement[0].Condition).to.deep.equal({
      StringEquals: { "aws:SourceAccount": "111111111111" },
      ArnLike: { "aws:SourceArn": sourceArn },
    });
    const free = await inAccount((opts) => void new ServiceRole("jobs", { place, service: "sagemaker.amazonaws.com", statements }, opts));
    expect(free.one(aws.iam.Role, "jobs").inputs).not.to.have.property("permissionsBoundary");
  });

  it("does not ask Lambda for an account that it does not tell", async () => {
    const stack = await inAccount((opts) => void new ServiceRole("f", { place, service: "lambda.amazonaws.com", statements }, opts));
    expect(JSON.parse(stack.one(aws.iam.Role, "f").inputs["assumeRolePolicy"] as string).Statement[0]).not.to.have.property("Condition");
  });

  it("holds one policy with the statements as given", async () => {
    const stack = await inAccount((opts) => void new ServiceRole("jobs", { place, service: "sagemaker.amazonaws.com", statements }, opts));
    expect(JSON.parse(stack.one(aws.iam.RolePolicy, "jobs-policy").inputs["policy"] as string)).to.deep.equal({
      Version: "2012-10-17",
      Statement: [{ Sid: "Read", Effect: "Allow", Action: ["s3:GetObject"], Resource: ["arn:aws:s3:::b/*"] }],
    });
  });

  it("gives its ARN only with the policy attached", async () => {
    const stack = await inAccount((opts) => {
      const role = new ServiceRole("jobs", { place, service: "sagemaker.amazonaws.com", statements }, opts);
      new aws.cloudwatch.LogGroup("user", { name: role.arn }, opts);
    });
    const user = stack.one(aws.cloudwatch.LogGroup, "user");
    expect(user.propertyDependencies["name"]).to.include(stack.one(aws.iam.RolePolicy, "jobs-policy").urn);
    expect(user.inputs["name"]).to.equal("arn:aws:iam::111111111111:role/svp-unit-jobs");
  });

  it("refuses a role that may do nothing", async () => {
    const { message } = await failure(inAccount((opts) => void new ServiceRole("jobs", { place, service: "sagemaker.amazonaws.com", statements: [] }, opts)));
    expect(message).to.contain('svp:security:ServiceRole "jobs": statements must hold at least one statement');
  });
});
