import { expect } from "chai";
import type { Measurement } from "../../bench/measurement.ts";
import { cells, markdown, plainTables, type Report } from "../../bench/report.ts";

const measurement = (id: string, baseline: string, conclude?: Measurement["conclude"]): Measurement => ({
  ...{ id, baseline, title: `Title ${id}`, needs: [], explanation: `About ${id}.`, prepare: async () => [] },
  ...(conclude ? { conclude } : {}),
});
const report: Report = {
  machine: [["processor", "two cores"]],
  clip: "a clip",
  rounds: 3,
  measurements: [measurement("first", "plain"), measurement("second", "plain", (medians) => [`It took ${medians.get("fancy")?.wallSeconds} s.`])],
  medians: new Map([
    ["plain", { row: "plain", cpuSeconds: 10, wallSeconds: 5, peakMemoryBytes: 2 ** 27 }],
    ["fancy", { row: "fancy", cpuSeconds: 13.456, wallSeconds: 7.5, peakMemoryBytes: null }],
    ["timed", { row: "timed", cpuSeconds: null, wallSeconds: 1, peakMemoryBytes: null }],
  ]),
  rows: new Map([
    ["first", ["plain"]],
    ["second", ["fancy", "timed"]],
  ]),
};

describe("the benchmark's report", () => {
  it("gives multiples of the baseline, of another measurement too", () => {
    expect(cells(report, { id: "second", baseline: "plain" })).to.deep.equal([
      ["fancy", "13.46", "1.35", "7.50", "1.50", ""],
      ["timed", "", "", "1.00", "0.20", ""],
    ]);
    expect(cells(report, { id: "first", baseline: "plain" })).to.deep.equal([["plain", "10.00", "1.00", "5.00", "1.00", "128"]]);
  });

  it("aligns the tables of a terminal", () => {
    expect(plainTables(report).split("\n").slice(0, 3)).to.deep.equal([
      "Title first",
      "what   CPU s  CPU x  wall s  wall x  peak MiB",
      "plain  10.00   1.00    5.00    1.00       128",
    ]);
  });

  it("writes the machine, the explanations, the tables and the conclusions", () => {
    const text = markdown(report);
    expect(text).to.include("- processor: two cores\n- clip: a clip\n");
    expect(text).to.include("## Title second\n\nAbout second.\n\n| what ");
    expect(text).to.include("| --- | ---: | ---: | ---: | ---: | ---: |");
    expect(text.trimEnd().endsWith("It took 7.5 s.")).to.equal(true);
  });
});
