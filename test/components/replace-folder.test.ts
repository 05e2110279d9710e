import { existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect } from "chai";
import { replaceFolder } from "../../components/replace-folder.ts";

describe("replaceFolder", () => {
  let root: string;
  beforeEach(() => {
    root = mkdtempSync(join(tmpdir(), "svp-folder-"));
  });
  afterEach(() => rmSync(root, { recursive: true }));
  const folder = (name: string, text: string): string => {
    mkdirSync(join(root, name), { recursive: true });
    writeFileSync(join(root, name, text), text);
    return join(root, name);
  };

  it("puts a folder where none was, or another", () => {
    const place = join(root, "modules/@img/sharp");
    replaceFolder(folder("draft", "one"), place);
    expect(readdirSync(place)).to.deep.equal(["one"]);
    replaceFolder(folder("draft", "two"), place);
    expect(readdirSync(place)).to.deep.equal(["two"]);
    expect(existsSync(join(root, "draft"))).to.equal(false);
  });

  it("fails where there is nothing to put", () => {
    expect(() => replaceFolder(join(root, "absent"), join(root, "place"))).to.throw("ENOENT");
  });
});
