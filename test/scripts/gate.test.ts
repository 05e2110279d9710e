import { spawnSync } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import { expect } from "chai";
import fc from "fast-check";
import { boundOfNone, type Outcome, outcomeOf, perHour } from "../../scripts/gate/missed.ts";
import { cardHeading, reportOf, withReport } from "../../scripts/gate/report.ts";

const span = (startFrame: number, endFrame: number) => ({ startFrame, endFrame });

describe("npm run gate:measure", () => {
  const run = (...args: string[]) => spawnSync(process.execPath, ["scripts/measure-gate.ts", ...args], { encoding: "utf8" });

  it("explains itself, and ends with 2 for what it can't do", () => {
    const help = run("--help");
    expect([help.status, help.stdout.split("\n")[0]]).to.deep.equal([0, "npm run gate:measure -- --data DIR [--operations N] [--write]"]);
    expect([run().status, run().stderr.split("\n")[0]]).to.deep.equal([2, "--data must name a folder for the drawn operations."]);
    const none = run("--data", "nowhere", "--operations", "0");
    expect([none.status, none.stderr.split("\n")[0]]).to.deep.equal([2, '--operations must be a number above 0, not "0".']);
    expect(existsSync("nowhere")).to.equal(false);
  });
});

describe("what the gate misses", () => {
  it("is counted in frames that one side has and the other lacks", () => {
    // Outside 10-20 and 50-60; covered too late by 2, too long by 3, and once in vain.
    const outcome = outcomeOf([span(12, 23), span(50, 60), span(80, 84)], [span(10, 20), span(50, 60)], 100, 0.5);
    expect(outcome).to.deep.equal({ total: 50, outside: 10, missed: 1, needless: 3.5, excursions: 2, openExcursions: 1 });
    expect(outcomeOf([], [span(10, 20)], 100, 0.5)).to.deep.include({ missed: 5, needless: 0, openExcursions: 1 });
    expect(outcomeOf([span(0, 100)], [], 100, 0.5)).to.deep.include({ outside: 0, missed: 0, needless: 50, excursions: 0 });
  });

  it("adds up, frame by frame, to what either side has", () => {
    const spans = fc
      .uniqueArray(fc.integer({ min: 0, max: 100 }), { minLength: 0, maxLength: 8 })
      .map((edges) => edges.sort((a, b) => a - b))
      .map((edges) => Array.from({ length: Math.floor(edges.length / 2) }, (_, i) => span(edges[2 * i] as number, edges[2 * i + 1] as number)));
    fc.assert(
      fc.property(spans, spans, (covered, outside) => {
        const has = (some: typeof covered, frame: number) => some.some(({ startFrame, endFrame }) => startFrame <= frame && frame < endFrame);
        const frames = Array.from({ length: 100 }, (_, frame) => frame);
        const { missed, needless } = outcomeOf(covered, outside, 100, 1);
        expect(missed).to.equal(frames.filter((frame) => has(outside, frame) && !has(covered, frame)).length);
        expect(needless).to.equal(frames.filter((frame) => has(covered, frame) && !has(outside, frame)).length);
      }),
    );
  });

  const operation = (missed: number, needless = 1): Outcome => ({
    total: 60,
    outside: 10,
    missed,
    needless,
    excursions: 2,
    openExcursions: missed > 0 ? 1 : 0,
  });

  it("is told an hour, over all operations, with bounds from drawing whole operations again", () => {
    expect(perHour([operation(0), operation(1)], "missed")).to.include({ mean: 30, low: 0, high: 60, operations: 2 });
    expect(perHour([operation(2), operation(2)], "needless")).to.include({ mean: 60, low: 60, high: 60 });
    const many = Array.from({ length: 100 }, (_, i) => operation(i % 10 === 0 ? 1 : 0));
    const { mean, low, high } = perHour(many, "missed");
    // A tenth misses 60 s an hour: the share's standard error is 0.03.
    expect(mean).to.be.closeTo(6, 1e-9);
    expect(low).to.be.within(2, 3.7);
    expect(high).to.be.within(8.9, 11);
    expect(() => perHour([], "missed")).to.throw("A mean needs a value.");
  });

  it("of no miss at all still has a bound", () => {
    expect(boundOfNone(1)).to.be.closeTo(0.95, 1e-9);
    expect(boundOfNone(98)).to.be.closeTo(3 / 98, 0.001);
  });

  const drawn = { firstSeed: 20001, count: 2, seconds: 60, framesPerSecond: 12, width: 640, height: 360, generator: "1.1.0", sampleRate: 2 };

  it("is told with what it was measured on, and how sure it is", () => {
    const { operatingPoint, card } = reportOf([operation(0), operation(1)], 0.1, drawn);
    expect(operatingPoint).to.deep.equal({
      missedSecondsPerHour: 30,
      basis:
        "2 drawn operations of 60 s (generator 1.1.0, seeds 20001-20002, 12 fps, 640x360), none of them trained on; 95 % interval 0.0 to 60.0 s (bootstrap over operations). " +
        "1 of 4 stays outside were left uncovered in part. Drawings, no real video.",
    });
    expect(card).to.contain("| missed seconds outside, an hour of video | 30.0 | 0.0 to 60.0 |").and.contain("the threshold 0.1");
    const none = reportOf([operation(0), operation(0)], 0.1, drawn);
    expect(none.operatingPoint.basis).to.contain("None of 4 stays outside was left uncovered, not even in part; 95 % confidence that fewer than 52.7 % are.");
    expect(none.operatingPoint.basis).not.to.contain("interval");
  });

  it("has one part of the card, before its limits", () => {
    const card = "# N\n\n## Limits\n\nMany.\n";
    const once = withReport(card, `${cardHeading}\n\nFirst.\n`);
    expect(once).to.equal(`# N\n\n${cardHeading}\n\nFirst.\n\n## Limits\n\nMany.\n`);
    expect(withReport(once, `${cardHeading}\n\nSecond.\n`)).to.equal(once.replace("First", "Second"));
    expect(() => withReport("# N\n", "")).to.throw('The card has no part "## Limits".');
  });

  it("is told alike by the shipped network's description and card, for its threshold", () => {
    const { operatingPoint, threshold } = JSON.parse(readFileSync("models/out-of-body/model.json", "utf8"));
    const card = readFileSync("models/out-of-body/card.md", "utf8");
    const operations = (operatingPoint.basis as string).split(", none of them trained on")[0];
    expect(card).to.contain(`| missed seconds outside, an hour of video | ${operatingPoint.missedSecondsPerHour.toFixed(1)} |`);
    expect(card).to.contain(`the threshold ${threshold}, and the gate's own\nrule`).and.contain(operations);
  });

  it("is measured on seeds that no network was trained, chosen or tested on", () => {
    const generated = readFileSync("models/training/generated.py", "utf8");
    const ranges = [...generated.matchAll(/range\((\d+), (\d+)\)/g)].map(([, from, to]) => [Number(from), Number(to)] as const);
    expect(ranges.length).to.be.above(5);
    expect(ranges.filter(([from, to]) => from < 20041 && to > 20001)).to.deep.equal([]);
  });
});
