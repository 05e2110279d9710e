import { expect } from "chai";
import { leadingKeysOf } from "../../../../local/services/dynamodb/leading-keys.ts";

describe("dynamodb:LeadingKeys", () => {
  const of = (operation: string, input: object) => leadingKeysOf(operation, input, "cases", "caseId");
  const [a, b] = [
    { caseId: { S: "a" }, item: { S: "x" } },
    { caseId: { S: "b" }, item: { S: "y" } },
  ];

  it("are the partition keys of the items that a request names", () => {
    expect(of("PutItem", { Item: a })).to.deep.equal(["a"]);
    expect(of("GetItem", { Key: b })).to.deep.equal(["b"]);
    expect(of("BatchGetItem", { RequestItems: { cases: { Keys: [a, b] }, others: { Keys: [{ caseId: { S: "c" } }] } } })).to.deep.equal(["a", "b"]);
    expect(of("BatchWriteItem", { RequestItems: { cases: [{ PutRequest: { Item: a } }, { DeleteRequest: { Key: b } }] } })).to.deep.equal(["a", "b"]);
  });

  it("are what a query's partition key must equal, by whatever name", () => {
    const values = { ExpressionAttributeValues: { ":case": { S: "a" }, ":item": { S: "x" } } };
    expect(of("Query", { KeyConditionExpression: "item = :item AND caseId=:case", ...values })).to.deep.equal(["a"]);
    expect(of("Query", { KeyConditionExpression: "#k = :case", ExpressionAttributeNames: { "#k": "caseId" }, ...values })).to.deep.equal(["a"]);
    expect(of("Query", { KeyConditionExpression: "caseId = :none", ...values })).to.deep.equal([]);
    expect(of("Query", {})).to.deep.equal([]);
  });

  it("are none of what names no item", () => {
    expect(of("Scan", {})).to.deep.equal([]);
    expect(of("PutItem", { Item: { item: { S: "x" } } })).to.deep.equal([]);
  });
});
