import { spawnSync } from "node:child_process";
import { join } from "node:path";
import { expect } from "chai";
import { PlatformClient } from "../../local/cli/client.ts";
import { openPlatform, type Platform } from "../../local/platform.ts";
import { root } from "../../local/root.ts";
import { Clips } from "./support/clips.ts";
import { temporaryFolder } from "./support/platform.ts";

describe("redriving", function () {
  this.timeout(300_000);
  let folder: Awaited<ReturnType<typeof temporaryFolder>>;
  let platform: Platform;
  let client: PlatformClient;

  before(async () => {
    folder = await temporaryFolder();
    platform = await openPlatform({ root, dataDir: join(folder.path, "data") });
    client = new PlatformClient(platform.session);
  });
  after(async () => {
    await platform?.close();
    await folder?.remove();
  });

  it("goes on with a failed analysis in the state that failed, and finds what an undisturbed run finds", async () => {
    const clip = new Clips(folder.path, join(root, "samples/laparoscopy.mp4")).plain();
    platform.cloud.faults.add((service, job) => service === "mediaconvert" && job.includes("analysis"), "1999: the encoder stopped", 2);
    const failed = await client.settled(await client.upload(clip, () => undefined), () => undefined);
    expect(failed.status).to.equal("FAILED");
    const runId = failed.runId as string;
    expect(await client.execution(runId)).to.deep.include({ status: "FAILED", redriveCount: 0, redrivable: true });

    const redriven = await client.redrive(failed.caseId, runId, () => undefined);
    expect(redriven).to.deep.include({ status: "COMPLETE", reasons: [], runId });
    expect(await client.execution(runId)).to.deep.include({ status: "SUCCEEDED", redriveCount: 1, redrivable: false });
    const states = await client.statesEntered(runId);
    const count = (name: string) => states.filter((state) => state === name).length;
    expect({ Claim: count("Claim"), Probe: count("Probe"), Normalise: count("Normalise") }).to.deep.equal({ Claim: 2, Probe: 1, Normalise: 2 });
  });
});

describe("npm run cases", function () {
  this.timeout(120_000);
  const cases = (...args: string[]) => spawnSync(process.execPath, [join(root, "local/cli/cases.ts"), ...args], { encoding: "utf8" });

  it("explains itself and its exit codes", () => {
    const { status, stdout } = cases("--help");
    expect(status).to.equal(0);
    expect(stdout)
      .to.match(/^npm run cases --/)
      .and.match(/exit code/i);
  });

  it("ends with 2 for what it does not know, and without a case", () => {
    expect(cases("polish").stderr).to.include('"polish" is none of list, show, redrive.');
    expect(cases().status).to.equal(2);
    expect(cases("show").status).to.equal(2);
    expect(cases("redrive", "--colour").status).to.equal(2);
  });

  it("ends with 1 for a case that there is not, and lists none", async () => {
    const folder = await temporaryFolder();
    try {
      const data = ["--data", join(folder.path, "data")];
      const missing = cases("show", "0b5e0c0e-6f0a-4e0e-9d0f-3a1b2c3d4e5f", ...data);
      expect([missing.status, missing.stderr]).to.deep.equal([1, "There is no case 0b5e0c0e-6f0a-4e0e-9d0f-3a1b2c3d4e5f.\n"]);
      expect(cases("show", "gallbladder", ...data).status).to.equal(2);
      expect(JSON.parse(cases("list", "--json", ...data).stdout)).to.deep.equal([]);
      const letters = cases("redrive", "--dead-letters", ...data);
      expect([letters.status, letters.stdout]).to.deep.equal([0, "0 uploads are tried again.\n"]);
    } finally {
      await folder.remove();
    }
  });
});
