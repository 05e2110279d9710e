import { join } from "node:path";
import { expect } from "chai";
import { analyserResult } from "../../contracts/analyser-result.ts";
import { analysis as analysisContract } from "../../contracts/analysis.ts";
import { analyserPrefix, analysisKey } from "../../contracts/keys.ts";
import { PlatformClient } from "../../local/cli/client.ts";
import { openPlatform, type Platform } from "../../local/platform.ts";
import { root } from "../../local/root.ts";
import { Clips } from "./support/clips.ts";
import { copied, copyFor, type Way } from "./support/modes-program.ts";
import { projectOfModes } from "./support/modes-project.ts";
import { temporaryFolder } from "./support/platform.ts";

describe("analysers in every mode", function () {
  this.timeout(240_000);
  let folder: Awaited<ReturnType<typeof temporaryFolder>>;
  let platform: Platform;
  let client: PlatformClient;
  before(async () => {
    folder = await temporaryFolder();
    platform = await openPlatform({ root: projectOfModes(folder.path), dataDir: join(folder.path, "data") });
    client = new PlatformClient(platform.session);
  });
  after(async () => {
    await platform?.close();
    await folder?.remove();
  });

  it("find the same, frame for frame, and see nothing that the gate took out", async () => {
    const clips = new Clips(folder.path, join(root, "samples/laparoscopy.mp4"));
    // Three segments, and the excursion in the second.
    const video = clips.outOfBody(3, 14);
    const { caseId, runId, status, reasons } = await client.settled(await client.upload(video, () => undefined), () => undefined);
    if (runId === null) throw new Error("The case was not analysed.");
    const object = async (key: string) => (await client.object({ bucket: client.processedBucket, key })).toString();
    expect(status, reasons.join(" ")).to.equal("COMPLETE");
    const analysis = analysisContract.parse(JSON.parse(await object(analysisKey(caseId, runId))));
    const incomplete = analysis.coverage.filter(({ share }) => share < 1).map(({ analyser, error }) => `${analyser}: ${error}`);
    expect(incomplete).to.deep.equal([]);
    const result = async (analyser: string) => analyserResult.parse(JSON.parse(await object(`${analyserPrefix(caseId, runId, analyser)}result.json`)));

    const job = await result("of-job");
    for (const way of ["queue", "prompt", "transform"] as const) {
      const { outputs } = await result(`of-${way}`);
      for (const model of copied) {
        const ofJob = job.outputs.find(({ producer }) => producer.id === model)!;
        const found = outputs.find(({ producer }) => producer.id === copyFor(way, model))!;
        expect(found).to.deep.equal({
          ...ofJob,
          producer: { ...ofJob.producer, id: copyFor(way, model) },
          file: ofJob.file.replace(model, copyFor(way, model)),
        });
        expect(found.framesDone).to.be.above(10);
        expect(await object(analyserPrefix(caseId, runId, `of-${way}`) + found.file), `${way}: ${model}`).to.equal(
          await object(analyserPrefix(caseId, runId, "of-job") + ofJob.file),
        );
      }
    }
    expect(analysis.gate.outOfBody).not.to.deep.equal([]);
    expect(analysis.coverage.filter(({ analyser }) => analyser.startsWith("of-")).map(({ share }) => share)).to.deep.equal([1, 1, 1, 1]);
  });

  const failing: Record<string, { ways: Way[]; isMeant: (service: string, job: string) => boolean }> = {
    // Both kinds at once: one upload less.
    "ask endpoints": { ways: ["queue", "prompt"], isMeant: (service) => service === "sagemaker-asynchronous" || service === "sagemaker-real-time" },
    "run transform jobs": { ways: ["transform"], isMeant: (service, job) => service === "sagemaker" && job.includes("-of-transform-") },
  };
  for (const [what, { ways, isMeant }] of Object.entries(failing))
    it(`lose none of the others' work when those that ${what} fail`, async () => {
      let meant = true;
      platform.cloud.faults.add((service, job) => meant && isMeant(service, job), "AlgorithmError: killed", 100);
      const video = new Clips(folder.path, join(root, "samples/laparoscopy.mp4")).plain();
      const { caseId, runId, status } = await client.settled(await client.upload(video, () => undefined), () => undefined);
      meant = false;
      expect(status).to.equal("PARTIAL");
      const key = analysisKey(caseId, runId as string);
      const { coverage } = analysisContract.parse(JSON.parse((await client.object({ bucket: client.processedBucket, key })).toString()));
      const failed = coverage.filter((entry) => entry.status !== "SUCCEEDED").map((entry) => `${entry.analyser} ${entry.status}`);
      expect(failed).to.have.members(ways.map((way) => `of-${way} FAILED`));
      // The endpoint's own words reach whoever looks.
      expect(coverage.find(({ analyser }) => analyser === `of-${ways.at(-1)}`)?.error).to.contain("AlgorithmError: killed");
    });
});
