import { execFile } from "node:child_process";
import { cpSync, existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join, resolve } from "node:path";
import { pathToFileURL } from "node:url";
import { promisify } from "node:util";
import { expect } from "chai";
import { bundleFunctions, type FunctionName, functionNames } from "../../../components/compute/function-bundles.ts";

const execute = promisify(execFile);

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
    const bundles = bundleFunctions({ root, names });
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
    bundleFunctions({ root, names: ["prepare/admit"] });
    const text = readdirSync(folder("prepare-admit"))
      .map((file) => readFileSync(join(folder("prepare-admit"), file), "utf8"))
      .join("");
    expect(text).to.match(/import\("sharp"\)/);
    expect(text).to.match(/createRequire/);
  });

  describe("with a package of machine code", () => {
    const install = (name: string, manifest: object) => write(`node_modules/${name}/package.json`, JSON.stringify({ name, version: "1.0.0", ...manifest }));
    beforeEach(() => {
      write("functions/prepare/admit/index.ts", 'import sharp from "sharp";\nexport const handler = async () => sharp;');
      install("sharp", {
        main: "index.js",
        dependencies: { colour: "^2.0.0" },
        optionalDependencies: { "@img/sharp-linux-arm64": "1.0.0", "@img/sharp-win32-x64": "1.0.0" },
      });
      write("node_modules/sharp/index.js", "module.exports = require('colour');");
      install("colour", { main: "index.js" });
      write("node_modules/colour/index.js", "module.exports = 'red';");
    });

    it("puts it beside the bundle, with all that it needs on Lambda", async () => {
      install("@img/sharp-linux-arm64", {});
      bundleFunctions({ root, names: ["prepare/admit"], forUpdate: true });
      const modules = join(folder("prepare-admit"), "node_modules");
      expect(readdirSync(modules)).to.have.members(["@img", "colour", "sharp"]);
      expect(readdirSync(join(modules, "@img"))).to.deep.equal(["sharp-linux-arm64"]);
      const { handler } = (await import(pathToFileURL(join(folder("prepare-admit"), "index.mjs")).href)) as { handler: () => Promise<string> };
      expect(await handler()).to.equal("red");
    });

    it("says which builds are missing before it deploys; a preview does without", () => {
      expect(() => bundleFunctions({ root, names: ["prepare/admit"], forUpdate: true })).to.throw(
        "Lambda's build of sharp is missing. Run: npm install --no-save --force @img/sharp-linux-arm64@1.0.0",
      );
      bundleFunctions({ root, names: ["prepare/admit"] });
      expect(existsSync(join(folder("prepare-admit"), "node_modules"))).to.equal(false);
    });
  });

  it("touches no file that stays the same, and removes what is no longer needed", () => {
    writeHandlers();
    bundleFunctions({ root, names });
    const entry = join(folder("prepare-admit"), "index.mjs");
    const before = statSync(entry).mtimeMs;
    write(".build/functions/prepare-admit/old-chunk.mjs", "");
    write("functions/serve/get-case/index.ts", "export const handler = async () => 1;");
    bundleFunctions({ root, names });
    expect(existsSync(join(folder("prepare-admit"), "old-chunk.mjs"))).to.equal(false);
    expect(readFileSync(join(folder("serve-get-case"), "index.mjs"), "utf8")).not.to.contain("shared");

    const after = statSync(entry).mtimeMs;
    bundleFunctions({ root, names });
    expect(statSync(entry).mtimeMs).to.equal(after).and.to.be.at.least(before);
  });

  it("makes anew what any source changed in, and for an update in any case", () => {
    writeHandlers();
    const kept = join(root, ".build/functions.kept");
    const text = () =>
      readdirSync(folder("prepare-admit"))
        .map((file) => readFileSync(join(folder("prepare-admit"), file), "utf8"))
        .join("");
    bundleFunctions({ root, names });
    const first = { at: statSync(kept).mtimeMs, bytes: readFileSync(kept) };
    bundleFunctions({ root, names });
    expect(statSync(kept).mtimeMs, "nothing changed").to.equal(first.at);

    write("functions/shared.ts", "export const where = (name: string): string => `b/${name}`;");
    bundleFunctions({ root, names });
    expect(text()).to.include("`b/${name}`");
    // As a version of a package that is imported, or a setting of the compiler.
    for (const file of ["package.json", "tsconfig.json", "node_modules/.package-lock.json"]) {
      const before = readFileSync(kept);
      write(file, "{}");
      bundleFunctions({ root, names });
      expect(readFileSync(kept).equals(before), file).to.equal(false);
    }

    for (const broken of [first.bytes.subarray(0, 100), Buffer.from("no such thing")]) {
      writeFileSync(kept, broken);
      bundleFunctions({ root, names });
      expect(text()).to.include("`b/${name}`");
    }
    writeFileSync(kept, first.bytes);
    bundleFunctions({ root, names, forUpdate: true });
    expect(text()).to.include("`b/${name}`");
    expect(readFileSync(kept).equals(first.bytes), "an update neither reads nor keeps it").to.equal(true);
  });

  it("lets the programs of two stacks bundle at once into one folder", async () => {
    writeHandlers();
    write(
      "functions/prepare/admit/index.ts",
      'import sharp from "sharp";\nimport { where } from "../../shared.ts";\nexport const handler = async () => [where("admit"), sharp];',
    );
    write("node_modules/sharp/package.json", JSON.stringify({ name: "sharp", version: "1.0.0", main: "index.js" }));
    for (let file = 0; file < 200; file++) write(`node_modules/sharp/lib/${file}.js`, "");
    write("node_modules/sharp/index.js", "module.exports = 'red';");
    // Five folders, into each of which three programs bundle at the same moment.
    const roots = Array.from({ length: 5 }, (_, index) => `${root}/at-once-${index}`);
    for (const one of roots) for (const part of ["functions", "node_modules"]) cpSync(join(root, part), join(one, part), { recursive: true });
    const program = `import { bundleFunctions } from ${JSON.stringify(resolve("components/compute/function-bundles.ts"))};
      for (const [index, root] of ${JSON.stringify(roots)}.entries()) {
        while (Date.now() < ${Date.now() + 2500} + index * 150);
        bundleFunctions({ root, names: ${JSON.stringify(names)} });
      }`;
    await Promise.all([1, 2, 3].map(() => execute(process.execPath, ["--input-type=module", "--eval", program])));
    for (const one of roots) {
      const built = join(one, ".build/functions");
      expect(readdirSync(built).sort()).to.deep.equal(["prepare-admit", "serve-get-case"]);
      const { handler } = (await import(pathToFileURL(join(built, "prepare-admit/index.mjs")).href)) as { handler: () => Promise<unknown> };
      expect(await handler()).to.deep.equal(["a/admit", "red"]);
      expect(readdirSync(join(built, "prepare-admit/node_modules/sharp/lib"))).to.have.length(200);
    }
  });

  it("names every handler that is missing", () => {
    write("functions/prepare/admit/index.ts", "export const handler = async () => 1;");
    expect(() => bundleFunctions({ root, names: ["prepare/admit", "serve/get-case", "serve/list-cases"] })).to.throw(
      'No handler: functions/serve/get-case/index.ts, functions/serve/list-cases/index.ts must exist and export "handler".',
    );
  });

  it("names the import that can't be resolved", () => {
    write("functions/prepare/admit/index.ts", 'import "./absent.ts";\nexport const handler = async () => 1;');
    expect(() => bundleFunctions({ root, names: ["prepare/admit"] })).to.throw(
      /The handlers can't be bundled.*functions\/prepare\/admit\/index\.ts.*\.\/absent\.ts/s,
    );
  });
});

describe("functionNames", () => {
  it("lists every folder of functions/ that holds a handler", () => {
    const found = readdirSync("functions", { recursive: true, encoding: "utf8" })
      .filter((file) => /^[^/]+\/[^/]+\/index\.ts$/.test(file))
      .map((file) => dirname(file));
    expect([...functionNames].sort()).to.deep.equal(found.sort());
  });

  it("has its builds for Lambda named in the READMEs as they are", () => {
    const { optionalDependencies } = JSON.parse(readFileSync(join(import.meta.dirname, "../../..", "node_modules/sharp/package.json"), "utf8")) as {
      optionalDependencies: Record<string, string>;
    };
    const command = `npm install --no-save --force ${["@img/sharp-linux-arm64", "@img/sharp-libvips-linux-arm64"].map((name) => `${name}@${optionalDependencies[name]}`).join(" ")}`;
    for (const file of ["README.md", "README.zh-TW.md"]) expect(readFileSync(join(import.meta.dirname, "../../..", file), "utf8"), file).to.include(command);
  });
});
