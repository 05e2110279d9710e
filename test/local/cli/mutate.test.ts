import { spawnSync } from "node:child_process";
import { join } from "node:path";
import { expect } from "chai";
import { root } from "../../../local/root.ts";

const run = (command: string, ...args: string[]) => spawnSync(process.execPath, [join(root, "local/cli", `${command}.ts`), ...args], { encoding: "utf8" });

describe("npm run mutate and npm run parity", () => {
  for (const command of ["mutate", "parity"]) {
    it(`${command} --help explains itself and its exit codes`, () => {
      const { status, stdout } = run(command, "--help");
      expect(status).to.equal(0);
      expect(stdout).to.match(new RegExp(`^npm run ${command} `));
      expect(stdout).to.match(/exit code/i);
    });
  }

  it("end with 2 for a stack that there is not, and for words too many", () => {
    const unknown = run("mutate", "production");
    expect(unknown.status).to.equal(2);
    expect(unknown.stderr).to.match(/^There is no stack "production"; the stacks are /);
    expect(run("mutate").status).to.equal(2);
    expect(run("mutate", "--write", "prod").status).to.equal(2);
    expect(run("mutate", "--sample", "prod").status).to.equal(2);
    expect(run("mutate", "--sample", "--write").status).to.equal(2);
    expect(run("parity", "prod").status).to.equal(2);
  });
});
