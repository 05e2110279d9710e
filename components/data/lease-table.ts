import * as aws from "@pulumi/aws";
import type * as pulumi from "@pulumi/pulumi";
import { PlatformComponent } from "../component.ts";
import { type Place, physicalName, type Removal } from "../place.ts";
import type { EncryptionKey } from "../security/encryption-key.ts";
import { allow, type Statement } from "../security/policy.ts";

export interface LeaseTableArgs {
  place: Place;
  removal: Removal;
  key: EncryptionKey;
}

/**
 * How many analyses run at a time: one item for each class of work, with the runs that hold a lease. It tells nothing of
 * cases and is as good as new when empty, so it is not backed up.
 */
export class LeaseTable extends PlatformComponent {
  readonly tableName: pulumi.Output<string>;
  readonly #arn: pulumi.Output<string>;
  readonly #key: EncryptionKey;

  constructor(name: string, { place, removal, key }: LeaseTableArgs, opts?: pulumi.ComponentResourceOptions) {
    super("svp:data:LeaseTable", name, opts);
    const table = new aws.dynamodb.Table(
      name,
      {
        name: physicalName(place, name),
        billingMode: "PAY_PER_REQUEST",
        hashKey: "class",
        attributes: [{ name: "class", type: "S" }],
        serverSideEncryption: { enabled: true, kmsKeyArn: key.arn },
        pointInTimeRecovery: { enabled: true },
        deletionProtectionEnabled: removal === "retain",
        tags: { "data-classification": "none" },
      },
      this.child({ protect: removal === "retain" }),
    );
    this.tableName = table.name;
    this.#arn = table.arn;
    this.#key = key;
    this.registerOutputs({ tableName: this.tableName });
  }

  /** Statements that allow taking leases and giving them back. */
  allowLeases(sid: string): Statement[] {
    return [allow(sid, ["dynamodb:GetItem", "dynamodb:PutItem", "dynamodb:UpdateItem"], [this.#arn]), this.#allowKey(sid)];
  }

  /** Statements that allow giving leases back. */
  allowRelease(sid: string): Statement[] {
    return [allow(sid, ["dynamodb:UpdateItem"], [this.#arn]), this.#allowKey(sid)];
  }

  /** DynamoDB opens the table's key with the caller's own rights. */
  #allowKey(sid: string): Statement {
    return this.#key.allowVia(`${sid}Key`, "dynamodb", ["kms:Decrypt"]);
  }
}
