import { execFileSync, spawn } from "node:child_process";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { text } from "node:stream/consumers";
import { expect } from "chai";
import { sprites } from "../../contracts/analyser-result.ts";
import { analysis as analysisContract } from "../../contracts/analysis.ts";
import { annotationSet } from "../../contracts/annotation-set.ts";
import { type Change, correctionList } from "../../contracts/corrections.ts";
import { datasetPseudonym } from "../../contracts/dataset-names.ts";
import { datasetBuildResult } from "../../contracts/dataset-version.ts";
import { annotationReceipt, exportFormat } from "../../contracts/exports.ts";
import { analysisKey, annotationSetKey, datasetVersionPrefix, parseUri, reviewRenditionKey } from "../../contracts/keys.ts";
import type { CaseItem } from "../../local/cli/client.ts";
import { contentOf } from "../../local/cli/dataset-files.ts";
import { StartedPlatform } from "../../local/cli/started-platform.ts";
import { root } from "../../local/root.ts";
import { decodedFrames } from "../functions/support/clips.ts";
import { Clips } from "./support/clips.ts";
import { temporaryFolder } from "./support/platform.ts";

async function run(command: string, args: readonly string[]) {
  const child = spawn(process.execPath, [join(root, "local/cli", `${command}.ts`), ...args], { cwd: root, stdio: ["ignore", "pipe", "pipe"] });
  const ended = new Promise<number | null>((resolve) => child.once("close", resolve));
  const [out, err, code] = await Promise.all([text(child.stdout), text(child.stderr), ended]);
  return { code, out, err };
}

