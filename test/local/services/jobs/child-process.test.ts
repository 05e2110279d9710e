import { expect } from "chai";
import { lastLines, startChild } from "../../../../local/services/jobs/child-process.ts";

const node = (code: string, options: Partial<Parameters<typeof startChild>[2]> = {}) => startChild(process.execPath, ["-e", code], { env: {}, ...options });

describe("startChild", () => {
  it("tells exit code and last complaint", async () => {
    expect(await node("console.error('first\\nlast'); process.exitCode = 3").exited).to.deep.equal({ code: 3, signal: null, stderr: "first\nlast\n" });
  });

  it("gives the child the named variables and no others", async () => {
    const chunks: Buffer[] = [];
    await node("console.log(JSON.stringify(process.env))", { env: { ONLY: "this" }, onStdout: (chunk) => chunks.push(chunk) }).exited;
    expect(JSON.parse(Buffer.concat(chunks).toString())).to.deep.equal({ ONLY: "this" });
  });

  it("kills what the child started, too", async () => {
    const chunks: string[] = [];
    const code =
      "const {spawn}=require('child_process');const c=spawn(process.execPath,['-e','setInterval(()=>{},1e3)']);console.log(c.pid);setInterval(()=>{},1e3)";
    const abort = new AbortController();
    const child = node(code, {
      signal: abort.signal,
      onStdout: (chunk) => {
        chunks.push(chunk.toString());
        abort.abort();
      },
    });
    expect((await child.exited).signal).to.equal("SIGKILL");
    const grandchild = Number(chunks.join(""));
    await gone(grandchild);
  });

  it("rejects if there is no such program", async () => {
    const exit = await startChild("/no/such/program", [], { env: {} }).exited.then(
      ({ code }) => `ended with ${code}`,
      (error: Error) => error.message,
    );
    // With setpriv in between, it is setpriv that finds out.
    expect(exit).to.match(/^ended with (1|127)$|ENOENT/);
  });
});

describe("lastLines", () => {
  it("keeps as many of the last lines as fit", () => {
    expect(lastLines("one\ntwo\r\n\nthree\n")).to.equal("one | two | three");
    expect(lastLines("first line\nsecond\nthird", 15)).to.equal("second | third");
    expect(lastLines("a single line that is longer than the limit", 8)).to.equal("a single");
    expect(lastLines(" \n")).to.equal("");
  });
});

/** Waits until a process is gone or a mere zombie of ours. */
async function gone(pid: number): Promise<void> {
  const { readFile } = await import("node:fs/promises");
  for (;;) {
    const state = await readFile(`/proc/${pid}/stat`, "utf8").then(
      (stat) => stat.slice(stat.lastIndexOf(")") + 2)[0],
      () => undefined,
    );
    if (state === undefined || state === "Z") return;
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
}
