import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import { PlatformComponent } from "../component.ts";
import { type Place, physicalName, type Removal } from "../place.ts";
import type { EncryptionKey } from "../security/encryption-key.ts";
import { allow, type Statement } from "../security/policy.ts";

export interface CaseTableArgs {
  place: Place;
  removal: Removal;
  key: EncryptionKey;
}

/** Index that lists cases, newest last: `list` (always `CASES`) and `createdAt`. */
export const casesByTime = "cases-by-time";

/**
 * The case table: `caseId` and `item` (`SUMMARY`, `RUN#...`). The only place where a file's name is kept.
 *
 * HIPAA 164.312(a)(2)(iv), 164.308(a)(7)(ii)(A).
 */
export class CaseTable extends PlatformComponent {
  readonly tableName: pulumi.Output<string>;
  readonly arn: pulumi.Output<string>;
  readonly key: EncryptionKey;

  constructor(name: string, { place, removal, key }: CaseTableArgs, opts?: pulumi.ComponentResourceOptions) {
    super("svp:data:CaseTable", name, opts);
    this.key = key;

    const table = new aws.dynamodb.Table(
      name,
      {
        name: physicalName(place, name),
        billingMode: "PAY_PER_REQUEST",
        hashKey: "caseId",
        rangeKey: "item",
        attributes: [
          { name: "caseId", type: "S" },
          { name: "item", type: "S" },
          { name: "list", type: "S" },
          { name: "createdAt", type: "S" },
        ],
        globalSecondaryIndexes: [
          {
            name: casesByTime,
            keySchemas: [
              { attributeName: "list", keyType: "HASH" },
              { attributeName: "createdAt", keyType: "RANGE" },
            ],
            projectionType: "ALL",
          },
        ],
        serverSideEncryption: { enabled: true, kmsKeyArn: key.arn },
        pointInTimeRecovery: { enabled: true },
        deletionProtectionEnabled: removal === "retain",
      },
      this.child({ protect: removal === "retain" }),
    );

    this.tableName = table.name;
    this.arn = table.arn;
    this.registerOutputs({ tableName: this.tableName });
  }

  /** ARN of its backups. */
  get backups(): pulumi.Output<string> {
    return pulumi.interpolate`${this.arn}/backup/*`;
  }

  /** Statements that allow these actions on the table's items, and the use of the key that they bring along. */
  allow(sid: string, actions: readonly `dynamodb:${string}`[]): Statement[] {
    return [allow(sid, actions, [this.arn]), this.#allowKey(sid)];
  }

  /** Statements that allow querying the index of cases by time. */
  allowList(sid: string): Statement[] {
    return [allow(sid, ["dynamodb:Query"], [pulumi.interpolate`${this.arn}/index/${casesByTime}`]), this.#allowKey(sid)];
  }

  /** DynamoDB opens the table's key with the caller's own rights. */
  #allowKey(sid: string): Statement {
    return this.key.allowVia(`${sid}Key`, "dynamodb", ["kms:Decrypt"]);
  }
}
