import { execFile } from "node:child_process";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { promisify } from "node:util";
import { expect } from "chai";
import type { LoopResult } from "../../local/learning/demo.ts";
import { whyNoTraining } from "../../local/python.ts";
import { root } from "../../local/root.ts";

const lacking = whyNoTraining();

describe(`the learning loop${lacking === undefined ? "" : ` (left out: ${lacking})`}`, function () {
  // Four analyses and two trainings.
  this.timeout(600_000);
  it("closes: corrections make a dataset version, a worse network is refused, a better one is approved, and the next analysis is made with it", async function () {
    if (lacking !== undefined) this.skip();
    const command = [join(root, "local/cli/learn.ts"), "demo", "--json"];
    const { stdout } = await promisify(execFile)(process.execPath, command, { cwd: root, maxBuffer: 1e8 });
    const { dataset, refused, trained, versions, registered, inUse, next } = JSON.parse(stdout) as LoopResult;

    const { version: before } = JSON.parse(readFileSync(join(root, "models/phase-classifier/model.json"), "utf8")) as { version: string };
    const [major, minor] = before.split(".").map(Number) as [number, number];
    const after = `${major}.${minor + 1}.0`;
    expect([dataset.before, dataset.after, dataset.diff.isSame]).to.deep.equal(["1.0.0", "1.0.1", false]);
    expect(dataset.saidByPeople).to.be.above(0);
    // A worse network is never registered.
    expect([refused.status, refused.packageArn, versions.afterRefusal]).to.deep.equal(["Failed", undefined, 0]);
    expect(refused.gate.gain).to.be.below(0);
    expect(refused.steps.map(({ StepName, StepStatus }) => `${StepName} ${StepStatus}`)).to.deep.equal([
      ...["CheckDataset Succeeded", "Train Succeeded", "Evaluate Succeeded", "Gate Succeeded", "Refuse Failed"],
    ]);
    expect([trained.status, versions.afterTraining]).to.deep.equal(["Succeeded", 1]);
    expect(trained.gate.gain).to.be.at.least(0);
    expect(trained.gate.faults).to.equal(0);
    expect(registered).to.deep.include({ version: 1, statusBefore: "PendingManualApproval", statusAfter: "Approved" });
    expect(registered.facts).to.include({ version: after, sha256: trained.gate.sha256, dataset: "phases", datasetVersion: "1.0.1", reason: "demo" });
    expect(inUse).to.deep.equal({ before, after });
    expect([next.version, next.digest]).to.deep.equal([after, trained.gate.sha256]);
    expect(next.coverage.filter(({ status }) => status !== "SUCCEEDED")).to.deep.equal([]);
  });
});
