import { execFile } from "node:child_process";
import { cp, mkdir, readFile, symlink } from "node:fs/promises";
import { dirname, join } from "node:path";
import { promisify } from "node:util";
import { expect } from "chai";
import { conversionVariables } from "../../../models/serving/convert.ts";
import { packageFolders } from "../../../models/serving/copy-packages.ts";
import { failure } from "../../support/failure.ts";
import { temporaryFolder } from "./support/clips.ts";
import { meanColours, writeClassifier } from "./support/graphs.ts";

const repository = join(import.meta.dirname, "../../..");

describe("the inference container", () => {
  let root: Awaited<ReturnType<typeof temporaryFolder>>;
  before(async () => {
    root = await temporaryFolder();
  });
  after(() => root.remove());

  it("runs with nothing but what its Dockerfile copies", async () => {
    const dockerfile = await readFile(join(repository, "models/serving/Dockerfile"), "utf8");
    const copied = /cp -r (.*) \/app\/node_modules\//.exec(dockerfile)?.[1] ?? "";
    const packages = [...copied.matchAll(/node_modules\/(\S+)/g)].map(([, name]) => name as string);
    expect(packages).to.deep.equal(["onnxruntime-node", "onnxruntime-common", "zod"]);
    const whole = /node copy-packages\.ts node_modules \/app\/node_modules (.*) \\$/m.exec(dockerfile)?.[1]?.split(" ") ?? [];
    expect(whole).to.deep.equal(["@aws-sdk/client-s3", "@aws-sdk/lib-storage"]);
    packages.push(...(await packageFolders(join(repository, "node_modules"), whole)));
    const [, image = ""] = dockerfile.split(/^FROM [^ ]*$/m);
    const sources = [...image.matchAll(/^COPY (\S+) (\S+)$/gm)].map(([, from, to]) => [from as string, to as string] as const);
    expect(sources.map(([from]) => from)).to.deep.equal(["package.json", "contracts", "models/serving"]);

    const app = join(root.path, "app");
    await mkdir(join(app, "node_modules"), { recursive: true });
    for (const name of packages) {
      await mkdir(dirname(join(app, "node_modules", name)), { recursive: true });
      await symlink(join(repository, "node_modules", name), join(app, "node_modules", name));
    }
    for (const [from, to] of sources) await cp(join(repository, from), join(app, to === "./" ? from : to), { recursive: true });
    await writeClassifier(join(root.path, "models"), "colours", meanColours(2, 2), { width: 2, height: 2 });

    // Links are not followed, so a package finds only its neighbours in the container.
    const flags = ["--preserve-symlinks", "--preserve-symlinks-main", "models/serving/main.ts"];
    const env = { PATH: process.env["PATH"], MODEL_DIR: join(root.path, "models"), SAGEMAKER_BIND_TO_PORT: "0", BIND_ADDRESS: "127.0.0.1" };
    const help = await promisify(execFile)(process.execPath, [...flags, "--help"], { cwd: app, env });
    expect(help.stdout).to.match(/^usage: /);
    const served = await new Promise<string>((resolve, reject) => {
      const child = execFile(process.execPath, [...flags, "serve"], { cwd: app, env }, (error, stdout, stderr) =>
        error ? reject(new Error(stderr + stdout)) : resolve(stdout),
      );
      child.stdout?.once("data", () => child.kill("SIGTERM"));
    });
    expect(JSON.parse(served).models).to.deep.equal(["colours"]);
    // Loads the SDK before it looks at its environment.
    const convert = promisify(execFile)(process.execPath, [...flags, "convert"], { cwd: app, env });
    const { code, stdout } = (await failure(convert)) as Error & { code: number; stdout: string };
    expect([code, JSON.parse(stdout).reasons.length]).to.deep.equal([2, Object.keys(conversionVariables).length]);
  });

  it("is built from one image, named by digest", async () => {
    const dockerfile = await readFile(join(repository, "models/serving/Dockerfile"), "utf8");
    const bases = [...dockerfile.matchAll(/^FROM (\S+)/gm)].map(([, base]) => base as string);
    expect(bases).to.have.length(2);
    expect(new Set(bases).size).to.equal(1);
    expect(bases[0]).to.match(/^node:24\.\d+\.\d+-bookworm-slim@sha256:[0-9a-f]{64}$/);
  });

  it("sends the builder nothing but what its Dockerfile copies", async () => {
    const ignore = await readFile(join(repository, "models/serving/Dockerfile.dockerignore"), "utf8");
    const rules = ignore.split("\n").filter((line) => line && !line.startsWith("#"));
    expect(rules).to.deep.equal(["*", "!package.json", "!package-lock.json", "!.npmrc", "!contracts", "!models", "models/*", "!models/serving"]);
  });
});
