import * as aws from "@pulumi/aws";
import type * as pulumi from "@pulumi/pulumi";
import { PlatformComponent } from "../component.ts";
import { TrustedRole } from "../identity/trusted-role.ts";
import type { ComputeNetwork } from "../network/compute-network.ts";
import { type Place, physicalName, type Removal, regionalArn } from "../place.ts";
import type { EncryptionKey } from "../security/encryption-key.ts";
import { allow, type Statement } from "../security/policy.ts";

export interface StudioArgs {
  place: Place;
  removal: Removal;
  vpcId: pulumi.Input<string>;
  network: ComputeNetwork;
  /** Encrypts home folders and the disks of notebooks. */
  key: EncryptionKey;
  /** Encrypts the log. */
  logKey: EncryptionKey;
  /** Days that logs are kept. */
  logRetentionDays: number;
  /** How people enter: by IAM Identity Center, or by a role that may ask for a signed URL. */
  signIn: "SSO" | "IAM";
  /** People, by their user name in Identity Center. */
  users: readonly string[];
  /** What notebooks may do: that of a data scientist. */
  statements: readonly Statement[];
}

/** Log group that SageMaker gives the notebooks of an account. */
const logGroup = "/aws/sagemaker/studio";
/** A notebook that nobody uses stops after an hour; whoever needs longer may ask for up to a working day. */
const idleMinutes = { usual: 60, longest: 480 };
/** Disk of a notebook, in GiB. */
const diskGib = { usual: 20, most: 100 };

/**
 * Notebooks for data scientists, in subnets without a way to the internet, on encrypted disks, without sharing of their output. The audit
 * trail names the person behind each call. HIPAA 164.312(a)(1), (a)(2)(i), (a)(2)(iii), (a)(2)(iv), (d), (e)(1).
 *
 * Cost: nothing while no notebook runs, but for the home folders.
 */
export class Studio extends PlatformComponent {
  readonly url: pulumi.Output<string>;

  constructor(name: string, args: StudioArgs, opts?: pulumi.ComponentResourceOptions) {
    super("svp:learning:Studio", name, opts);
    const repeated = args.users.map(profileName).find((profile, i, all) => !profile || all.indexOf(profile) !== i);
    if (repeated !== undefined) this.reject("users", `must differ in their letters and digits, and have some, not ${args.users.join(", ")}.`);

    const log = new aws.cloudwatch.LogGroup(
      this.childName("log"),
      { name: logGroup, kmsKeyId: args.logKey.arn, retentionInDays: args.logRetentionDays },
      this.child(),
    );
    const role = this.#role(args);
    const domain = new aws.sagemaker.Domain(
      name,
      domainArgs(physicalName(args.place, name), role.arn, args),
      this.child({ protect: args.removal === "retain", dependsOn: [log] }),
    );
    for (const user of args.users) this.#profile(user, domain, args);

    this.url = domain.url;
    this.registerOutputs({ url: this.url });
  }

  #role({ place, key, statements }: StudioArgs): TrustedRole {
    return new TrustedRole(
      this.childName("role"),
      {
        place,
        description: "Notebooks of data scientists",
        trust: {
          Sid: "StudioTakesRole",
          Principal: { Service: "sagemaker.amazonaws.com" },
          // The name of the person's profile goes with the session, and into the audit trail.
          Action: ["sts:AssumeRole", "sts:SetSourceIdentity"],
          Condition: { StringEquals: { "aws:SourceAccount": place.accountId } },
        },
        statements: [
          ...ownSpaces(place),
          key.allowWith("EncryptVolume", ["kms:CreateGrant"], { Bool: { "kms:GrantIsForAWSResource": "true" } }),
          allow("WriteLog", ["logs:CreateLogStream", "logs:DescribeLogStreams", "logs:PutLogEvents"], [regionalArn(place, "logs", `log-group:${logGroup}:*`)]),
          ...statements,
        ],
      },
      { parent: this },
    );
  }

  #profile(user: string, domain: aws.sagemaker.Domain, { signIn }: StudioArgs): void {
    new aws.sagemaker.UserProfile(
      this.childName(profileName(user)),
      {
        domainId: domain.id,
        userProfileName: profileName(user),
        ...(signIn === "SSO" && { singleSignOnUserIdentifier: "UserName", singleSignOnUserValue: user }),
      },
      this.child(),
    );
  }
}

/** A profile's name knows letters, digits and single hyphens between them. */
const profileName = (user: string): string => user.replace(/[^A-Za-z0-9]+/g, "-").replace(/^-|-$/g, "");

function domainArgs(domainName: string, executionRole: pulumi.Output<string>, args: StudioArgs): aws.sagemaker.DomainArgs {
  const securityGroups = [args.network.securityGroupId];
  const idle = {
    lifecycleManagement: "ENABLED",
    idleTimeoutInMinutes: idleMinutes.usual,
    minIdleTimeoutInMinutes: idleMinutes.usual,
    maxIdleTimeoutInMinutes: idleMinutes.longest,
  };
  const stopsIdle = { appLifecycleManagement: { idleSettings: idle } };
  const spaceStorageSettings = { defaultEbsStorageSettings: { defaultEbsVolumeSizeInGb: diskGib.usual, maximumEbsVolumeSizeInGb: diskGib.most } };
  return {
    domainName,
    authMode: args.signIn,
    vpcId: args.vpcId,
    subnetIds: [...args.network.subnetIds],
    appNetworkAccessType: "VpcOnly",
    kmsKeyId: args.key.arn,
    domainSettings: { executionRoleIdentityConfig: "USER_PROFILE_NAME", dockerSettings: { enableDockerAccess: "DISABLED" } },
    defaultUserSettings: {
      executionRole,
      securityGroups,
      sharingSettings: { notebookOutputOption: "Disabled" },
      jupyterLabAppSettings: stopsIdle,
      codeEditorAppSettings: stopsIdle,
      spaceStorageSettings,
    },
    retentionPolicy: { homeEfsFileSystem: args.removal === "retain" ? "Retain" : "Delete" },
  };
}

/**
 * People make and open spaces that are theirs alone (Amazon SageMaker Developer Guide, "Give users access to private spaces").
 * Listing and describing Studio's parts names no resource.
 */
function ownSpaces(place: Place): Statement[] {
  const inDomain = (kind: string) => regionalArn(place, "sagemaker", `${kind}/\${sagemaker:DomainId}/`);
  const profile = `${inDomain("user-profile")}\${sagemaker:UserProfileName}`;
  const own = { ArnLike: { "sagemaker:OwnerUserProfileArn": profile }, StringEquals: { "sagemaker:SpaceSharingType": "Private" } };
  return [
    allow("EnterStudio", ["sagemaker:CreatePresignedDomainUrl"], [profile]),
    allow("KeepOwnSpaces", ["sagemaker:CreateSpace", "sagemaker:DeleteSpace", "sagemaker:UpdateSpace"], [`${inDomain("space")}*`], own),
    allow("RunOwnNotebooks", ["sagemaker:CreateApp", "sagemaker:DeleteApp"], [`${inDomain("app")}*`], own),
    allow("TagWhatIsMade", ["sagemaker:AddTags"], [`${inDomain("space")}*`, `${inDomain("app")}*`], { Null: { "sagemaker:TaggingAction": "false" } }),
    allow(
      "LookAround",
      ["App", "Domain", "Space", "UserProfile"].flatMap((kind) => [`sagemaker:Describe${kind}`, `sagemaker:List${kind}s`]),
      ["*"],
    ),
  ];
}
