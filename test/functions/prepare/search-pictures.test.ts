import type { TextDetection } from "@aws-sdk/client-rekognition";
import { expect } from "chai";
import { pictureSearch } from "../../../contracts/gate.ts";
import { analyserPrefix, pictureSearchKey, screenedPictureKey, segmentManifestKey } from "../../../contracts/keys.ts";
import { insidePatient, sampledPictures } from "../../../functions/prepare/pictures.ts";
import { textBoxes } from "../../../functions/prepare/search-pictures/core.ts";
import { createHandler, type Deps } from "../../../functions/prepare/search-pictures/handler.ts";
import { failure } from "../../support/failure.ts";
import { caseId, digest, runId } from "../support/ids.ts";
import { memoryLake } from "../support/memory-lake.ts";

const word = (Left: number, Top: number, Width: number, Height: number, Confidence = 90): TextDetection => ({
  Type: "WORD",
  DetectedText: "DOE",
  Confidence,
  Geometry: { BoundingBox: { Left, Top, Width, Height } },
});

describe("sampledPictures", () => {
  it("takes the first frame, then one every ten seconds before the end", () => {
    expect(sampledPictures({ num: 25, den: 1 }, 1)).to.deep.equal([{ index: 0, frame: 0 }]);
    expect(sampledPictures({ num: 25, den: 1 }, 250)).to.deep.equal([{ index: 0, frame: 0 }]);
    expect(sampledPictures({ num: 30000, den: 1001 }, 601).map(({ frame }) => frame)).to.deep.equal([0, 300, 599]);
    expect(sampledPictures({ num: 25, den: 1 }, 6 * 3600 * 25)).to.have.length(2160);
  });

  it("leaves out what lies outside the patient", () => {
    const pictures = sampledPictures({ num: 25, den: 1 }, 1000);
    expect(insidePatient(pictures, [{ startFrame: 250, endFrame: 500 }]).map(({ index }) => index)).to.deep.equal([0, 2, 3]);
  });
});

describe("textBoxes", () => {
  it("adds half a letter's height all around, inside the picture", () => {
    const [box, ...others] = textBoxes([word(0.5, 0.5, 0.2, 0.04)]);
    expect(others).to.deep.equal([]);
    expect([box!.x, box!.y, box!.width, box!.height].map((share) => Number(share.toFixed(6)))).to.deep.equal([0.48, 0.48, 0.24, 0.08]);
    expect(box!.score).to.equal(0.9);
    const [edge] = textBoxes([word(-0.01, 0.98, 0.1, 0.05)]);
    expect(edge!.x).to.equal(0);
    expect(edge!.y + edge!.height).to.equal(1);
  });

  it("joins words that stand side by side, not those far apart", () => {
    expect(textBoxes([word(0.1, 0.1, 0.1, 0.05), word(0.22, 0.1, 0.1, 0.05, 99), word(0.1, 0.8, 0.1, 0.05)]).map(({ score }) => score)).to.deep.equal([
      0.99, 0.9,
    ]);
    // The third box bridges the first two.
    expect(textBoxes([word(0.1, 0.1, 0.1, 0.02), word(0.4, 0.1, 0.1, 0.02), word(0.15, 0.1, 0.3, 0.02)])).to.have.length(1);
  });

  it("covers the whole picture where Rekognition may have left words out", () => {
    const words = Array.from({ length: 100 }, (_, i) => word((i % 10) / 10, Math.floor(i / 10) / 10, 0.01, 0.01));
    expect(textBoxes(words)).to.deep.equal([{ x: 0, y: 0, width: 1, height: 1, score: 1 }]);
    expect(textBoxes(words.slice(1))).to.have.length(99);
  });

  it("refuses text that stands nowhere", () => {
    expect(() => textBoxes([{ Type: "WORD", Confidence: 90 }])).to.throw("Rekognition found text and doesn't say where, or how surely.");
  });
});

