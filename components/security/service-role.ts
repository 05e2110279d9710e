import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import { PlatformComponent } from "../component.ts";
import { type Place, physicalName } from "../place.ts";
import { policyDocument, type Statement } from "./policy.ts";

export interface ServiceRoleArgs {
  place: Place;
  /** The service that takes the role: `lambda.amazonaws.com`. */
  service: `${string}.amazonaws.com`;
  /** Narrows the trust to requests on behalf of one resource: a pattern of ARNs. */
  sourceArn?: pulumi.Input<string>;
  /** All that the role may do. */
  statements: readonly Statement[];
}

/** Lambda's trust can't carry `aws:SourceAccount`: the service does not send it when it takes an execution role. */
const servicesWithoutSourceAccount = new Set(["lambda.amazonaws.com"]);

/**
 * A role that one AWS service takes on behalf of this account, with one inline policy.
 *
 * HIPAA 164.308(a)(4)(ii)(B): each principal has its own role. 164.312(a)(1): the trust is bound to this account.
 */
export class ServiceRole extends PlatformComponent {
  /** Resolves once the policy is attached, so that whoever uses the role finds its permissions. */
  readonly arn: pulumi.Output<string>;

  constructor(name: string, args: ServiceRoleArgs, opts?: pulumi.ComponentResourceOptions) {
    super("svp:security:ServiceRole", name, opts);
    if (args.statements.length === 0) this.reject("statements", "must hold at least one statement: a role that may do nothing is not needed.");

    const role = new aws.iam.Role(
      name,
      {
        name: physicalName(args.place, name),
        assumeRolePolicy: trust(args),
        maxSessionDuration: 3600,
        ...(args.place.permissionsBoundary !== undefined && { permissionsBoundary: args.place.permissionsBoundary }),
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

function trust({ service, place, sourceArn }: ServiceRoleArgs): pulumi.Output<string> {
  const conditions = {
    ...(!servicesWithoutSourceAccount.has(service) && { StringEquals: { "aws:SourceAccount": place.accountId } }),
    ...(sourceArn !== undefined && { ArnLike: { "aws:SourceArn": sourceArn } }),
  };
  const condition = Object.keys(conditions).length === 0 ? {} : { Condition: conditions };
  return pulumi.jsonStringify({
    Version: "2012-10-17",
    Statement: [{ Sid: "ServiceTakesRole", Effect: "Allow", Principal: { Service: service }, Action: "sts:AssumeRole", ...condition }],
  });
}
