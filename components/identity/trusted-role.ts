import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import { PlatformComponent } from "../component.ts";
import { type Place, physicalName } from "../place.ts";
import { type Conditions, policyDocument, type Statement } from "../security/policy.ts";

/** Who may take a role, and under what conditions. */
export interface Trust {
  readonly Sid: string;
  readonly Principal: { readonly AWS: string | readonly string[] } | { readonly Federated: pulumi.Input<string> } | { readonly Service: string };
  readonly Action: readonly ("sts:AssumeRole" | "sts:AssumeRoleWithSAML" | "sts:AssumeRoleWithWebIdentity" | "sts:SetSourceIdentity" | "sts:TagSession")[];
  readonly Condition: Conditions;
}

export interface TrustedRoleArgs {
  place: Place;
  /** What the role is for, in words. */
  description: string;
  trust: Trust;
  /** All that the role may do, and must not. */
  statements: readonly Statement[];
}

/** A session ends after an hour, whoever forgets to log off. HIPAA 164.312(a)(2)(iii). */
const sessionSeconds = 3600;

/** A role that people or another platform take; what services take is a `ServiceRole`. HIPAA 164.308(a)(4)(ii)(B), 164.312(d). */
export class TrustedRole extends PlatformComponent {
  /** Known before the role is made. */
  readonly roleArn: string;
  /** Resolves once the policy is attached. */
  readonly arn: pulumi.Output<string>;

  constructor(name: string, args: TrustedRoleArgs, opts?: pulumi.ComponentResourceOptions) {
    super("svp:identity:TrustedRole", name, opts);
    const { place } = args;
    const roleName = physicalName(place, name);
    this.roleArn = `arn:aws:iam::${place.accountId}:role/${roleName}`;

    const role = new aws.iam.Role(
      name,
      {
        name: roleName,
        description: args.description,
        assumeRolePolicy: pulumi.jsonStringify({ Version: "2012-10-17", Statement: [{ ...args.trust, Effect: "Allow" }] }),
        maxSessionDuration: sessionSeconds,
        ...(place.permissionsBoundary !== undefined && { permissionsBoundary: place.permissionsBoundary }),
      },
      this.child(),
    );
    const policy = new aws.iam.RolePolicy(
      this.childName("policy"),
      { name: "permissions", role: role.name, policy: policyDocument(args.statements) },
      this.child(),
    );

    this.arn = pulumi.all([role.arn, policy.id]).apply(([arn]) => arn);
    this.registerOutputs({ arn: this.arn });
  }
}
