import { expect } from "chai";
import { matchesPattern } from "../../policies/event-pattern.ts";

describe("event patterns, as policies read them", () => {
  const event = { source: "aws.securityhub", count: 3, detail: { findings: [{ a: 1 }, { a: 2 }] } };
  for (const [pattern, matched] of [
    [{ source: ["aws.securityhub", "other"] }, true],
    [{ detail: { findings: { a: [2] } } }, true],
    [{ detail: { findings: { a: [3] } } }, false],
    [{ detail: { none: ["x"] } }, false],
    [{ source: "aws.securityhub" }, false],
    [{ $or: [{ source: ["other"] }, { count: [3] }] }, true],
    [{ $or: [{ source: ["other"] }, { count: [4] }] }, false],
    [{ source: ["other"], $or: [{ count: [3] }, { count: [4] }] }, false],
    [{ count: [{ numeric: [">", 2] }] }, true],
    [{ count: [{ numeric: [">", 2, "<", 3] }] }, false],
    [{ count: [{ numeric: [">=", 3, "<=", 3] }] }, true],
    [{ count: [9, { numeric: ["=", 3] }] }, true],
    [{ source: [{ numeric: ["=", 0] }] }, false],
    // What is not known here, or no comparison, matches nothing.
    [{ source: [{ prefix: "aws." }] }, false],
    [{ count: [{ numeric: ["~", 3] }] }, false],
    [{ count: [{ numeric: [">"] }] }, false],
    [{ count: [{ numeric: [">", 2], prefix: "3" }] }, false],
    [{ none: [null] }, false],
  ] as const)
    it(`${matched ? "match" : "do not match"}: ${JSON.stringify(pattern)}`, () => expect(matchesPattern(pattern, event)).to.equal(matched));
});
