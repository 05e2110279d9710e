import * as aws from "@pulumi/aws";
import type * as pulumi from "@pulumi/pulumi";
import { PlatformComponent } from "../component.ts";
import type { Place } from "../place.ts";
import { allow, type Statement } from "../security/policy.ts";
import { TrustedRole } from "./trusted-role.ts";

export interface GitHubDeployRolesArgs {
  place: Place;
  /** `owner/name` of the repository whose workflows deploy. */
  repository: string;
  /** The roles that deploy, one in each account of a stack, by the name of the stack, which is the name of the environment on GitHub, too. */
  deployRoles: Readonly<Record<string, readonly string[]>>;
  /** Where Pulumi's state lies, in the account of these roles (stacks/bootstrap/state.yaml): a bucket, and the alias of its key. */
  state: { bucket: string; keyAlias: string };
}

const issuer = "token.actions.githubusercontent.com";
const audience = "sts.amazonaws.com";

/**
 * How workflows on GitHub deploy without a secret of AWS: GitHub vouches for the repository and the environment of a job, and each
 * environment opens the deploying role of its own account only. Who may run jobs in an environment is decided by its protection rules on
 * GitHub. HIPAA 164.312(d), 164.308(a)(4)(ii)(B).
 */
export class GitHubDeployRoles extends PlatformComponent {
  /** ARNs of the roles that workflows take, by environment. */
  readonly roleArns: Readonly<Record<string, pulumi.Output<string>>>;

  constructor(name: string, args: GitHubDeployRolesArgs, opts?: pulumi.ComponentResourceOptions) {
    super("svp:identity:GitHubDeployRoles", name, opts);
    if (!/^[\w.-]+\/[\w.-]+$/.test(args.repository)) this.reject("repository", `must be owner/name, without a wildcard, not "${args.repository}".`);
    for (const [environment, roles] of Object.entries(args.deployRoles)) {
      if (!/^[\w-]+$/.test(environment)) this.reject("deployRoles", `must be by the name of a stack, not "${environment}".`);
      const wrong = roles.find((role) => !/^arn:aws:iam::\d{12}:role\/[^*?]+$/.test(role));
      if (wrong !== undefined) this.reject("deployRoles", `must be ARNs of roles, without a wildcard, not "${wrong}".`);
    }

    // AWS checks GitHub's certificate by its own list of authorities: a thumbprint would be ignored (IAM User Guide, "Obtain the thumbprint").
    const provider = new aws.iam.OpenIdConnectProvider(this.childName("provider"), { url: `https://${issuer}`, clientIdLists: [audience] }, this.child());
    this.roleArns = Object.fromEntries(
      Object.entries(args.deployRoles).map(([environment, roles]) => [environment, this.#role(environment, roles, provider, args)]),
    );
    this.registerOutputs({ roleArns: this.roleArns });
  }

  #role(
    environment: string,
    deployRoles: readonly string[],
    provider: aws.iam.OpenIdConnectProvider,
    { place, repository, state }: GitHubDeployRolesArgs,
  ): pulumi.Output<string> {
    const role = new TrustedRole(
      this.childName(environment),
      {
        place,
        description: `Workflows of ${repository} deploy to ${environment}`,
        trust: {
          Sid: "GitHubVouchesForJob",
          Principal: { Federated: provider.arn },
          Action: ["sts:AssumeRoleWithWebIdentity"],
          Condition: { StringEquals: { [`${issuer}:aud`]: audience, [`${issuer}:sub`]: `repo:${repository}:environment:${environment}` } },
        },
        statements: [allow("Deploy", ["sts:AssumeRole"], deployRoles), ...keepState(place, state)],
      },
      { parent: this },
    );
    return role.arn;
  }
}

/** Pulumi locks, reads and writes its state as whoever runs it, before it takes the deploying role. */
export function keepState({ accountId }: Place, { bucket, keyAlias }: GitHubDeployRolesArgs["state"]): Statement[] {
  const arn = `arn:aws:s3:::${bucket}`;
  return [
    allow("FindState", ["s3:ListBucket"], [arn]),
    allow("KeepState", ["s3:DeleteObject", "s3:GetObject", "s3:PutObject"], [`${arn}/*`]),
    allow("SealState", ["kms:Decrypt", "kms:DescribeKey", "kms:Encrypt", "kms:GenerateDataKey"], [`arn:aws:kms:*:${accountId}:key/*`], {
      "ForAnyValue:StringEquals": { "kms:ResourceAliases": `alias/${keyAlias}` },
    }),
  ];
}
