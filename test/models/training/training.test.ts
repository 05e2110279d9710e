import { spawn } from "node:child_process";
import { once } from "node:events";
import { readdirSync } from "node:fs";
import { join } from "node:path";
import { text } from "node:stream/consumers";
import { expect } from "chai";
import { python, why } from "./python.ts";

const missing = why("onnx", "torch");

describe(`models/training${missing}`, () => {
  for (const file of readdirSync(import.meta.dirname).filter((name) => /^test_.*\.py$/.test(name)))
    it(`keeps to ${file}`, async function () {
      if (missing !== "") this.skip();
      // ClearML's client waits for its network now and then, in its mode without one as well: two minutes and a half were seen.
      this.timeout(300_000);
      const child = spawn(python, [join(import.meta.dirname, file)], { stdio: ["ignore", "ignore", "pipe"] });
      const [said, [code]] = await Promise.all([text(child.stderr), once(child, "exit")]);
      expect(said).to.match(/^Ran [1-9]\d* tests? in /m);
      expect(said, said).to.match(/^OK( \(skipped=\d+\))?$/m);
      expect(code).to.equal(0);
    });
});
