import * as aws from "@pulumi/aws";
import { expect } from "chai";
import { CaseTable } from "../../../components/data/case-table.ts";
import { EncryptionKey } from "../../../components/security/encryption-key.ts";
import { inAccount, place } from "../place.ts";

const make = (opts: { provider: aws.Provider }): CaseTable => {
  const key = new EncryptionKey("key", { place, removal: "retain", description: "Cases" }, opts);
  return new CaseTable("cases", { place, removal: "retain", key }, opts);
};

const index = (name: string, hash: string, projection: object) => ({
  name,
  keySchemas: [
    { attributeName: hash, keyType: "HASH" },
    { attributeName: "createdAt", keyType: "RANGE" },
  ],
  ...projection,
});

describe("CaseTable", () => {
  it("is encrypted with the given key, recoverable and protected", async () => {
    const stack = await inAccount((opts) => void make(opts));
    const table = stack.one(aws.dynamodb.Table, "cases");
    expect(table.inputs).to.deep.equal({
      name: "svp-unit-cases",
      billingMode: "PAY_PER_REQUEST",
      hashKey: "caseId",
      rangeKey: "item",
      attributes: [
        { name: "caseId", type: "S" },
        { name: "item", type: "S" },
        { name: "list", type: "S" },
        { name: "status", type: "S" },
        { name: "procedure", type: "S" },
        { name: "finding", type: "S" },
        { name: "createdAt", type: "S" },
        { name: "cohort", type: "S" },
        { name: "queue", type: "S" },
        { name: "doubtOrder", type: "S" },
      ],
      globalSecondaryIndexes: [
        index("cases-by-time", "list", { projectionType: "ALL" }),
        index("cases-by-status", "status", { projectionType: "ALL" }),
        index("cases-by-procedure", "procedure", { projectionType: "ALL" }),
        index("cases-by-finding", "finding", { projectionType: "INCLUDE", nonKeyAttributes: ["runId"] }),
        index("measures-by-cohort", "cohort", { projectionType: "ALL" }),
        {
          name: "doubts-by-order",
          keySchemas: [
            { attributeName: "queue", keyType: "HASH" },
            { attributeName: "doubtOrder", keyType: "RANGE" },
          ],
          projectionType: "ALL",
        },
      ],
      serverSideEncryption: { enabled: true, kmsKeyArn: stack.one(aws.kms.Key, "key").outputs["arn"] },
      pointInTimeRecovery: { enabled: true },
      deletionProtectionEnabled: true,
    });
    expect(table.protect).to.equal(true);
  });

  it("can be deleted only where data may go", async () => {
    const stack = await inAccount((opts) => {
      const key = new EncryptionKey("key", { place, removal: "destroy", description: "Cases" }, opts);
      new CaseTable("cases", { place, removal: "destroy", key }, opts);
    });
    const table = stack.one(aws.dynamodb.Table, "cases");
    expect(table.inputs["deletionProtectionEnabled"]).to.equal(false);
    expect(table.protect).to.equal(false);
  });

  it("grants items and the index apart, each with the key through DynamoDB only", async () => {
    const stack = await inAccount((opts) => {
      const table = make(opts);
      return { read: table.allow("Read", ["dynamodb:GetItem"]), list: table.allowList("List") };
    });
    const table = "arn:aws:dynamodb:us-east-1:111111111111:table/svp-unit-cases";
    const key = (Sid: string) => ({
      Sid,
      Effect: "Allow",
      Action: ["kms:Decrypt"],
      Resource: [stack.one(aws.kms.Key, "key").outputs["arn"]],
      Condition: { StringEquals: { "kms:ViaService": "dynamodb.us-east-1.amazonaws.com" } },
    });
    const indexes = ["cases-by-time", "cases-by-status", "cases-by-procedure", "cases-by-finding"];
    expect(stack.outputs).to.deep.equal({
      read: [{ Sid: "Read", Effect: "Allow", Action: ["dynamodb:GetItem"], Resource: [table] }, key("ReadKey")],
      list: [{ Sid: "List", Effect: "Allow", Action: ["dynamodb:Query"], Resource: indexes.map((name) => `${table}/index/${name}`) }, key("ListKey")],
    });
  });
});
