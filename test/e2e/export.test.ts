import { spawn } from "node:child_process";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { text } from "node:stream/consumers";
import { expect } from "chai";
import { analysis as analysisContract } from "../../contracts/analysis.ts";
import { annotationSet } from "../../contracts/annotation-set.ts";
import { annotationReceipt, exportFormat } from "../../contracts/exports.ts";
import { analysisKey, annotationSetKey } from "../../contracts/keys.ts";
import type { CaseItem } from "../../local/cli/client.ts";
import { root } from "../../local/root.ts";
import { decodedFrames } from "../functions/support/clips.ts";
import { Clips } from "./support/clips.ts";
import { StartedPlatform, temporaryFolder } from "./support/platform.ts";

async function run(command: string, args: readonly string[]) {
  const child = spawn(process.execPath, [join(root, "local/cli", `${command}.ts`), ...args], { cwd: root, stdio: ["ignore", "pipe", "pipe"] });
  const ended = new Promise<number | null>((resolve) => child.once("close", resolve));
  const [out, err, code] = await Promise.all([text(child.stdout), text(child.stderr), ended]);
  return { code, out, err };
}

describe("exports and imports", function () {
  this.timeout(240_000);
  let folder: Awaited<ReturnType<typeof temporaryFolder>>;
  let platform: StartedPlatform;
  let analysed: CaseItem;
  const at = (name: string): string => join(folder.path, name);

  before(async () => {
    folder = await temporaryFolder();
    platform = await StartedPlatform.start(at("data"));
    const clips = new Clips(folder.path, join(root, "samples/laparoscopy.mp4"));
    analysed = await platform.client.settled(await platform.client.upload(clips.fiveSeconds(), () => undefined), () => undefined);
  });
  after(async () => {
    await platform?.stop();
    await folder?.remove();
  });
  const analysis = async () => {
    const key = analysisKey(analysed.caseId, analysed.runId as string);
    return analysisContract.parse(JSON.parse((await platform.client.object({ bucket: platform.client.processedBucket, key })).toString()));
  };

  for (const format of exportFormat.options.filter((one) => one !== "mp4")) {
    it(`writes ${format}, and says what it loses`, async () => {
      const { code, out, err } = await run("export", [analysed.caseId, "--format", format, "--data", at("data"), "--out", at(format)]);
      expect(code, err).to.equal(0);
      for (const file of out.trim().split("\n")) expect(readFileSync(file).length, file).to.be.greaterThan(0);
      expect(err).to.contain("never for care");
    });
  }

  it("draws what it found into the review rendition, just the seconds that were asked for", async () => {
    const { code, err } = await run("export", [
      analysed.caseId,
      "--format",
      "mp4",
      "--from",
      "0:01",
      "--to",
      "0:02",
      "--data",
      at("data"),
      "--out",
      at("seen.mp4"),
    ]);
    expect(code, err).to.equal(0);
    expect(decodedFrames(at("seen.mp4")).count).to.equal(25);
  });

  it("takes back what it gave, as a set beside the analysis", async () => {
    const { code, out, err } = await run("import", [analysed.caseId, at("coco/coco.json"), "--format", "coco", "--data", at("data")]);
    expect(code, err).to.equal(0);
    const receipt = annotationReceipt.parse(JSON.parse(out));
    const { detections, events, gate, provenance } = await analysis();
    expect(receipt.counts.boxes)
      .to.equal(detections.reduce((sum, { boxCount }) => sum + boxCount, 0))
      .and.to.be.greaterThan(10);
    expect(receipt.counts.events).to.be.at.least(events.length + gate.outOfBody.length);
    const key = annotationSetKey(analysed.caseId, analysed.runId as string, receipt.id);
    const set = annotationSet.parse(JSON.parse((await platform.client.object({ bucket: platform.client.processedBucket, key })).toString()));
    expect(set).to.deep.include({ caseId: analysed.caseId, runId: analysed.runId, contentSha256: provenance.contentSha256, notes: [] });
    expect(set.createdBy).to.match(/^[0-9a-f-]{36}$/);
  });

  it("exports the seconds that were asked for", async () => {
    const span = ["--from", "0:01", "--to", "0:02.5"];
    const { code, err } = await run("export", [analysed.caseId, "--format", "coco", ...span, "--data", at("data"), "--out", at("part.json")]);
    expect(code, err).to.equal(0);
    const { images } = JSON.parse(readFileSync(at("part.json"), "utf8")) as { images: { frame_index: number }[] };
    expect([images[0]?.frame_index, images.at(-1)?.frame_index]).to.satisfy(
      ([first, last]: [number, number]) => first >= 25 && first < 30 && last < 63 && last > 57,
    );
  });

  it("refuses, with exit code 1 and every reason, what it can't take", async () => {
    const { code, err } = await run("import", [analysed.caseId, join(root, "package.json"), "--format", "coco", "--data", at("data")]);
    expect(code).to.equal(1);
    expect(err).to.match(/package\.json: categories.*\n.*images.*\n.*annotations/);
    const unknown = await run("export", ["00000000-0000-4000-8000-000000000000", "--format", "mot", "--data", at("data")]);
    expect([unknown.code, unknown.err]).to.deep.equal([1, "There is no such case.\n"]);
    expect((await run("export", [analysed.caseId, "--format", "avi", "--data", at("data")])).code).to.equal(2);
  });
});
