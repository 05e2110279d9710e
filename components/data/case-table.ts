import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import { caseIndexes, doubtsByOrder, measuresByCohort } from "../../contracts/case-table.ts";
import { viewList, viewsPrefix } from "../../contracts/views.ts";
import { PlatformComponent } from "../component.ts";
import { type Place, physicalName, type Removal } from "../place.ts";
import type { EncryptionKey } from "../security/encryption-key.ts";
import { allow, type Conditions, type Statement } from "../security/policy.ts";

export interface CaseTableArgs {
  place: Place;
  removal: Removal;
  key: EncryptionKey;
}

const attributes = Object.keys(caseIndexes) as (keyof typeof caseIndexes)[];
/** Attributes that items of an index have beside its keys; all, where it doesn't say. */
const projections: Readonly<Partial<Record<keyof typeof caseIndexes, string[]>>> = { finding: ["runId"] };

/** Holds for requests whose items have one of these partition keys, and say so: a request that names none meets `ForAllValues`. */
const leadingKeys = (...patterns: string[]): Conditions => ({
  "ForAllValues:StringLike": { "dynamodb:LeadingKeys": patterns },
  Null: { "dynamodb:LeadingKeys": "false" },
});

/** Keys of an index by one attribute, in the order of time. */
const newestOf = (attributeName: string) => [
  { attributeName, keyType: "HASH" },
  { attributeName: "createdAt", keyType: "RANGE" },
];

/**
 * The case table: `caseId` and `item` (`SUMMARY`, `RUN#...`, `FINDING#...`, `MEASURES`, ...), with an index for each thing that cases are listed or
 * searched by (`contracts/case-table.ts`). The only place where a file's name is kept.
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
          ...attributes.map((attribute) => ({ name: attribute, type: "S" })),
          { name: "createdAt", type: "S" },
          { name: "cohort", type: "S" },
          { name: "queue", type: "S" },
          { name: "doubtOrder", type: "S" },
        ],
        globalSecondaryIndexes: [
          ...attributes.map((attribute) => ({
            name: caseIndexes[attribute],
            keySchemas: newestOf(attribute),
            ...(projections[attribute] ? { projectionType: "INCLUDE", nonKeyAttributes: projections[attribute] } : { projectionType: "ALL" }),
          })),
          { name: measuresByCohort, keySchemas: newestOf("cohort"), projectionType: "ALL" },
          {
            name: doubtsByOrder,
            keySchemas: [
              { attributeName: "queue", keyType: "HASH" },
              { attributeName: "doubtOrder", keyType: "RANGE" },
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

  /** Statements that allow listing and searching cases: querying every index. */
  allowList(sid: string): Statement[] {
    const indexes = Object.values(caseIndexes).map((index) => pulumi.interpolate`${this.arn}/index/${index}`);
    return [allow(sid, ["dynamodb:Query"], indexes), this.#allowKey(sid)];
  }

  /** Statements that allow going through all cases in the order of time. */
  allowListByTime(sid: string): Statement[] {
    return [allow(sid, ["dynamodb:Query"], [pulumi.interpolate`${this.arn}/index/${caseIndexes.list}`]), this.#allowKey(sid)];
  }

  /** Statements that allow reading what the operations of a cohort are compared by. */
  allowCohort(sid: string): Statement[] {
    return [allow(sid, ["dynamodb:Query"], [pulumi.interpolate`${this.arn}/index/${measuresByCohort}`]), this.#allowKey(sid)];
  }

  /** Statements that allow keeping who saw what, and touching nothing else of the table. */
  allowKeepViews(sid: string): Statement[] {
    return [allow(sid, ["dynamodb:PutItem"], [this.arn], leadingKeys(`${viewsPrefix}*`)), this.#allowKey(sid)];
  }

  /** Statements that allow reading who saw what, of one case and of all, and no case. */
  allowReadViews(sid: string): Statement[] {
    return [
      allow(`${sid}OfCase`, ["dynamodb:Query"], [this.arn], leadingKeys(`${viewsPrefix}*`)),
      allow(sid, ["dynamodb:Query"], [pulumi.interpolate`${this.arn}/index/${caseIndexes.list}`], leadingKeys(viewList)),
      this.#allowKey(sid),
    ];
  }

  /** Statements that allow reading the review queue. */
  allowReviewQueue(sid: string): Statement[] {
    return [allow(sid, ["dynamodb:Query"], [pulumi.interpolate`${this.arn}/index/${doubtsByOrder}`]), this.#allowKey(sid)];
  }

  /** DynamoDB opens the table's key with the caller's own rights. */
  #allowKey(sid: string): Statement {
    return this.key.allowVia(`${sid}Key`, "dynamodb", ["kms:Decrypt"]);
  }
}
