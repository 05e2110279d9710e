import * as aws from "@pulumi/aws";
import type * as pulumi from "@pulumi/pulumi";
import { PlatformComponent } from "../component.ts";
import { accountRoot, type Place, physicalName, type Removal, regionalArn } from "../place.ts";
import { allow, type Conditions, policyDocument, type ResourceStatement, type Statement } from "./policy.ts";

export interface EncryptionKeyArgs {
  place: Place;
  /** What the key protects, in words. */
  description: string;
  /** AWS services that use the key as themselves, outside any role of the account. */
  services?: readonly ResourceStatement[];
  removal: Removal;
}

/** What a key's administrators may do. Using the key on data is not among it, nor granting its use to themselves: HIPAA 164.308(a)(3)(i). */
const administration = [
  "kms:CancelKeyDeletion",
  "kms:CreateAlias",
  "kms:Delete*",
  "kms:Describe*",
  "kms:Disable*",
  "kms:Enable*",
  "kms:Get*",
  "kms:List*",
  "kms:Put*",
  "kms:Revoke*",
  "kms:ScheduleKeyDeletion",
  "kms:TagResource",
  "kms:UntagResource",
  "kms:Update*",
];

/**
 * A customer-managed key for one class of data, rotated every year.
 *
 * The key's policy delegates its use to the account's IAM policies; each role's own statement names the key, the
 * action and the service that it goes through. HIPAA 164.312(a)(2)(iv).
 */
export class EncryptionKey extends PlatformComponent {
  readonly arn: pulumi.Output<string>;
  readonly #region: string;

  constructor(name: string, args: EncryptionKeyArgs, opts?: pulumi.ComponentResourceOptions) {
    super("svp:security:EncryptionKey", name, opts);
    this.#region = args.place.region;

    const key = new aws.kms.Key(
      name,
      {
        region: args.place.region,
        description: args.description,
        enableKeyRotation: true,
        rotationPeriodInDays: 365,
        deletionWindowInDays: 30,
        multiRegion: false,
        policy: policyDocument([...accountStatements(args.place), ...(args.services ?? [])]),
      },
      this.child({ protect: args.removal === "retain" }),
    );
    new aws.kms.Alias(
      this.childName("alias"),
      { region: args.place.region, name: `alias/${physicalName(args.place, name)}`, targetKeyId: key.keyId },
      this.child(),
    );

    this.arn = key.arn;
    this.registerOutputs({ arn: this.arn });
  }

  /** Allows the key's use through one AWS service only: `s3`, `dynamodb`, `sqs`. */
  allowVia(sid: string, service: string, actions: readonly string[]): Statement {
    return allow(sid, actions, [this.arn], { StringEquals: { "kms:ViaService": `${service}.${this.#region}.amazonaws.com` } });
  }

  /** Allows the key's use directly, where the service calls KMS with the role itself. */
  allowWith(sid: string, actions: readonly string[], condition: Conditions): Statement {
    return allow(sid, actions, [this.arn], condition);
  }
}

/** In a key's policy, Resource `*` is this key. */
function accountStatements(place: Place): ResourceStatement[] {
  const account = { Principal: { AWS: accountRoot(place.accountId) }, Resource: ["*"], Effect: "Allow" } as const;
  const ownCallers = { "kms:CallerAccount": place.accountId };
  return [
    { ...account, Sid: "AccountAdministersKey", Action: administration, Condition: { StringEquals: ownCallers } },
    {
      ...account,
      Sid: "AccountUsesKey",
      Action: ["kms:Decrypt", "kms:DescribeKey", "kms:Encrypt", "kms:GenerateDataKey*", "kms:ReEncrypt*"],
      Condition: { StringEquals: ownCallers },
    },
    {
      ...account,
      Sid: "AccountLetsServicesUseKey",
      Action: ["kms:CreateGrant", "kms:RetireGrant"],
      Condition: { StringEquals: ownCallers, Bool: { "kms:GrantIsForAWSResource": "true" } },
    },
  ];
}

/** CloudWatch Logs encrypts the account's log groups. */
export function logsUseKey(place: Place): ResourceStatement {
  return {
    Sid: "LogsUseKey",
    Effect: "Allow",
    Principal: { Service: `logs.${place.region}.amazonaws.com` },
    Action: ["kms:Decrypt", "kms:Describe*", "kms:Encrypt", "kms:GenerateDataKey*", "kms:ReEncrypt*"],
    Resource: ["*"],
    Condition: { ArnLike: { "kms:EncryptionContext:aws:logs:arn": regionalArn(place, "logs", "log-group:*") } },
  };
}

/** An EventBridge rule puts events into a queue that this key encrypts. */
export function ruleUsesKey(place: Place, rule: string): ResourceStatement {
  return {
    Sid: "EventsUseKey",
    Effect: "Allow",
    Principal: { Service: "events.amazonaws.com" },
    Action: ["kms:Decrypt", "kms:GenerateDataKey"],
    Resource: ["*"],
    Condition: { StringEquals: { "aws:SourceAccount": place.accountId }, ArnEquals: { "aws:SourceArn": regionalArn(place, "events", `rule/${rule}`) } },
  };
}

/** AWS services encrypt and read what they publish to topics that this key encrypts, on behalf of this account. */
export function servicesUseKey(place: Place, services: readonly `${string}.amazonaws.com`[]): ResourceStatement {
  return {
    Sid: "ServicesPublish",
    Effect: "Allow",
    Principal: { Service: services },
    Action: ["kms:Decrypt", "kms:GenerateDataKey"],
    Resource: ["*"],
    Condition: { StringEquals: { "aws:SourceAccount": place.accountId } },
  };
}

/** Log delivery reads the events of a state machine that this key encrypts, on their way to its log group. */
export function logDeliveryUsesKey(place: Place): ResourceStatement {
  return {
    Sid: "LogDeliveryUsesKey",
    Effect: "Allow",
    Principal: { Service: "delivery.logs.amazonaws.com" },
    Action: ["kms:Decrypt"],
    Resource: ["*"],
    Condition: { StringEquals: { "aws:SourceAccount": place.accountId }, ArnLike: { "aws:SourceArn": regionalArn(place, "logs", "*") } },
  };
}

/** CloudFront distributions of the account serve objects that this key encrypts. */
export function cloudFrontUsesKey({ accountId }: Place): ResourceStatement {
  return {
    Sid: "CloudFrontReads",
    Effect: "Allow",
    Principal: { Service: "cloudfront.amazonaws.com" },
    Action: ["kms:Decrypt"],
    Resource: ["*"],
    Condition: { ArnLike: { "aws:SourceArn": `arn:aws:cloudfront::${accountId}:distribution/*` } },
  };
}
