import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect } from "chai";
import { root } from "../../../local/root.ts";
import { writtenOperation } from "../../functions/support/written-operation.ts";

const run = (...args: string[]) => {
  const { status, stdout, stderr } = spawnSync(process.execPath, [join(root, "local/cli/check-report.ts"), ...args], { encoding: "utf8" });
  return { status, stdout, stderr };
};

describe("npm run report", () => {
  let folder: string;
  before(async () => {
    folder = mkdtempSync(join(tmpdir(), "svp-report-"));
    for (const language of ["en", "zh-TW"] as const) {
      const { report, documents } = await writtenOperation(language);
      writeFileSync(join(folder, `report.${language}.json`), report);
      writeFileSync(join(folder, "analysis.json"), documents.analysis);
      writeFileSync(join(folder, "measures.json"), documents.measures as Buffer);
      writeFileSync(join(folder, "frame-table.json"), documents.frameTable);
    }
  });
  after(() => rmSync(folder, { recursive: true, force: true }));

  it("prints each sentence with what it cites, and the verdict, in both languages", () => {
    const { status, stdout, stderr } = run("check", folder);
    expect([status, stderr]).to.deep.equal([0, ""]);
    expect(stdout).to.match(/^ {2}ok {5}Preparation from 0:00 to 0:02\.\n {11}segment-1: phase "Preparation", 0:00\.0 to 0:01\.9 \(frames 0 to 47\)$/m);
    expect(stdout).to.match(/^ {2}ok {5}Preparation，從 0:00 到 0:02。$/m);
    expect(stdout.match(/^The timeline bears all 23 sentences\.$/gm)).to.have.length(2);
  });

  it("finds faults, and tells them as JSON", async () => {
    const { report } = await writtenOperation("en");
    writeFileSync(join(folder, "report.en.json"), report.toString().replace("Preparation from 0:00 to 0:02.", "Preparation from 0:01 to 0:02."));
    const words = run("check", folder, "--language", "en");
    expect(words.status).to.equal(1);
    expect(words.stdout)
      .to.match(/^ {2}FAULT {2}Preparation from 0:01 to 0:02\.$/m)
      .and.to.include('           ! "0:01" (clock) is nothing that it cites.');
    const json = run("check", folder, "--language", "en", "--json");
    expect(json.status).to.equal(1);
    const [checked] = JSON.parse(json.stdout);
    expect(checked.sentences.flatMap(({ faults }: { faults: string[] }) => faults)).to.deep.equal(['"0:01" (clock) is nothing that it cites.']);
    expect(run("check", folder, "--language", "zh-TW").status).to.equal(0);
    writeFileSync(join(folder, "report.en.json"), report);
  });

  it("says what is wrong with how it was asked, and what is missing", () => {
    expect(run("check").stderr).to.match(/^CASE or FOLDER must be given\.\n\nnpm run report -- check/);
    for (const [args, mistake] of [
      [["look", folder], '"look" is not check.'],
      [["check", folder, "--language", "fr"], '--language must be en or zh-TW, not "fr".'],
      [["check", "nowhere"], '"nowhere" is neither a folder nor a case\'s identifier, which is a UUID.'],
    ] as const) {
      const { status, stderr } = run(...args);
      expect([status, stderr.split("\n")[0]]).to.deep.equal([2, mistake]);
    }
    rmSync(join(folder, "report.en.json"));
    const { status, stderr } = run("check", folder);
    expect([status, stderr]).to.deep.equal([1, `${folder} has no report.en.json: "npm run analyse" writes it.\n`]);
    expect(run("--help").status).to.equal(0);
  });
});
