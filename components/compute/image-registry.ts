import * as aws from "@pulumi/aws";
import * as awsx from "@pulumi/awsx";
import type * as pulumi from "@pulumi/pulumi";
import { PlatformComponent } from "../component.ts";
import { accountRoot, type Place, type Removal } from "../place.ts";
import { EncryptionKey } from "../security/encryption-key.ts";
import { policyDocument, type ResourceStatement } from "../security/policy.ts";

export interface ImageRegistryArgs {
  place: Place;
  removal: Removal;
  /** Name of the repository, the same in every account's references to it. */
  repository: string;
  /** File that builds the image, with the repository's root as its context. */
  dockerfile: string;
  /** Arguments of its build, where the Dockerfile asks for any. */
  buildArguments?: Readonly<Record<string, string>>;
  /** Accounts whose roles may fetch the image. */
  readers: readonly string[];
}

/** Images that no tag names any more are of use for going back only. */
const untaggedDays = 30;

/**
 * An image repository and the image in it: built once, in the shared account, and fetched by digest from the
 * environments' accounts. HIPAA 164.312(c)(1): tags can't be moved, images are scanned.
 */
export class ImageRegistry extends PlatformComponent {
  /** The image by digest. */
  readonly imageUri: pulumi.Output<string>;
  readonly repositoryArn: pulumi.Output<string>;

  constructor(name: string, args: ImageRegistryArgs, opts?: pulumi.ComponentResourceOptions) {
    super("svp:compute:ImageRegistry", name, opts);
    const { place, removal } = args;
    if (args.readers.length === 0) this.reject("readers", "must name at least one account, or nobody can fetch the image.");

    const key = new EncryptionKey(this.childName("key"), { place, removal, description: "Container images" }, { parent: this });
    const repository = new aws.ecr.Repository(
      name,
      {
        name: args.repository,
        imageTagMutability: "IMMUTABLE",
        imageScanningConfiguration: { scanOnPush: true },
        encryptionConfigurations: [{ encryptionType: "KMS", kmsKey: key.arn }],
        forceDelete: removal === "destroy",
      },
      this.child({ protect: removal === "retain" }),
    );
    new aws.ecr.RepositoryPolicy(
      this.childName("readers"),
      { repository: repository.name, policy: policyDocument([readersPull(args.readers, place)]) },
      this.child(),
    );
    new aws.ecr.LifecyclePolicy(
      this.childName("lifecycle"),
      { repository: repository.name, policy: JSON.stringify({ rules: [expireUntagged] }) },
      this.child(),
    );
    const image = new awsx.ecr.Image(
      this.childName("image"),
      // SageMaker's instances are x86.
      {
        repositoryUrl: repository.repositoryUrl,
        context: ".",
        dockerfile: args.dockerfile,
        platform: "linux/amd64",
        ...(args.buildArguments && { args: args.buildArguments }),
      },
      // A remote component takes no provider from its parent: it would look for one in the ambient account.
      { parent: this, providers: { aws: this.#awsProvider() } },
    );

    this.imageUri = image.imageUri;
    this.repositoryArn = repository.arn;
    this.registerOutputs({ imageUri: this.imageUri, repositoryArn: this.repositoryArn });
  }

  #awsProvider(): pulumi.ProviderResource {
    return (
      this.getProvider("aws:ecr/repository:Repository") ?? this.reject("provider", "must be an explicit AWS provider, given to the component or to its parent.")
    );
  }
}

/**
 * SageMaker and ECS fetch an image as the role that a job or task is given, so the accounts of those roles are all that need letting in.
 * In a repository's policy there is no Resource: it is the repository.
 */
function readersPull(accounts: readonly string[], { organizationId }: Place): Omit<ResourceStatement, "Resource"> {
  return {
    Sid: "EnvironmentsPull",
    Effect: "Allow",
    Principal: { AWS: accounts.map(accountRoot) },
    Action: ["ecr:BatchCheckLayerAvailability", "ecr:BatchGetImage", "ecr:GetDownloadUrlForLayer"],
    // An account that leaves the organisation loses the images with it.
    Condition: { StringEquals: { "aws:PrincipalOrgID": organizationId } },
  };
}

const expireUntagged = {
  rulePriority: 1,
  description: `Untagged images go after ${untaggedDays} days`,
  selection: { tagStatus: "untagged", countType: "sinceImagePushed", countUnit: "days", countNumber: untaggedDays },
  action: { type: "expire" },
};

/**
 * Amazon Inspector looks at every image of the account again whenever a vulnerability becomes known, not only when it is pushed.
 * A setting of the whole registry: once in an account. HIPAA 164.308(a)(5)(ii)(B).
 */
export class RegistryScanning extends PlatformComponent {
  constructor(name: string, opts?: pulumi.ComponentResourceOptions) {
    super("svp:compute:RegistryScanning", name, opts);
    new aws.ecr.RegistryScanningConfiguration(
      name,
      { scanType: "ENHANCED", rules: [{ scanFrequency: "CONTINUOUS_SCAN", repositoryFilters: [{ filter: "*", filterType: "WILDCARD" }] }] },
      this.child(),
    );
    this.registerOutputs();
  }
}
