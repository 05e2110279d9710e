import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import type { Catalogue } from "../../models/catalogue.ts";
import { PlatformComponent } from "../component.ts";
import { accountRoot, type Place, physicalName, type Removal, regionalArn } from "../place.ts";
import { policyDocument, type ResourceStatement } from "../security/policy.ts";

export interface ModelRegistryArgs {
  place: Place;
  removal: Removal;
  /** Each of its networks gets a group, which holds the network's versions. */
  catalogue: Catalogue;
  /** Accounts of the platform that may look at versions and use them: the registry's own, and those that a version moves on to. */
  readers: readonly string[];
}

/**
 * Every version of every network, with its measures and whether a person approved it. HIPAA 164.308(b)(1), 164.312(c)(1): no account
 * outside the platform reads one, and no other account of it registers or approves one.
 */
export class ModelRegistry extends PlatformComponent {
  /** Names of the groups, by the id of their network. */
  readonly groupNames: ReadonlyMap<string, pulumi.Output<string>>;

  constructor(name: string, args: ModelRegistryArgs, opts?: pulumi.ComponentResourceOptions) {
    super("svp:learning:ModelRegistry", name, opts);
    const wrong = args.readers.filter((account) => !/^\d{12}$/.test(account));
    if (args.readers.length === 0 || wrong.length > 0)
      this.reject("readers", `must be one or more accounts of 12 digits, not ${wrong.map((account) => `"${account}"`).join(", ") || "none"}.`);

    this.groupNames = new Map(args.catalogue.models.map(({ model }) => [model.id, this.#group(model, args)]));
    this.registerOutputs({ groups: [...this.groupNames.values()] });
  }

  #group({ id, name }: { id: string; name: string }, { place, removal, readers }: ModelRegistryArgs): pulumi.Output<string> {
    const groupName = physicalName(place, id);
    const group = new aws.sagemaker.ModelPackageGroup(
      this.childName(id),
      { modelPackageGroupName: groupName, modelPackageGroupDescription: `Versions of the network "${name}"` },
      this.child({ protect: removal === "retain" }),
    );
    const policy = new aws.sagemaker.ModelPackageGroupPolicy(
      this.childName(`${id}-readers`),
      { modelPackageGroupName: group.modelPackageGroupName, resourcePolicy: policyDocument(readersUse(place, groupName, readers)) },
      this.child(),
    );
    // Whoever is told the name finds the group closed already.
    return pulumi.all([group.modelPackageGroupName, policy.id]).apply(([created]) => created);
  }
}

/** Amazon SageMaker Developer Guide, "Deploy a model version from a different account", less what changes a version. */
function readersUse(place: Place, groupName: string, readers: readonly string[]): ResourceStatement[] {
  const platform = {
    Effect: "Allow",
    Principal: { AWS: readers.map(accountRoot) },
    Condition: { StringEquals: { "aws:PrincipalOrgID": place.organizationId } },
  } as const;
  return [
    {
      ...platform,
      Sid: "PlatformDescribesGroup",
      Action: ["sagemaker:DescribeModelPackageGroup"],
      Resource: [regionalArn(place, "sagemaker", `model-package-group/${groupName}`)],
    },
    {
      ...platform,
      Sid: "PlatformUsesVersions",
      Action: ["sagemaker:CreateModel", "sagemaker:DescribeModelPackage", "sagemaker:ListModelPackages"],
      Resource: [regionalArn(place, "sagemaker", `model-package/${groupName}/*`)],
    },
  ];
}
