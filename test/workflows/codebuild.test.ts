import { spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import { chmodSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect } from "chai";
import { parse } from "yaml";
import { root } from "../../local/root.ts";

const folder = join(root, ".codebuild");
const wanted = {
  ...{ ACTION: "preview", STACK: "dev", STATE_BUCKET: "svp-state", AWS_REGION: "us-east-1" },
  ...{ PULUMI_VERSION: "3.248.0" },
};

/** Runs a step with `npm`, `curl` and, inside the archive, `pulumi`, each of which writes down what it is asked. */
function run(script: string, variables: Record<string, string>, { digest }: { digest?: string } = {}) {
  const work = mkdtempSync(join(tmpdir(), "codebuild-"));
  try {
    const [bin, asked] = [join(work, "bin"), join(work, "asked")];
    mkdirSync(join(work, "pulumi"));
    mkdirSync(bin);
    writeFileSync(asked, "");
    const program = (path: string, more = "") => {
      writeFileSync(path, `#!/bin/sh\necho "$(basename "$0") $*" >>"${asked}"\n${more}\n`);
      chmodSync(path, 0o755);
    };
    program(join(work, "pulumi", "pulumi"));
    spawnSync("tar", ["-czf", join(work, "cli.tar.gz"), "-C", work, "pulumi"]);
    program(join(bin, "npm"));
    program(join(bin, "curl"), `while [ "$1" != --output ]; do shift; done; cp "${join(work, "cli.tar.gz")}" "$2"`);
    const sha256 = createHash("sha256")
      .update(readFileSync(join(work, "cli.tar.gz")))
      .digest("hex");
    const env = { PATH: `${bin}:${process.env["PATH"]}`, PULUMI_SHA256: digest ?? sha256, ...variables };
    const { status, stderr } = spawnSync("bash", [join(folder, script)], { env, encoding: "utf8" });
    const lines = readFileSync(asked, "utf8").split("\n").filter(Boolean);
    return { status, stderr, asked: lines.filter((line) => !line.startsWith("curl ")), fetched: lines.filter((line) => line.startsWith("curl ")) };
  } finally {
    rmSync(work, { recursive: true });
  }
}

describe("builds of CodeBuild", () => {
  it("run the files beside their specifications, and nothing else", () => {
    for (const file of readdirSync(folder).filter((name) => name.endsWith(".yml"))) {
      const { phases } = parse(readFileSync(join(folder, file), "utf8")) as { phases: { build: { commands: string[] } } };
      expect(phases.build.commands, file).to.deep.equal([`bash .codebuild/${file.replace(".yml", ".sh")}`]);
    }
  });

  it("check and test", () => {
    expect(run("check.sh", {}).asked).to.deep.equal(["npm ci", "npm run check", "npm test"]);
  });

  it("preview and update with the policy pack, by the CLI whose digest was given", () => {
    const pack = "--policy-pack policies --policy-pack-config policies/config/dev.json";
    const { status, asked, fetched } = run("stack.sh", wanted);
    expect([status, asked]).to.deep.equal([
      0,
      ["npm ci", "npm run build", "pulumi login s3://svp-state?region=us-east-1", `pulumi preview --stack dev ${pack}`],
    ]);
    expect(fetched[0]).to.match(/ https:\/\/get\.pulumi\.com\/releases\/sdk\/pulumi-v3\.248\.0-linux-arm64\.tar\.gz$/);
    expect(run("stack.sh", { ...wanted, ACTION: "up" }).asked.at(-1)).to.equal(`pulumi up --yes --skip-preview --stack dev ${pack}`);
  });

  it("run no CLI of another digest", () => {
    const { status, asked } = run("stack.sh", wanted, { digest: "b".repeat(64) });
    expect([status === 0, asked]).to.deep.equal([false, []]);
  });

  it("say all that is wrong before they fetch anything", () => {
    const { status, stderr, fetched } = run("stack.sh", { ACTION: "destroy", STACK: "Dev; x", STATE_BUCKET: "", PULUMI_VERSION: "latest" }, { digest: "x" });
    expect([status, fetched]).to.deep.equal([2, []]);
    expect(stderr.trim().split("\n")).to.deep.equal([
      'ACTION is "destroy"; it must be preview or up.',
      'STACK is "Dev; x"; it must be the name of a stack.',
      'STATE_BUCKET is ""; it must be a bucket.',
      'PULUMI_VERSION is "latest"; it must be a version.',
      'PULUMI_SHA256 is "x"; it must be a SHA-256.',
    ]);
  });
});