describe("prepare/search-pictures", () => {
  const prefix = analyserPrefix(caseId, runId, "gate");
  const screening = { analyser: "gate", status: "SUCCEEDED", outputPrefix: `s3://processed/${prefix}`, coverage: null, costUsd: null, error: null } as const;

  /** 30 s at 25 frames per second; the second ten of them lie outside the patient. */
  async function lakeOf() {
    const lake = memoryLake();
    await lake.putJson(segmentManifestKey(caseId, runId), {
      schema: "segment-manifest/1.0",
      playlist: "s3://processed/a.m3u8",
      width: 320,
      height: 180,
      frameRate: { num: 25, den: 1 },
      frameCount: 750,
      segments: [{ uri: "s3://processed/a.ts", startFrame: 0, frameCount: 750 }],
    });
    const producer = { id: "oob", kind: "model", name: "o", version: "1.0.0", digest, dataset: "s", threshold: 0.5, calibration: null, syntheticOnly: true };
    const output = { producer, status: "SUCCEEDED", error: null, kind: "classifications", subject: "out-of-body", labels: ["in-body", "out-of-body"] };
    await lake.putJson(`${prefix}result.json`, {
      schema: "analyser-result/1.0",
      analyser: "gate",
      outputs: [{ ...output, file: "o.jsonl", framesDone: 60, framesWanted: 60 }],
      usage: { wallSeconds: 1, cpuSeconds: 1, peakMemoryBytes: 1 },
    });
    const lines = Array.from({ length: 60 }, (_, i) => ({ frame: 12 * i, pts: i, scores: i > 19 && i < 25 ? [0, 1] : [1, 0] }));
    await lake.putLines(`${prefix}o.jsonl`, lines);
    return lake;
  }

  /** What a search needs, by a clock that only waiting moves. */
  const deps = (change: Partial<Deps> & Pick<Deps, "lake">): Deps & { waited: number[] } => {
    let time = 0;
    const waited: number[] = [];
    return {
      detectText: async () => [],
      isThere: async () => true,
      callsPerSecond: 5,
      now: () => time,
      async wait(milliseconds) {
        waited.push(milliseconds);
        time += milliseconds;
      },
      ...change,
      waited,
    };
  };

  it("shows Rekognition the pictures inside the patient, and keeps where text is, never what it says", async () => {
    const lake = await lakeOf();
    const shown: string[] = [];
    const detectText = async (key: string) => {
      shown.push(key);
      return key.includes(".0000002.") ? [word(0.5, 0.5, 0.2, 0.04)] : [];
    };
    expect(await createHandler(deps({ lake, detectText }))({ caseId, runId, screening, part: 0 })).to.deep.equal({ searched: 2, withText: 1 });
    expect(shown).to.deep.equal([screenedPictureKey(caseId, runId, 0), screenedPictureKey(caseId, runId, 2)]);
    const stored = await lake.text(pictureSearchKey(caseId, runId, 0));
    expect(stored).not.to.include("DOE");
    expect(JSON.parse(stored).pictures.map(({ index, frame, text }: { index: number; frame: number; text: [] }) => [index, frame, text.length])).to.deep.equal([
      [0, 0, 0],
      [2, 500, 1],
    ]);
  });

  it("finds nothing in a part beyond the end", async () => {
    const detectText = () => Promise.reject(new Error("Nothing is to be looked at."));
    expect(await createHandler(deps({ lake: await lakeOf(), detectText }))({ caseId, runId, screening, part: 1 })).to.deep.equal({ searched: 0, withText: 0 });
  });

  it("looks at nothing while it can't tell what lies outside the patient, and passes on what Rekognition throws", async () => {
    const lake = await lakeOf();
    const broken = () => Promise.reject(new Error("InvalidS3ObjectException"));
    expect((await failure(createHandler(deps({ lake, detectText: broken }))({ caseId, runId, screening, part: 0 }))).message).to.equal(
      "InvalidS3ObjectException",
    );
    lake.objects.delete(`${prefix}o.jsonl`);
    const error = await failure(createHandler(deps({ lake, detectText: broken }))({ caseId, runId, screening, part: 0 }));
    expect([error.name, error.message]).to.deep.equal(["InvalidInput", `The screening can't be read: s3://processed/${prefix}o.jsonl isn't there.`]);
  });

  it("asks no more often than it may", async () => {
    const lake = await lakeOf();
    const all = deps({ lake, callsPerSecond: 0.5 });
    await createHandler(all)({ caseId, runId, screening, part: 0 });
    expect(all.waited).to.deep.equal([2000]);
  });

  it("does without the last picture if MediaConvert made none, and without no other", async () => {
    const lake = await lakeOf();
    const gone = (index: number) => ({ isThere: async (key: string) => key !== screenedPictureKey(caseId, runId, index) });
    expect(await createHandler(deps({ lake, ...gone(2) }))({ caseId, runId, screening, part: 0 })).to.deep.equal({ searched: 1, withText: 0 });
    expect((await lake.json(pictureSearchKey(caseId, runId, 0), pictureSearch)).pictures).to.deep.equal([
      { index: 0, frame: 0, text: [] },
      { index: 2, frame: 500, text: [], absent: true },
    ]);
    const missing = () => Promise.reject(new Error("InvalidS3ObjectException"));
    const first = createHandler(deps({ lake: await lakeOf(), detectText: missing, ...gone(0) }));
    expect((await failure(first({ caseId, runId, screening, part: 0 }))).message).to.equal("InvalidS3ObjectException");
  });

  it("goes on where an attempt broke off, and asks again of nothing else", async () => {
    const lake = await lakeOf();
    const before = [
      { index: 0, frame: 0, text: [{ x: 0, y: 0, width: 0.5, height: 0.5, score: 1 }] },
      { index: 1, frame: 250, text: [] },
    ];
    await lake.putJson(pictureSearchKey(caseId, runId, 0), { schema: "picture-search/1.0", part: 0, pictures: before });
    const shown: string[] = [];
    const detectText = async (key: string) => {
      shown.push(key);
      return [];
    };
    expect(await createHandler(deps({ lake, detectText }))({ caseId, runId, screening, part: 0 })).to.deep.equal({ searched: 2, withText: 1 });
    expect(shown).to.deep.equal([screenedPictureKey(caseId, runId, 2)]);
    // The second lies outside the patient: whoever searched it was not asked to.
    expect((await lake.json(pictureSearchKey(caseId, runId, 0), pictureSearch)).pictures.map(({ index }) => index)).to.deep.equal([0, 2]);
  });
});
