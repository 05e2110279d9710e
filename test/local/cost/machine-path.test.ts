import { expect } from "chai";
import { type Definition, visits } from "../../../local/cost/machine-path.ts";

const names = (definition: Definition) =>
  visits(definition).map(({ name, item, looped }) => [name, ...(item === undefined ? [] : [item]), ...(looped ? ["looped"] : [])]);

describe("visits", () => {
  it("follows branches, every item of a Map, and no failures", () => {
    const definition: Definition = {
      StartAt: "Start",
      States: {
        Start: { Type: "Task", Next: "Side" },
        Side: {
          Type: "Parallel",
          Branches: [
            { StartAt: "Left", States: { Left: { Type: "Succeed" } } },
            { StartAt: "Each", States: { Each: { Type: "Map", Items: [1, 2], ItemProcessor: { StartAt: "Run", States: { Run: { Type: "Task" } } } } } },
          ],
          Next: "Done",
        },
        Done: { Type: "Succeed" },
        Broken: { Type: "Fail" },
      },
    };
    expect(names(definition)).to.deep.equal([["Start"], ["Side"], ["Left"], ["Each"], ["Run", 1], ["Run", 2], ["Done"]]);
  });

  const choice = (Condition: string): Definition => ({
    StartAt: "Is",
    States: { Is: { Type: "Choice", Choices: [{ Condition, Next: "Yes" }], Default: "No" }, Yes: { Type: "Succeed" }, No: { Type: "Succeed" } },
  });
  for (const [condition, ways] of [
    ["{% true %}", ["Yes"]],
    ["{% false %}", ["No"]],
    ["{% $verdict = 'REJECT' %}", ["Yes", "No"]],
  ] as const) {
    it(`goes to ${ways.join(" and ")} if the condition is ${condition}`, () =>
      expect(names(choice(condition))).to.deep.equal([["Is"], ...ways.map((way) => [way])]));
  }

  it("marks what a loop repeats", () => {
    const definition: Definition = {
      StartAt: "Ask",
      States: {
        Ask: { Type: "Task", Next: "Wait" },
        Wait: { Type: "Wait", Seconds: 5, Next: "Look" },
        Look: { Type: "Choice", Choices: [{ Condition: "{% $done %}", Next: "Done" }], Default: "Wait" },
        Done: { Type: "Succeed" },
      },
    };
    expect(names(definition)).to.deep.equal([["Ask"], ["Wait", "looped"], ["Look", "looped"], ["Done"]]);
  });

  it("refuses a Map whose items only a run knows, and a state that is not there", () => {
    const map: Definition = { StartAt: "Each", States: { Each: { Type: "Map", Items: "{% $videos %}", ItemProcessor: { StartAt: "A", States: {} } } } };
    expect(() => visits(map)).to.throw('The items of state "Each" are not written in the definition');
    expect(() => visits({ StartAt: "Nowhere", States: {} })).to.throw('names a state "Nowhere" that it does not have');
  });
});
