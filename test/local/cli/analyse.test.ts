import { spawnSync } from "node:child_process";
import { join } from "node:path";
import { expect } from "chai";
import { root } from "../../../local/root.ts";

describe("npm run analyse", () => {
  it("tells everything that is wrong with what is said of an operation", () => {
    const args = [join(root, "local/cli/analyse.ts"), join(root, "samples/laparoscopy.mp4"), "--retention", "forever", "--severity", "9"];
    const { status, stderr } = spawnSync(process.execPath, args, { encoding: "utf8" });
    expect(status).to.equal(2);
    expect(stderr.split("\n").slice(0, 2)).to.deep.equal([
      '--retention must be one of clinical, research, not "forever".',
      '--severity must be a whole number from 1 to 5, not "9".',
    ]);
  });
});
