import { expect } from "chai";
import { measureCommand } from "../../bench/resources.ts";

/** A program that computes for about as many seconds of processor time as it is told, in a child of its own if asked. */
const burn = (seconds: number, nested: boolean): string[] => {
  const loop = `const used=()=>{const {user,system}=process.cpuUsage();return user+system}; const t=used(); while (used()-t < ${seconds * 1e6}); process.stdout.write("done")`;
  return nested ? ["-e", `process.stdout.write(require("node:child_process").execFileSync(process.execPath, ["-e", ${JSON.stringify(loop)}]))`] : ["-e", loop];
};

describe("measureCommand", () => {
  it("counts the processor time of a command and of what it starts", async () => {
    for (const nested of [false, true]) {
      const { sample, output } = await measureCommand("burn", process.execPath, burn(0.3, nested));
      expect(output).to.equal("done");
      expect(sample.row).to.equal("burn");
      expect(sample.cpuSeconds).to.be.within(0.29, 3);
      expect(sample.peakMemoryBytes).to.be.greaterThan(20e6);
    }
  });

  it("fails with the command's own words", async () => {
    const failure = await measureCommand("broken", process.execPath, ["-e", "console.error('no such thing'); process.exit(3)"]).catch(
      (error: Error) => error.message,
    );
    expect(failure).to.equal(`broken: ${process.execPath} failed (exit 3): no such thing`);
  });
});
