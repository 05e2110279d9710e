import * as aws from "@pulumi/aws";
import type * as pulumi from "@pulumi/pulumi";
import { PlatformComponent } from "../component.ts";
import { type Place, physicalName } from "../place.ts";

export interface AuditAlarmsArgs {
  place: Place;
  /** Log group of the organisation's trail. */
  logGroupName: pulumi.Input<string>;
  alertTopicArn: pulumi.Input<string>;
}

/** Events by their names, as a filter pattern. */
const anyOf = (...names: string[]): string => `{ ${names.map((name) => `($.eventName = ${name})`).join(" || ")} }`;
const from = (source: string, ...names: string[]): string =>
  `{ ($.eventSource = ${source}) && (${names.map((name) => `($.eventName = ${name})`).join(" || ")}) }`;

/**
 * What somebody must hear of at once, as the CIS AWS Foundations Benchmark asks (v3.0, section 4, "Monitoring"), by the
 * name of its alarm. Patterns are the benchmark's, to the letter: Security Hub compares them.
 */
export const watchedEvents: Readonly<Record<string, { what: string; pattern: string }>> = {
  "unauthorized-calls": { what: "Calls were refused.", pattern: '{ ($.errorCode = "*UnauthorizedOperation") || ($.errorCode = "AccessDenied*") }' },
  "sign-in-without-mfa": {
    what: "Somebody signed in to the console without a second factor.",
    pattern:
      '{ ($.eventName = "ConsoleLogin") && ($.additionalEventData.MFAUsed != "Yes") && ($.userIdentity.type = "IAMUser") && ($.responseElements.ConsoleLogin = "Success") }',
  },
  "root-used": {
    what: "An account's root was used.",
    pattern: '{ $.userIdentity.type = "Root" && $.userIdentity.invokedBy NOT EXISTS && $.eventType != "AwsServiceEvent" }',
  },
  "iam-changed": {
    what: "A policy of IAM was changed.",
    pattern: anyOf(
      ...["Delete", "Put"].flatMap((verb) => ["Group", "Role", "User"].map((kind) => `${verb}${kind}Policy`)),
      ...["CreatePolicy", "DeletePolicy", "CreatePolicyVersion", "DeletePolicyVersion"],
      ...["Attach", "Detach"].flatMap((verb) => ["Role", "User", "Group"].map((kind) => `${verb}${kind}Policy`)),
    ),
  },
  "trail-changed": { what: "A trail was changed.", pattern: anyOf("CreateTrail", "UpdateTrail", "DeleteTrail", "StartLogging", "StopLogging") },
  "sign-in-failed": {
    what: "Signing in to the console failed.",
    pattern: '{ ($.eventName = ConsoleLogin) && ($.errorMessage = "Failed authentication") }',
  },
  "key-disabled": { what: "A key was disabled, or is to be deleted.", pattern: from("kms.amazonaws.com", "DisableKey", "ScheduleKeyDeletion") },
  "bucket-policy-changed": {
    what: "Who may reach a bucket was changed.",
    pattern: from(
      "s3.amazonaws.com",
      "PutBucketAcl",
      "PutBucketPolicy",
      "PutBucketCors",
      "PutBucketLifecycle",
      "PutBucketReplication",
      "DeleteBucketPolicy",
      "DeleteBucketCors",
      "DeleteBucketLifecycle",
      "DeleteBucketReplication",
    ),
  },
  "config-changed": {
    what: "The recording of configuration was changed.",
    pattern: from("config.amazonaws.com", "StopConfigurationRecorder", "DeleteDeliveryChannel", "PutDeliveryChannel", "PutConfigurationRecorder"),
  },
  "security-group-changed": {
    what: "A security group was changed.",
    pattern: anyOf(
      "AuthorizeSecurityGroupIngress",
      "AuthorizeSecurityGroupEgress",
      "RevokeSecurityGroupIngress",
      "RevokeSecurityGroupEgress",
      "CreateSecurityGroup",
      "DeleteSecurityGroup",
    ),
  },
  "network-acl-changed": {
    what: "A network ACL was changed.",
    pattern: anyOf(
      "CreateNetworkAcl",
      "CreateNetworkAclEntry",
      "DeleteNetworkAcl",
      "DeleteNetworkAclEntry",
      "ReplaceNetworkAclEntry",
      "ReplaceNetworkAclAssociation",
    ),
  },
  "gateway-changed": {
    what: "A way to the internet was changed.",
    pattern: anyOf(
      "CreateCustomerGateway",
      "DeleteCustomerGateway",
      "AttachInternetGateway",
      "CreateInternetGateway",
      "DeleteInternetGateway",
      "DetachInternetGateway",
    ),
  },
  "route-changed": {
    what: "A route was changed.",
    pattern: from(
      "ec2.amazonaws.com",
      "CreateRoute",
      "CreateRouteTable",
      "ReplaceRoute",
      "ReplaceRouteTableAssociation",
      "DeleteRouteTable",
      "DeleteRoute",
      "DisassociateRouteTable",
    ),
  },
  "vpc-changed": {
    what: "A network was changed.",
    pattern: anyOf(
      "CreateVpc",
      "DeleteVpc",
      "ModifyVpcAttribute",
      "AcceptVpcPeeringConnection",
      "CreateVpcPeeringConnection",
      "DeleteVpcPeeringConnection",
      "RejectVpcPeeringConnection",
      "AttachClassicLinkVpc",
      "DetachClassicLinkVpc",
      "DisableVpcClassicLink",
      "EnableVpcClassicLink",
    ),
  },
  "organization-changed": {
    what: "The organisation was changed.",
    pattern: from(
      "organizations.amazonaws.com",
      "AcceptHandshake",
      "AttachPolicy",
      "CreateAccount",
      "CreateOrganizationalUnit",
      "CreatePolicy",
      "DeclineHandshake",
      "DeleteOrganization",
      "DeleteOrganizationalUnit",
      "DeletePolicy",
      "DetachPolicy",
      "DisablePolicyType",
      "EnablePolicyType",
      "InviteAccountToOrganization",
      "LeaveOrganization",
      "MoveAccount",
      "RemoveAccountFromOrganization",
      "UpdatePolicy",
      "UpdateOrganizationalUnit",
    ),
  },
};

const namespace = "svp/audit";

/** Alarms on the organisation's trail. HIPAA 164.308(a)(1)(ii)(D), 164.308(a)(5)(ii)(C), 164.308(a)(6)(ii). */
export class AuditAlarms extends PlatformComponent {
  constructor(name: string, { place, logGroupName, alertTopicArn }: AuditAlarmsArgs, opts?: pulumi.ComponentResourceOptions) {
    super("svp:organization:AuditAlarms", name, opts);
    for (const [event, { what, pattern }] of Object.entries(watchedEvents)) {
      new aws.cloudwatch.LogMetricFilter(
        this.childName(`${event}-filter`),
        { name: physicalName(place, event), logGroupName, pattern, metricTransformation: { namespace, name: event, value: "1", defaultValue: "0" } },
        this.child(),
      );
      new aws.cloudwatch.MetricAlarm(
        this.childName(event),
        {
          name: physicalName(place, event),
          alarmDescription: what,
          namespace,
          metricName: event,
          statistic: "Sum",
          period: 300,
          evaluationPeriods: 1,
          threshold: 1,
          comparisonOperator: "GreaterThanOrEqualToThreshold",
          treatMissingData: "notBreaching",
          alarmActions: [alertTopicArn],
        },
        this.child(),
      );
    }
    this.registerOutputs();
  }
}
