import * as aws from "@pulumi/aws";
import { expect } from "chai";
import { ModelRegistry, type ModelRegistryArgs } from "../../../components/learning/model-registry.ts";
import { failure } from "../../support/failure.ts";
import { catalogue } from "../parts.ts";
import { inAccount, place, statements } from "../place.ts";

const make = (more: Partial<ModelRegistryArgs> = {}) =>
  inAccount((opts) => {
    const registry = new ModelRegistry("registry", { place, removal: "retain", catalogue, readers: ["111111111111", "222222222222"], ...more }, opts);
    return Object.fromEntries(registry.groupNames);
  });

describe("ModelRegistry", () => {
  it("keeps a protected group of versions for each network", async () => {
    const stack = await make();
    const groups = stack.ofType(aws.sagemaker.ModelPackageGroup);
    expect(groups.map(({ name, inputs, protect }) => ({ name, inputs, protect }))).to.deep.equal([
      {
        name: "registry-instrument-detector",
        inputs: { modelPackageGroupName: "svp-unit-instrument-detector", modelPackageGroupDescription: 'Versions of the network "Instruments"' },
        protect: true,
      },
    ]);
    expect(groups[0]?.parent).to.match(/svp:learning:ModelRegistry::registry$/);
    expect(stack.outputs).to.deep.equal({ "instrument-detector": "svp-unit-instrument-detector" });
    expect((await make({ removal: "destroy" })).ofType(aws.sagemaker.ModelPackageGroup)[0]?.protect).not.to.equal(true);
  });

  it("lets the platform's accounts use versions, and none register or approve one", async () => {
    const policy = (await make()).one(aws.sagemaker.ModelPackageGroupPolicy, "registry-instrument-detector-readers");
    const platform = {
      Effect: "Allow",
      Principal: { AWS: ["arn:aws:iam::111111111111:root", "arn:aws:iam::222222222222:root"] },
      Condition: { StringEquals: { "aws:PrincipalOrgID": "o-unit000000" } },
    };
    expect(policy.inputs["modelPackageGroupName"]).to.equal("svp-unit-instrument-detector");
    expect(statements(policy.inputs["resourcePolicy"])).to.deep.equal({
      PlatformDescribesGroup: {
        ...platform,
        Action: ["sagemaker:DescribeModelPackageGroup"],
        Resource: ["arn:aws:sagemaker:us-east-1:111111111111:model-package-group/svp-unit-instrument-detector"],
      },
      PlatformUsesVersions: {
        ...platform,
        Action: ["sagemaker:CreateModel", "sagemaker:DescribeModelPackage", "sagemaker:ListModelPackages"],
        Resource: ["arn:aws:sagemaker:us-east-1:111111111111:model-package/svp-unit-instrument-detector/*"],
      },
    });
  });

  it("refuses readers that are no accounts", async () => {
    expect((await failure(make({ readers: [] }))).message).to.contain('svp:learning:ModelRegistry "registry": readers must be one or more accounts');
    expect((await failure(make({ readers: ["111111111111", "*"] }))).message).to.contain('not "*".');
  });
});
