import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { pathToFileURL } from "node:url";
import { expect } from "chai";
import { bundleFunctions, type FunctionName, functionNames } from "../../../components/compute/function-bundles.ts";

describe("bundleFunctions", () => {
  let root: string;
  beforeEach(() => {
    root = mkdtempSync(join(tmpdir(), "svp-bundles-"));
  });
  afterEach(() => rmSync(root, { recursive: true }));

  const names: FunctionName[] = ["prepare/admit", "serve/get-case"];
  const write = (file: string, text: string) => {
    mkdirSync(dirname(join(root, file)), { recursive: true });
    writeFileSync(join(root, file), text);
  };
  const folder = (id: string) => join(root, ".build/functions", id);
  const writeHandlers = () => {
    write("functions/shared.ts", 'import { join } from "node:path";\nexport const where = (name: string): string => join("a", name);');
    write("functions/prepare/admit/index.ts", 'import { where } from "../../shared.ts";\nexport const handler = async () => where("admit");');
    write("functions/serve/get-case/index.ts", 'import { where } from "../../shared.ts";\nexport const handler = async () => where("get");');
  };

  it("makes each handler a folder that runs by itself, with what it shares", async () => {
    writeHandlers();
    const bundles = bundleFunctions(root, names);
    expect([...bundles.keys()]).to.deep.equal(names);
    expect(await bundles.get("prepare/admit")?.path).to.equal(folder("prepare-admit"));
    for (const [id, answer] of [
      ["prepare-admit", "a/admit"],
      ["serve-get-case", "a/get"],
    ] as const) {
      const { handler } = (await import(pathToFileURL(join(folder(id), "index.mjs")).href)) as { handler: () => Promise<string> };
      expect(await handler()).to.equal(answer);
    }
  });

  it("leaves packages with machine code outside, and lets CommonJS ask for Node's modules", async () => {
    write("functions/cjs.cjs", 'exports.separator = require("path").sep;');
    write(
      "functions/prepare/admit/index.ts",
      'import { separator } from "../../cjs.cjs";\nexport const handler = async () => [separator, await import("sharp")];',
    );
    bundleFunctions(root, ["prepare/admit"]);
    const text = readdirSync(folder("prepare-admit"))
      .map((file) => readFileSync(join(folder("prepare-admit"), file), "utf8"))
      .join("");
    expect(text).to.match(/import\("sharp"\)/);
    expect(text).to.match(/createRequire/);
  });

  it("touches no file that stays the same, and removes what is no longer needed", () => {
    writeHandlers();
    bundleFunctions(root, names);
    const entry = join(folder("prepare-admit"), "index.mjs");
    const before = statSync(entry).mtimeMs;
    write(".build/functions/prepare-admit/old-chunk.mjs", "");
    write("functions/serve/get-case/index.ts", "export const handler = async () => 1;");
    bundleFunctions(root, names);
    expect(existsSync(join(folder("prepare-admit"), "old-chunk.mjs"))).to.equal(false);
    expect(readFileSync(join(folder("serve-get-case"), "index.mjs"), "utf8")).not.to.contain("shared");

    const after = statSync(entry).mtimeMs;
    bundleFunctions(root, names);
    expect(statSync(entry).mtimeMs).to.equal(after).and.to.be.at.least(before);
  });

  it("names every handler that is missing", () => {
    write("functions/prepare/admit/index.ts", "export const handler = async () => 1;");
    expect(() => bundleFunctions(root, ["prepare/admit", "serve/get-case", "serve/list-cases"])).to.throw(
      'No handler: functions/serve/get-case/index.ts, functions/serve/list-cases/index.ts must exist and export "handler".',
    );
  });

  it("names the import that can't be resolved", () => {
    write("functions/prepare/admit/index.ts", 'import "./absent.ts";\nexport const handler = async () => 1;');
    expect(() => bundleFunctions(root, ["prepare/admit"])).to.throw(/The handlers can't be bundled.*functions\/prepare\/admit\/index\.ts.*\.\/absent\.ts/s);
  });
});

describe("functionNames", () => {
  it("lists every folder of functions/ that holds a handler", () => {
    const found = readdirSync("functions", { recursive: true, encoding: "utf8" })
      .filter((file) => /^[^/]+\/[^/]+\/index\.ts$/.test(file))
      .map((file) => dirname(file));
    expect([...functionNames].sort()).to.deep.equal(found.sort());
  });
});
