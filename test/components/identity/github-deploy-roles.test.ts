import * as aws from "@pulumi/aws";
import { expect } from "chai";
import { GitHubDeployRoles, type GitHubDeployRolesArgs } from "../../../components/identity/github-deploy-roles.ts";
import { failure } from "../../support/failure.ts";
import { inAccount, place, statements } from "../place.ts";

const deployRole = (account: string) => `arn:aws:iam::${account}:role/svp-deploy`;
const make = (more: Partial<GitHubDeployRolesArgs> = {}) =>
  inAccount((opts) => {
    const deployRoles = { dev: [deployRole("222222222222")], prod: [deployRole("333333333333")] };
    const state = { bucket: "svp-pulumi-state", keyAlias: "svp-pulumi-state" };
    return new GitHubDeployRoles("github", { place, repository: "example/surgical-video", deployRoles, state, ...more }, opts).roleArns;
  });

describe("GitHubDeployRoles", () => {
  it("trusts what GitHub signs for AWS", async () => {
    const stack = await make();
    expect(stack.one(aws.iam.OpenIdConnectProvider, "github-provider").inputs).to.deep.equal({
      url: "https://token.actions.githubusercontent.com",
      clientIdLists: ["sts.amazonaws.com"],
    });
  });

  it("lets jobs of one environment of one repository in, for an hour", async () => {
    const stack = await make();
    const role = stack.one(aws.iam.Role, "github-prod");
    expect(role.inputs).to.deep.include({
      name: "svp-unit-github-prod",
      description: "Workflows of example/surgical-video deploy to prod",
      maxSessionDuration: 3600,
    });
    expect(JSON.parse(role.inputs["assumeRolePolicy"] as string).Statement).to.deep.equal([
      {
        Sid: "GitHubVouchesForJob",
        Effect: "Allow",
        Principal: { Federated: "arn:aws:iam::111111111111:oidc-provider/token.actions.githubusercontent.com" },
        Action: ["sts:AssumeRoleWithWebIdentity"],
        Condition: {
          StringEquals: {
            "token.actions.githubusercontent.com:aud": "sts.amazonaws.com",
            "token.actions.githubusercontent.com:sub": "repo:example/surgical-video:environment:prod",
          },
        },
      },
    ]);
    expect(stack.outputs).to.deep.equal({
      dev: "arn:aws:iam::111111111111:role/svp-unit-github-dev",
      prod: "arn:aws:iam::111111111111:role/svp-unit-github-prod",
    });
  });

  it("opens the deploying role of that environment's account and the state, and nothing else", async () => {
    const stack = await make();
    expect(statements(stack.one(aws.iam.RolePolicy, "github-prod-policy").inputs["policy"])).to.deep.equal({
      Deploy: { Effect: "Allow", Action: ["sts:AssumeRole"], Resource: ["arn:aws:iam::333333333333:role/svp-deploy"] },
      FindState: { Effect: "Allow", Action: ["s3:ListBucket"], Resource: ["arn:aws:s3:::svp-pulumi-state"] },
      KeepState: { Effect: "Allow", Action: ["s3:DeleteObject", "s3:GetObject", "s3:PutObject"], Resource: ["arn:aws:s3:::svp-pulumi-state/*"] },
      SealState: {
        Effect: "Allow",
        Action: ["kms:Decrypt", "kms:DescribeKey", "kms:Encrypt", "kms:GenerateDataKey"],
        Resource: ["arn:aws:kms:*:111111111111:key/*"],
        Condition: { "ForAnyValue:StringEquals": { "kms:ResourceAliases": "alias/svp-pulumi-state" } },
      },
    });
  });

  it("refuses wildcards, wherever they are", async () => {
    const error = async (more: Partial<GitHubDeployRolesArgs>) => (await failure(make(more))).message;
    for (const repository of ["example/*", "example", "a/b/c", "example/x:ref"]) expect(await error({ repository })).to.contain(`not "${repository}".`);
    expect(await error({ deployRoles: { "*": [deployRole("222222222222")] } })).to.contain('deployRoles must be by the name of a stack, not "*".');
    expect(await error({ deployRoles: { dev: ["arn:aws:iam::222222222222:role/*"] } })).to.contain("deployRoles must be ARNs of roles, without a wildcard");
  });
});
