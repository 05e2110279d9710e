import { expect } from "chai";
import type { ImportFormat } from "../../../../contracts/exports.ts";
import type { InvalidInput } from "../../../../functions/runtime/errors.ts";
import type { GivenFile, Operation } from "../../../../functions/runtime/interchange/draft.ts";
import { readers } from "../../../../functions/runtime/interchange/readers.ts";
import { drawnScene, operationOf } from "./support.ts";

describe("import formats", () => {
  let operation: Operation;
  before(async () => {
    operation = operationOf(await drawnScene());
  });
  const read = (format: ImportFormat, ...files: GivenFile[]) => readers[format](files, operation);
  const reasons = (format: ImportFormat, ...files: GivenFile[]): readonly string[] => {
    try {
      read(format, ...files);
    } catch (error) {
      return (error as InvalidInput).reasons;
    }
    throw new Error("It was not refused.");
  };
  const file = (name: string, text: string): GivenFile => ({ name, text });

  describe("COCO", () => {
    const image = { id: 7, width: 640, height: 360, file_name: "cut/000012.jpg" };
    const coco = (annotation: object, more: object = {}) =>
      file(
        "a.json",
        JSON.stringify({
          categories: [{ id: 3, name: "Clip" }],
          images: [image],
          annotations: [{ id: 1, image_id: 7, category_id: 3, ...annotation }],
          ...more,
        }),
      );

    it("takes another tool's: frames by the names of pictures, half the size, fractions of pixels, masks uncompressed", () => {
      const found = read("coco", coco({ bbox: [10.2, 20, 30, 40.5] }));
      expect(found.boxes).to.deep.equal([{ frame: 12, label: 0, x: 20, y: 40, width: 60, height: 81, score: null, track: -1, interpolated: false }]);
      expect(found).to.deep.include({ labels: ["Clip"], lookedAt: [12] });
      expect(found.notes).to.deep.equal(["Boxes were brought from a picture of 640 by 360 to one of 1280 by 720.", "1 boxes were rounded to whole pixels."]);
      const mask = read("coco", coco({ segmentation: { size: [360, 640], counts: [10, 20, 360 * 640 - 30] } }));
      expect(mask.masks).to.deep.equal([{ frame: 12, label: 0, gridWidth: 640, gridHeight: 360, runs: [10, 20, 360 * 640 - 30], score: null }]);
    });

    it("takes polygons as masks of known areas: a rectangle, a triangle, parts that overlap, what leaves the picture", () => {
      const areaOf = (...parts: number[][]): number => {
        const { masks, notes } = read("coco", coco({ segmentation: parts, bbox: [0, 0, 9, 9] }));
        expect([masks.length, notes]).to.deep.equal([1, ["1 polygons became masks of the pixels whose middles lie inside."]]);
        const [{ gridWidth, gridHeight, runs }] = masks as [(typeof masks)[number]];
        expect([gridWidth, gridHeight]).to.deep.equal([640, 360]);
        return runs.filter((_, i) => i % 2 === 1).reduce((sum, run) => sum + run, 0);
      };
      const rectangle = [10, 20, 30, 20, 30, 50, 10, 50];
      expect(areaOf(rectangle)).to.equal(20 * 30);
      expect(areaOf([10.4, 20.4, 29.6, 20.4, 29.6, 49.6, 10.4, 49.6]), "middles alone count").to.equal(20 * 30);
      // Below the slope of a right triangle with legs of 99.5 are the middles of column x and row y where x + y is 98 at most.
      expect(areaOf([0, 0, 99.5, 0, 0, 99.5])).to.equal((99 * 100) / 2);
      expect(areaOf(rectangle, [20, 30, 40, 30, 40, 60, 20, 60]), "an overlap counts once").to.equal(600 + 600 - 10 * 20);
      expect(areaOf([630, 350, 700, 350, 700, 400, 630, 400]), "cut at the edge").to.equal(10 * 10);
      // Concave: a square of 40 with a notch of 20 by 20.
      expect(areaOf([0, 0, 40, 0, 40, 40, 30, 40, 30, 20, 10, 20, 10, 40, 0, 40])).to.equal(1600 - 400);
    });

    it("leaves out a polygon without a pixel, and says so", () => {
      const found = read("coco", coco({ segmentation: [[10.6, 10.6, 10.9, 10.6, 10.9, 10.9]] }));
      expect(found.masks).to.deep.equal([]);
      expect(found.notes).to.deep.equal(["1 polygons became masks of the pixels whose middles lie inside.", "1 of them hold no such pixel and were left out."]);
    });

    it("is refused with every reason and its place", () => {
      expect(reasons("coco", file("a.json", "{"))[0]).to.match(/^a\.json isn't JSON: .*position 1/);
      expect(reasons("coco", file("a.json", '{"categories":[{"id":1}],"images":[],"annotations":3}'))).to.deep.equal([
        "a.json: categories.0.name: Invalid input: expected string, received undefined.",
        "a.json: annotations: Invalid input: expected array, received number.",
      ]);
      expect(reasons("coco", coco({ image_id: 8, category_id: 4 }))).to.deep.equal([
        "a.json: annotations.0: there is no image 8.",
        "a.json: annotations.0: there is no category 4.",
      ]);
      expect(reasons("coco", coco({ segmentation: [[1, 2, 3, 4, 5]] }))).to.deep.equal(["a.json: annotations.0: a polygon is pairs of numbers; one has 5."]);
      expect(reasons("coco", coco({ segmentation: [[1, 2, 3, 4]] }))).to.deep.equal([
        "a.json: annotations.0: a polygon must have three corners at least, of two numbers each.",
      ]);
      expect(reasons("coco", coco({}))).to.deep.equal(["a.json: annotations.0: it has neither bbox nor a segmentation."]);
      expect(reasons("coco", coco({ segmentation: { size: [360, 640], counts: [5] } }))).to.deep.equal([
        "a.json: annotations.0: the mask has 5 cells, its picture 230400.",
      ]);
      expect(reasons("coco", coco({ bbox: [700, 20, 30, 40] }))).to.deep.equal(["a.json: annotations.0: the box lies outside the picture."]);
      expect(reasons("coco", coco({ bbox: [1, 2, 0, 40] }))).to.deep.equal([
        "a.json: annotations.0: a box must be wider and higher than nothing, not 0 by 40.",
      ]);
      expect(reasons("coco", coco({ bbox: [1, 2, 3, 4] }, { images: [{ ...image, file_name: "000600.jpg" }] }))).to.include(
        "a.json: images.0: there is no frame 600; the operation has frames 0 to 599.",
      );
      const bad = coco({}, { annotations: Array.from({ length: 140 }, (_, i) => ({ id: i, image_id: 9, category_id: 3 })) });
      expect(reasons("coco", bad)).to.have.length(101).and.to.include("There are 40 more like these.");
    });

    it("refuses files that say nothing, or are two", () => {
      expect(reasons("coco", file("a.json", '{"categories":[],"images":[],"annotations":[]}'))).to.deep.equal(["The files hold no annotation."]);
      expect(reasons("coco", file("a.json", "{}"), file("b.json", "{}"))).to.deep.equal(["COCO is one file; 2 were given."]);
    });
  });

  describe("CVAT", () => {
    const cvat = (tracks: string, version = "1.1") =>
      file(
        "a.xml",
        `<annotations>\n<version>${version}</version>\n<meta><task><original_size><width>1280</width><height>720</height></original_size></task></meta>\n${tracks}\n</annotations>`,
      );
    const box = (frame: number, more = 'outside="0" keyframe="1"') =>
      `<box frame="${frame}" ${more} occluded="0" xtl="10.4" ytl="20" xbr="30.4" ybr="40" z_order="0"/>`;

    it("takes what CVAT writes after corrections: interpolated boxes marked, the end left out, new tracks numbered", () => {
      const track = `<track id="4" label="Hook" source="manual">${box(3)}${box(4, 'outside="0" keyframe="0"')}${box(5, 'outside="1" keyframe="1"')}</track>`;
      const found = read("cvat", cvat(`${track}<track id="9" label="Clip">${box(8)}</track>`));
      expect(found.boxes.map(({ frame, label, x, track: of, interpolated }) => [frame, found.labels[label], x, of, interpolated])).to.deep.equal([
        [3, "Hook", 10, 0, false],
        [4, "Hook", 10, 0, true],
        [8, "Clip", 10, -1, false],
      ]);
      expect(found.notes).to.deep.equal(["3 boxes were rounded to whole pixels."]);
    });

    it("takes spans that people drew as tracks, once and again", () => {
      const drawn = `<track id="1" label="phase: Preparation">${box(0)}${box(1, 'outside="0" keyframe="0"')}${box(100, 'outside="1"')}${box(200)}</track>`;
      const event = `<track id="2" label="event: bleeding">${box(30)}${box(31, 'outside="1"')}</track>`;
      const { segments, events } = read("cvat", cvat(drawn + event));
      expect(segments).to.deep.equal([
        { id: "track-1", level: "phase", label: "Preparation", startFrame: 0, endFrame: 100 },
        { id: "track-1-2", level: "phase", label: "Preparation", startFrame: 200, endFrame: 600 },
      ]);
      expect(events).to.deep.equal([{ id: "track-2", type: "bleeding", label: "bleeding", startFrame: 30, endFrame: 31 }]);
    });

    it("takes polygons as masks, in the frames where they are in sight", () => {
      const polygon = (frame: number, points: string, outside = 0) => `<polygon frame="${frame}" keyframe="1" outside="${outside}" points="${points}"/>`;
      const square = "10.0,20.0;30.0,20.0;30.0,50.0;10.0,50.0";
      const track = (inner: string) => cvat(`<track id="1" label="Liver">${inner}</track>`);
      const found = read("cvat", track(polygon(3, square) + polygon(9, square, 1)));
      expect(found.masks.map(({ frame, label, gridWidth, gridHeight, score }) => [frame, found.labels[label], gridWidth, gridHeight, score])).to.deep.equal([
        [3, "Liver", 1280, 720, null],
      ]);
      expect(found.masks[0]?.runs.filter((_, i) => i % 2 === 1)).to.deep.equal(Array.from({ length: 20 }, () => 30));
      expect(found.notes).to.deep.equal(["1 polygons became masks of the pixels whose middles lie inside."]);
      expect(reasons("cvat", track(polygon(3, "1,2;3") + polygon(4, "1,2;3,4") + polygon(5, "1,2;3,4;a,6") + box(6)))).to.deep.equal([
        'a.xml, line 4: points must be pairs of numbers, such as "10,20;30,20;30,40".',
        "a.xml, line 4: a polygon must have three corners at least, of two numbers each.",
        "a.xml, line 4: a polygon must have three corners at least, of two numbers each.",
        "a.xml, line 4: a track holds boxes or masks, not both.",
      ]);
    });

    it("is refused with every reason and its line", () => {
      expect(reasons("cvat", cvat("", "1.0"))).to.deep.equal(['a.xml: it must be of version 1.1, not "1.0".']);
      expect(reasons("cvat", cvat('<track id="1" label="Hook"><box frame="1"></track>'))[0]).to.match(/^a\.xml, line 4, column \d+: unexpected close tag\.$/);
      expect(reasons("cvat", cvat('<image id="0" name="a"/>'))).to.include('a.xml, line 4: this is "CVAT for images"; export as "CVAT for video 1.1".');
      const many = `<track id="x" label="Hook"/>\n<track id="1" label="Hook"><ellipse frame="0"/>${box(600)}</track>\n<track id="2" label="Hook">${box(1).replace('xtl="10.4"', 'xtl=""')}</track>`;
      expect(reasons("cvat", cvat(many))).to.deep.equal([
        "a.xml, line 4: a track must have a whole number as id, and a label.",
        "a.xml, line 5: a ellipse can't be read: only boxes, masks and polygons can.",
        "a.xml, line 4: the track has no shapes.",
        "a.xml, line 5: there is no frame 600; the operation has frames 0 to 599.",
        "a.xml, line 6: xtl must be a number.",
      ]);
      const mask = '<track id="1" label="Hook"><mask frame="1" rle="1, 2" left="1279" top="0" width="2" height="2"/></track>';
      expect(reasons("cvat", cvat(mask))).to.deep.equal(["a.xml, line 4: rle must be whole numbers that add up to 2 times 2."]);
      expect(reasons("cvat", cvat(mask.replace("1, 2", "1, 3")))).to.deep.equal(["a.xml, line 4: the mask must lie in the picture of 1280 by 720."]);
    });
  });

  describe("MOTChallenge", () => {
    const labels = file("labels.txt", "Grasper\nHook\n");

    const boxesOf = (...files: GivenFile[]) => read("mot", ...files, labels).boxes.map(({ frame, label, x, score, track }) => [frame, label, x, score, track]);

    it("takes ground truth, which tells no scores and leaves out what it flags", () => {
      const text = "1,4,1,1,5,5,1,1,1\n2,4,3,1,5,5,0,1,1\n3,-1,3,1,5,5,1,2,0.4\n";
      expect(boxesOf(file("op7.txt", text))).to.deep.equal([
        [0, 0, 0, null, 3],
        [2, 1, 2, null, -1],
      ]);
      expect(read("mot", file("gt.txt", text), labels).notes).to.deep.equal(["1 boxes that ground truth flags with 0, to be ignored, were left out."]);
    });

    it("takes a tracker's file, whose confidence is a score and whose class is known if there is but one", () => {
      const text = "1,4,1,1,5,5,0.5,-1,-1,-1\n2,4,3,1,5,5,-1,-1,-1,-1\n";
      expect(read("mot", file("seq.txt", text), file("labels.txt", "Hook\n")).boxes.map(({ score, track }) => [score, track])).to.deep.equal([
        [0.5, 3],
        [null, 3],
      ]);
      expect(reasons("mot", file("seq.txt", text), labels)).to.deep.equal([
        "seq.txt, line 1: there is no class -1; labels.txt names 2.",
        "seq.txt, line 2: there is no class -1; labels.txt names 2.",
      ]);
    });

    it("takes scores and boxes of no track from detections beside ground truth, in either order", () => {
      const truth = file("gt.txt", "1,4,1,1,5,5,1,1,1\n1,5,1,1,5,5,1,1,1\n2,4,9,1,5,5,1,1,1\n");
      const detections = file("det.txt", "1,-1,1,1,5,5,0.5,1,-1,-1\n1,-1,1,1,5,5,-1,1,-1,-1\n1,-1,1,1,5,5,0.25,1,-1,-1\n2,-1,1,1,5,5,0.75,2,-1,-1\n");
      for (const files of [
        [truth, detections],
        [detections, truth],
      ])
        expect(boxesOf(...files)).to.deep.equal([
          [0, 0, 0, 0.5, 3],
          [0, 0, 0, null, 4],
          [0, 0, 0, 0.25, -1],
          [1, 0, 8, null, 3],
          [1, 1, 0, 0.75, -1],
        ]);
      expect(reasons("mot", truth, file("b.txt", "1,4,1,1,5,5,1,1,1\n"), labels)).to.deep.equal([
        "gt.txt, line 1: of two files of boxes, one must be detections, of 10 columns.",
        "gt.txt, line 2: of two files of boxes, one must be detections, of 10 columns.",
        "gt.txt, line 3: of two files of boxes, one must be detections, of 10 columns.",
      ]);
    });

    it("is refused with every reason and its line", () => {
      expect(reasons("mot", file("gt.txt", "1,1,1,1,1,1,1,1,1"))).to.deep.equal(["labels.txt must be given: the names of the classes, one a line, in order."]);
      expect(reasons("mot", labels)).to.deep.equal(["One file of boxes must be given, or ground truth and detections, not 0."]);
      const text = [
        ...["1,1,1,1,5,5,1,1,1", "1,1,1,1,5,5,1", "", "0,1,1,1,5,5,1,1,1", "2,1,a,1,,5,1,1,1", "2,1,1,1,5,5,1,3,1", "2,1.5,1,1,5,5,1,1,1"],
        ...["2,1,1,1,5,5,0.84,1,1", "2,1,1,1,5,5,7,1,-1,-1"],
      ];
      expect(reasons("mot", file("gt.txt", text.join("\n")), labels)).to.deep.equal([
        "gt.txt, line 2: it has 7 values; ground truth has 9, detections and trackers' files have 10.",
        "gt.txt, line 5: left and width must be a number.",
        "gt.txt, line 6: there is no class 3; labels.txt names 2.",
        "gt.txt, line 7: a track must be a whole number, not 1.5.",
        "gt.txt, line 8: the flag of ground truth must be 0 or 1, not 0.84; scores are of detections.",
        "gt.txt, line 4: there is no frame -1; the operation has frames 0 to 599.",
        "gt.txt, line 9: a score must be from 0 to 1, not 7.",
      ]);
    });
  });

  describe("WebVTT", () => {
    it("takes chapters of text as phases, by the frames that are shown then", () => {
      const text =
        "WEBVTT - by hand\r\n\r\nNOTE who\r\n\r\n1\r\n00:00.000 --> 00:02.000 align:start\r\nPreparation\r\n\r\n00:02.010 --> 00:00:24.000\r\n<b>Clip</b> &amp; cut\r\n";
      expect(read("webvtt", file("a.vtt", text)).segments).to.deep.equal([
        { id: "1", level: "phase", label: "Preparation", startFrame: 0, endFrame: 50 },
        { id: "cue-9", level: "phase", label: "Clip & cut", startFrame: 50, endFrame: 600 },
      ]);
    });

    it("is refused with every reason and its line", () => {
      expect(reasons("webvtt", file("a.vtt", "1\n"))).to.deep.equal(['a.vtt, line 1: a WebVTT file begins with "WEBVTT".']);
      const text =
        'WEBVTT\n\nlost\n\n00:01.000 -> 00:02.000\nA\n\n0:1.0 --> 00:02.000\nB\n\n00:01.000 --> 00:02.000\n{"kind":"event"}\n\n00:01.000 --> 00:02.000\n{\n\n00:20.000 --> 00:10.000\nC\n\n00:01.000 --> 00:02.000\n';
      expect(reasons("webvtt", file("a.vtt", text))).to.deep.equal([
        "a.vtt, line 3: the block is no cue: it has no times.",
        "a.vtt, line 5: the block is no cue: it has no times.",
        'a.vtt, line 8: "0:1.0 --> 00:02.000" is no pair of times such as 00:01:02.000 --> 00:01:05.500.',
        "a.vtt, line 11: type: Invalid input: expected string, received undefined.",
        "a.vtt, line 11: label: Invalid input: expected string, received undefined.",
        "a.vtt, line 14: the cue isn't JSON: Expected property name or '}' in JSON at position 1 (line 1 column 2).",
        "a.vtt, line 17: frames 500 to 250 are no span of the operation's 600 frames.",
        "a.vtt, line 20: the cue has no text.",
      ]);
    });
  });

  describe("Ground Truth", () => {
    const line = (change: object = {}, metadata: object = {}) =>
      JSON.stringify({
        ...{ "source-ref": "s3://bucket/frames/000031.jpg" },
        "my-job": { image_size: [{ width: 1280, height: 720, depth: 3 }], annotations: [{ class_id: 0, left: 1, top: 2, width: 3, height: 4 }] },
        "my-job-metadata": {
          type: "groundtruth/object-detection",
          "class-map": { "0": "Clip" },
          "human-annotated": "yes",
          objects: [{ confidence: 0.09 }],
          ...metadata,
        },
        ...change,
      });

    it("takes a labelling job's: whatever its name; a person's boxes have no score", () => {
      const found = read("ground-truth-manifest", file("output.manifest", `${line()}\n`));
      expect(found).to.deep.include({ labels: ["Clip"], lookedAt: [31] });
      expect(found.boxes).to.deep.equal([{ frame: 31, label: 0, x: 1, y: 2, width: 3, height: 4, score: null, track: -1, interpolated: false }]);
    });

    it("is refused with every reason and its line", () => {
      const text = [
        line(),
        "no",
        line({ "source-ref": "a" }),
        line({}, { type: "groundtruth/semantic-segmentation" }),
        line({}, { "class-map": { "1": "Clip" } }),
        line({ "my-job": {} }),
      ];
      expect(reasons("ground-truth-manifest", file("m", text.join("\n")))).to.deep.equal([
        "m, line 2: it isn't JSON: Unexpected token 'o', \"no\" is not valid JSON.",
        "m, line 3: neither frame-index nor a number at the end of source-ref tells its frame.",
        "m, line 4: 0 attributes are of type groundtruth/object-detection; exactly one must be.",
        "m, line 5, annotations.0: the class map has no class 0.",
        "m, line 6, my-job: image_size: Invalid input: expected array, received undefined.",
        "m, line 6, my-job: annotations: Invalid input: expected array, received undefined.",
      ]);
    });
  });
});
