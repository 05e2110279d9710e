import { createHash } from "node:crypto";
import { expect } from "chai";
import { dvcFile, dvcListing } from "../../../local/cli/dvc.ts";

/** Files as in a dataset version, in no order. */
const files = Object.entries({
  "frames/aa/00000010.jpg": "z\n",
  "manifest.json": "{}\n",
  "frames/aa/00000001.jpg": "y\n",
  "annotations/b.jsonl": "x\n",
}).map(([path, content]) => ({ path, md5: createHash("md5").update(content).digest("hex"), bytes: content.length }));

describe("DVC metadata", () => {
  it("is what DVC itself writes for the same folder", () => {
    // Written by `dvc add v` of DVC 3.67.1.
    expect(dvcFile(files, "v")).to.equal("outs:\n- md5: 7fa2728ae5030f22054dc3b4102231a8.dir\n  size: 9\n  nfiles: 4\n  hash: md5\n  path: v\n");
  });

  it("lists files by their path, as Python prints JSON", () => {
    const [drawn, manifest] = [files[0]?.md5, files[1]?.md5];
    expect(dvcListing(files.slice(0, 2).reverse())).to.equal(
      `[{"md5": "${drawn}", "relpath": "frames/aa/00000010.jpg"}, {"md5": "${manifest}", "relpath": "manifest.json"}]`,
    );
  });
});
