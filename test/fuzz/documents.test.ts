import { expect } from "chai";
import fc from "fast-check";
import { parseDisturbances } from "../../local/disturbances.ts";
import { compilePattern } from "../../local/services/events/pattern.ts";
import { definitionFaults } from "../../local/services/states/lint.ts";
import { statementsOf } from "../../policies/documents.ts";
import { isDenied, matches } from "../../policies/requests.ts";
import { runs } from "./runs.ts";

const isBroken = (error: unknown): boolean => error instanceof TypeError || error instanceof RangeError || error instanceof SyntaxError;

/** Something like a policy: right names, anything in them. */
const texts = fc.oneof(fc.string(), fc.constantFrom("*", "s3:*", "s3:GetObject", "arn:aws:s3:::b/*", "Allow", "Deny"));
const loosely = fc.oneof(texts, fc.array(texts, { maxLength: 3 }), fc.jsonValue());
const statement = fc.record(
  {
    Sid: loosely,
    Effect: loosely,
    Action: loosely,
    NotAction: loosely,
    Resource: loosely,
    NotResource: loosely,
    Principal: loosely,
    Condition: fc.oneof(fc.jsonValue(), fc.dictionary(texts, fc.dictionary(texts, loosely))),
  },
  { requiredKeys: [] },
);
const document = fc.oneof(fc.jsonValue(), fc.record({ Version: loosely, Statement: fc.oneof(statement, fc.array(statement, { maxLength: 3 })) }));

describe("a document that nobody wrote so", () => {
  it("(policy) is read as far as it goes: a rule must take whatever the engine sends it", () => {
    fc.assert(
      fc.property(document, fc.boolean(), (given, asText) => {
        // A text is taken for JSON.
        const statements = statementsOf(asText || typeof given === "string" ? JSON.stringify(given) : given);
        expect(isDenied(statements, { action: "s3:GetObject", resource: "arn:aws:s3:::b/k", context: {} })).to.be.a("boolean");
      }),
      runs(1500),
    );
  });

  it("(pattern of a name) matches itself, and with stars for any part of it", () => {
    fc.assert(
      fc.property(fc.stringMatching(/^[a-zA-Z0-9:/_.+()[\]^$|-]{1,30}$/), fc.nat(), fc.nat(), (name, a, b) => {
        const [from, to] = [Math.min(a % name.length, b % name.length), Math.max(a % name.length, b % name.length)];
        expect(matches(name, name)).to.equal(true);
        expect(matches(`${name.slice(0, from)}*${name.slice(to)}`, name)).to.equal(true);
      }),
      runs(500),
    );
  });

  it("(event pattern) is refused in words, or tests any event without failing", () => {
    const leaf = fc.oneof(
      fc.string(),
      fc.integer(),
      fc.constant(null),
      fc.record({ prefix: fc.anything() }),
      fc.record({ numeric: fc.anything() }),
      fc.record({ exists: fc.anything() }),
    );
    const pattern = fc.oneof(fc.anything(), fc.dictionary(fc.string(), fc.oneof(fc.array(leaf), fc.dictionary(fc.string(), fc.array(leaf)))));
    fc.assert(
      fc.property(pattern, fc.jsonValue(), (given, event) => {
        let test: (event: unknown) => boolean;
        try {
          test = compilePattern(given);
        } catch (error) {
          expect(isBroken(error), String((error as Error).stack)).to.equal(false);
          return;
        }
        expect(test(event)).to.be.a("boolean");
      }),
      runs(1000),
    );
  });

  it("(state machine) gets a list of its faults, whatever it is", async () => {
    const state = fc.record(
      {
        Type: fc.constantFrom("Pass", "Task", "Choice", "Map", "Parallel", "Wait", "Fail", "Odd"),
        Next: fc.anything(),
        End: fc.anything(),
        Output: fc.jsonValue(),
        Retry: fc.anything(),
        Catch: fc.anything(),
        Choices: fc.anything(),
        Branches: fc.anything(),
        Items: fc.anything(),
        Arguments: fc.anything(),
      },
      { requiredKeys: ["Type"] },
    );
    const definition = fc.oneof(
      fc.anything(),
      fc.record({ QueryLanguage: fc.constant("JSONata"), StartAt: fc.constantFrom("A", "B"), States: fc.dictionary(fc.constantFrom("A", "B"), state) }),
    );
    await fc.assert(
      fc.asyncProperty(definition, async (given) => {
        const plain = JSON.parse(JSON.stringify(given) ?? "null") as unknown;
        for (const fault of await definitionFaults(plain)) expect(fault).to.be.a("string");
      }),
      runs(200),
    );
  });

  it("(list of disturbances) is refused in words, or read", () => {
    fc.assert(
      fc.property(fc.oneof(fc.string(), fc.stringMatching(/^[a-z]{1,9}=[0-9.]{0,5}(,[a-z]{1,9}=[0-9.-]{0,5}){0,3}$/)), (given) => {
        try {
          expect(parseDisturbances(given).shares).to.be.an("object");
        } catch (error) {
          expect((error as Error).message).to.match(/^Disturbances: /);
        }
      }),
      runs(1000),
    );
  });
});
