import { expect } from "chai";
import { XMLParser } from "fast-xml-parser";
import { parquetMetadata, parquetReadObjects } from "hyparquet";
import webvtt from "webvtt-parser";
import type { TextFormat } from "../../../../contracts/exports.ts";
import { encodeRuns, FrameIndex } from "../../../../contracts/frame-table.ts";
import { boundsOf, cellsOf, compressRuns, decompressRuns, regrid, runsOf } from "../../../../contracts/run-lengths.ts";
import { unknownPhases } from "../../../../functions/runtime/interchange/formats/cholec80.ts";
import { formats } from "../../../../functions/runtime/interchange/formats.ts";
import { type Scene, syntheticWarning } from "../../../../functions/runtime/interchange/scene.ts";
import { drawnTruth } from "../../support/operation.ts";
import { drawnScene, exported } from "./support.ts";

const textOf = (files: ReadonlyMap<string, Buffer>, name: string): string => (files.get(name) as Buffer).toString();

describe("export formats", () => {
  let scene: Scene;
  before(async () => {
    scene = await drawnScene();
  });

  for (const format of Object.keys(formats) as TextFormat[]) {
    it(`${format}: carries its provenance and the warning about synthetic networks, if it says so`, async () => {
      const all = [...(await exported(format, scene)).values()].map(String).join("\n").replaceAll("&quot;", '"');
      const carries = [scene.provenance.contentSha256, "instrument-detector", syntheticWarning].map((text) => all.includes(text));
      expect(new Set(carries)).to.deep.equal(new Set([formats[format].keeps.includes("provenance")]));
    });

    it(`${format}: writes the same twice`, async () => {
      expect(await exported(format, await drawnScene())).to.deep.equal(await exported(format, scene));
    });
  }

  describe("masks", () => {
    const grid = { width: 160, height: 90 };
    const inside = (x: number, y: number) => ((x - 60) / 37) ** 2 + ((y - 40) / 22) ** 2 <= 1 || (x > 150 && y > 80);
    const cells = Uint8Array.from({ length: grid.width * grid.height }, (_, i) => Number(inside(Math.floor(i / grid.height), i % grid.height)));

    /** pycocotools 2.0, `mask.encode`. */
    const golden =
      "nQ21d2:I4M2N2M4M2O0O2N2N2O0O2O0O2O0O2O000O2O000O2O00000O2O0000000000000000000O20N100000000000000000001N1000001N10001N10001N101N101N101N2N2N101N3L3N2N3L7F`f48]YK000000000000000";

    it("are compressed as pycocotools compresses them", () => {
      expect(compressRuns(runsOf(cells))).to.equal(golden);
      expect(decompressRuns(golden)).to.deep.equal(runsOf(cells));
      expect(compressRuns(runsOf(Uint8Array.from({ length: 14_400 }, (_, i) => Number(i === 0))))).to.equal("01oQ>");
    });

    it("are bounded as pycocotools bounds them", () => {
      expect(boundsOf(runsOf(cells), grid)).to.deep.equal({ x: 23, y: 18, width: 137, height: 72, area: 2636 });
      expect(boundsOf([14_400], grid)).to.equal(null);
      expect(boundsOf([3, 2, 7], { width: 3, height: 4 })).to.deep.equal({ x: 0, y: 0, width: 2, height: 4, area: 2 });
    });

    it("go to a finer grid and back unchanged", () => {
      for (const finer of [
        { width: 1920, height: 1080 },
        { width: 161, height: 97 },
      ])
        expect(regrid(regrid(runsOf(cells), grid, finer), finer, grid)).to.deep.equal(runsOf(cells));
    });

    it("that are none are refused", () => {
      expect(() => cellsOf([3, 4], grid)).to.throw("The runs of a mask add up to 7, its 160 by 90 cells to 14400.");
      expect(() => decompressRuns("a b")).to.throw("Character 2 of a compressed mask is none that such a text has.");
    });
  });

  it("COCO: has the lists and fields that its definition asks for, and the same identifiers whatever the span", async () => {
    const whole = JSON.parse(textOf(await exported("coco", scene), "coco.json"));
    expect(whole.images).to.have.length(600);
    expect(whole.images[12]).to.deep.equal({ id: 13, file_name: "frame-00000012.png", width: 1280, height: 720, video_id: 1, frame_index: 12, pts: 6144 });
    const [first] = whole.annotations;
    const [, x, y, width, height] = drawnTruth.instruments[0]?.[1][0] as [number, number, number, number, number];
    expect(first).to.deep.include({
      image_id: 13,
      category_id: 1,
      bbox: [x, y, width, height],
      area: width * height,
      iscrowd: 0,
      segmentation: [],
      track_id: 1,
    });
    expect(new Set(whole.annotations.map(({ id }: { id: number }) => id)).size).to.equal(whole.annotations.length);
    const part = JSON.parse(textOf(await exported("coco", await drawnScene(300, 400)), "coco.json"));
    const inPart = whole.annotations.filter(({ image_id }: { image_id: number }) => image_id > 300 && image_id <= 400);
    expect(part.annotations).to.deep.equal(inPart).and.to.have.length.greaterThan(10);
    const mask = whole.annotations.find(({ segmentation }: { segmentation: object }) => !Array.isArray(segmentation));
    expect(mask.segmentation.size).to.deep.equal([720, 1280]);
    expect(decompressRuns(mask.segmentation.counts).reduce((sum, run) => sum + run, 0)).to.equal(720 * 1280);
  });

  it("CVAT: is the XML that its documentation shows, every label declared, every track ended", async () => {
    const text = textOf(await exported("cvat", scene), "annotations.xml");
    const list = ["label", "track", "box", "mask", "attribute"];
    const parser = new XMLParser({
      ignoreAttributes: false,
      attributeNamePrefix: "",
      isArray: (name, _path, _leaf, isAttribute) => !isAttribute && list.includes(name),
      parseTagValue: false,
    });
    const { annotations } = parser.parse(text);
    expect(annotations.version).to.equal("1.1");
    const { task } = annotations.meta;
    expect([task.size, task.mode, task.start_frame, task.stop_frame, task.original_size]).to.deep.equal([
      "600",
      "interpolation",
      "0",
      "599",
      { width: "1280", height: "720" },
    ]);
    const declared = new Set(task.labels.label.map(({ name }: { name: string }) => name));
    expect(annotations.track.map(({ id }: { id: string }) => Number(id))).to.deep.equal(annotations.track.map((_: unknown, i: number) => i));
    for (const track of annotations.track) {
      expect(declared, track.label).to.include(track.label);
      const shapes = track.box ?? track.mask;
      const frames = shapes.map(({ frame }: { frame: string }) => Number(frame));
      expect(frames, `track ${track.id} rises`).to.deep.equal([...frames].sort((a, b) => a - b));
      if (track.box && frames.at(-1) !== 599 && track.label !== "phase: GallbladderRetraction" && !/Outside/.test(track.label))
        expect(track.box.at(-1).outside, `track ${track.id} ends`).to.equal("1");
      for (const box of track.box ?? []) expect(Number(box.xbr) > Number(box.xtl) && Number(box.ybr) > Number(box.ytl)).to.equal(true);
    }
  });

  it("WebVTT: is what W3C's parser takes without a complaint", async () => {
    const files = await exported("webvtt", scene);
    for (const [name, kind] of [
      ["chapters.vtt", "chapters"],
      ["metadata.vtt", "metadata"],
    ] as const) {
      const { cues, errors } = new webvtt.WebVTTParser().parse(textOf(files, name), kind);
      expect(errors, name).to.deep.equal([]);
      if (kind === "chapters") expect(cues.map(({ text }) => text)).to.deep.equal(drawnTruth.segments.map(({ label }) => label));
      else expect(cues.map(({ text }) => JSON.parse(text).id)).to.have.members([...scene.segments, ...scene.events].map(({ id }) => id));
      expect(cues[0]?.startTime).to.equal(0);
    }
  });

  it("MOTChallenge: counts from 1, and tells rate, length and size in seqinfo.ini", async () => {
    const files = await exported("mot", scene);
    const [frame = 0] = drawnTruth.instruments[0] ?? [];
    const [, x, y, width, height] = drawnTruth.instruments[0]?.[1][0] as [number, number, number, number, number];
    const place = `${x + 1},${y + 1},${width},${height}`;
    const firstOf = (name: string) => textOf(files, name).split("\n")[0];
    expect(firstOf("gt/gt.txt")).to.equal(`${frame + 1},1,${place},1,1,1`);
    expect(firstOf("det/det.txt")).to.equal(`${frame + 1},-1,${place},0.84,1,-1,-1`);
    expect(firstOf("tracker.txt")).to.equal(`${frame + 1},1,${place},0.84,-1,-1,-1`);
    expect(firstOf("labels.txt")).to.equal("Grasper");
    expect(textOf(files, "seqinfo.ini")).to.match(
      /^\[Sequence\]\nname=.*\nimDir=img1\nframeRate=25\nseqLength=600\nimWidth=1280\nimHeight=720\nimExt=\.png\n; /,
    );
  });

  it("Parquet: is read back by another reader, value by value as CSV has them", async () => {
    const [parquet, csv] = [await exported("parquet", scene), await exported("csv", scene)];
    for (const table of ["segments", "events", "boxes", "measures"]) {
      const bytes = parquet.get(`${table}.parquet`) as Buffer;
      const file = bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.length) as ArrayBuffer;
      const rows = await parquetReadObjects({ file });
      const [head, ...lines] = textOf(csv, `${table}.csv`).trimEnd().split("\r\n");
      const names = (head as string).split(",");
      const cell = (value: unknown) =>
        value === null || value === undefined ? "" : /[",]/.test(String(value)) ? `"${String(value).replaceAll('"', '""')}"` : String(value);
      expect(
        rows.map((row) => names.map((name) => cell(row[name])).join(",")),
        table,
      ).to.deep.equal(lines);
      expect(rows, table).to.have.length.greaterThan(1);
      expect(JSON.parse(parquetMetadata(file).key_value_metadata?.[0]?.value ?? "").caseId).to.equal(scene.caseId);
    }
  });

  it("CSV: has no text that a spreadsheet would run, and leaves numbers alone", async () => {
    const labels = ['=HYPERLINK("http://a","b")', "+1", "-2+3", "@SUM(A1)", "\tx", "Clip = cut", "-"];
    const segments = labels.map((label, i) => ({ ...scene.segments[0], id: `s-${i}`, label, confidence: 0.5 })) as Scene["segments"];
    const lines = textOf(await exported("csv", { ...scene, segments }), "segments.csv")
      .split("\r\n")
      .slice(1, -1);
    expect(lines.map((line) => line.replace(/^s-\d,phase,/, "").replace(/,0,47,.*$/, ""))).to.deep.equal([
      `"'=HYPERLINK(""http://a"",""b"")"`,
      "'+1",
      "'-2+3",
      "'@SUM(A1)",
      "'\tx",
      "Clip = cut",
      "'-",
    ]);
    expect(textOf(await exported("csv", { ...scene, events: [{ ...scene.events[0], confidence: -0.5 } as Scene["events"][number]] }), "events.csv")).to.contain(
      ",-0.5,",
    );
  });

  it("Ground Truth: a line a frame, classes by the map of each line", async () => {
    const lines = textOf(await exported("ground-truth-manifest", scene), "output.manifest")
      .trimEnd()
      .split("\n")
      .map((line) => JSON.parse(line));
    expect(lines).to.have.length(600);
    expect(lines[12]["source-ref"]).to.equal("frames/frame-00000012.png");
    expect(lines[12].boxes).to.deep.equal({
      image_size: [{ width: 1280, height: 720, depth: 3 }],
      annotations: [{ class_id: 0, left: 948, top: 488, width: 147, height: 93 }],
    });
    expect(lines[12]["boxes-metadata"]).to.deep.include({
      objects: [{ confidence: 0.84, producer: "instrument-detector" }],
      type: "groundtruth/object-detection",
      "human-annotated": "no",
    });
    expect(lines[12]["boxes-metadata"]["class-map"]["6"]).to.equal("SpecimenBag");
  });

  describe("Cholec80", () => {
    it("has a phase for each frame and the instruments of each second, at the drawn rate of 25", async () => {
      const files = await exported("cholec80", scene);
      const phases = textOf(files, "phase.txt").trimEnd().split("\n").slice(1);
      const phaseAt = (frame: number) => drawnTruth.segments.find(({ startFrame, endFrame }) => frame >= startFrame && frame < endFrame)?.label;
      expect(phases).to.deep.equal(Array.from({ length: 600 }, (_, frame) => `${frame}\t${phaseAt(frame)}`));
      const tools = textOf(files, "tool.txt").trimEnd().split("\n");
      expect(tools[0]).to.equal("Frame\tGrasper\tBipolar\tHook\tScissors\tClipper\tIrrigator\tSpecimenBag");
      const drawn = new Map(drawnTruth.instruments);
      const seen = (frame: number) => [0, 1, 2, 3, 4, 5, 6].map((label) => Number((drawn.get(frame) ?? []).some(([one]) => one === label)));
      expect(tools.slice(1)).to.deep.equal(Array.from({ length: 24 }, (_, i) => [i * 25, ...seen(i * 25)].join("\t")));
    });

    it("refuses phases that it does not have, by their names", async () => {
      const renamed = scene.segments.map((one, i) => (i % 2 === 0 ? { ...one, label: `Port ${i}` } : one));
      const refused = await exported("cholec80", { ...scene, segments: renamed }).catch((error) => error as Error);
      expect((refused as Error).message).to.match(/^Cholec80 has the phases Preparation, .*, and no Port 0, Port 2.*: choose another format\.$/);
      expect(unknownPhases(scene.segments)).to.deep.equal([]);
      expect(unknownPhases([{ level: "step", label: "Port" }]), "only phases are told").to.deep.equal([]);
    });

    it("brings another rate to 25 by time, exactly", async () => {
      // 30000/1001 frames a second: 25 of theirs are 29.97 of ours.
      const pts = Array.from({ length: 600 }, (_, i) => 1001 * i);
      const table = { timebase: { num: 1, den: 30_000 }, frameCount: 600, pts: encodeRuns(pts), variableFrameRate: false };
      const frames = new FrameIndex({ schema: "frame-table/1.0", source: table, renditions: {} });
      const ntsc: Scene = { ...scene, frames, media: { ...scene.media, durationTicks: 600_600 } };
      const lines = textOf(await exported("cholec80", ntsc), "phase.txt")
        .trimEnd()
        .split("\n")
        .slice(1);
      // The operation lasts 20.02 s: frames 0 to 500. Frame n shows what began last at n / 25 s.
      expect(lines).to.have.length(501);
      const boundary = drawnTruth.segments[1]?.startFrame as number;
      const first = lines.findIndex((line) => line.endsWith("CalotTriangleDissection"));
      expect([(first - 1) / 25 < (boundary * 1001) / 30_000, first / 25 >= (boundary * 1001) / 30_000]).to.deep.equal([true, true]);
    });
  });

  it("Web Annotation: points at each span by a fragment of the video", async () => {
    const page = JSON.parse(textOf(await exported("web-annotation", scene), "annotations.jsonld"));
    expect(page.items).to.have.length(scene.segments.length + scene.events.length);
    expect(page.items[0].target.selector).to.deep.equal({
      type: "FragmentSelector",
      conformsTo: "http://www.w3.org/TR/media-frags/",
      value: "t=npt:0,1.88",
    });
  });
});