/** Frames of a video, or pictures of a file, in which at least a hundredth is magenta. */
function magentaFrames(file: string): number {
  const [width, height] = [160, 90];
  const args = ["-v", "error", "-i", file, "-vf", `scale=${width}:${height}`, "-pix_fmt", "rgb24", "-f", "rawvideo", "-"];
  const pixels = execFileSync(process.env["FFMPEG_PATH"] ?? "ffmpeg", args, { maxBuffer: 2 ** 28 });
  let frames = 0;
  for (let start = 0; start < pixels.length; start += 3 * width * height) {
    let magenta = 0;
    for (let i = start; i < start + 3 * width * height; i += 3)
      if ((pixels[i] as number) > 170 && (pixels[i + 1] as number) < 110 && (pixels[i + 2] as number) > 170) magenta++;
    if (magenta >= (width * height) / 100) frames++;
  }
  return frames;
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
      // Classes of which nothing was seen have files of no lines.
      for (const file of out.trim().split("\n")) if (!file.includes("/classes/")) expect(readFileSync(file).length, file).to.be.greaterThan(0);
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

  it("takes corrections, once each, and exports what holds with them", async () => {
    const { runId, segments, detections, tracks, provenance } = await analysis();
    const url = new URL(`api/cases/${analysed.caseId}/corrections`, platform.session.page as string);
    const save = (version: number, changes: Change[]) =>
      fetch(url, {
        method: "POST",
        headers: { "content-type": "application/json", "if-match": `"${version}"` },
        body: JSON.stringify({ runId, contentSha256: provenance.contentSha256, changes }),
      });
    const [first] = segments.filter(({ level }) => level === "phase");
    if (!first) expect.fail("No phase was found.");
    const label = detections[0]?.labels[0] as string;
    const drawn: Change = {
      ...{ kind: "draw-box", target: { kind: "object", id: "11111111-1111-4111-8111-111111111111" } },
      after: { label, keyframes: [{ frame: 7, box: [1, 2, 30, 40] }], replaces: null },
    };
    expect(tracks?.trackCount).to.be.greaterThan(0);
    const saved = await save(0, [drawn, { kind: "judge", target: { kind: "track", id: "0" }, after: "rejected", reason: "not-there" }]);
    expect([saved.status, saved.headers.get("etag")], await saved.text()).to.deep.equal([201, '"1"']);
    expect((await save(0, [drawn])).status, "on a version that is no longer").to.equal(412);
    const shorter = { startFrame: first.startFrame, endFrame: first.endFrame - 5 };
    expect((await save(1, [{ kind: "retime", target: { kind: "segment", id: first.id }, after: shorter, reason: "wrong-time" }])).status).to.equal(201);
    const kept = correctionList.parse(await (await fetch(url)).json());
    expect([kept.version, kept.next, kept.sets.map(({ corrections }) => corrections.map(({ kind }) => kind))]).to.deep.equal([
      2,
      null,
      [["draw-box", "judge"], ["retime"]],
    ]);
    expect(kept.sets[0]?.createdBy).to.match(/^[0-9a-f-]{36}$/);

    const read = (name: string) =>
      JSON.parse(readFileSync(at(name), "utf8")) as {
        annotations: { image_id: number; bbox: number[]; track_id?: number; score: number | null; producer: string }[];
        segments: { id: string; startFrame: number; endFrame: number }[];
      };
    const { code, err } = await run("export", [analysed.caseId, "--format", "coco", "--corrected", "--data", at("data"), "--out", at("corrected.json")]);
    expect(code, err).to.equal(0);
    expect(err).to.contain("as people corrected them");
    const [before, now] = [read("coco/coco.json"), read("corrected.json")];
    const mine = now.annotations.filter(({ producer }) => producer === "person");
    expect(mine.map(({ image_id, bbox, score }) => [image_id, bbox, score])).to.deep.equal([[8, [1, 2, 30, 40], null]]);
    expect(before.annotations.some(({ track_id }) => track_id === 1)).to.equal(true);
    expect(now.annotations.some(({ track_id }) => track_id === 1)).to.equal(false);
    expect(now.segments.find(({ id }) => id === first.id)?.endFrame).to.equal(first.endFrame - 5);

    // The film is drawn anew from them: the same frames, other pictures.
    const part = ["--from", "0:00", "--to", "0:01", "--data", at("data")];
    for (const [name, ...more] of [["found.mp4"], ["corrected.mp4", "--corrected"]] as const) {
      const drawnFilm = await run("export", [analysed.caseId, "--format", "mp4", ...more, ...part, "--out", at(name)]);
      expect(drawnFilm.code, drawnFilm.err).to.equal(0);
      expect(drawnFilm.out.trim().split("\n")).to.have.length(1);
      expect(decodedFrames(at(name)).count).to.equal(25);
    }
    expect(readFileSync(at("corrected.mp4")).equals(readFileSync(at("found.mp4")))).to.equal(false);
  });

  it("makes of corrections the next version of a dataset, with the corrected label and no frame from outside the patient", async () => {
    const { client } = platform;
    const faces = new Clips(folder.path, join(root, "samples/laparoscopy.mp4")).faceOutside();
    const outside = await client.settled(await client.upload(faces, () => undefined), () => undefined);
    const { runId, detections, provenance, gate } = await analysis();
    const labels = [...new Set(detections.flatMap((one) => one.labels))];
    const command = async (...args: string[]) => {
      const { code, out, err } = await run("dataset", [...args, "--data", at("data")]);
      expect(code, out + err).to.equal(0);
      return out;
    };
    const [cases, classes] = [`${analysed.caseId},${outside.caseId}`, labels.join(",")];
    const asked = ["build", "instruments", "--task", "object-detection", "--classes", classes, "--cases", cases, "--json"];
    const first = datasetBuildResult.parse(JSON.parse(await command(...asked)));
    expect(first).to.deep.include({ status: "BUILT", version: "1.0.0" });

    const { version } = correctionList.parse(await (await fetch(new URL(`api/cases/${analysed.caseId}/corrections`, platform.session.page as string))).json());
    const drawn: Change = {
      ...{ kind: "draw-box", target: { kind: "object", id: "33333333-3333-4333-8333-333333333333" } },
      after: { label: labels[1] as string, keyframes: [{ frame: 13, box: [50, 60, 70, 80] }], replaces: null },
    };
    const saved = await fetch(new URL(`api/cases/${analysed.caseId}/corrections`, platform.session.page as string), {
      method: "POST",
      headers: { "content-type": "application/json", "if-match": `"${version}"` },
      body: JSON.stringify({ runId, contentSha256: provenance.contentSha256, changes: [drawn] }),
    });
    expect(saved.status, await saved.text()).to.equal(201);
    const second = datasetBuildResult.parse(JSON.parse(await command(...asked)));
    expect(second).to.deep.include({ status: "BUILT", version: "1.1.0" });
    expect(datasetBuildResult.parse(JSON.parse(await command(...asked)))).to.deep.equal({ ...second, status: "UNCHANGED" });

    const content = await contentOf(client, second);
    const pseudonym = datasetPseudonym("instruments", "case", analysed.caseId);
    const corrected = content.frames.find((one) => one.case === pseudonym && one.frame === 13);
    const mine = corrected?.boxes?.filter(({ origin }) => origin.by === "person").map(({ label, box, origin }) => ({ label, box, by: origin }));
    expect(mine?.map(({ label, box }) => ({ label, box }))).to.deep.equal([{ label: labels[1], box: [50, 60, 70, 80] }]);
    expect(mine?.[0]?.by).to.deep.include({ by: "person", corrections: version + 1 });
    expect(content.manifest.parent).to.equal("1.0.0");
    expect(content.manifest.cases.find((one) => one.case === pseudonym)?.corrections).to.equal(version + 1);

    const read = (key: string) => client.object({ bucket: client.processedBucket, key });
    const other = analysisContract.parse(JSON.parse((await read(analysisKey(outside.caseId, outside.runId as string))).toString()));
    expect(other.gate.outOfBody).to.have.length(1);
    for (const { case: of, frame, file } of content.frames) {
      const spans = of === pseudonym ? gate.outOfBody : other.gate.outOfBody;
      expect(
        spans.some(({ startFrame, endFrame }) => frame >= startFrame && frame < endFrame),
        `${of} ${frame}`,
      ).to.equal(false);
      if (of === pseudonym) continue;
      writeFileSync(at("frame.jpg"), await client.object({ bucket: client.datasetsBucket, key: datasetVersionPrefix("instruments", "1.1.0") + file }));
      expect(magentaFrames(at("frame.jpg")), `frame ${frame}`).to.equal(0);
    }
    expect(JSON.parse(await command("diff", "instruments@1.0.0", "instruments", "--json"))).to.deep.include({
      cases: { added: [], removed: [], movedToOtherSplit: [] },
      isSame: false,
    });
    expect(await command("verify", "instruments")).to.equal("instruments@1.1.0 is as it was sealed.\n");
    expect(await command("show", "instruments", "--dvc", at("instruments.dvc"))).to.contain("said by people");
    expect(readFileSync(at("instruments.dvc"), "utf8")).to.match(/^outs:\n- md5: [0-9a-f]{32}\.dir\n/);
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

  it("lets no face that was outside the patient through: not where people watch, not in thumbnails, not as the poster, not in what is exported", async () => {
    const source = new Clips(folder.path, join(root, "samples/laparoscopy.mp4")).faceOutside();
    expect(magentaFrames(source), "frames of the source with the face").to.be.above(60);
    const { client } = platform;
    const item = await client.settled(await client.upload(source, () => undefined), () => undefined);
    const [caseId, runId] = [item.caseId, item.runId as string];
    const read = (key: string) => client.object({ bucket: client.processedBucket, key });
    const found = analysisContract.parse(JSON.parse((await read(analysisKey(caseId, runId))).toString()));
    expect(found.gate.outOfBody).to.have.length(1);

    writeFileSync(at("review.mp4"), await read(reviewRenditionKey(caseId, runId)));
    expect(decodedFrames(at("review.mp4")).count).to.equal(150);
    expect(magentaFrames(at("review.mp4")), "of the review rendition").to.equal(0);

    const sheets = parseUri(found.media.sprites as string).key;
    const listed = sprites.parse(JSON.parse((await read(sheets)).toString()));
    expect(listed.tileCount).to.be.above(0);
    for (const sheet of listed.sheets) {
      writeFileSync(at("sheet.webp"), await read(sheets.replace(/[^/]+$/, sheet)));
      expect(magentaFrames(at("sheet.webp")), `of thumbnails ${sheet}`).to.equal(0);
    }

    const { uri, frame } = found.media.poster ?? expect.fail("There is no poster.");
    expect(
      found.gate.outOfBody.some(({ startFrame, endFrame }) => frame >= startFrame && frame < endFrame),
      `frame ${frame}`,
    ).to.equal(false);
    writeFileSync(at("poster.webp"), await read(parseUri(uri).key));
    expect(magentaFrames(at("poster.webp")), "of the poster").to.equal(0);

    const { code, err } = await run("export", [caseId, "--format", "mp4", "--data", at("data"), "--out", at("annotated.mp4")]);
    expect(code, err).to.equal(0);
    expect(decodedFrames(at("annotated.mp4")).count).to.equal(150);
    expect(magentaFrames(at("annotated.mp4")), "of the annotated video").to.equal(0);
  });

  it("refuses, with exit code 1 and every reason, what it can't take", async () => {
    const { code, err } = await run("import", [analysed.caseId, join(root, "package.json"), "--format", "coco", "--data", at("data")]);
    expect(code).to.equal(1);
    expect(err).to.match(/package\.json: categories.*\n.*images.*\n.*annotations/);
    const unknown = await run("export", ["00000000-0000-4000-8000-000000000000", "--format", "mot", "--data", at("data")]);
    expect([unknown.code, unknown.err]).to.deep.equal([1, "There is no such case.\n"]);
    expect((await run("export", [analysed.caseId, "--format", "avi", "--data", at("data")])).code).to.equal(2);
  });

  it("adopts what was edited in CVAT, and exports it as corrected", async () => {
    const cvat = async (name: string, ...more: string[]): Promise<string> => {
      const { code, err } = await run("export", [analysed.caseId, "--format", "cvat", "--corrected", "--data", at("data"), "--out", at(name), ...more]);
      expect(code, err).to.equal(0);
      return readFileSync(at(name), "utf8");
    };
    const before = await cvat("mine.xml");
    // The first box that is one of a network's is moved to the corner.
    const [box] =
      /<box frame="\d+" keyframe="1" outside="0" occluded="0" xtl="\d+" ytl="\d+" xbr="\d+" ybr="\d+" z_order="0">\s*<attribute name="score">/.exec(before) ??
      [];
    if (!box) expect.fail("Nothing was found.");
    const moved = box.replace(/xtl.*ybr="\d+"/, 'xtl="3" ytl="4" xbr="55" ybr="66"');
    writeFileSync(at("mine.xml"), before.replace(box, moved));
    const { code, out, err } = await run("import", [analysed.caseId, at("mine.xml"), "--format", "cvat", "--adopt", "--data", at("data")]);
    expect(code, err).to.equal(0);
    expect(out).to.match(/"count": 1,/);
    expect(await cvat("adopted.xml")).to.contain('xtl="3" ytl="4" xbr="55" ybr="66"');
    const again = await run("import", [analysed.caseId, at("mine.xml"), "--format", "cvat", "--adopt", "--data", at("data")]);
    expect([again.code, again.err.includes("there is nothing to adopt")]).to.deep.equal([1, true]);
  });
});
