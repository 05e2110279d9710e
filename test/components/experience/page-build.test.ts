import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, utimesSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { expect } from "chai";
import { buildPage } from "../../../components/experience/page-build.ts";

describe("the page's build in the program", () => {
  let root: string;
  const write = (path: string, content: string): void => writeFileSync(join(root, path), content);
  beforeEach(() => {
    root = mkdtempSync(join(tmpdir(), "svp-page-"));
    mkdirSync(join(root, "web"));
    mkdirSync(join(root, "contracts"));
    symlinkSync(resolve("node_modules"), join(root, "node_modules"));
    write("package-lock.json", "{}");
    write("web/vite.config.ts", `export default { root: import.meta.dirname, logLevel: "error", build: { assetsInlineLimit: 0 } };`);
    write("web/index.html", `<!doctype html><script type="module" src="/main.ts"></script>`);
    write("web/main.ts", `document.title = "one";`);
  });
  afterEach(() => rmSync(root, { recursive: true }));
  const told = () => buildPage({ root }).map(({ key, contentType, cacheControl }) => [key.replace(/-[\w-]{8}\./, "-HASH."), contentType, cacheControl]);

  it("gives every file with its type, what is named after its content to be kept, the rest to be asked after", () => {
    expect(told()).to.deep.equal([
      ["assets/index-HASH.js", "text/javascript; charset=utf-8", "public, max-age=31536000, immutable"],
      ["index.html", "text/html; charset=utf-8", "no-cache"],
    ]);
    expect(buildPage({ root }).every(({ path }) => existsSync(path))).to.equal(true);
  });

  it("is made once of the same sources, and again of others", () => {
    const [first] = buildPage({ root });
    const { path } = first ?? expect.fail("There is no file.");
    utimesSync(path, 1, 1);
    const bytes = readFileSync(path);
    writeFileSync(path, "kept");
    expect(readFileSync(buildPage({ root })[0]?.path ?? "", "utf8"), "not built again").to.equal("kept");
    writeFileSync(path, bytes);
    write("web/main.ts", `document.title = "two";`);
    const [second] = buildPage({ root });
    expect(second?.key).to.not.equal(first?.key);
    expect(existsSync(path), "what was built before").to.equal(false);
  });

  it("says what is missing, what can't be built, and what is not served", () => {
    write("web/main.ts", `import "./nowhere.ts";`);
    for (const time of ["first", "second"]) expect(() => buildPage({ root }), `the ${time} time`).to.throw(/^The page can't be built\. [\s\S]*nowhere/);
    write("web/main.ts", `import url from "./film.mp4"; document.title = url;`);
    write("web/film.mp4", "film");
    expect(() => buildPage({ root })).to.throw(/^The page's build holds files of a kind that is not served: assets\/film-[\w-]{8}\.mp4\.$/);
    rmSync(join(root, "web"), { recursive: true });
    expect(() => buildPage({ root })).to.throw("No page: web/vite.config.ts must exist.");
  });
});
