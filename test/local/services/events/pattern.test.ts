import { expect } from "chai";
import { compilePattern } from "../../../../local/services/events/pattern.ts";

describe("event patterns", () => {
  const event = {
    source: "aws.s3",
    "detail-type": "Object Created",
    detail: { bucket: { name: "raw" }, object: { key: "raw-videos/a/b/source", size: 5 }, reason: "PutObject", tags: ["x", "y"], none: null },
  };
  const cases: [name: string, pattern: object, matches: boolean][] = [
    ["an exact value", { source: ["aws.s3"] }, true],
    ["another value", { source: ["aws.sns"] }, false],
    ["one of several values", { source: ["aws.sns", "aws.s3"] }, true],
    ["all fields", { source: ["aws.s3"], detail: { bucket: { name: ["other"] } } }, false],
    ["null", { detail: { none: [null] } }, true],
    ["a number, not its text", { detail: { object: { size: ["5"] } } }, false],
    ["any element of a list", { detail: { tags: ["y"] } }, true],
    ["a prefix", { detail: { object: { key: [{ prefix: "raw-videos/" }] } } }, true],
    ["another prefix", { detail: { object: { key: [{ prefix: "processed/" }] } } }, false],
    ["a suffix", { detail: { object: { key: [{ suffix: "/source" }] } } }, true],
    ["a wildcard", { detail: { object: { key: [{ wildcard: "raw-videos/*/*/source" }] } } }, true],
    ["a wildcard with a dot that is a dot", { source: [{ wildcard: "aws?s3" }] }, false],
    ["anything but a value", { detail: { reason: [{ "anything-but": "CopyObject" }] } }, true],
    ["anything but a list", { detail: { reason: [{ "anything-but": ["CopyObject", "PutObject"] }] } }, false],
    ["anything but a prefix", { detail: { reason: [{ "anything-but": { prefix: "Put" } }] } }, false],
    ["anything-but never an absent field", { detail: { other: [{ "anything-but": "a" }] } }, false],
    ["a field that exists", { detail: { reason: [{ exists: true }] } }, true],
    ["a field that does not", { detail: { other: [{ exists: false }] } }, true],
    ["a field that should not", { detail: { reason: [{ exists: false }] } }, false],
    ["a number in a range", { detail: { object: { size: [{ numeric: [">", 0, "<=", 5] }] } } }, true],
    ["a number outside", { detail: { object: { size: [{ numeric: ["<", 5] }] } } }, false],
    ["one of two patterns", { detail: { $or: [{ reason: ["CopyObject"] }, { object: { size: [5] } }] } }, true],
    ["none of two patterns", { detail: { $or: [{ reason: ["CopyObject"] }, { object: { size: [6] } }] } }, false],
    ["one of two patterns, but not what stands beside them", { source: ["aws.sns"], $or: [{ source: ["aws.s3"] }, { source: ["aws.s4"] }] }, false],
    ["a nested pattern against a value that is no object", { detail: { reason: { deep: ["a"] } } }, false],
  ];
  for (const [name, pattern, matches] of cases) {
    it(`${matches ? "match" : "do not match"} ${name}`, () => {
      expect(compilePattern(pattern)(event)).to.equal(matches);
    });
  }

  const bad: [pattern: unknown, message: string][] = [
    [{}, "event pattern is {}; it must be an object with at least one field."],
    [{ source: "aws.s3" }, 'event pattern.source is "aws.s3"; it must be an object with at least one field.'],
    [{ source: [] }, "event pattern.source is an empty list; it must hold at least one value."],
    [
      { source: [{ cidr: "10.0.0.0/8" }] },
      'event pattern.source: the comparison {"cidr":"10.0.0.0/8"} is not implemented by the local cloud; it knows prefix, suffix, wildcard, anything-but, exists, numeric, one at a time.',
    ],
    [{ $or: [{ source: ["a"] }] }, 'event pattern.$or is [{"source":["a"]}]; it must be a list of two patterns or more.'],
    [{ $or: [{ source: ["a"] }, { source: [] }] }, "event pattern.$or[1].source is an empty list; it must hold at least one value."],
    [{ detail: { n: [{ numeric: ["~", 1] }] } }, 'event pattern.detail.n: numeric has ["~",1]; it must be one of = < <= > >= and a number.'],
    [{ detail: { n: [{ exists: "yes" }] } }, 'event pattern.detail.n: exists is "yes"; it must be true or false.'],
  ];
  it("refuse what makes more than 1000 combinations, however they are nested", () => {
    const or = (size: number, inner: object = { a: ["b"] }) => ({ $or: Array.from({ length: size }, () => inner) });
    expect(compilePattern({ detail: or(500), ...or(2) })({ a: "b", detail: { a: "b" } })).to.equal(true);
    expect(() => compilePattern({ detail: or(500), ...or(3) })).to.throw("event pattern has 1500 combinations of the patterns of its $or; it may have 1000.");
    expect(() => compilePattern(or(2, or(30)))).to.throw("event pattern has 1800 combinations");
  });

  for (const [pattern, message] of bad) {
    it(`refuse ${JSON.stringify(pattern)}`, () => {
      expect(() => compilePattern(pattern)).to.throw(message);
    });
  }
});
