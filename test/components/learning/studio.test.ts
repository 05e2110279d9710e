import * as aws from "@pulumi/aws";
import { expect } from "chai";
import { Studio, type StudioArgs } from "../../../components/learning/studio.ts";
import { allow } from "../../../components/security/policy.ts";
import { failure } from "../../support/failure.ts";
import { jobNetwork, parts } from "../parts.ts";
import { inAccount, place, statements } from "../place.ts";

const make = (more: Partial<StudioArgs> = {}) =>
  inAccount((opts) => {
    const { keys } = parts(opts);
    const studio = new Studio(
      "studio",
      {
        place,
        removal: "retain",
        vpcId: "vpc-1",
        network: jobNetwork,
        key: keys.datasets,
        logKey: keys.logs,
        logRetentionDays: 2192,
        signIn: "SSO",
        users: ["ann.lee@example.org"],
        statements: [allow("ReadDatasets", ["s3:GetObject"], ["arn:aws:s3:::datasets/*"])],
        ...more,
      },
      opts,
    );
    return { url: studio.url };
  });

const stopsIdle = {
  appLifecycleManagement: {
    idleSettings: { lifecycleManagement: "ENABLED", idleTimeoutInMinutes: 60, minIdleTimeoutInMinutes: 60, maxIdleTimeoutInMinutes: 480 },
  },
};

describe("Studio", () => {
  it("has no way to the internet, encrypts home folders and shares no output", async () => {
    const stack = await make();
    const domain = stack.one(aws.sagemaker.Domain, "studio");
    const key = stack.one(aws.kms.Key, "keys-datasets").outputs["arn"];
    expect(domain.inputs).to.deep.equal({
      domainName: "svp-unit-studio",
      authMode: "SSO",
      vpcId: "vpc-1",
      subnetIds: ["subnet-a", "subnet-b"],
      appNetworkAccessType: "VpcOnly",
      kmsKeyId: key,
      domainSettings: { executionRoleIdentityConfig: "USER_PROFILE_NAME", dockerSettings: { enableDockerAccess: "DISABLED" } },
      defaultUserSettings: {
        executionRole: "arn:aws:iam::111111111111:role/svp-unit-studio-role",
        securityGroups: ["sg-jobs"],
        sharingSettings: { notebookOutputOption: "Disabled" },
        jupyterLabAppSettings: stopsIdle,
        codeEditorAppSettings: stopsIdle,
        spaceStorageSettings: { defaultEbsStorageSettings: { defaultEbsVolumeSizeInGb: 20, maximumEbsVolumeSizeInGb: 100 } },
      },
      retentionPolicy: { homeEfsFileSystem: "Retain" },
    });
    expect(domain.protect).to.equal(true);
    expect(stack.outputs["url"]).to.match(/^https:\/\/d-[0-9a-f]{12}\.studio\.us-east-1\.sagemaker\.aws$/);
    const lent = (await make({ removal: "destroy" })).one(aws.sagemaker.Domain, "studio");
    expect(lent.inputs["retentionPolicy"]).to.deep.equal({ homeEfsFileSystem: "Delete" });
    expect(lent.protect).not.to.equal(true);
  });

  it("knows its people by their names in Identity Center", async () => {
    const sso = (await make()).one(aws.sagemaker.UserProfile, "studio-ann-lee-example-org");
    expect(sso.inputs).to.deep.include({
      userProfileName: "ann-lee-example-org",
      singleSignOnUserIdentifier: "UserName",
      singleSignOnUserValue: "ann.lee@example.org",
    });
    const iam = (await make({ signIn: "IAM" })).one(aws.sagemaker.UserProfile, "studio-ann-lee-example-org");
    expect(iam.inputs).to.have.all.keys("domainId", "userProfileName");
  });

  it("names the person in the audit trail", async () => {
    const stack = await make();
    expect(JSON.parse(stack.one(aws.iam.Role, "studio-role").inputs["assumeRolePolicy"] as string).Statement).to.deep.equal([
      {
        Sid: "StudioTakesRole",
        Effect: "Allow",
        Principal: { Service: "sagemaker.amazonaws.com" },
        Action: ["sts:AssumeRole", "sts:SetSourceIdentity"],
        Condition: { StringEquals: { "aws:SourceAccount": "111111111111" } },
      },
    ]);
  });

  it("lets people run notebooks in their own private spaces, and what data scientists may", async () => {
    const stack = await make();
    const granted = statements(stack.one(aws.iam.RolePolicy, "studio-role-policy").inputs["policy"]);
    const own = {
      ArnLike: {
        "sagemaker:OwnerUserProfileArn": `arn:aws:sagemaker:us-east-1:111111111111:user-profile/\${sagemaker:DomainId}/\${sagemaker:UserProfileName}`,
      },
      StringEquals: { "sagemaker:SpaceSharingType": "Private" },
    };
    expect(granted["KeepOwnSpaces"]?.Condition).to.deep.equal(own);
    expect(granted["RunOwnNotebooks"]).to.deep.equal({
      Effect: "Allow",
      Action: ["sagemaker:CreateApp", "sagemaker:DeleteApp"],
      Resource: [`arn:aws:sagemaker:us-east-1:111111111111:app/\${sagemaker:DomainId}/*`],
      Condition: own,
    });
    expect(granted["ReadDatasets"]?.Resource).to.deep.equal(["arn:aws:s3:::datasets/*"]);
    expect(stack.one(aws.cloudwatch.LogGroup, "studio-log").inputs["name"]).to.equal("/aws/sagemaker/studio");
  });

  it("refuses people whom their letters and digits don't tell apart", async () => {
    for (const users of [["ann.lee", "ann-lee"], ["..."]]) {
      expect((await failure(make({ users }))).message).to.contain('svp:learning:Studio "studio": users must differ');
    }
  });
});
