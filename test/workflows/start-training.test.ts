import { spawnSync } from "node:child_process";
import { chmodSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect } from "chai";
import { root } from "../../local/root.ts";

/** Runs the step with an `aws` that writes down what it is asked, and answers as `answer` says. */
function start(variables: Record<string, string>, answer = "echo arn:aws:sagemaker:us-east-1:111111111111:pipeline/p:execution/abc") {
  const folder = mkdtempSync(join(tmpdir(), "start-training-"));
  try {
    const asked = join(folder, "asked");
    writeFileSync(asked, "");
    writeFileSync(join(folder, "aws"), `#!/bin/sh\nprintf '%s\\n' "$@" >"${asked}"\n${answer}\n`);
    chmodSync(join(folder, "aws"), 0o755);
    const env = { PATH: `${folder}:${process.env["PATH"]}`, ...variables };
    const { status, stdout, stderr } = spawnSync(join(root, ".github/start-training.sh"), { env, encoding: "utf8" });
    return { status, stdout, stderr, asked: readFileSync(asked, "utf8").split("\n").filter(Boolean) };
  } finally {
    rmSync(folder, { recursive: true });
  }
}

const wanted = { STACK: "staging", NETWORK: "phase-classifier", DATASET: "phases@1.2.0", RUN: "77-1" };

describe("start-training.sh", () => {
  it("starts the network's pipeline on a dataset version, once for each run", () => {
    const { status, stdout, asked } = start(wanted);
    expect(status).to.equal(0);
    expect(stdout).to.equal("Started execution/abc. What it registers waits for approval.\n");
    const token = asked[asked.indexOf("--client-request-token") + 1] as string;
    expect(token).to.match(/^[0-9a-f]{64}$/);
    expect(asked.filter((word) => word !== token)).to.deep.equal([
      ...["sagemaker", "start-pipeline-execution", "--pipeline-name", "svp-staging-train-phase-classifier"],
      ...["--pipeline-execution-display-name", "github-77-1", "--client-request-token"],
      ...["--pipeline-parameters", "Name=Dataset,Value=phases", "Name=DatasetVersion,Value=1.2.0", "Name=Reason,Value=github"],
      ...["--query", "PipelineExecutionArn", "--output", "text"],
    ]);
    expect(start(wanted).asked).to.include(token);
    expect(start({ ...wanted, RUN: "77-2" }).asked).not.to.include(token);
  });

  it("asks AWS for nothing if something is wrong, and says all of it", () => {
    const { status, stderr, asked } = start({ STACK: "Staging", NETWORK: "x;rm", DATASET: "phases" });
    expect([status, asked]).to.deep.equal([2, []]);
    expect(stderr.trim().split("\n")).to.deep.equal([
      'STACK is "Staging"; it must be the name of a stack.',
      'NETWORK is "x;rm"; it must be the id of a network.',
      'DATASET is "phases"; it must be a dataset and its version, such as instruments@1.2.0.',
      'RUN is ""; it must be the number of a run, and of its attempt.',
    ]);
  });

  it("fails if AWS refuses", () => {
    const { status, stdout } = start(wanted, "exit 254");
    expect([status, stdout]).to.deep.equal([254, ""]);
  });
});
