import { delimiter, dirname } from "node:path";
import { expect } from "chai";
import { containerCommand, mounted } from "../../../../local/services/sagemaker/container.ts";
import { pathBelow } from "../../../../local/services/sagemaker/object-folders.ts";

describe("mounted", () => {
  it("leads paths under /opt/ml into the job's folder, and nothing else", () => {
    const cases: [string, string][] = [
      ["/opt/ml", "/job"],
      ["/opt/ml/input/$1", "/job/input/$1"],
      ["a=/opt/ml/x,/opt/ml/y", "a=/job/x,/job/y"],
      ["file:///opt/ml/x", "file:///job/x"],
      ["/srv/opt/ml/x", "/srv/opt/ml/x"],
      ["/opt/mlx", "/opt/mlx"],
      ["/opt/ml-data", "/opt/ml-data"],
    ];
    for (const [text, expected] of cases) expect(mounted(text, "/job"), text).to.equal(expected);
  });
});

describe("containerCommand", () => {
  const image = { imageUri: "image", context: "/source", dockerfile: "/source/Dockerfile" };
  const config = {
    base: "node",
    entrypoint: ["node", "/app/main.ts"],
    command: ["default"],
    environment: { A: "image", B: "/opt/ml/b", C: "/app/c" },
    workingFolder: "/app",
  };
  const tools = { ffmpeg: "/tools/ffmpeg", ffprobe: "/tools/ffprobe" };
  const command = (run: object) => containerCommand(image, config, { root: "/job", environment: {}, ...run }, tools);

  it("runs the image's entry point with its command, in the build context", () => {
    const { command: program, args, cwd } = command({});
    expect([program, ...args, cwd]).to.deep.equal([process.execPath, "/source/main.ts", "default", "/source"]);
  });

  it("replaces the command by arguments, and all by an entry point", () => {
    expect(command({ arguments: ["serve"] }).args).to.deep.equal(["/source/main.ts", "serve"]);
    expect(command({ entrypoint: ["node", "other.ts", "/opt/ml/x"] }).args).to.deep.equal(["other.ts", "/job/x"]);
    expect(command({ entrypoint: ["ffmpeg"], arguments: ["-version"] })).to.include({ command: "ffmpeg" });
  });

  it("gives the declared variables, a path to the programs and a place for temporary files, and nothing else", () => {
    const { env } = command({ environment: { A: "job" } });
    expect(Object.keys(env).sort()).to.deep.equal(["A", "B", "C", "PATH", "TMPDIR"]);
    expect(env).to.include({ A: "job", B: "/job/b", C: "/source/c", TMPDIR: "/job/tmp" });
    expect(env["PATH"]?.split(delimiter).slice(0, 2)).to.deep.equal([dirname(process.execPath), "/tools"]);
  });

  it("refuses an image without an entry point", () => {
    expect(() => containerCommand(image, { ...config, entrypoint: [], command: [] }, { root: "/job", environment: {} }, tools)).to.throw(
      "The image image, built on node, has no ENTRYPOINT of its own, and none was given.",
    );
  });
});

describe("pathBelow", () => {
  it("keeps what follows the prefix's folder", () => {
    expect(pathBelow("a/b/", "a/b/c/d.ts")).to.equal("c/d.ts");
    expect(pathBelow("a/b", "a/b/c.ts")).to.equal("c.ts");
    expect(pathBelow("a/b.ts", "a/b.ts")).to.equal("b.ts");
    expect(pathBelow("", "a.ts")).to.equal("a.ts");
  });
});
