import * as aws from "@pulumi/aws";
import type * as pulumi from "@pulumi/pulumi";
import { PlatformComponent } from "../component.ts";
import { type Place, physicalName } from "../place.ts";

export interface PrivateWorkforceArgs {
  place: Place;
  /** The user pool that people sign in to, with a second factor. */
  userPoolId: pulumi.Input<string>;
  /** Client of the user pool for the labelling portal: it needs a secret, which SageMaker reads. */
  clientId: pulumi.Input<string>;
  /** Group of the user pool whose members correct analyses. */
  userGroup: pulumi.Input<string>;
  /** Networks that people work from: `203.0.113.0/24`. */
  sourceCidrs: readonly string[];
}

/** SageMaker takes no more (API reference: SourceIpConfig). */
const mostCidrs = 10;
const cidr = /^(\d{1,3}\.){3}\d{1,3}\/(\d|[12]\d|3[0-2])$/;

/**
 * The people who label and correct: known to the platform, with a second factor, from known networks. Work is never offered to a public
 * or vendor's workforce. One in an account and Region; for accounts that still have labelling jobs. HIPAA 164.308(a)(3)(i), 164.308(b)(1),
 * 164.312(a)(1), (d).
 */
export class PrivateWorkforce extends PlatformComponent {
  readonly workteamArn: pulumi.Output<string>;

  constructor(name: string, args: PrivateWorkforceArgs, opts?: pulumi.ComponentResourceOptions) {
    super("svp:learning:PrivateWorkforce", name, opts);
    const { place, userPoolId: userPool, clientId } = args;
    this.#checkCidrs(args.sourceCidrs);

    const workforce = new aws.sagemaker.Workforce(
      name,
      { workforceName: physicalName(place, name), cognitoConfig: { userPool, clientId }, sourceIpConfig: { cidrs: [...args.sourceCidrs] } },
      this.child(),
    );
    const team = new aws.sagemaker.Workteam(
      this.childName("team"),
      {
        workteamName: physicalName(place, `${name}-team`),
        description: "Clinical experts who correct analyses",
        workforceName: workforce.workforceName,
        memberDefinitions: [{ cognitoMemberDefinition: { userPool, clientId, userGroup: args.userGroup } }],
        // Links to images work only where the portal was opened. No topic is told of work: its messages would leave AWS.
        workerAccessConfiguration: { s3Presign: { iamPolicyConstraints: { sourceIp: "Enabled" } } },
      },
      this.child(),
    );

    this.workteamArn = team.arn;
    this.registerOutputs({ workteamArn: this.workteamArn });
  }

  #checkCidrs(cidrs: readonly string[]): void {
    if (cidrs.length === 0 || cidrs.length > mostCidrs) this.reject("sourceCidrs", `must be 1 to ${mostCidrs} networks, not ${cidrs.length}.`);
    const wrong = cidrs.find((text) => !cidr.test(text) || text.endsWith("/0"));
    if (wrong !== undefined) this.reject("sourceCidrs", `must be networks such as 203.0.113.0/24, never all of the internet, not "${wrong}".`);
  }
}
