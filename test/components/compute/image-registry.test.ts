import * as aws from "@pulumi/aws";
import { expect } from "chai";
import { ImageRegistry, type ImageRegistryArgs, RegistryScanning } from "../../../components/compute/image-registry.ts";
import { failure } from "../../support/failure.ts";
import { inAccount, place, statements } from "../place.ts";

const args: ImageRegistryArgs = {
  place,
  removal: "retain",
  repository: "svp/inference",
  dockerfile: "models/serving/Dockerfile",
  readers: ["222222222222", "333333333333"],
};
const make = (more: Partial<ImageRegistryArgs> = {}) => inAccount((opts) => ({ uri: new ImageRegistry("inference", { ...args, ...more }, opts).imageUri }));

describe("ImageRegistry", () => {
  it("keeps tags where they are, scans on push and encrypts with its own key", async () => {
    const stack = await make();
    const repository = stack.one(aws.ecr.Repository, "inference");
    expect(repository.inputs).to.deep.equal({
      name: "svp/inference",
      imageTagMutability: "IMMUTABLE",
      imageScanningConfiguration: { scanOnPush: true },
      encryptionConfigurations: [{ encryptionType: "KMS", kmsKey: stack.one(aws.kms.Key, "inference-key").outputs["arn"] }],
      forceDelete: false,
    });
    expect(repository.protect).to.equal(true);
  });

  it("lets the environments' accounts fetch, and no one push", async () => {
    const stack = await make();
    expect(statements(stack.one(aws.ecr.RepositoryPolicy, "inference-readers").inputs["policy"])).to.deep.equal({
      EnvironmentsPull: {
        Effect: "Allow",
        Principal: { AWS: ["arn:aws:iam::222222222222:root", "arn:aws:iam::333333333333:root"] },
        Action: ["ecr:BatchCheckLayerAvailability", "ecr:BatchGetImage", "ecr:GetDownloadUrlForLayer"],
        Condition: { StringEquals: { "aws:PrincipalOrgID": "o-unit000000" } },
      },
    });
  });

  it("drops images that no tag names any more, after a month", async () => {
    const policy = (await make()).one(aws.ecr.LifecyclePolicy, "inference-lifecycle").inputs["policy"];
    expect(JSON.parse(policy as string)).to.deep.equal({
      rules: [
        {
          rulePriority: 1,
          description: "Untagged images go after 30 days",
          selection: { tagStatus: "untagged", countType: "sinceImagePushed", countUnit: "days", countNumber: 30 },
          action: { type: "expire" },
        },
      ],
    });
  });

  it("builds the image from the repository's root and names it by digest", async () => {
    const stack = await make();
    const built = stack.resources.find(({ type }) => type === "awsx:ecr:Image");
    expect(built?.inputs).to.deep.include({ context: ".", dockerfile: "models/serving/Dockerfile", platform: "linux/amd64" });
    expect(stack.outputs["uri"]).to.match(/^111111111111\.dkr\.ecr\.us-east-1\.amazonaws\.com\/svp\/inference@sha256:[0-9a-f]{64}$/);
  });

  it("tells a build what its Dockerfile asks for", async () => {
    const built = (stack: Awaited<ReturnType<typeof make>>) => stack.resources.find(({ type }) => type === "awsx:ecr:Image")?.inputs;
    expect(built(await make({ buildArguments: { BASE_IMAGE: "image" } }))).to.deep.include({ args: { BASE_IMAGE: "image" } });
    expect(built(await make())).not.to.have.property("args");
  });

  it("refuses a registry that nobody may read", async () => {
    expect((await failure(make({ readers: [] }))).message).to.contain('svp:compute:ImageRegistry "inference": readers must name at least one account');
  });
});

describe("RegistryScanning", () => {
  it("looks at every image again whenever a vulnerability becomes known", async () => {
    const stack = await inAccount((opts) => void new RegistryScanning("scanning", opts));
    const { inputs, parent } = stack.one(aws.ecr.RegistryScanningConfiguration, "scanning");
    expect(inputs).to.deep.equal({
      scanType: "ENHANCED",
      rules: [{ scanFrequency: "CONTINUOUS_SCAN", repositoryFilters: [{ filter: "*", filterType: "WILDCARD" }] }],
    });
    expect(parent).to.match(/svp:compute:RegistryScanning::scanning$/);
  });
});
