import { expect } from "chai";
import { flowChart } from "../../../local/picture/flow-chart.ts";

describe("flowChart", () => {
  it("draws the ways of a machine, and what becomes of failures", () => {
    const { chart, failures } = flowChart({
      StartAt: "Probe",
      States: {
        Probe: {
          Type: "Task",
          Resource: "arn:aws:states:::aws-sdk:mediaconvert:probe",
          Catch: [{ ErrorEquals: ["States.ALL"], Next: "Failed" }],
          Next: "Is fit",
        },
        "Is fit": { Type: "Choice", Choices: [{ Next: "Each" }], Default: "Failed" },
        Each: { Type: "Map", ItemProcessor: { StartAt: "Run", States: { Run: { Type: "Task", Resource: "arn:aws:states:::lambda:invoke" } } }, Next: "Both" },
        Both: {
          Type: "Parallel",
          Branches: [
            { StartAt: "Wait", States: { Wait: { Type: "Wait" } } },
            { StartAt: "Wait", States: { Wait: { Type: "Wait" } } },
          ],
          Next: "Done",
        },
        Done: { Type: "Succeed" },
        Failed: { Type: "Fail" },
      },
    });
    expect(failures).to.deep.equal([]);
    expect(chart.split("\n")).to.deep.equal([
      "flowchart TD",
      "  start([start])",
      "  start --> Probe",
      '  Probe["Probe<br/><small>mediaconvert probe</small>"]',
      '  Is_fit{"Is fit"}',
      '  subgraph Each["Each, for each item"]',
      '    Each_Run["Run<br/><small>function</small>"]',
      "  end",
      '  subgraph Both["Both, side by side"]',
      '    Both_0_Wait("Wait")',
      '    Both_1_Wait("Wait")',
      "  end",
      '  Done(["Done"])',
      '  Failed[["Failed"]]',
      "  Probe --> Is_fit",
      "  Probe -.-> Failed",
      "  Is_fit --> Each",
      "  Is_fit --> Failed",
      "  Each --> Both",
      "  Both --> Done",
    ]);
  });

  it("tells in words where many states lead when they fail", () => {
    const names = ["A", "B", "C", "D"];
    const tasks = names.map((name) => [name, { Type: "Task", Resource: "r", Catch: [{ ErrorEquals: ["States.ALL"], Next: "Failed" }] }]);
    const { chart, failures } = flowChart({ StartAt: "A", States: { ...Object.fromEntries(tasks), Failed: { Type: "Fail" } } });
    expect(failures).to.deep.equal(["4 states lead to Failed when they fail."]);
    expect(chart).not.to.include("-.->");
  });
});
