import { spawnSync } from "node:child_process";
import { join } from "node:path";
import { expect } from "chai";
import { measurements, select } from "../../bench/registry.ts";

const main = (...args: string[]) => spawnSync(process.execPath, [join(import.meta.dirname, "../../bench/main.ts"), ...args], { encoding: "utf8" });

describe("the benchmark's measurements", () => {
  it("have ids of their own, and a baseline that runs before them", () => {
    const ids = measurements.map(({ id }) => id);
    expect(new Set(ids).size).to.equal(ids.length);
    for (const [i, { needs }] of measurements.entries()) expect(ids.slice(0, i)).to.include.members([...needs]);
  });

  it("are chosen with what they need, in the order of the document", () => {
    expect(select(["naive"]).map(({ id }) => id)).to.deep.equal(["decode", "naive"]);
    expect(() => select(["naive", "x", "y"])).to.throw("There is no measurement x, y; there are decode, analysis, naive");
  });

  it("are named by the command's help; wrong usage ends with 2", () => {
    const help = main("--help");
    expect([help.status, help.stdout.split("\n")[0]]).to.deep.equal([0, "usage: npm run bench -- [--only ID,ID] [--quick] [--write]"]);
    for (const { id } of measurements) expect(help.stdout).to.include(id);
    const first = (...args: string[]) => {
      const { status, stderr } = main(...args);
      return [status, stderr.split("\n")[0]];
    };
    expect(first("--only", "x")).to.deep.equal([2, `There is no measurement x; there are ${measurements.map(({ id }) => id).join(", ")}.`]);
    expect(first("--quick", "--write")).to.deep.equal([2, "--write and --quick exclude each other: quick figures are not for the document."]);
    expect(first("--fast")[0]).to.equal(2);
  });
});
